// SPDX-License-Identifier: Apache-2.0
// prompts: prompts/list and prompts/get of the members' vendors, and completion/complete, which completes
// their arguments and those of resource templates. Each appends the whole result object. On the
// request's fiber.
#ifndef POSTERN_SERVE_PROMPTS_H
#define POSTERN_SERVE_PROMPTS_H

#include "serve/serve.h"

MUST_USE bool prompts_list(struct serve_request *r, yyjson_val *params, struct buf *out,
                           struct err *err) SUSPENDS;
MUST_USE bool prompts_get(struct serve_request *r, yyjson_val *params, struct buf *out,
                          struct err *err) SUSPENDS;
MUST_USE bool prompts_complete(struct serve_request *r, yyjson_val *params, struct buf *out,
                               struct err *err) SUSPENDS;

#endif
