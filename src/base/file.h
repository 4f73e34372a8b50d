// SPDX-License-Identifier: Apache-2.0
// file: a whole file read, and what it takes that a new name in a folder stays. Blocking; any thread. Example:
//   struct buf text = BUF_MAX(64 * 1024);
//   if (!file_read(path, &text, err)) …
#ifndef POSTERN_BASE_FILE_H
#define POSTERN_BASE_FILE_H

#include "base/buf.h"
#include "base/err.h"

// Adds all of it to `out`, whose maximum is how large it may be. Errors name the path: MISSING, DENIED, LIMIT.
MUST_USE bool file_read(const char *path, struct buf *out, struct err *err);
// A file was made, renamed or removed at `path`: a loss of power does not undo that. False: errno says why.
MUST_USE bool file_sync_folder(const char *path);

#endif
