// SPDX-License-Identifier: Apache-2.0
// deadline: many waits of the same length in one list. Whoever starts waiting goes to the end, so the
// list is ordered by due time by itself; one timer looks at the heads. Loop thread only. A node
// belongs to whoever embeds it, who clears it before freeing. Times are the loop's, in ms. Example:
//   deadline_set(&server->waits[HTTP_WAIT_IDLE], &connection->wait, now);
//   while ((d = deadline_due(&server->waits[i], now))) …   // must clear or set it again
#ifndef POSTERN_HTTP_DEADLINE_H
#define POSTERN_HTTP_DEADLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct deadline {
  struct deadline *prev, *next; // NULL: not waiting
  uint64_t at;
};

struct deadline_list {
  struct deadline head;
  uint64_t ms; // how long each waits
};

void deadline_list_init(struct deadline_list *l, uint64_t ms);
void deadline_set(struct deadline_list *l, struct deadline *d, uint64_t now);
void deadline_clear(struct deadline *d);
struct deadline *deadline_due(const struct deadline_list *l, uint64_t now); // NULL: none yet
uint64_t deadline_first(const struct deadline_list *l);                     // UINT64_MAX where nobody waits

#endif
