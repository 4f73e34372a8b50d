// SPDX-License-Identifier: Apache-2.0
// front: the door of a server for people who sign in from an AI client: /mcp/<slug>. There is no secret in the address, so
// whoever comes without a token is told where to sign in, whether a server is there or not (RFC 9728 §5.1, RFC 6750 §3).
// Rights are looked at with every request. Example:
//   if (front_takes(path.token)) return front_admit(r, path.token, now);
#ifndef POSTERN_SERVE_FRONT_H
#define POSTERN_SERVE_FRONT_H

#include "serve/serve.h"

// Is it a slug, and no URL's token? `text`: what stands behind /mcp/.
bool front_takes(const struct serve_env *env, struct str text);
// Sets server, url and principal. False, with the answer's headers set: ERR_UNAUTHENTICATED, ERR_LIMIT.
MUST_USE bool front_admit(struct serve_request *r, struct str slug, int64_t now, struct err *err) SUSPENDS;

#endif
