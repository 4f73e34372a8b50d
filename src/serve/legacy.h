// SPDX-License-Identifier: Apache-2.0
// legacy: MCP 2024-11-05 to 2025-11-25. A session's id says all of it that matters (session/session), so any
// node answers any request; a request without one is answered too, as far as nothing has to be remembered
// (docs/decisions/011). On the request's fiber; the reply has been sent when it returns.
#ifndef POSTERN_SERVE_LEGACY_H
#define POSTERN_SERVE_LEGACY_H

#include "serve/serve.h"

void legacy_handle(struct serve_request *r) SUSPENDS;                   // r->message
void legacy_batch(struct serve_request *r, yyjson_val *batch) SUSPENDS; // of messages, in 2025-03-26
void legacy_get(struct serve_request *r) SUSPENDS;    // the session's stream, or one taken up again
void legacy_delete(struct serve_request *r) SUSPENDS; // the session's end
// r->message of a session that has been found; what the 2024-11-05 transport shares.
void legacy_message(struct serve_request *r) SUSPENDS;

#endif
