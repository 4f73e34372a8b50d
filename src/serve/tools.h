// SPDX-License-Identifier: Apache-2.0
// tools: tools/list and tools/call, in both eras. What a server's filter hides is neither listed nor
// callable, and is answered like a tool that does not exist. Each appends the whole result object. On the
// request's fiber.
#ifndef POSTERN_SERVE_TOOLS_H
#define POSTERN_SERVE_TOOLS_H

#include "serve/governor.h"
#include "serve/serve.h"

// ERR_INVALID: a bad cursor.
MUST_USE bool tools_list(struct serve_request *r, yyjson_val *params, struct buf *out, struct err *err);
// The vendor's tool that the server shows under this name, unless it is one of our own. NULL: there is none.
const struct catalog_tool *tools_shown(const struct serve_request *r, struct str name);
// Its definition, as this client may see it.
void tools_add_definition(const struct serve_request *r, const struct catalog_tool *t, struct buf *out);
// A call of a vendor's tool, directly or by one of our own (serve/gates): the same from here on.
struct tools_wanted {
  yyjson_val *params; // as the client sent them
  struct str name;
  yyjson_val *arguments;     // object or NULL
  bool gated;                // the client knows another tool: no header mirrors these arguments
  struct governor *governor; // looks at the answer before it is told; NULL: nobody does
};
MUST_USE bool tools_run(struct serve_request *r, const struct tools_wanted *wanted, struct buf *out,
                        struct err *err) SUSPENDS;
// ERR_INVALID: no such tool, or malformed params; ERR_CANCELED: the client has gone.
// Sets the rate-limit headers of the reply.
MUST_USE bool tools_call(struct serve_request *r, yyjson_val *params, struct buf *out,
                         struct err *err) SUSPENDS;

#endif
