// SPDX-License-Identifier: Apache-2.0
// endpoint: /mcp/<token>. Finds the server that the token opens, asks for the second credential where
// the server wants one, reads the body and hands it to the era it is written in
// (classification: body first, as the TypeScript SDK does it). Unknown, revoked and expired tokens
// look alike. Example: if (str_starts(request->path, ENDPOINT_PREFIX)) endpoint_handle(env, x);
#ifndef POSTERN_SERVE_ENDPOINT_H
#define POSTERN_SERVE_ENDPOINT_H

#include "serve/serve.h"

#define ENDPOINT_PREFIX "/mcp/"

void endpoint_handle(const struct serve_env *env, struct http_exchange *x) SUSPENDS;

#endif
