// SPDX-License-Identifier: Apache-2.0
// roster: which nodes live, as one observer sees it: a node lives while its beat changes. Time is the observer's own
// steady clock, so no two machines' clocks are compared, and looks are counted as well: an observer that could not look for
// a while knows nothing new. Pure; one thread at a time. Example:
//   roster_look(&roster, &rows, clock_mono_us());
//   for (size_t i = 0; i < roster.count; i++) if (roster.items[i].live) …
#ifndef POSTERN_NODE_ROSTER_H
#define POSTERN_NODE_ROSTER_H

#include "node/node_row.h"

enum {
  ROSTER_DEAD_MS = 7000,  // without another beat
  ROSTER_DEAD_LOOKS = 3,  // in a row that found the same one
  ROSTER_GONE_MS = 30000, // then the row may go
  ROSTER_ID = 12,
  ROSTER_HOST = 64,
  ROSTER_VERSION = 32,
  ROSTER_URL = 256,
};

struct roster_node {
  char id[ROSTER_ID], host[ROSTER_HOST], version[ROSTER_VERSION], url[ROSTER_URL];
  int64_t started_at, beat, lag, running, cpu; // lag: lines of the changelog
  uint64_t changed_us;                         // when another beat was last seen
  unsigned looks;                              // since
  bool live, ours;
};
struct roster {
  struct roster_node items[NODE_ROWS_MOST]; // by id
  size_t count;
};

// What the rows say now. One that was not there yet lives until it turns out not to.
void roster_look(struct roster *r, const struct node_rows *rows, uint64_t now_us);
const struct roster_node *roster_find(const struct roster *r, struct str id); // NULL: there is no row of it
// Nobody has seen it live for long: its row may be removed.
bool roster_is_over(const struct roster_node *n, uint64_t now_us);

#endif
