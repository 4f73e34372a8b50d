// SPDX-License-Identifier: Apache-2.0
// password: passwords of people, kept as argon2id hashes (RFC 9106): 64 MiB and some tenths of a second each, so that who
// has the hashes tries few. Blocking: on the pool, a few at a time. Example:
//   char kept[PASSWORD_TEXT];
//   password_keep(given, kept, err)   …   password_fits(kept, given)
#ifndef POSTERN_CRYPTO_PASSWORD_H
#define POSTERN_CRYPTO_PASSWORD_H

#include "base/err.h"
#include "base/str.h"

enum { PASSWORD_TEXT = 128, PASSWORD_LEAST = 12, PASSWORD_MOST = 1024 }; // least, most: bytes of a new one

MUST_USE bool password_keep(struct str given, char kept[PASSWORD_TEXT], struct err *err);
// `kept` empty: of nobody. Takes as long, and fits nothing.
bool password_fits(struct str kept, struct str given);

#endif
