// SPDX-License-Identifier: Apache-2.0
// check: the arguments of one call: the fence's values and the account's defaults filled in, harmless coercions done, all
// violations told at once in words that a model can act on. Pure.
#ifndef POSTERN_CALL_CHECK_H
#define POSTERN_CALL_CHECK_H

#include "call/run.h"

// `doc` owns `*arguments` and what is added to it. False: `text` says all that is wrong.
MUST_USE bool check_arguments(const struct run_call *call, yyjson_mut_doc *doc, yyjson_mut_val **arguments,
                              struct arena *a, struct str *text);
// The first part of it alone, for tools of vendors' MCP servers: these check by themselves.
void check_fill(const struct run_call *call, yyjson_mut_doc *doc, yyjson_mut_val *arguments);
// The arguments without their values, for the audit: {"zone_id":"string(32)","per_page":"integer"}. Names
// that the tool does not know are counted and not shown: they too come from outside.
struct str check_shape(const struct tool *t, yyjson_val *arguments, struct arena *a);

#endif
