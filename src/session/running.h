// SPDX-License-Identifier: Apache-2.0
// running: the requests of legacy sessions that are being answered, so that notifications/cancelled finds the
// fiber of the one it names, on whichever loop, the end of a session all of its, and the end of a server
// those over it: they may wait for a person, long after their connection has gone. Process-wide; any thread.
// Example:
//   struct running *run = running_begin(&standing, session_key, request_id_json); // on the request's fiber
//   …
//   bool cancelled = running_end(run);                          // on the same fiber
#ifndef POSTERN_SESSION_RUNNING_H
#define POSTERN_SESSION_RUNNING_H

#include "session/standing.h"

struct running;

// A second request under an id that is in use cannot be cancelled by it.
struct running *running_begin(const struct standing *by, struct str session_key, struct str request_id);
bool running_end(struct running *r); // was it cancelled by its client?

size_t running_count(struct str session_key);
void running_cancel(struct str session_key, struct str request_id);
void running_cancel_all(struct str session_key);
// Those whose right to go on has gone.
void running_end_gone(const struct catalog *c, int64_t now);

#endif
