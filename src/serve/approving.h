// SPDX-License-Identifier: Apache-2.0
// approving: calls that wait for the word of a second person, where the server's config says so. The call is made up to
// where it would be sent, and kept as a row (approval/). Its client waits a while, is asked to wait on where it can be
// asked (input_required in 2026-07-28, a live elicitation before), or gets a text that says what to do. Once approved, the
// asker's own next call, with the same arguments, is the call: at once where it still waits. So everything that holds for
// calls holds for it at the moment it is made: URL, token, filter, fence, limits (docs/decisions/041). On the request's
// fiber. Example:
//   struct approving p = {.bridge = &b, .call = &call};
//   switch (approving_begin(&p, out, err)) { case APPROVING_GO: … call …; approving_end(&p, outcome); … }
#ifndef POSTERN_SERVE_APPROVING_H
#define POSTERN_SERVE_APPROVING_H

#include "approval/approval_row.h"
#include "serve/bridge.h"

enum approving_word {
  APPROVING_GO,   // it may be made
  APPROVING_TOLD, // `out` has the result: not now
  APPROVING_FAILED,
};

struct approving {
  struct bridge *bridge;
  struct run_call *call; // its `approved` and `approval` are set where it may be made
  // Of ours:
  struct approval row; // id empty: it needs no approval
};

MUST_USE enum approving_word approving_begin(struct approving *p, struct buf *out, struct err *err) SUSPENDS;
// What became of it.
void approving_end(struct approving *p, enum run_outcome outcome) SUSPENDS;

// ---- approving_what.c: what would be done, as the row says it

// False: it would not be sent, or needs no approval; the call itself says which.
bool approving_describe(const struct approving *p, const struct call_answer *rehearsed, struct arena *a,
                        struct approval *out);
// What has changed since; NULL: nothing.
const char *approving_changed(const struct approving *p, struct arena *a);

#endif
