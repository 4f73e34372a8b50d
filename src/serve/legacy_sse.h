// SPDX-License-Identifier: Apache-2.0
// legacy_sse: the HTTP+SSE transport of 2024-11-05, for older clients: GET /sse/<token> opens the session's one
// stream, whose first event names the address that messages are POSTed to; a POST is answered 202, and what
// there is to say comes on the stream. Sessions, methods and limits are those of serve/legacy. A message runs
// on a fiber of its own, so that its client's connection is free for the next one. Example:
//   legacy_sse_get(r, token);  legacy_sse_post(r, body);
#ifndef POSTERN_SERVE_LEGACY_SSE_H
#define POSTERN_SERVE_LEGACY_SSE_H

#include "serve/serve.h"

#define LEGACY_SSE_PREFIX "/sse/"
#define LEGACY_SSE_MESSAGE "/message"
enum { LEGACY_SSE_RUNNING_MOST = 64 }; // messages of a session in work at a time

void legacy_sse_get(struct serve_request *r, struct str token) SUSPENDS;
// Takes the document over.
void legacy_sse_post(struct serve_request *r, yyjson_doc *body) SUSPENDS;

#endif
