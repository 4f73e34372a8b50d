// SPDX-License-Identifier: Apache-2.0
// legacy_session: the session that a legacy client's request is in, or none: made by initialize, found by the
// Mcp-Session-Id that comes with all that follows. What an id says: session/session. On the request's fiber. Example:
//   if (!legacy_session_find(r)) return;                           // refused already
#ifndef POSTERN_SERVE_LEGACY_SESSION_H
#define POSTERN_SERVE_LEGACY_SESSION_H

#include "serve/serve.h"

void legacy_session_set(struct serve_request *r, const struct session *s);
// False: replied already. A request may do without a session, but not name one that is not.
bool legacy_session_find(struct serve_request *r) SUSPENDS;
// The method "initialize". With HTTP+SSE the session is there already, and learns who it is with.
MUST_USE bool legacy_session_initialize(struct serve_request *r, yyjson_val *params, struct buf *out,
                                        struct err *err) SUSPENDS;

#endif
