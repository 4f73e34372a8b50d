// SPDX-License-Identifier: Apache-2.0
// seal_file: the key file on disk: who may read it, how it is made and how a key is added so that a
// crash at any point leaves the old file or the new one. Private to crypto/seal.
#ifndef POSTERN_CRYPTO_SEAL_FILE_H
#define POSTERN_CRYPTO_SEAL_FILE_H

#include "base/err.h"
#include "crypto/secret.h"

enum {
  SEAL_KEY = 32,
  SEAL_KEYS_MOST = 64,    // in the file
  SEAL_RING_MOST = 10000, // in memory: those that the file has lost since the start as well
  SEAL_FILE_MOST = 16 * 1024,
  SEAL_PLAIN_MOST = 1024 * 1024
};

// Between the file's name and six random characters: a new text of it, on its way to the name.
#define SEAL_FILE_DRAFT ".draft-"

MUST_USE bool seal_file_read(const char *path, struct secret **text, struct err *err);

#endif
