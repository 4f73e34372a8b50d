// SPDX-License-Identifier: Apache-2.0
// refresh: one tile run again, with its owner's view and without a model: its program by the names of today, times resolved
// anew at the batch's one moment, the dashboard's range over what the tile says. What comes of it is kept, good or not. On
// a fiber; may take as long as a program may, and a vendor's rate limit makes it wait. Example:
//   struct board_batch batch = board_batch_now();
//   struct board_refreshed out; if (!board_refresh(env, &batch, id, arena, &out, err)) …      // canceled, or not kept
#ifndef POSTERN_BOARD_REFRESH_H
#define POSTERN_BOARD_REFRESH_H

#include "board/board_row.h"
#include "board/outcome_row.h"
#include "program/run.h"
#include "shelf/judge.h"

struct board_env {
  struct store *store;
  const struct program_env *(*program)(void *arg); // as the settings are now; as long as the program runs
  void *program_arg;
};

struct board_batch { // what is refreshed together has one moment, and each call is made once
  int64_t now_ms;
  uint64_t asked_us; // when it began, by the monotonic clock
  uint64_t since_us; // answers given since then will do
};
struct board_batch board_batch_now(void);

struct board_refreshed {
  enum board_state state;
  bool broken;    // its program fits no more: nothing was run, and nothing is kept of that
  struct str why; // it is not good; empty: it is
  int64_t wait_s; // BOARD_WAITING: as long, at least
};

MUST_USE bool board_refresh(const struct board_env *env, const struct board_batch *batch, struct str tile_id,
                            struct arena *a, struct board_refreshed *out, struct err *err) SUSPENDS;

// Why the owner's view cannot be had any more; empty: it can.
struct str board_owner_lost(const struct catalog *c, struct str owner);
// Why it is not run for the time being: the company's provider lets its owner in no more, or may not by now; empty: it is.
// Looked at first: who is barred is lost as well, and may come back.
struct str board_owner_rests(const struct catalog *c, struct str owner);
// May `who`, a person or an API token that lives, change a dashboard, have watches on it and links to it? Its owner may, and
// administrators.
bool board_is_changed_by(const struct catalog *c, const struct board_row *row, struct str who);
// What the owner sees of a catalog, with which a tile is run; of an owner that is lost, what it is given. As long as c.
struct catalog *board_sight(struct catalog *c, struct str owner);
// What became of its program. Texts are in the look's arena. Blocking.
struct shelf_verdict board_judge(const struct board_env *env, const struct board_tile *t,
                                 struct stable_look *look);

#endif
