// SPDX-License-Identifier: Apache-2.0
// move: all rows of one store into another, empty one, of the same kind or not, with nobody running on either. One
// transaction: the other has all of them or none. What it holds then is read again, and counts and digests of each table
// compared. Credentials stay sealed as they are: the key file is the same for both. Main thread, no loops. Example:
//   if (!move_store(STR("sqlite:postern.db"), STR("postgres://…"), tell, NULL, err)) return false;
#ifndef POSTERN_MOVE_H
#define POSTERN_MOVE_H

#include "base/err.h"

// `tell` hears of each table when it is verified; `mended`: texts in it that were no UTF-8, which now have '?' for it.
typedef void move_tell(void *arg, struct str table, size_t rows, size_t mended);
MUST_USE bool move_store(struct str from, struct str to, move_tell *tell, void *arg, struct err *err);

#endif
