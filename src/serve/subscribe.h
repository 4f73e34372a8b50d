// SPDX-License-Identifier: Apache-2.0
// subscribe: open `subscriptions/listen` streams (MCP 2026-07-28), each loop keeping its own. An idle one
// costs a connection and a small struct, no fiber. A stream ends when its server or API token does:
// deleted, rotated, expired (to the second), revoked. Example, in main.c:
//   subscribe_start(loop);                        // once a loop, on its thread
//   catalog_on_change(changed, …);   // posts subscribe_refresh to every loop
#ifndef POSTERN_SERVE_SUBSCRIBE_H
#define POSTERN_SERVE_SUBSCRIBE_H

#include "io/loop.h"
#include "serve/serve.h"

void subscribe_start(struct loop *loop);
void subscribe_listen(struct serve_request *r, const struct jsonrpc_message *m) SUSPENDS;
// The catalog has changed: tell those whose tools have, end those whose server has gone. Loop thread.
void subscribe_refresh(struct loop *loop);

#endif
