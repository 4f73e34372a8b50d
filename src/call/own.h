// SPDX-License-Identifier: Apache-2.0
// own: on servers that say "each person's own account", with whose a call goes out: with the caller's own, and never with
// another's or the one that the server is over, whose catalog it is. On the call's fiber. Private to call/. Example:
//   if (!call_own_choose(call, &tool, arena, answer)) …    // refused: `answer` says why, perhaps with a link
#ifndef POSTERN_CALL_OWN_H
#define POSTERN_CALL_OWN_H

#include "call/run.h"

// Puts the caller's own account into `tool` where its account is a server's front; nothing where it is none.
MUST_USE bool call_own_choose(const struct run_call *call, struct catalog_tool *tool, struct arena *a,
                              struct call_answer *n);
// Has the vendor refused what the caller's own account sent? Then she is sent to the link again.
void call_own_look(const struct run_call *call, struct arena *a, struct call_answer *n);

#endif
