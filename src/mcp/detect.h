// SPDX-License-Identifier: Apache-2.0
// detect: what a URL speaks. Private to mcp/. Modern is asked first, then `initialize`, then the event stream
// of HTTP+SSE (MCP 2026-07-28, "Backward compatibility"); the path of the URL says nothing. Example:
//   unsigned speaks; if (!detect_server(peer, &speaks, err)) …        // server errors are never a verdict
#ifndef POSTERN_MCP_DETECT_H
#define POSTERN_MCP_DETECT_H

#include "mcp/client.h"

MUST_USE bool detect_server(struct mcp_peer *p, unsigned *speaks, struct err *err) SUSPENDS;
// server/discover: *found false: it is no modern server.
MUST_USE bool detect_discover(struct mcp_peer *p, const struct mcp_who *who, bool *found,
                              struct mcp_event *out, struct err *err) SUSPENDS;
// Does the list of versions name the modern one; does it name one that is newer than the legacy ones?
bool detect_has_modern(yyjson_val *versions);

#endif
