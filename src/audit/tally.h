// SPDX-License-Identifier: Apache-2.0
// tally: what anybody may do as often as he likes (be turned away, open a link), counted, so that a flood of it is few
// rows. Those alike within a window are one row, which is told at once and again, with its count, every so often while
// that grows. What outsiders choose cannot make many: of one address and reason a few (TALLY_WHATS_MOST) are told apart
// by it and the others are one row, and past TALLY_KEYS_MOST all others of the window are one row. Pure; one thread at
// a time. Example:
//   tally_add(&tally, &row, mark, clock_mono_us());
//   if (!tally_left(&tally, now)) tally_take(&tally, now, put, arg);
#ifndef POSTERN_AUDIT_TALLY_H
#define POSTERN_AUDIT_TALLY_H

#include "audit/audit.h"
#include "base/map.h"

enum { TALLY_KEYS_MOST = 1024, TALLY_WHATS_MOST = 8, TALLY_WINDOW_MS = 60000, TALLY_TELL_MS = 2000 };
enum { TALLY_ROWS_MOST = TALLY_KEYS_MOST + 1 };
#define TALLY_NOTHING UINT64_MAX

struct tally_entry {
  struct audit_row row;
  unsigned whats;    // of a row without a `what`: how many others have one
  int64_t told;      // of its count
  char id[TOKEN_ID]; // whoever takes it may note which row it became
};

struct tally { // {0}
  struct arena *arena;
  struct map by_key;
  struct tally_entry *entries[TALLY_KEYS_MOST], rest;
  size_t count;
  uint64_t ends_us, tells_us; // the window; when counts that grew are told, 0: none did
  bool fresh;                 // something is there that was not told yet
};

// True: there is something to wait for, or to take, that was not there before.
bool tally_add(struct tally *t, const struct audit_row *row, struct str what, uint64_t now_us);
uint64_t tally_left(const struct tally *t, uint64_t now_us); // us until something is due; TALLY_NOTHING
// `put` gets what is news by now. The last time before the window is over, `ends` says so: the entry goes with the call.
typedef void tally_put(void *arg, struct tally_entry *entry, bool ends);
void tally_take(struct tally *t, uint64_t now_us, tally_put *put, void *arg);
// The same for all, whatever the time; the window is over.
void tally_end(struct tally *t, tally_put *put, void *arg);

#endif
