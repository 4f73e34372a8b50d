// SPDX-License-Identifier: Apache-2.0
// param: `x-mcp-header` (MCP 2026-07-28): arguments that a tool's schema wants mirrored in Mcp-Param-*
// headers. Both sides of it: what we send to a modern upstream, and what we check of a modern client. Pure.
// Example:
//   if (!param_headers(schema, arguments, arena, &headers, err)) …     // upstream
//   if (!param_agree(schema, arguments, &request_headers, arena, err)) … // ERR_INVALID → -32020
#ifndef POSTERN_MCP_PARAM_H
#define POSTERN_MCP_PARAM_H

#include <yyjson.h>

#include "base/arena.h"
#include "base/err.h"
#include "http/message.h"

enum { PARAM_HEADERS_MOST = 32 };

// Is the schema's use of x-mcp-header sound (token syntax, unique ignoring case, string, integer or boolean,
// reached through `properties` alone)? A client must leave a tool out where it is not.
MUST_USE bool param_schema_is_sound(yyjson_val *schema, struct err *err);
bool param_schema_has_any(yyjson_val *schema);
// Appends Mcp-Param-* to `out` (its items in the arena, with room for `spare` more). Null and absent are
// omitted.
MUST_USE bool param_headers(yyjson_val *schema, yyjson_mut_val *arguments, struct arena *a,
                            struct http_headers *out, struct err *err);
// Do the headers say what the arguments say? Integers are compared as numbers; sentinels decoded strictly.
MUST_USE bool param_agree(yyjson_val *schema, yyjson_val *arguments, const struct http_headers *headers,
                          struct arena *a, struct err *err);

#endif
