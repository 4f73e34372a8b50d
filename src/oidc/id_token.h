// SPDX-License-Identifier: Apache-2.0
// id_token: what a provider says of who signed in (OpenID Connect Core §2, §3.1.3.7; RFC 7519): taken apart, its signature
// checked, then its claims. Nothing of it counts before both. Pure; texts live in the caller's arena. Example:
//   struct id_token t;
//   if (!id_token_read(compact, arena, &t, err)) return false;           // the caller: id_token_free(&t)
//   const struct jwk *key = jwks_find(set, t.key_id, t.algorithm);
//   ok = key && id_token_signed(&t, key, err) && id_token_holds(&t, &want, err);
#ifndef POSTERN_OIDC_ID_TOKEN_H
#define POSTERN_OIDC_ID_TOKEN_H

#include <yyjson.h>

#include "base/arena.h"
#include "crypto/jwk.h"

enum { ID_TOKEN_MOST = 64 * 1024, ID_TOKEN_LEEWAY_S = 60, ID_TOKEN_SUBJECT_MOST = 255 };

struct id_token {
  struct str algorithm, key_id; // key_id empty: none is named
  struct str text, signature;   // what is signed, and the bytes of the signature
  yyjson_doc *claims;
};

struct id_token_want {
  struct str issuer, client_id, nonce;
  int64_t now_ms;
};

// DENIED, as the next two: an algorithm that is none of ours ("none", HS256), extensions that have to be understood (RFC
// 7515 §4.1.11), no token at all.
MUST_USE bool id_token_read(struct str compact, struct arena *a, struct id_token *out, struct err *err);
MUST_USE bool id_token_signed(const struct id_token *t, const struct jwk *key, struct err *err);
// iss, aud and azp to the letter; exp, iat and nbf within ID_TOKEN_LEEWAY_S; nonce; a sub.
MUST_USE bool id_token_holds(const struct id_token *t, const struct id_token_want *want, struct err *err);
void id_token_free(struct id_token *t);

#endif
