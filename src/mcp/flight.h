// SPDX-License-Identifier: Apache-2.0
// flight: what many want at once is done by one; the others wait for its end and look again. Private to
// mcp/. Guarded by its owner's lock, which is never held while waiting. Any loop. Example, the lock held:
//   while (!there()) { bool mine;
//     if (!flight_enter(&f, &lock, &mine, err)) return …;      // the lock is held again, also on failure
//     if (mine) { unlock; ok = make_it(err); lock; flight_leave(&f, ok ? NULL : err); } }
#ifndef POSTERN_MCP_FLIGHT_H
#define POSTERN_MCP_FLIGHT_H

#include <pthread.h>

#include "base/err.h"

struct flight_waiter;
struct flight {
  bool busy;
  struct flight_waiter *waiters;
};

// True with *mine: nobody was at it; the caller is now, and ends it with flight_leave. True without: someone
// was, and has ended. False: it failed for that one (then for all who waited, but where it was only
// canceled), or the waiting was canceled.
MUST_USE bool flight_enter(struct flight *f, pthread_mutex_t *lock, bool *mine, struct err *err) SUSPENDS;
void flight_leave(struct flight *f, const struct err *failure); // the lock held; NULL: it went well

#endif
