// SPDX-License-Identifier: Apache-2.0
// rest: builds the vendor's request from a tool and checked arguments. Pure: no I/O, so the whole of
// it is table-tested. Path values are percent-encoded whole ("..", "/" and "%2f" stay inside their segment; empty and dot-only values
// are refused), header values with control bytes are refused, styles follow OpenAPI 3.1 §4.8.12.
#ifndef POSTERN_TOOL_REST_H
#define POSTERN_TOOL_REST_H

#include "account/account.h"
#include "http/message.h"
#include "tool/tool.h"

struct rest_request {
  struct str url; // may hold a secret where the credential goes into the query
  struct http_headers headers;
  struct buf body;
  bool has_body;
};

// `arguments` may hold raw numbers. ERR_INVALID says which argument and why.
MUST_USE bool rest_build(const struct tool *t, const struct account *account, yyjson_mut_val *arguments, struct arena *a,
                         struct rest_request *out, struct err *err);

#endif
