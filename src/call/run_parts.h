// SPDX-License-Identifier: Apache-2.0
// run_parts: what the files behind call/run.h share. Private to call/run*.c and call/shape_remote.c.
#ifndef POSTERN_CALL_RUN_PARTS_H
#define POSTERN_CALL_RUN_PARTS_H

#include "call/run.h"

enum { RUN_DETAIL_MOST = 200 };

// What one call leaves behind besides its result.
struct run_trail {
  uint64_t started_us;
  struct str account_id;
  int status; // the vendor's; 0: none
  struct str detail;
};

// run_remote.c: a tool of a vendor's MCP server; `doc` owns `arguments`. False only when canceled.
bool run_remote(const struct run_call *call, yyjson_mut_doc *doc, yyjson_mut_val *arguments, struct arena *a,
                struct run_trail *trail, struct run_result *out) SUSPENDS;

// shape_remote.c: a result in the vendor's words, within the limits of ours. Pure. Members that nobody here
// knows, and `_meta`, pass; texts beyond the ceiling are cut between rows or characters and say so; a block or
// structured content that is too large is replaced by words. Sets doc, whole, is_error and outcome of `out`,
// and the rate that the vendor tells in `_meta.headers`.
struct shape_remote {
  const struct run_call *call;
  yyjson_val *result; // untrusted
  int64_t now_ms;
};
void shape_remote(const struct shape_remote *in, struct arena *a, struct run_result *out);

#endif
