// SPDX-License-Identifier: Apache-2.0
// answer_row: kept answers as rows. What was asked (question, program) and what was told (text, rows, calls) are sealed
// apart from each other, each bound to the row's id, owner and visibility, so that nobody gives a row of the database
// another owner. What was told goes when an account that it used is deleted; what was asked stays. Bounded: an owner's own
// oldest make room for its new ones, and where all is full, those of who has most (docs/decisions/027). Functions block:
// run them on the pool. Example:
//   if (!answer_row_insert(store, &row, err)) …                // ERR_LIMIT: there is no room
//   if (!answer_row_read(store, id, arena, &row, err)) …       // ERR_MISSING; ERR_DENIED: its seal does not hold
#ifndef POSTERN_ANSWER_ANSWER_ROW_H
#define POSTERN_ANSWER_ANSWER_ROW_H

#include "store/store.h"

enum {
  ANSWERS_MOST = 20000,           // in all
  ANSWERS_OWNER_MOST = 5000,      // of one owner
  ANSWERS_BYTES_MOST = 256 << 20, // in all
  ANSWERS_OWNER_BYTES = 64 << 20, // of one owner
  ANSWER_ACCOUNTS_MOST = 64,      // that one answer used
};

struct answer_row {
  struct str id, owner;
  bool is_private;              // seen by its owner alone
  struct str server_id;         // whose view it was asked in; empty: all accounts
  struct str conversation;      // id of its first answer
  struct str follows, rerun_of; // ids; empty: none
  int64_t created_at, gone_at;  // gone_at: when what was told went with an account; 0: it is there
  struct str asked, told;       // JSON; told empty: gone, or not read
  const struct str *accounts;   // ids of those that it used; of one that was read, STR_NONE
  size_t account_count;
};

// Stored whole when it returns. An account that is no more by now: stored without what was told.
MUST_USE bool answer_row_insert(struct store *s, const struct answer_row *row, struct err *err);
// Where its seal does not hold, ERR_DENIED, and `out` has whose it claims to be.
MUST_USE bool answer_row_read(struct store *s, struct str id, struct arena *a, struct answer_row *out,
                              struct err *err);
// Sealed anew for it. Nobody else's: row->owner is held to.
MUST_USE bool answer_row_show(struct store *s, const struct answer_row *row, bool is_private,
                              struct err *err);
MUST_USE bool answer_row_delete(struct store *s, struct str id, struct str owner, struct err *err);

struct answer_list {
  struct str owner;        // whose
  bool mine, shared;       // of these: theirs, others' that are shared
  struct str conversation; // the oldest first then; empty: all, the newest first
  struct str after;        // id of the last of the page before; empty: the first page
  size_t limit;
};
// Without what was told; fewer than the limit where they are large. One whose seal does not hold is left out, with a line
// in the log. `last`: id of the last row that was looked at, where there may be more; else empty.
MUST_USE bool answer_row_list(struct store *s, const struct answer_list *q, struct arena *a,
                              struct answer_row **out, size_t *count, struct str *last, struct err *err);

// Those made before go, a bounded number at a time.
MUST_USE bool answer_row_purge(struct store *s, int64_t before_ms, struct err *err);
// Seals a bounded number anew that another key than the current one has sealed. `done`: how many.
MUST_USE bool answer_row_reseal(struct store *s, size_t *done, struct err *err);

#endif
