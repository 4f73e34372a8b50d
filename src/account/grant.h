// SPDX-License-Identifier: Apache-2.0
// grant: the OAuth tokens of one account while the program runs: handed out for each request, refreshed ahead
// of expiry (with jitter) once however many wait, across processes by a lease on the row. A rotated token is
// committed to the store before anyone uses it. Process-wide by account id, reference-counted, any loop; the
// catalog's account values share it, so a refresh changes no snapshot. Example:
//   struct grant *g = grant_get(env, account_id);          // NULL: the account has no OAuth grant
//   struct mcp_auth auth = grant_auth(g);                  // for mcp_peer_new
//   grant_unref(g);
#ifndef POSTERN_ACCOUNT_GRANT_H
#define POSTERN_ACCOUNT_GRANT_H

#include "account/account.h"
#include "mcp/peer.h"

struct grant;

struct grant *grant_get(const struct account_env *env, struct str account_id);
struct grant *grant_ref(struct grant *g);
void grant_unref(struct grant *g);

// Lends the bearer header. A refusal (401) with the newest token leads to one refresh; invalid_grant, a
// second refusal or insufficient_scope mark the account as needing authorisation: ERR_UNAUTHENTICATED whose
// hint names the link.
struct mcp_auth grant_auth(struct grant *g);

// Is a person needed before the next call can work? `link` (in the arena) is ours: /connect/<account id>.
bool grant_needs_authorising(struct grant *g, struct arena *a, struct str *link);
// Refreshes where it is due within `ahead_ms`; from housekeeping, on a fiber. Errors are logged by the
// caller.
MUST_USE bool grant_tend(struct grant *g, uint64_t ahead_ms, struct err *err) SUSPENDS;
int64_t grant_expires_at(struct grant *g); // ms; 0: not known
// Revokes at the vendor where it offers that, and forgets. The account's row is not touched.
void grant_end(struct grant *g) SUSPENDS;

#endif
