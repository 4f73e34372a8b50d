// SPDX-License-Identifier: Apache-2.0
// hmac: HMAC-SHA256 (RFC 2104) of a text in parts, as hex. Any thread. Example:
//   char hex[HMAC_HEX]; hmac_sha256(secret, (struct str[]){timestamp, STR("."), body}, 3, hex);
#ifndef POSTERN_CRYPTO_HMAC_H
#define POSTERN_CRYPTO_HMAC_H

#include "base/str.h"

enum { HMAC_HEX = 65 };

void hmac_sha256(struct str key, const struct str *parts, size_t count, char out[HMAC_HEX]);

#endif
