// SPDX-License-Identifier: Apache-2.0
// wire: the words of MCP on the wire: versions, methods, header names, `_meta` keys, and the coding
// of header values. Protocol only, no policy. Pure.
#ifndef POSTERN_MCP_WIRE_H
#define POSTERN_MCP_WIRE_H

#include <yyjson.h>

#include "base/arena.h"
#include "base/err.h"

#define WIRE_MODERN "2026-07-28"
#define WIRE_LEGACY_LATEST "2025-11-25"
#define WIRE_LEGACY_BATCHES                                                                                  \
  "2025-03-26" // the only version with JSON-RPC batches, and the one meant by no header

#define WIRE_META_VERSION "io.modelcontextprotocol/protocolVersion"
#define WIRE_META_CAPABILITIES "io.modelcontextprotocol/clientCapabilities"
#define WIRE_META_LOG_LEVEL "io.modelcontextprotocol/logLevel"
#define WIRE_META_CLIENT "io.modelcontextprotocol/clientInfo"
#define WIRE_META_SERVER "io.modelcontextprotocol/serverInfo"
#define WIRE_META_SUBSCRIPTION "io.modelcontextprotocol/subscriptionId"
#define WIRE_META_TASK "io.modelcontextprotocol/related-task" // 2025-11-25

#define WIRE_HEADER_VERSION "MCP-Protocol-Version"
#define WIRE_HEADER_METHOD "Mcp-Method"
#define WIRE_HEADER_NAME "Mcp-Name"
#define WIRE_HEADER_PARAM "Mcp-Param-"
#define WIRE_HEADER_SESSION "Mcp-Session-Id"
#define WIRE_HEADER_LAST_EVENT "Last-Event-ID"

// Of the versions by `initialize`, which we serve and speak, its text, which lives for ever; NULL for others.
const char *wire_legacy_version(struct str version);
// The next older one of those; NULL: there is none.
const char *wire_legacy_before(const char *version);
// Methods that only one of the eras has. Those that neither list names are in both.
bool wire_is_modern_only(struct str method);
bool wire_is_legacy_only(struct str method);
// Which member of params the Mcp-Name header mirrors; NULL for methods without one.
const char *wire_name_member(struct str method);
// A key of `_meta` that is said anew on each hop. All others pass, extensions' own below
// io.modelcontextprotocol/ too: those are for the two ends.
bool wire_is_hop_key(struct str key);
// Adds to a request's params what of `meta` (NULL is fine) passes, if anything does.
void wire_pass_meta(yyjson_mut_doc *doc, yyjson_mut_val *params, yyjson_val *meta);
// "=?base64?…?=" is decoded strictly, anything else is taken as it is; false: a broken sentinel.
bool wire_header_decode(struct arena *a, struct str value, struct str *out);
// The text as a header value: as it is where that is safe, else behind the sentinel.
struct str wire_header_encode(struct arena *a, struct str text);

#endif
