// SPDX-License-Identifier: Apache-2.0
// sqlite: what the SQLite driver does to files, for store/copy as well. Private to store/. Example:
//   int lock;
//   if (!sqlite_make_folders(path, err) || !sqlite_lock(path, &lock, err)) return false;
#ifndef POSTERN_STORE_SQLITE_H
#define POSTERN_STORE_SQLITE_H

#include "base/err.h"

// The missing folders above `path`, for the owner alone.
MUST_USE bool sqlite_make_folders(const char *path, struct err *err);
// One program at a time has the database at `path`; `out` is open as long as it is ours.
MUST_USE bool sqlite_lock(const char *path, int *out, struct err *err);

#endif
