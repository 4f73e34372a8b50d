// SPDX-License-Identifier: Apache-2.0
// grant: the OAuth tokens of one account while the program runs: handed out for each request, refreshed ahead
// of expiry (with jitter) once however many wait, across processes by a lease on the row. A rotated token is
// committed to the store before anyone uses it. Process-wide by account id, reference-counted, any loop; the
// catalog's account values share it, so a refresh changes no snapshot. Example:
//   struct grant *g;                                             // ERR_MISSING: the account has no grant
//   if (!grant_get(env, account_id, &g, err)) return false;
//   if (!grant_authorize(g, NULL, arena, &header, err)) …        // for each request
//   grant_unref(g);
#ifndef POSTERN_ACCOUNT_GRANT_H
#define POSTERN_ACCOUNT_GRANT_H

#include "account/env.h"
#include "mcp/peer.h"
#include "oauth/oauth.h"

enum {
  GRANT_AHEAD_MS = 5 * 60 * 1000, // at most so long before the end a token is renewed; a fifth of its life
  GRANT_MARGIN_MS = 1000,         // a token that ends sooner is not sent any more
  GRANT_LEASE_MS = 20 * 1000,     // longer than a refresh may take
  GRANT_LOOK_MS = 5 * 1000,   // who did not look at another's lease for so long has not seen it stand still
  GRANT_KEEP_MS = 1000,       // after each, tokens that the store did not take are tried to be stored again
  GRANT_DOUBT_MS = 60 * 1000, // a token refused so soon after it was made is doubted
  GRANT_DOUBTS_MOST = 2,      // doubted tokens in a row; then calls fail for that time
  GRANT_ROUNDS_MOST = 3,      // consents in a row for a missing scope
  GRANT_RETRY_MS = 5 * 1000,  // after a failure of the vendor; doubles up to
  GRANT_RETRY_MOST_MS = 60 * 1000,
};

struct grant;

// Blocking where nobody holds it yet. `env` outlives it.
MUST_USE bool grant_get(const struct account_env *env, struct str account_id, struct grant **out,
                        struct err *err);

// An account's own client at a token endpoint (RFC 6749 §4.4). Its access tokens stand in memory alone, and a new one is
// asked for where there is none (docs/decisions/022). Found by account and credential: all values of an account share
// it, and a changed credential begins anew. What is given is copied.
struct grant_client {
  struct str account_id;
  struct oauth_site site; // token_endpoint, issuer, methods, resource, audience, token_type
  struct oauth_client client;
  struct str scope;
  struct redact *hide; // of the credential
  bool failing;        // its account's status says GRANT_NO_TOKEN
};
#define GRANT_NO_TOKEN "no access token" // how errors and statuses begin that tell of one
struct grant *grant_of_client(const struct account_env *env, const struct grant_client *c);
bool grant_is_client(const struct grant *g);
// Asks for a new token, whatever is there; the value of the Authorization header. The account's row stays as it is.
MUST_USE bool grant_prove(struct grant *g, struct arena *a, struct str *value, struct err *err) SUSPENDS;

struct grant *grant_ref(struct grant *g);
void grant_unref(struct grant *g); // NULL is fine

// The value of the Authorization header, in the arena. `refused` NULL: for a new request, refreshed first
// where that is due. Else the vendor refused `*value`: the newest token was refused leads to one refresh; a
// refused refresh, a second refusal, or a scope that is missing mark the account as needing authorization:
// ERR_UNAUTHENTICATED whose hint names the link. UPSTREAM, TIMEOUT: the vendor's sign-in is down, the grant
// is kept.
MUST_USE bool grant_authorize(struct grant *g, const struct mcp_challenge *refused, struct arena *a,
                              struct str *value, struct err *err) SUSPENDS;

// What the vendor knows of this version of it and the one before; the caller unrefs.
struct redact *grant_hides(struct grant *g);
// Is a person needed? Then `link` (in the arena) is ours: <public_url>/connect/<account id>. Where only a
// scope is missing, calls that do not need it still work: ask after ERR_UNAUTHENTICATED.
bool grant_needs_authorising(struct grant *g, struct arena *a, struct str *link);
struct str grant_why(struct grant *g, struct arena *a); // it is so, in the vendor's words or ours
// Refreshes where it is due within `ahead_ms`; from housekeeping, on a fiber. Errors are logged by the
// caller.
MUST_USE bool grant_tend(struct grant *g, uint64_t ahead_ms, struct err *err) SUSPENDS;
int64_t grant_expires_at(struct grant *g);                  // ms; 0: not known
struct str grant_consent(struct grant *g, struct arena *a); // differs after each consent of a person
// Were its tokens opened for this connector and home (account_row_home)?
bool grant_is_for(struct grant *g, struct str connector, struct str home);
// The row was written by somebody else (a person consented): takes it up. Blocking.
MUST_USE bool grant_reload(const struct account_env *env, struct str account_id, struct err *err);
// Revokes at the vendor where it offers that, and forgets; no more refreshes. The account's row is not
// touched. False: the vendor could not be told.
MUST_USE bool grant_end(struct grant *g, struct err *err) SUSPENDS;

#endif
