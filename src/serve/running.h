// SPDX-License-Identifier: Apache-2.0
// running: the requests of legacy sessions that are being answered, so that notifications/cancelled finds the
// fiber of the one it names, on whichever loop, and the end of a session all of its. Process-wide; any
// thread. Example:
//   struct running *run = running_begin(session_key, request_id_json);   // on the request's fiber
//   …
//   bool cancelled = running_end(run);                                    // on the same fiber
#ifndef POSTERN_SERVE_RUNNING_H
#define POSTERN_SERVE_RUNNING_H

#include "base/str.h"

struct running;

// A second request under an id that is in use cannot be cancelled by it.
struct running *running_begin(struct str session_key, struct str request_id);
bool running_end(struct running *r); // was it cancelled by its client?

size_t running_count(struct str session_key);
void running_cancel(struct str session_key, struct str request_id);
void running_cancel_all(struct str session_key);

#endif
