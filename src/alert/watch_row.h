// SPDX-License-Identifier: Apache-2.0
// watch_row: conditions on tiles as rows: what each waits for, whom it tells, where it stands. What it says (condition,
// address, secret, hours) is one sealed document, bound to tile and owner: whoever can write to the database cannot have
// another's rows sent to himself. Functions block: run them on the pool. Example:
//   struct alert_watch w = {.id = id, .tile_id = t.id, .owner = token, .condition = STR("any row"), …};
//   struct alert_watch_change change = {&w, url, secret, true};
//   if (!alert_watch_write(store, &change, err)) …      // ERR_LIMIT: there are too many
#ifndef POSTERN_ALERT_WATCH_ROW_H
#define POSTERN_ALERT_WATCH_ROW_H

#include "alert/judge.h"
#include "crypto/secret.h"
#include "store/store.h"

enum { ALERT_WATCHES_MOST = 1000, ALERT_WATCHES_OF_MOST = 20 /* a tile */, ALERT_URL_MOST = 2000 };
#define ALERT_FOR_MOST_MS ((int64_t)7 * 86400 * 1000)

struct alert_watch {
  struct str id, tile_id;
  struct str owner; // id of the API token that made it, or last said what is told, or whom
  // sealed, with the address and the secret
  struct str condition;    // as alert_condition_write has it
  struct str quiet, zone;  // hours of the day; empty: none
  bool quiet_drops, slack; // what comes in quiet hours is not told at all; the body is Slack's
  int64_t for_ms;
  struct str origin; // of the address: all of it that is shown
  struct str blob;   // the document, as it was read
  // where it stands
  bool paused;
  struct str stopped; // "gone": the receiver said so; empty: all is well
  struct alert_state state;
  int64_t judged_at;
  struct str open_event;
  bool is_silent;
  int64_t created_at, updated_at, version;
};

struct alert_watch_change {
  const struct alert_watch *watch;
  struct str url, secret; // empty: as they are
  bool is_new;
  bool anew;       // the condition is another one: what rows were compared with goes
  struct str from; // whose it was, where its owner is another now; empty: the same
};
// All that is sealed, paused and stopped; w->version is one more than what was read.
MUST_USE bool alert_watch_write(struct store *s, const struct alert_watch_change *change, struct err *err);
MUST_USE bool alert_watch_delete(struct store *s, struct str id, struct err *err);

MUST_USE bool alert_watch_find(struct store *s, struct str id, struct arena *a, struct alert_watch *out,
                               struct err *err);
// By id; of one tile, or of all where it is empty. One whose seal does not hold is left out, with a line in the log.
MUST_USE bool alert_watches_of(struct store *s, struct str tile_id, struct arena *a, struct alert_watch **out,
                               size_t *count, struct err *err);
// Where it tells, and what signs it. The caller frees both.
MUST_USE bool alert_watch_reach(struct store *s, const struct alert_watch *w, struct secret **url,
                                struct secret **secret, struct err *err);

// Within a transaction: where it stands after a run.
MUST_USE bool alert_watch_stand(struct store *s, const struct alert_watch *w, struct err *err);
// The rows that others are compared with. Empty: there are none.
MUST_USE bool alert_baseline_read(struct store *s, const struct alert_watch *w, struct arena *a,
                                  struct str *out, struct err *err);
MUST_USE bool alert_baseline_write(struct store *s, const struct alert_watch *w, struct store_value uses,
                                   int64_t at, struct arena *a, struct err *err);

#endif
