// SPDX-License-Identifier: Apache-2.0
#include "crypto/password.h"

#include <assert.h>
#include <pthread.h>
#include <sodium.h>

// Of a text that nobody knows, with today's costs: what a name that is none is compared with.
static char password_nobody[PASSWORD_TEXT];
static pthread_once_t password_once = PTHREAD_ONCE_INIT;

static bool password_hash(struct str given, char kept[PASSWORD_TEXT]) {
  static_assert((size_t)PASSWORD_TEXT >= crypto_pwhash_STRBYTES, "room for a hash");
  return crypto_pwhash_str_alg(kept, given.p ? given.p : "", given.n, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                               crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) == 0;
}

static void password_make_nobody(void) {
  char unknown[32];
  if (sodium_init() >= 0) randombytes_buf(unknown, sizeof unknown);
  if (!password_hash(str_make(unknown, sizeof unknown), password_nobody)) password_nobody[0] = 0;
  sodium_memzero(unknown, sizeof unknown);
}

bool password_keep(struct str given, char kept[PASSWORD_TEXT], struct err *err) {
  if (given.n < PASSWORD_LEAST || given.n > PASSWORD_MOST)
    return err_at(err, ERR_INVALID, "password", "must have %d to %d bytes", PASSWORD_LEAST, PASSWORD_MOST);
  pthread_once(&password_once, password_make_nobody);
  return password_hash(given, kept) || err_set(err, ERR_UNAVAILABLE, "no memory for a password's hash now");
}

bool password_fits(struct str kept, struct str given) {
  char text[PASSWORD_TEXT] = {0};
  pthread_once(&password_once, password_make_nobody);
  bool known = kept.n > 0 && kept.n < sizeof text;
  memcpy(text, known ? kept.p : password_nobody, known ? kept.n : sizeof password_nobody);
  bool fits =
      given.n <= PASSWORD_MOST && crypto_pwhash_str_verify(text, given.p ? given.p : "", given.n) == 0;
  return fits && known;
}
