// SPDX-License-Identifier: Apache-2.0
// flow_row: a person's way to the vendor and back, as a row. Of what gives power over it (the link's token,
// the state, the browser's cookie) only hashes are kept. All block. Private to account/. Example:
//   if (!flow_row_by_state(store, hash, arena, &row, err)) …   // ERR_MISSING: no answer that we wait for
//   if (!flow_row_take(store, &row, &mine, err) || !mine) …    // somebody was faster
#ifndef POSTERN_ACCOUNT_FLOW_ROW_H
#define POSTERN_ACCOUNT_FLOW_ROW_H

#include "base/arena.h"
#include "base/err.h"
#include "store/store.h"

struct flow_row {
  struct str id, status, connector, name, account_id, url, principal, client, site, scope, verifier;
  struct str link_hash, state_hash, cookie_hash, code, text, remedy;
  int64_t opens, created_at, expires_at;
};

bool flow_row_is_open(const struct flow_row *r, int64_t now_ms); // neither ended nor expired
// With a principal, in place of the one that he began for this account before.
MUST_USE bool flow_row_insert(struct store *s, const struct flow_row *r, struct err *err);
MUST_USE bool flow_row_find(struct store *s, struct str id, struct arena *a, struct flow_row *out,
                            struct err *err); // ERR_MISSING
MUST_USE bool flow_row_by_state(struct store *s, struct str hash, struct arena *a, struct flow_row *out,
                                struct err *err); // ERR_MISSING
MUST_USE bool flow_row_count_open(struct store *s, int64_t now_ms, int64_t *out, struct err *err);
// A browser goes to the vendor: verifier, state_hash and cookie_hash are new. `done` false: it has ended, or
// another browser opened it in this moment.
MUST_USE bool flow_row_open(struct store *s, const struct flow_row *r, bool *done, struct err *err);
// The answer to this state is taken once.
MUST_USE bool flow_row_take(struct store *s, const struct flow_row *r, bool *done, struct err *err);
// status, code, text, remedy, account_id; the verifier goes.
MUST_USE bool flow_row_end(struct store *s, const struct flow_row *r, struct err *err);
// Those whose time is over without an end: `gone` has id, name and expires_at of each, once.
MUST_USE bool flow_row_expire(struct store *s, int64_t now_ms, struct arena *a, struct store_rows *gone,
                              struct err *err);
MUST_USE bool flow_row_purge(struct store *s, int64_t before_ms, size_t *count, struct err *err);

#endif
