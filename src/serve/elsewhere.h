// SPDX-License-Identifier: Apache-2.0
// elsewhere: what a request speaks of may wait in another node's memory: a legacy session's streams and questions, a call
// that waits for its client's answer, a kept result. Then that node answers it (forward/forward); and where it has gone,
// this one does, as after a restart. On the request's fiber. Example:
//   if (elsewhere_by_session(r)) return;            // answered
#ifndef POSTERN_SERVE_ELSEWHERE_H
#define POSTERN_SERVE_ELSEWHERE_H

#include "serve/serve.h"

// r's session is another node's.
bool elsewhere_by_session(struct serve_request *r) SUSPENDS;
// A modern client comes back to a call that waits (session/kept).
bool elsewhere_by_state(struct serve_request *r) SUSPENDS;
// A kept result's handle stands in what it asks (program/keep).
bool elsewhere_by_handle(struct serve_request *r) SUSPENDS;

#endif
