// SPDX-License-Identifier: Apache-2.0
#include "crypto/hmac.h"

#include <sodium.h>

#include "base/codec.h"

void hmac_sha256(struct str key, const struct str *parts, size_t count, char out[HMAC_HEX]) {
  crypto_auth_hmacsha256_state state;
  unsigned char hash[crypto_auth_hmacsha256_BYTES];
  crypto_auth_hmacsha256_init(&state, (const unsigned char *)key.p, key.n);
  for (size_t i = 0; i < count; i++)
    if (parts[i].n) crypto_auth_hmacsha256_update(&state, (const unsigned char *)parts[i].p, parts[i].n);
  crypto_auth_hmacsha256_final(&state, hash);
  codec_hex(hash, sizeof hash, out);
  sodium_memzero(&state, sizeof state);
}
