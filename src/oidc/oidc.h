// SPDX-License-Identifier: Apache-2.0
// oidc: a person's way to the company's provider and back (OpenID Connect Core §3.1): authorization code with PKCE, state and
// nonce. What has to be known on the way back is sealed into a cookie, so that only the browser that began can end it, and so
// that beginning writes no row: anybody may begin. The state of one that came back is a row, and counts once. On a fiber.
// Example:
//   struct oidc_start go;
//   if (!oidc_begin(&env, STR("okta"), next, arena, &go, err)) return false;      // 303 to go.url, with go.cookie
//   …
//   struct oidc_end end;
//   if (!oidc_finish(&env, &answer, cookie, arena, &end, err)) return false;      // end.person: checked, not yet let in
#ifndef POSTERN_OIDC_OIDC_H
#define POSTERN_OIDC_OIDC_H

#include "oauth/openid.h"
#include "oidc/claims.h"

enum {
  OIDC_LIVES_MS = 10 * 60 * 1000,
  OIDC_NEXT_MOST = 2400,
  OIDC_COOKIE_MOST = 4000,
  OIDC_STATES_MOST = 10000
};

struct oidc_env {
  struct store *store; // with a ring
  struct oauth_net net;
  struct str public_url; // the redirect URI is <public_url>/signin/callback
};

struct oidc_start {
  struct str url, cookie; // the provider's page; what the browser holds until it comes back
};
// `next`: a path of ours to come to afterwards; see oidc_is_path.
MUST_USE bool oidc_begin(const struct oidc_env *env, struct str provider, struct str next, struct arena *a,
                         struct oidc_start *out, struct err *err) SUSPENDS;

struct oidc_end {
  struct provider provider;
  struct str issuer; // exactly as its metadata says
  struct claims_person person;
  struct str next;
  struct secret *id_token; // as it came; the caller frees it
};
// DENIED: another browser began it, it is too old, or was used (ANOTHER_BROWSER, WRONG_STATE), or the provider's word does
// not hold.
MUST_USE bool oidc_finish(const struct oidc_env *env, const struct oauth_answer *answer, struct str cookie,
                          struct arena *a, struct oidc_end *out, struct err *err) SUSPENDS;

// Where a browser ends the sign-in at the provider too, and comes back to `next` from (RP-Initiated Logout 1.0 §2).
// MISSING: it has no such place. `id_token` NULL: it may ask.
MUST_USE bool oidc_end_url(const struct oidc_env *env, struct str provider, const struct secret *id_token,
                           struct str next, struct arena *a, struct str *out, struct err *err) SUSPENDS;

// A path of this origin, for a Location: "/ui/…", never "//host" nor what browsers read as that.
bool oidc_is_path(struct str next);
// Is the provider there, and what it should be? Its issuer becomes what its metadata says.
MUST_USE bool oidc_try(const struct oidc_env *env, struct provider *p, struct arena *a,
                       struct err *err) SUSPENDS;
MUST_USE bool oidc_purge(struct store *s, int64_t now_ms, struct err *err); // blocking

#endif
