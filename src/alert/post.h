// SPDX-License-Identifier: Apache-2.0
// post: events told to webhooks, at least once. The rows are the queue. A fiber conducts, on one loop; each try is a fiber
// beside it, a few at a time and fewer of one origin, so that one slow receiver keeps no other waiting; of each watch one
// event at a time, in their order. What is not taken is tried again, later each time, until the time for it is over; 410
// stops the watch. Of several nodes one tells (node/duty). The address guard holds, redirects are not followed, nothing of the answer is kept but its status. Owner:
// wiring.c. Example:
//   alert_post_start(&post, loop);
//   alert_post_wake(NULL);                                 // after an event was added, or a watch changed; any thread
//   alert_post_try(&post, event_id, arena, &attempt, err)  // one try now, of a test
//   alert_post_stop();  …the loops end…  alert_post_close();
#ifndef POSTERN_ALERT_POST_H
#define POSTERN_ALERT_POST_H

#include "alert/event_row.h"
#include "fetch/client.h"
#include "io/loop.h"

enum { ALERT_POST_SIDE = 16, ALERT_POST_SIDE_ORIGIN = 4 };

struct alert_post_limits { // as the settings are
  struct fetch_limits fetch;
  int64_t retry_ms; // for how long an event is tried
};
// `answer_ms`: until the receiver has answered.
struct alert_post_limits alert_post_limits_of(uint64_t answer_ms, uint64_t retry_ms);

struct alert_post {
  struct store *store;
  const struct http_guard *guard;
  struct str agent; // "postern/1.0"
  const struct alert_post_limits *(*limits)(void *arg);
  void *limits_arg;
};

void alert_post_start(const struct alert_post *post, struct loop *loop);
void alert_post_wake(void *unused);
// ERR_MISSING: event or watch are gone; ERR_CANCELED: nothing was written of it.
MUST_USE bool alert_post_try(const struct alert_post *post, struct str event_id, struct arena *a,
                             struct alert_attempt *out, struct err *err) SUSPENDS;
void alert_post_stop(void);
void alert_post_close(void); // the loops have ended

#endif
