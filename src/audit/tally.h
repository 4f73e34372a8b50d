// SPDX-License-Identifier: Apache-2.0
// tally: requests that were turned away, counted, so that a flood of them is few rows. Those alike within a window are
// one row. What outsiders choose cannot make many: of one address and reason a few (TALLY_WHATS_MOST) are told apart
// by it and the others are one row, and past TALLY_KEYS_MOST all others of the window are one row. Pure; one thread at
// a time. Example:
//   tally_add(&tally, &row, mark, clock_mono_us());
//   if (!tally_left(&tally, clock_mono_us())) tally_end(&tally, put, arg);
#ifndef POSTERN_AUDIT_TALLY_H
#define POSTERN_AUDIT_TALLY_H

#include "audit/audit.h"
#include "base/map.h"

enum { TALLY_KEYS_MOST = 1024, TALLY_WHATS_MOST = 8, TALLY_WINDOW_MS = 60000 };
#define TALLY_NOTHING UINT64_MAX

struct tally_entry {
  struct audit_row row;
  unsigned whats; // of a row without a `what`: how many others have one
};

struct tally { // {0}
  struct arena *arena;
  struct map by_key;
  struct tally_entry *entries[TALLY_KEYS_MOST], rest;
  size_t count;
  uint64_t ends_us;
};

// True: a window has begun.
bool tally_add(struct tally *t, const struct audit_row *row, struct str what, uint64_t now_us);
uint64_t tally_left(const struct tally *t,
                    uint64_t now_us); // us until the window ends; TALLY_NOTHING: there is none
// Ends the window; `put` gets its rows, which last as long as the call.
void tally_end(struct tally *t, void (*put)(void *arg, const struct audit_row *row), void *arg);

#endif
