// SPDX-License-Identifier: Apache-2.0
// limited: holds calls to what may be called through Postern itself (limit/limit): whose counts a call grows, and how a
// refusal reads, which is how a vendor's does. On a fiber. Example:
//   if (!limited_pass(call, arena, answer, &taken)) return true;      // refused, and the answer says so
//   … call … limited_end(call, &taken, answer);
#ifndef POSTERN_CALL_LIMITED_H
#define POSTERN_CALL_LIMITED_H

#include "call/run.h"

// A call that goes on (resume, again) was counted when it began. False: refused.
bool limited_pass(const struct run_call *call, struct arena *a, struct call_answer *n,
                  struct limit_taken *taken) SUSPENDS;
// It has come to an end: what was not sent was no write, and where the vendor says less of a rate, ours is told.
void limited_end(const struct run_call *call, const struct limit_taken *taken,
                 struct call_answer *n) SUSPENDS;
// Of what only reads and is no tool; of the call env, server, principal and by count. ERR_LIMIT.
MUST_USE bool limited_read(const struct run_call *call, struct arena *a, struct err *err) SUSPENDS;

#endif
