// SPDX-License-Identifier: Apache-2.0
// jwks: the public keys that a provider signs with (JWK Set, RFC 7517 §5): of each what this program can check; others are
// passed over. Immutable and counted; any thread. Example:
//   struct jwks *set;
//   if (!jwks_read(root, &set, err)) return false;
//   const struct jwk *key = jwks_find(set, kid, STR("RS256"));      // NULL: no such key; ask for the set anew, once
//   jwks_unref(set);
#ifndef POSTERN_OIDC_JWKS_H
#define POSTERN_OIDC_JWKS_H

#include <yyjson.h>

#include "crypto/jwk.h"

enum { JWKS_KEYS_MOST = 100, JWKS_ID_MOST = 512 };

struct jwks;

// UNPROCESSABLE: no set, more than JWKS_KEYS_MOST keys, or none of use.
MUST_USE bool jwks_read(yyjson_val *root, struct jwks **out, struct err *err);
struct jwks *jwks_ref(struct jwks *s);
void jwks_unref(struct jwks *s); // NULL: nothing
// The key of that id that is for that algorithm. Without an id the only one for it: of several none is guessed (OpenID
// Connect Core §10.1).
const struct jwk *jwks_find(const struct jwks *s, struct str key_id, struct str algorithm);

#endif
