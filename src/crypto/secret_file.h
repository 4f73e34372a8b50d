// SPDX-License-Identifier: Apache-2.0
// secret_file: a file that holds a secret, and is read only where nobody else may read it. Blocking. Example:
//   struct secret *text;
//   if (!secret_file_read(&(struct secret_file){path, "key file", KEY_FILE_MOST}, &text, err)) …
#ifndef POSTERN_CRYPTO_SECRET_FILE_H
#define POSTERN_CRYPTO_SECRET_FILE_H

#include "base/err.h"
#include "crypto/secret.h"

struct secret_file {
  const char *path;
  const char *what; // in errors, before the path
  size_t most;      // bytes
};

MUST_USE bool secret_file_read(const struct secret_file *file, struct secret **text, struct err *err);
// The two halves of it, for who has something to do with the open file. The second reads from where it is.
MUST_USE bool secret_file_open(const struct secret_file *file, int *fd, struct err *err);
MUST_USE bool secret_file_slurp(const struct secret_file *file, int fd, struct secret **text,
                                struct err *err);
// False; what could not be done with it, and errno's reason.
bool secret_file_fail(const struct secret_file *file, const char *what, struct err *err);

#endif
