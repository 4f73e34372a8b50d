// SPDX-License-Identifier: Apache-2.0
// share: whose work the fibers of a loop are. Each fiber in use is counted for those who cause it: the
// address that a request came from, the principal it is for, the account whose vendor it waits for or was
// woken by. One of them may have a stated multiple of what the loop has left (io/fiber ranks), so one alone
// gets a stated part, many together less each, and who has none yet always finds room. Loop thread only: a
// count in a table, no lock and nothing allocated. Whoever takes a share gives it back, once. Example:
//   struct share *s = share_take(SHARE_ACCOUNT, account_id, FIBER_BACKGROUND, err);
//   if (!s) return false;   …   share_give(s);
#ifndef POSTERN_IO_SHARE_H
#define POSTERN_IO_SHARE_H

#include "base/str.h"
#include "io/fiber.h"

// name, times what is left, metric, what it is called in errors
#define SHARES(X)                                                                                            \
  X(ADDRESS, 8, METRIC_FIBERS_REFUSED_ADDRESS, "this address")    /* alone: 8 of 9 */                        \
  X(PRINCIPAL, 4, METRIC_FIBERS_REFUSED_PRINCIPAL, "this client") /* alone: 4 of 5 */                        \
  X(ACCOUNT, 4, METRIC_FIBERS_REFUSED_ACCOUNT, "this account")    /* alone: 4 of 5 */

enum share_kind {
#define X(name, times, metric, what) SHARE_##name,
  SHARES(X)
#undef X
      SHARE_KINDS
};

struct share;

// For work of this rank on the current loop. NULL with *err (ERR_UNAVAILABLE): it has its share.
struct share *share_take(enum share_kind kind, struct str holder, enum fiber_rank rank, struct err *err);
void share_give(struct share *s); // NULL is fine
// How many this holder has on the current loop. Holders are told apart by a keyed hash into SHARE_PLACES.
enum { SHARE_PLACES = 4096 };
size_t share_count(enum share_kind kind, struct str holder);

#endif
