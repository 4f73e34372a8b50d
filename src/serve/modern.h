// SPDX-License-Identifier: Apache-2.0
// modern: MCP 2026-07-28: stateless, one message a POST, whose body and headers
// must agree. On the request's fiber; the reply has been sent when it returns.
#ifndef POSTERN_SERVE_MODERN_H
#define POSTERN_SERVE_MODERN_H

#include "serve/serve.h"

// Does r->message carry the whole modern envelope in params._meta: version and client capabilities of the
// right types?
bool modern_envelope(const struct serve_request *r);
void modern_handle(struct serve_request *r) SUSPENDS;

#endif
