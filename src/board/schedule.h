// SPDX-License-Identifier: Apache-2.0
// schedule: which tile is run when: by its interval, by hand, when somebody looks. One queue for all of them: what somebody
// waits for goes first, then what has waited longest, so that all are fresh in turn; a few at a time, and of one account
// fewer; while an account's quota is left to live calls, its tiles stay in the queue. A fiber conducts, on one loop; each
// run is a fiber beside it. Nothing of it has to outlive the program: it is made anew from the rows. Of several nodes one runs a dashboard's
// tiles by itself (node/duty); schedule_reload follows what has changed hands. Owner: wiring.c.
// Example:
//   schedule_start(&env, loop);
//   schedule_reload(&env, err)                              // after tiles have changed; on the pool
//   schedule_refresh(ids, count, 45000, &left, err)         // by hand; left: are still to be run when the time is over
//   schedule_stop();  …the loops end…  schedule_close();
#ifndef POSTERN_BOARD_SCHEDULE_H
#define POSTERN_BOARD_SCHEDULE_H

#include "board/refresh.h"
#include "io/loop.h"

enum {
  SCHEDULE_SIDE = 8,                  // tiles at a time
  SCHEDULE_SIDE_ACCOUNT = 4,          // of these, that call one account
  SCHEDULE_STALE_MS = 10 * 60 * 1000, // on view: of a tile that has no interval
  SCHEDULE_BATCH_MS = 2 * 60 * 1000,  // one that has waited longer gets a moment of its own
};

void schedule_start(const struct board_env *env, struct loop *loop);
MUST_USE bool schedule_reload(const struct board_env *env, struct err *err); // blocking
// All with one moment; those that are asked for already are run once more where they have begun. Any fiber.
MUST_USE bool schedule_refresh(const struct str *ids, size_t count, uint64_t wait_ms, size_t *left,
                               struct err *err) SUSPENDS;
// Somebody looks: those that are older than their interval, or SCHEDULE_STALE_MS, are run soon. How many. Any thread.
size_t schedule_look(const struct str *ids, size_t count);
bool schedule_is_at_work(struct str id); // it is to be run, or is running
// Milliseconds until it is run by itself: by its interval, or where it waits for a quota; below 0: it is not. Any thread.
int64_t schedule_next_in(struct str id);
void schedule_stop(void);
void schedule_close(void); // the loops have ended

#endif
