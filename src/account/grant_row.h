// SPDX-License-Identifier: Apache-2.0
// grant_row: the tokens of accounts as rows: sealed, counted by version, leased while one program refreshes
// them. All block; texts live in the caller's arena. Private to account/. Example:
//   if (!grant_row_find(store, id, arena, &row, err) || !grant_row_open(env, &row, &access, &refresh, err)) …
#ifndef POSTERN_ACCOUNT_GRANT_ROW_H
#define POSTERN_ACCOUNT_GRANT_ROW_H

#include "account/env.h"

struct grant_row {
  struct str account_id, client, site, tokens, scope, wanted, subject, needs, why, consent, lease_by;
  int64_t rounds, issued_at, expires_at, lease_until, version;
  struct str connector,
      home; // of the account (account_row_home): where the tokens go, beside the site, and whose
};

MUST_USE bool grant_row_find(struct store *s, struct str account_id, struct arena *a, struct grant_row *out,
                             struct err *err); // ERR_MISSING
MUST_USE bool grant_row_seal(const struct account_env *env, struct grant_row *row,
                             const struct secret *access, const struct secret *refresh, struct arena *a,
                             struct err *err);
// Seals the row's tokens anew where the key has changed since they were sealed. To be called within the
// transaction that writes them, so that a change of keys happens before or after it, and never in between.
MUST_USE bool grant_row_renew(const struct account_env *env, struct grant_row *row, struct arena *a,
                              struct err *err);
// Either may come out NULL. The caller frees.
MUST_USE bool grant_row_open(const struct account_env *env, const struct grant_row *row,
                             struct secret **access, struct secret **refresh, struct err *err);

// After a person's consent: replaces the account's tokens, and counts the version up.
MUST_USE bool grant_row_put(struct store *s, const struct grant_row *row, struct err *err);
// For row->lease_by, marked by row->lease_until, while row->version is the newest and the lease is still as it is in `seen`.
MUST_USE bool grant_row_lease(struct store *s, const struct grant_row *row, const struct grant_row *seen,
                              bool *got, struct err *err);
MUST_USE bool grant_row_release(struct store *s, const struct grant_row *row, struct err *err);
// Writes what a refresh brought (tokens, scope, times) and counts the version up. Only for the holder of the
// lease.
MUST_USE bool grant_row_refresh(struct store *s, const struct grant_row *row, bool *done, struct err *err);
// Writes what a person is needed for: needs, why, wanted, rounds, tokens. Only where row->version is the newest.
MUST_USE bool grant_row_need(struct store *s, const struct grant_row *row, bool *done, struct err *err);
MUST_USE bool grant_row_delete(struct store *s, struct str account_id, struct err *err);

#endif
