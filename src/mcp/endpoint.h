// SPDX-License-Identifier: Apache-2.0
// endpoint: where the endpoint event of the deprecated HTTP+SSE (2024-11-05) leads. Private to mcp/. Pure.
#ifndef POSTERN_MCP_ENDPOINT_H
#define POSTERN_MCP_ENDPOINT_H

#include "base/arena.h"
#include "base/err.h"

// Joins the event's reference with the stream's URL (RFC 3986 §5, without dot segments). ERR_UPSTREAM: no
// reference, or one to another origin: a credential would go there.
MUST_USE bool mcp_endpoint_resolve(struct arena *a, struct str stream_url, struct str reference,
                                   struct str *out, struct err *err);

#endif
