// SPDX-License-Identifier: Apache-2.0
// shape: turns a vendor's response into MCP content. JSON is forwarded as text (checked and escaped in
// one pass, numbers untouched); beyond the ceiling whole array elements are left out with a note of how
// many and how to get the next; images become image blocks, other binary is described; failures become
// isError with the vendor's status, code, message, and a hint. Pure. Example:
//   shape_response(&(struct shape_input){.connector = c, .tool = t, .response = &r, …}, arena, &result);
#ifndef POSTERN_CALL_SHAPE_H
#define POSTERN_CALL_SHAPE_H

#include "base/buf.h"
#include "call/run.h"
#include "connector/connector.h"
#include "fetch/client.h"
#include "fetch/ratelimit.h"

struct shape_input {
  const struct connector *connector;
  const struct tool *tool;
  yyjson_mut_val *arguments; // as checked; for the word on paging. May be NULL
  const struct fetch_result *response;
  size_t ceiling; // bytes of the text before escaping
  int64_t now_ms; // wall time, for rate-limit dates
};

// Both set all of `out`; what it held before is forgotten, not freed.
void shape_response(const struct shape_input *in, struct arena *a, struct run_result *out);
// A failure that never reached the vendor's answer: timeouts, refusals, the guard.
void shape_failure(const struct err *why, struct arena *a, struct run_result *out);
// A failure of the call itself, in words: one text block.
void shape_refusal(enum run_outcome outcome, struct str text, struct run_result *out);

#endif
