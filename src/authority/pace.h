// SPDX-License-Identifier: Apache-2.0
// pace: how often something may come from one address within a window of time, for what anybody may ask. Any thread.
// Bounded: so many addresses are told apart, more share a count. Example:
//   static struct pace registrations = PACE(60 * 1000);
//   int64_t wait = pace_wait(&registrations, most, from, now);   // ms; 0: it may, and is counted
#ifndef POSTERN_AUTHORITY_PACE_H
#define POSTERN_AUTHORITY_PACE_H

#include <pthread.h>

#include "base/str.h"

enum { PACE_ASKERS = 1024 };

struct pace { // lives as long as the program
  int64_t window_ms;
  pthread_mutex_t lock;
  struct {
    int64_t since;
    uint64_t count;
  } askers[PACE_ASKERS];
};
#define PACE(ms)                                                                                             \
  { .window_ms = (ms), .lock = PTHREAD_MUTEX_INITIALIZER }

int64_t pace_wait(struct pace *p, uint64_t most, struct str from, int64_t now);

#endif
