// SPDX-License-Identifier: Apache-2.0
// lease_row: leases and their access tokens as rows. Whoever can write to the database lets nobody in: a lease's secret is
// sealed for the person, client and server, and for how far its refresh tokens have come; access tokens are stamped.
// Blocking: on the pool. Example:
//   if (!lease_row_by_token(store, hash, arena, &lease, &token, err)) return false;
//   if (!lease.id.n) …                                   // unknown, expired or revoked
#ifndef POSTERN_AUTHORITY_LEASE_ROW_H
#define POSTERN_AUTHORITY_LEASE_ROW_H

#include "crypto/secret.h"
#include "crypto/token.h"
#include "store/store.h"

struct lease {
  struct str id; // "sgn_…"
  struct str user_id, client_id, server_id;
  struct str client_name, redirect_to; // for people
  int64_t created_at, ends_at, used_at;
  int64_t generation, turned_at; // of its refresh token, and since when that is the current one
  int64_t taken;                 // the newest generation of which something has been used
};

struct lease_token {
  unsigned char hash[TOKEN_HASH];
  int64_t generation, expires_at;
};

// With its secret, where `secret` is not NULL: the caller frees it. id empty: there is none.
MUST_USE bool lease_row_find(struct store *s, struct str id, struct arena *a, struct lease *out,
                             struct secret **secret, struct err *err);
MUST_USE bool lease_row_by_token(struct store *s, const unsigned char hash[TOKEN_HASH], struct arena *a,
                                 struct lease *out, struct lease_token *token, struct err *err);
// `user_id` empty: of all. Oldest first.
MUST_USE bool lease_row_list(struct store *s, struct str user_id, struct arena *a, struct lease **out,
                             size_t *count, struct err *err);

// Within the caller's transaction.
MUST_USE bool lease_row_insert(struct store *s, const struct lease *v, struct str secret, struct arena *a,
                               struct err *err);
MUST_USE bool lease_row_turn(struct store *s, const struct lease *v, struct str secret, struct arena *a,
                             struct err *err);
MUST_USE bool lease_row_add_token(struct store *s, struct str lease_id, const struct lease_token *t,
                                  struct arena *a, struct err *err);

// Something of it was used: its own time, and what that says of refresh tokens before.
MUST_USE bool lease_row_note_use(struct store *s, struct str id, int64_t used_at, int64_t generation,
                                 struct err *err);
// With its tokens. ERR_MISSING: there is none.
MUST_USE bool lease_row_delete(struct store *s, struct str id, struct err *err);
MUST_USE bool lease_row_delete_token(struct store *s, const unsigned char hash[TOKEN_HASH], struct err *err);
// Leases that have ended, those not refreshed for idle_ms, and tokens and codes that have.
MUST_USE bool lease_row_purge(struct store *s, int64_t now, int64_t idle_ms, struct err *err);

#endif
