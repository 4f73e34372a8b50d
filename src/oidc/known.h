// SPDX-License-Identifier: Apache-2.0
// known: what providers published of themselves, kept for ten minutes: where their endpoints are, and their keys. Anybody
// may begin a sign-in, so how often a provider is asked is bounded: few at once, not again at once after a failure, and for
// a key that is not there once in half a minute. Process-wide, in memory, losable. On a fiber. Example:
//   struct openid_site site;
//   if (!known_site(&ask, arena, &site, err)) return false;
//   struct jwks *keys; if (!known_keys(&ask, &site, false, &keys, err)) return false;      // jwks_unref
#ifndef POSTERN_OIDC_KNOWN_H
#define POSTERN_OIDC_KNOWN_H

#include "oauth/openid.h"
#include "oidc/jwks.h"
#include "oidc/provider.h"

enum {
  KNOWN_KEEP_MS = 10 * 60 * 1000,
  KNOWN_FAILED_MS = 5 * 1000, // so long a failure is told again without asking
  KNOWN_ANEW_MS = 30 * 1000,  // between two questions for a key that is not there
  KNOWN_ASKING_MOST = 8,      // providers that are asked at a time
};

struct known_ask {
  const struct oauth_net *net;
  const struct provider *provider; // as it is now: of an older version nothing is kept
};

MUST_USE bool known_site(const struct known_ask *ask, struct arena *a, struct openid_site *out,
                         struct err *err) SUSPENDS;
// `anew`: a key was not in those that are kept. DENIED: they were asked for a moment ago.
MUST_USE bool known_keys(const struct known_ask *ask, const struct openid_site *site, bool anew,
                         struct jwks **out, struct err *err) SUSPENDS;
void known_close(void);

#endif
