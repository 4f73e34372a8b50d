// SPDX-License-Identifier: Apache-2.0
// lease: that a person has let a client use one server on her behalf, until it ends or is revoked; people call it a sign-in.
// It begins with a code, which counts once (RFC 6749 §4.1.2), and is held by an access token, which lives for an hour or
// so, and a refresh token, which is another one each time (docs/decisions/036). Of codes and access tokens the hash is kept;
// refresh tokens are made of a secret of the lease, which is sealed. Each function is one transaction: what a crash
// leaves is either before it or behind it. Blocking: on the pool. Example:
//   lease_code(store, &code, arena, text, err)                                          // consent was given
//   struct lease_terms terms = {.access_ms = …, .idle_ms = …, .age_ms = …, .now = now};
//   lease_redeem(store, &terms, &given, arena, &tokens, err)                            // ERR_DENIED: invalid_grant
//   lease_refresh(store, &terms, &given, arena, &tokens, err)                           // likewise
#ifndef POSTERN_AUTHORITY_LEASE_H
#define POSTERN_AUTHORITY_LEASE_H

#include "authority/lease_row.h"

enum { LEASE_CODE_MS = 60 * 1000, LEASE_GRACE_MS = 60 * 1000, LEASES_OF_ONE = 100, LEASE_REFRESH = 128 };

struct lease_terms {       // as the settings say
  int64_t access_ms;       // an access token's life
  int64_t idle_ms, age_ms; // of the lease: without a refresh, and in all
  int64_t now;
};

struct lease_given { // to the token endpoint
  struct str secret; // the code, or the refresh token
  struct str client_id;
  struct str redirect_uri, verifier; // with a code
  struct str server_id;              // that `resource` names; empty: it names none
  int64_t taken; // with a refresh token: the newest generation that memory has seen used (authority/live)
};

struct lease_tokens {
  struct lease lease;
  char access[TOKEN_TEXT], refresh[LEASE_REFRESH];
  unsigned char hash[TOKEN_HASH]; // of the access token
  int64_t expires_at;
};

struct lease_code {
  struct str user_id, client_id, server_id, redirect_uri;
  struct str challenge; // S256 of the verifier, as RFC 7636 §4.2 writes it
};

// A code for what a person has just consented to.
MUST_USE bool lease_code(struct store *s, const struct lease_code *code, int64_t now, struct arena *a,
                         char text[TOKEN_TEXT], struct err *err);

// ERR_DENIED, with the reason invalid_grant: it does not count, or not for who gives it. Where that means that somebody
// has it who should not, the lease is revoked, and *revoked is its row; its id is empty otherwise.
MUST_USE bool lease_redeem(struct store *s, const struct lease_terms *t, const struct lease_given *given,
                           struct arena *a, struct lease_tokens *out, struct lease *revoked, struct err *err);
MUST_USE bool lease_refresh(struct store *s, const struct lease_terms *t, const struct lease_given *given,
                            struct arena *a, struct lease_tokens *out, struct lease *revoked,
                            struct err *err);
// Of a refresh token, which lease it says it is of, for live_use; empty: it is none. Pure.
struct str lease_id_of(struct str token, struct arena *a);
// Whose refresh token it is; id empty: nobody's, or of a lease that has gone.
MUST_USE bool lease_of_refresh(struct store *s, struct str token, struct arena *a, struct lease *out,
                               struct err *err);

#endif
