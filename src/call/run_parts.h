// SPDX-License-Identifier: Apache-2.0
// run_parts: what the files behind call/run.h share. Private to call/run*.c.
#ifndef POSTERN_CALL_RUN_PARTS_H
#define POSTERN_CALL_RUN_PARTS_H

#include "call/run.h"

enum { RUN_DETAIL_MOST = 200 };

static inline size_t run_most(const struct run_call *call) { // bytes that will be told; 0: all
  return call->whole ? 0 : call->env->result_bytes;
}

// run_remote.c: a tool of a vendor's MCP server, chosen and its arguments filled. False only when canceled.
bool run_remote(const struct run_call *call, struct arena *a, struct call_answer *answer) SUSPENDS;
// run.c: refused by the fence (call/fenced).
void run_beyond(struct call_answer *n, const struct err *why, struct arena *a);

#endif
