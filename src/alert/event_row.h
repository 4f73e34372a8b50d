// SPDX-License-Identifier: Apache-2.0
// event_row: what conditions told, as rows, which are the queue of what is still to be told. Of each watch one at a time goes
// out, in their order. What is sent is sealed, and hangs on the accounts it came from; that there was an event stays. An
// attempt is written when it is over, so what was under way when the program ended is sent again, with the same id.
// Functions block: run them on the pool. Example:
//   struct alert_event_row e = {.watch_id = w.id, .kind = ALERT_BEGAN, .at = now, .due_at = now, .document = json, …};
//   if (!alert_event_add(store, &e, tile_id, uses, arena, err)) …     // within the transaction that says why
//   alert_events_due(store, arena, &rows, &count, err);               // the first of each watch
#ifndef POSTERN_ALERT_EVENT_ROW_H
#define POSTERN_ALERT_EVENT_ROW_H

#include "alert/judge.h"
#include "store/store.h"

enum {
  ALERT_WAITING_MOST = 100,   // events of one watch that are to be told
  ALERT_EVENTS_OF_MOST = 500, // of one watch that are kept; the oldest that are settled go
  ALERT_ATTEMPTS_MOST = 10,   // the last of each event are kept
  ALERT_DUE_MOST = 1000,
  ALERT_WHY_MOST = 300,
};

enum alert_delivery {
  ALERT_WAITING,
  ALERT_DELIVERED,
  ALERT_FAILED,  // for too long nobody took it, or too many waited
  ALERT_SILENT,  // it came in quiet hours
  ALERT_STOPPED, // nobody is to be told any more
};
const char *alert_delivery_name(enum alert_delivery d);

struct alert_event_row {
  struct str id, watch_id;
  int64_t n;
  enum alert_event kind;
  struct str began; // of an end: the event that it ends
  int64_t at;
  enum alert_delivery state;
  int64_t tries, due_at, next_at, touched_at;
  struct str why;
  struct str document; // JSON, what is sent; empty: it went with an account
};

struct alert_attempt {
  int64_t n, at, ms;
  int status; // 0: there was no answer
  struct str why;
};

// Gives it its number, or ALERT_FAILED where too many wait. Within a transaction; `id` is made by the caller.
MUST_USE bool alert_event_add(struct store *s, struct alert_event_row *e, struct str tile_id,
                              struct store_value uses, struct arena *a, struct err *err);
MUST_USE bool alert_event_find(struct store *s, struct str id, struct arena *a, struct alert_event_row *out,
                               struct err *err);
// The newest first, before this number (0: all); without their documents.
MUST_USE bool alert_events_of(struct store *s, struct str watch_id, int64_t before, size_t most,
                              struct arena *a, struct alert_event_row **out, size_t *count, struct err *err);
MUST_USE bool alert_attempts_of(struct store *s, struct str event_id, struct arena *a,
                                struct alert_attempt **out, size_t *count, struct err *err);
// Of each watch that tells, the first that waits; without their documents.
MUST_USE bool alert_events_due(struct store *s, struct arena *a, struct alert_event_row **out, size_t *count,
                               struct err *err);
// Who tries an event that waits, as he found it, has it alone until then; not `done`: another has it, or it was tried.
MUST_USE bool alert_event_claim(struct store *s, const struct alert_event_row *found, int64_t until,
                                bool *done, struct err *err);
// An attempt, and what comes of it: state, next_at, touched_at, why of `e`. Nothing where the event is gone.
MUST_USE bool alert_event_tried(struct store *s, const struct alert_event_row *e,
                                const struct alert_attempt *t, struct err *err);
// Nobody is to be told any more: of this event, and of all that wait behind it. `gone`: the watch is stopped by its receiver.
MUST_USE bool alert_events_stop(struct store *s, struct str watch_id, struct str why, bool gone,
                                struct err *err);
MUST_USE bool alert_events_purge(struct store *s, int64_t before_ms, struct err *err);
MUST_USE bool alert_events_count(struct store *s, int64_t *waiting, struct err *err);

#endif
