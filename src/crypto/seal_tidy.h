// SPDX-License-Identifier: Apache-2.0
// seal_tidy: what lies beside the key file under its name: leftovers of a change that a kill has cut off go,
// everything else stays and is named. Blocking; at the start. Example:
//   seal_tidy(path, ids, count, (struct seal_tidy_tell){tell, NULL});
#ifndef POSTERN_CRYPTO_SEAL_TIDY_H
#define POSTERN_CRYPTO_SEAL_TIDY_H

#include "base/err.h"

struct seal_tidy_tell {
  void (*what)(void *arg, const char *path, bool gone); // of each file "<key file>.<anything>"
  void *arg;
};

// `ids`: of the keys that seal something; a file that has one of them beyond the key file's stays.
void seal_tidy(const char *path, const struct str *ids, size_t count, struct seal_tidy_tell tell);

#endif
