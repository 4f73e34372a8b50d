// SPDX-License-Identifier: Apache-2.0
// events: an answer told as it is made, for who asks with `Accept: text/event-stream`, and last the answer itself, or
// `error`. Of a run they are `progress` for each step that has moved and `wait` where a rate limit is waited for. A client
// that reads slowly holds the work up, and one that reads nothing ends it (setting write_timeout). On the request's
// fiber. Private to admin/. Example:
//   struct admin_events e = {.call = call, .last = "result"};
//   if (admin_events_wanted(call->in) && !admin_events_begin(&e, err)) …   // the client has gone
//   admin_events_follow(&e, run);   … program_go_on …   admin_events_end(&e, NULL);   // call->out is the result
#ifndef POSTERN_ADMIN_EVENTS_H
#define POSTERN_ADMIN_EVENTS_H

#include "admin/route.h"
#include "program/run.h"

struct admin_events {
  struct admin_call *call;
  const char *last; // what the answer is called
  struct {
    const char *state;
    size_t ended, known;
  } told[PROGRAM_STEPS_MOST];
  bool gone; // nobody reads any more
};

// Of runs of programs, and of questions (ask/report.h).
extern const struct admin_event admin_run_events[], admin_ask_events[];

bool admin_events_wanted(const struct http_request *in);
MUST_USE bool admin_events_begin(struct admin_events *e, struct err *err) SUSPENDS;
void admin_events_follow(struct admin_events *e, struct program_run *run) SUSPENDS;
void admin_events_send(struct admin_events *e, struct str name, struct str data) SUSPENDS;
void admin_events_end(struct admin_events *e, const struct err *failure) SUSPENDS;

#endif
