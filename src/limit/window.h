// SPDX-License-Identifier: Apache-2.0
// window: how many calls there were within the last minute, by the second: never more than the limit are let through in
// any sixty seconds, wherever they begin. Seconds are those of a clock that nobody sets. Pure; one thread at a time.
// Example:
//   if (window_left(&w, limit, now_s) > 0) window_add(&w, now_s);
//   else … window_wait(&w, limit, now_s) seconds …
#ifndef POSTERN_LIMIT_WINDOW_H
#define POSTERN_LIMIT_WINDOW_H

#include <stdint.h>

// The second at hand has only begun, so a minute touches one second more than sixty.
enum { WINDOW_SECONDS = 61 };

struct window {  // {0}
  uint64_t at_s; // the newest second that is counted
  uint32_t counts[WINDOW_SECONDS], total;
};

int64_t window_left(struct window *w, int64_t limit, uint64_t now_s); // never less than 0
void window_add(struct window *w, uint64_t now_s);
// Seconds until one more may be, and until there are more than now; 0: at once, there are all.
int64_t window_wait(struct window *w, int64_t limit, uint64_t now_s);
int64_t window_reset(struct window *w, uint64_t now_s);

#endif
