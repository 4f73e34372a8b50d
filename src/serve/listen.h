// SPDX-License-Identifier: Apache-2.0
// listen: `subscriptions/listen` (MCP 2026-07-28): reads what a client wants to hear of, acknowledges what of
// it is offered, and leaves an open stream behind (serve/stream). On the request's fiber.
#ifndef POSTERN_SERVE_LISTEN_H
#define POSTERN_SERVE_LISTEN_H

#include "serve/serve.h"

void listen_handle(struct serve_request *r) SUSPENDS;

#endif
