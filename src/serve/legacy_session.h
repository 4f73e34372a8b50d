// SPDX-License-Identifier: Apache-2.0
// legacy_session: the session that a legacy client's request is in: made by initialize or the 2024-11-05 stream, opened by
// the id that comes with all that follows (what an id says: session/session). On the request's fiber. Example:
//   if (!legacy_session_open(r, id, false)) …                      // 404
#ifndef POSTERN_SERVE_LEGACY_SESSION_H
#define POSTERN_SERVE_LEGACY_SESSION_H

#include "serve/serve.h"

// Makes one, with what `s` says of the client, and puts the request in it; `id` is what the client comes back with.
MUST_USE bool legacy_session_begin(struct serve_request *r, struct session *s, struct str *id,
                                   struct err *err);
// Puts the request in the session of this id, of the 2024-11-05 transport or not. False: it is none, or over.
bool legacy_session_open(struct serve_request *r, struct str id, bool pair);
// The method "initialize". With HTTP+SSE the session is there already, and learns who it is with.
MUST_USE bool legacy_session_initialize(struct serve_request *r, yyjson_val *params, struct buf *out,
                                        struct err *err) SUSPENDS;

#endif
