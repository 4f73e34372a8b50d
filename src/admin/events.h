// SPDX-License-Identifier: Apache-2.0
// events: a run told as it goes, for who asks with `Accept: text/event-stream`: `progress` for each step that has
// moved, `wait` where a rate limit is waited for, and last `result` with the outcome, or `error`. A client that reads
// slowly holds the run up, and one that reads nothing ends it (setting write_timeout). On the request's fiber. Private to
// admin/. Example:
//   struct admin_events e = {.call = call};
//   if (admin_events_wanted(call->in) && !admin_events_begin(&e, run, err)) …   // the client has gone
//   … program_go_on …   admin_events_end(&e, NULL);                               // call->out is the result
#ifndef POSTERN_ADMIN_EVENTS_H
#define POSTERN_ADMIN_EVENTS_H

#include "admin/route.h"
#include "program/run.h"

struct admin_events {
  struct admin_call *call;
  struct {
    const char *state;
    size_t ended, known;
  } told[PROGRAM_STEPS_MOST];
  bool gone; // nobody reads any more
};

bool admin_events_wanted(const struct http_request *in);
MUST_USE bool admin_events_begin(struct admin_events *e, struct program_run *run, struct err *err) SUSPENDS;
void admin_events_end(struct admin_events *e, const struct err *failure) SUSPENDS;

#endif
