// SPDX-License-Identifier: Apache-2.0
// throttle: who guesses passwords waits longer each time, by the address that guesses and by the name that is guessed:
// a second after the fourth wrong one, at most half a minute, forgotten after a quarter of an hour. So nobody is locked
// out for good, and a link lets in meanwhile. Process-wide, in memory, with room for a stated number of them; where that
// is full, the one that has waited longest is forgotten. Any thread. Example:
//   int64_t wait = throttle_wait("name", name, now);   // ms; 0: may try
//   if (right) throttle_forget("name", name, now);
#ifndef POSTERN_ACCESS_THROTTLE_H
#define POSTERN_ACCESS_THROTTLE_H

#include "base/str.h"

enum {
  THROTTLE_MOST = 2048,
  THROTTLE_FREE = 3,
  THROTTLE_WAIT_MS = 30 * 1000,
  THROTTLE_KEEP_MS = 15 * 60 * 1000
};

// Whoever may try counts as wrong until it is forgotten, so that many at once are many.
int64_t throttle_wait(const char *kind, struct str text, int64_t now_ms);
void throttle_forget(const char *kind, struct str text, int64_t now_ms);

#endif
