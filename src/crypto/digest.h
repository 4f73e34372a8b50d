// SPDX-License-Identifier: Apache-2.0
// digest: the SHA-256 of a file and its size, read piece by piece. Blocking; any thread. Example:
//   struct digest d;
//   if (!digest_file("postern.db", &d, err)) return false;      // d.hex, d.bytes
#ifndef POSTERN_CRYPTO_DIGEST_H
#define POSTERN_CRYPTO_DIGEST_H

#include "base/err.h"

enum { DIGEST_HEX = 65 };
struct digest {
  char hex[DIGEST_HEX];
  uint64_t bytes;
};

MUST_USE bool digest_file(const char *path, struct digest *out, struct err *err);

#endif
