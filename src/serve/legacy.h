// SPDX-License-Identifier: Apache-2.0
// legacy: MCP 2025-03-26 to 2025-11-25 for a tools server, without sessions, which a server may
// do without: every POST stands for itself, so any node answers any request. On the request's fiber.
#ifndef POSTERN_SERVE_LEGACY_H
#define POSTERN_SERVE_LEGACY_H

#include "serve/serve.h"

// `body` is a message or, in 2025-03-26, a batch of them.
void legacy_handle(struct serve_request *r, yyjson_val *body) SUSPENDS;

#endif
