// SPDX-License-Identifier: Apache-2.0
// jwt: signs a JSON Web Token (JWS compact serialization, RFC 7515) with a private key of ours, by which a
// client authenticates itself to a token endpoint (private_key_jwt, RFC 7523). Pure; any thread; a
// millisecond or two for RSA. Example:
//   struct jwt t = {.algorithm = STR("ES256"), .key_id = kid, .claims = STR("{\"iss\":…,\"exp\":…}")};
//   struct str token; if (!jwt_sign(&t, pem, arena, &token, err)) return false;
#ifndef POSTERN_CRYPTO_JWT_H
#define POSTERN_CRYPTO_JWT_H

#include "base/arena.h"
#include "base/err.h"
#include "crypto/secret.h"

struct jwt {
  struct str algorithm; // RS256 (RSA of 2048 bits at least), ES256 (P-256) or EdDSA (Ed25519)
  struct str type;      // the header's "typ"; may be empty
  struct str key_id;    // the header's "kid"; may be empty
  struct str claims;    // a JSON object, signed as it is
};

// `pem`: PKCS #8, or the traditional form; not encrypted. INVALID: no such algorithm, or the key is not one
// for it. The token is a credential for as long as it lives: the caller wipes it.
MUST_USE bool jwt_sign(const struct jwt *t, const struct secret *pem, struct arena *a, struct str *token,
                       struct err *err);
// What a private key signs with: RS256, ES256 or EdDSA.
MUST_USE bool jwt_algorithm(const struct secret *pem, const char **name, struct err *err);

#endif
