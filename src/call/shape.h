// SPDX-License-Identifier: Apache-2.0
// shape: what a client is told of an answer, as MCP content. JSON is forwarded as text (checked and escaped in
// one pass, numbers untouched); beyond the ceiling whole array elements are left out with a note of how many
// and how to get the next; images become image blocks, other binary is described; failures become isError with
// the vendor's status, code, message, and a hint. A result in the words of a vendor's MCP server keeps its
// members, also those that nobody here knows; a block or structured content that is too large is replaced by
// words. Pure. Example:
//   shape_answer(&answer, env->result_bytes, arena, &result);
#ifndef POSTERN_CALL_SHAPE_H
#define POSTERN_CALL_SHAPE_H

#include "call/result.h"

// `most`: bytes of the text before escaping. Sets all of `out`; what it held before is forgotten, not freed.
void shape_answer(const struct call_answer *answer, size_t most, struct arena *a, struct run_result *out);

#endif
