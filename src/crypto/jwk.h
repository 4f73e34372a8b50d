// SPDX-License-Identifier: Apache-2.0
// jwk: public keys of others, made of their numbers (JSON Web Key, RFC 7517, 7518 §6, 8037), and the signatures of JSON Web
// Tokens checked with them: RS256, PS256, ES256 and EdDSA (Ed25519). The algorithm is one that the key is for: `none` and
// those by a shared secret are not known here at all, so a public key is never taken for such a secret. Immutable; any
// thread; one owner frees it. Example:
//   struct jwk *key;
//   if (!jwk_rsa(n, e, &key, err)) return false;                        // bytes, as base64url has them
//   if (!jwk_verifies(key, STR("RS256"), signed_text, signature)) …     // text: "header.claims", as they came
//   jwk_free(key);
#ifndef POSTERN_CRYPTO_JWK_H
#define POSTERN_CRYPTO_JWK_H

#include "base/err.h"
#include "base/str.h"

enum { JWK_RSA_BITS_LEAST = 2048, JWK_RSA_BITS_MOST = 8192, JWK_EXPONENT_BYTES_MOST = 8 };

struct jwk;

// INVALID: too small or large, or no key at all (a point that is not on the curve).
MUST_USE bool jwk_rsa(struct str n, struct str e, struct jwk **out, struct err *err);
MUST_USE bool jwk_p256(struct str x, struct str y, struct jwk **out, struct err *err);
MUST_USE bool jwk_ed25519(struct str x, struct jwk **out, struct err *err);
void jwk_free(struct jwk *k); // NULL: nothing

bool jwk_knows(struct str algorithm);                       // one of the four
bool jwk_is_for(const struct jwk *k, struct str algorithm); // and the key's kind is the one that it takes
// False also where the key is not for that algorithm.
bool jwk_verifies(const struct jwk *k, struct str algorithm, struct str text, struct str signature);

#endif
