// SPDX-License-Identifier: Apache-2.0
// hear: nodes tell each other what has changed, beside the database that says so to each: one that alone has lost it holds
// back what is named (node/arrears), and goes on with the rest. Each asks each other one, over the address for nodes and by the
// key file, for the lines behind those that it knows (node/recent); the answer comes when there are some. So nothing need be
// kept for who is not there, nothing is lost on the way, and nobody can be told what he has not asked for. Owner: wiring.c.
// Example:
//   hear_start(wiring);                        // when the loops run
//   if (hear_takes(in)) hear_handle(x);        // another node asks
//   hear_leave();                              // nobody is kept waiting any more
#ifndef POSTERN_HEAR_H
#define POSTERN_HEAR_H

#include "wiring.h"

#define HEAR_PATH "/nodes/changes"
enum {
  HEAR_WAIT_MS = 5000,  // at most, for an answer that says that nothing has changed
  HEAR_SLACK_MS = 2000, // beyond that: the other node is not there any more
  HEAR_PAUSE_MS = 2000, // between a failure and the next try
  HEAR_ASKERS_MOST = 256
};

void hear_start(struct wiring *w);
bool hear_takes(const struct http_request *in);
void hear_handle(struct http_exchange *x) SUSPENDS;
void hear_leave(void);

#endif
