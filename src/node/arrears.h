// SPDX-License-Identifier: Apache-2.0
// arrears: what other nodes say has changed and this one has not followed yet, since it alone has lost the database, or is a
// moment behind. It cannot read what became of it, so whatever needs it is held back (catalog/pending) until the log has been
// followed that far. Bounded: where it is told too much, everything is held back. Process-wide; any thread. Example:
//   arrears_take(text);                                           // node/recent wrote it at another node
//   if (arrears_is(CHANGELOG_SERVER, id)) …                       // 503
//   uint64_t turn = arrears_turn(); … a look at the log … arrears_release(turn, recent_last());
#ifndef POSTERN_NODE_ARREARS_H
#define POSTERN_NODE_ARREARS_H

#include "store/changelog.h"

enum { ARREARS_MOST = 4096 };

// False: it is no such text, and not all of it is taken.
MUST_USE bool arrears_take(struct str text);
int64_t arrears_after(void);                              // what is behind this number is to be told
bool arrears_any(void);                                   // cheap
bool arrears_is(enum changelog_kind kind, struct str id); // or all of the kind, or all

// A look at the log that begins now sees all that has been told by now: it was committed before it was told.
uint64_t arrears_turn(void);
// Such a look has followed all, or others have up to this number.
void arrears_release(uint64_t turn, int64_t followed);

#endif
