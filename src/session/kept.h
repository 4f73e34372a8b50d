// SPDX-License-Identifier: Apache-2.0
// kept: calls of legacy vendors that wait for a modern client's answer. The vendor asked something in
// mid-call; the client got input_required with a sealed handle, and comes back, perhaps on another loop,
// perhaps never. Process-wide, bounded, each for KEPT_LIVES_MS; then the call is cancelled at the vendor. Any
// loop. Example:
//   kept_put(&kept, &standing, principal, mark, handle, err);              // the call has been detached
//   if (!kept_take(handle, principal, &kept)) …          // gone: expired, taken, or somebody else's
#ifndef POSTERN_SESSION_KEPT_H
#define POSTERN_SESSION_KEPT_H

#include "mcp/client.h"
#include "session/standing.h"

enum { KEPT_MOST = 1000, KEPT_PRINCIPAL_MOST = 16, KEPT_LIVES_MS = 600 * 1000, KEPT_HANDLE = 48 };

struct kept {
  struct mcp_call *call;
  struct mcp_event question; // what the vendor asked: method, id, params
};

// Takes both over. `mark` begins the handle: which node has the call; may be empty. ERR_LIMIT: too many wait, of all or of this principal; then they stay the caller's.
MUST_USE bool kept_put(const struct kept *k, const struct standing *by, struct str principal, struct str mark,
                       char handle[KEPT_HANDLE], struct err *err);
bool kept_take(struct str handle, struct str principal, struct kept *out);
// Cancels what has waited too long. Every so often, on any loop.
void kept_sweep(void);
// Ends all of them, when the loops have stopped: what a call read on has unwound, its session is left.
void kept_end(void) SUSPENDS;
// And what nobody has the right to come back for any more.
void kept_end_gone(const struct catalog *c, int64_t now);

#endif
