// SPDX-License-Identifier: Apache-2.0
#include "crypto/token.h"

#include <assert.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/codec.h"

enum { TOKEN_ID_PREFIX = 5, TOKEN_PREFIX = 6 }; // as token.h promises
enum { TOKEN_ID_TIME = 9, TOKEN_ID_RANDOM = 11, TOKEN_SECRET = 32 };

static pthread_once_t token_once = PTHREAD_ONCE_INIT;

static void token_init(void) {
  if (sodium_init() < 0) abort();
}

void token_random(void *out, size_t n) {
  pthread_once(&token_once, token_init);
  randombytes_buf(out, n);
}

// The last `n` digits of v to the base of 36.
static void token_base36(uint64_t v, char *out, size_t n) {
  while (n) {
    out[--n] = "0123456789abcdefghijklmnopqrstuvwxyz"[v % 36];
    v /= 36;
  }
}

static size_t token_prefix(const char *prefix, char *out) {
  size_t n = strlen(prefix);
  memcpy(out, prefix, n);
  out[n] = '_';
  return n + 1;
}

void token_id(const char *prefix, char out[TOKEN_ID]) {
  const uint64_t range =
      131621703842267136u; // 36^11; above its largest multiple the digits would lean to low values
  uint64_t v;
  do token_random(&v, sizeof v);
  while (v >= UINT64_MAX / range * range);
  assert(strlen(prefix) <= TOKEN_ID_PREFIX);
  size_t n = token_prefix(prefix, out);
  token_base36((uint64_t)clock_now_ms(), out + n, TOKEN_ID_TIME);
  token_base36(v % range, out + n + TOKEN_ID_TIME, TOKEN_ID_RANDOM);
  out[n + TOKEN_ID_TIME + TOKEN_ID_RANDOM] = 0;
}

void token_new(const char *prefix, char out[TOKEN_TEXT]) {
  unsigned char bytes[TOKEN_SECRET];
  token_random(bytes, sizeof bytes);
  assert(strlen(prefix) <= TOKEN_PREFIX);
  size_t n = token_prefix(prefix, out);
  sodium_bin2base64(out + n, TOKEN_TEXT - n, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  sodium_memzero(bytes, sizeof bytes);
}

void token_hash(struct str token, unsigned char out[TOKEN_HASH]) {
  static_assert((size_t)TOKEN_HASH == crypto_hash_sha256_BYTES, "SHA-256");
  crypto_hash_sha256(out, (const unsigned char *)token.p, token.n);
}

void token_hash_hex(struct str token, char out[TOKEN_HASH_HEX]) {
  unsigned char hash[TOKEN_HASH];
  token_hash(token, hash);
  codec_hex(hash, sizeof hash, out);
}
