// SPDX-License-Identifier: Apache-2.0
// rest: builds the vendor's request from a tool and checked arguments. Pure: no I/O, so the whole of
// it is table-tested. Path values are percent-encoded whole ("..", "/" and "%2f" stay inside their segment;
// empty and dot-only values are refused), header values with control bytes are refused, styles follow
// OpenAPI 3.1 §4.8.12. Example:
//   struct rest_request r;
//   if (!rest_build(tool, account, arguments, arena, &r, err)) return false;   // says which argument
//   …   rest_request_free(&r);
#ifndef POSTERN_CALL_REST_H
#define POSTERN_CALL_REST_H

#include "account/account.h"
#include "http/message.h"
#include "tool/tool.h"

enum {
  REST_URL_MOST = 16 * 1024,
  REST_BODY_MOST = 64 * 1024 * 1024,
  REST_HEADERS_SPARE = 5, // headers the caller may still append to `headers.items`
};

struct rest_request {
  struct str url; // may hold a secret where the credential goes into the query; NUL behind it
  struct http_headers headers;
  struct buf body;
  bool has_body;
  size_t path_at; // where in the URL the tool's own path begins
};

// `arguments` may hold raw numbers. ERR_INVALID says which argument and why; of a tool that only reads also
// where they do more (call/reads). Texts live in the arena,
// credentials in the account, which must outlive the request.
MUST_USE bool rest_build(const struct tool *t, const struct account *account, yyjson_mut_val *arguments,
                         struct arena *a, struct rest_request *out, struct err *err);
void rest_request_free(struct rest_request *r);

#endif
