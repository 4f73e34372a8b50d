// SPDX-License-Identifier: Apache-2.0
// endpoint: /mcp/<token>, /mcp/<slug> for people who sign in (serve/front), and /sse/<token> with /sse/<token>/message for clients of 2024-11-05. Finds the
// server that the token opens, asks for the second credential where the server wants one, reads the body and
// hands it to the era it is written in (classification: body first, as the TypeScript SDK does it). Unknown,
// revoked and expired tokens look alike. Example:
//   if (endpoint_takes(request->path)) endpoint_handle(env, x);
#ifndef POSTERN_SERVE_ENDPOINT_H
#define POSTERN_SERVE_ENDPOINT_H

#include "serve/serve.h"

#define ENDPOINT_PREFIX "/mcp/"

bool endpoint_takes(struct str path);
void endpoint_handle(const struct serve_env *env, struct http_exchange *x) SUSPENDS;

#endif
