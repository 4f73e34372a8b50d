// SPDX-License-Identifier: Apache-2.0
// follow: what a run of a tile means for its watches. Within the transaction that keeps the run, on the pool: where each
// watch stands then, and the event that says so, are kept together with what the tile gave, or not at all. So a program that
// is killed at any moment has told of each event, or will. Example:
//   board_on_refresh(alert_follow, &env);
#ifndef POSTERN_ALERT_FOLLOW_H
#define POSTERN_ALERT_FOLLOW_H

#include "alert/event_row.h"
#include "alert/watch_row.h"
#include "board/board_row.h"
#include "board/outcome_row.h"
#include "catalog/catalog.h"

struct alert_follower {
  void (*told)(void *arg); // there may be something to send, once the transaction has ended. Any thread
  void *told_arg;
};

bool alert_follow(void *follower, struct store *s, const struct board_news *news, struct err *err);

// Why a watch may not be told any more: its owner's API token is gone, or may not see the dashboard. Empty: it may.
struct str alert_watch_lost(const struct catalog *c, const struct alert_watch *w,
                            const struct board_row *board);
// The result that a tile shows, of an outcome; NULL: there is none. `doc`: the outcome, numbers raw, which the caller frees.
yyjson_val *alert_result_of(struct str outcome, struct str name, yyjson_doc **doc);

#endif
