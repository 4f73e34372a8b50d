// SPDX-License-Identifier: Apache-2.0
// approval_row: approvals as rows. Each step from one state to the next is one transaction that sees the state it goes
// from, so nothing is approved twice, and nothing that was approved runs twice, whoever asks at a time and whatever ends in
// between. Functions block: run them on the pool. Example:
//   if (!approval_ask(store, &wanted, arena, &row, &fresh, err)) …          // ERR_LIMIT: too many wait
//   struct approval_step step = {.id = row.id, .from = APPROVAL_APPROVED, .to = APPROVAL_RUNNING, .now = now};
//   if (!approval_step(store, &step, arena, &row, err)) …                   // ERR_CONFLICT: somebody was sooner
#ifndef POSTERN_APPROVAL_APPROVAL_ROW_H
#define POSTERN_APPROVAL_APPROVAL_ROW_H

#include "approval/approval.h"
#include "store/store.h"

// The one of the same asker, server, account, tool and arguments that counts: it is open, runs, or was refused and would
// be open. Else `wanted` itself, as a new row with an id; `fresh` says so.
MUST_USE bool approval_ask(struct store *s, const struct approval *wanted, struct arena *a,
                           struct approval *out, bool *fresh, struct err *err);
// ERR_MISSING; ERR_DENIED: it is not as we wrote it.
MUST_USE bool approval_get(struct store *s, struct str id, struct arena *a, struct approval *out,
                           struct err *err);

struct approval_query {
  bool open;            // those alone that wait for a word
  struct str before_id; // empty: from the newest on
  size_t limit;
};
// Newest first. What is not as we wrote it is left out, with a line in the log.
MUST_USE bool approval_list(struct store *s, const struct approval_query *q, struct arena *a,
                            struct approval **out, size_t *count, struct err *err);

struct approval_step {
  struct str id;
  enum approval_state from, to;
  int64_t now;
  int64_t expires_at;             // 0: it stays
  struct str by, by_name, reason; // of a word that is given; empty: they stay
  struct str outcome;             // likewise
};
// ERR_CONFLICT: it is not in that state (any more), or its time is over.
MUST_USE bool approval_step(struct store *s, const struct approval_step *step, struct arena *a,
                            struct approval *out, struct err *err);
// What is over by its time: `gone` has those that expired or were cut. Old ones are deleted.
MUST_USE bool approval_sweep(struct store *s, int64_t now, struct arena *a, struct approval **gone,
                             size_t *count, struct err *err);

#endif
