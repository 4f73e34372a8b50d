// SPDX-License-Identifier: Apache-2.0
// boards: what the routes of dashboards, tiles and shares have in common: who sees which, a tile with what it gave as JSON,
// a program that is to be pinned. Private to admin/. Example:
//   if (!boards_find(call, &board, err)) return false;                 // by {dashboard}; as far as the asker sees it
//   if (!boards_find_tile(call, &shown, err)) return false;            // by {tile}, with its dashboard
#ifndef POSTERN_ADMIN_BOARDS_H
#define POSTERN_ADMIN_BOARDS_H

#include "admin/route.h"
#include "board/schedule.h"

struct boards_tile { // a tile as it stands
  struct board_tile tile;
  struct board_outcome outcome;
  struct shelf_verdict verdict;
  struct str lost;    // its owner's view cannot be had; empty: it can
  struct str rests;   // nor for the time being
  int64_t next_in_ms; // until it is run by itself; below 0: it is not
  bool at_work;       // it was to be run, or was running, before this was read
};

bool boards_sees(const struct admin_call *call, const struct board_row *row);
// Likewise whoever has the API token of this id.
bool boards_sees_as(const struct catalog *catalog, const struct board_row *row, struct str token_id);
// Who owns a dashboard changes it, and whoever manages. ERR_DENIED.
MUST_USE bool boards_may_change(const struct admin_call *call, const struct board_row *row, struct err *err);
// What is told of a tile to its owner, and to whoever manages: its program, and why it failed.
bool boards_tells(const struct admin_call *call, const struct board_tile *tile);
MUST_USE bool boards_find(struct admin_call *call, struct board_row *out, struct err *err) SUSPENDS;
MUST_USE bool boards_find_tile(struct admin_call *call, struct board_row *board, struct boards_tile *out,
                               struct err *err) SUSPENDS;
MUST_USE bool boards_read_tile(struct admin_call *call, struct str id, struct board_row *board,
                               struct boards_tile *out, struct err *err) SUSPENDS; // by its id
struct boards_wanted {
  struct str dashboard_id, only; // the one of this id; empty: all
  enum board_reading what;
};
// Of a dashboard, in their order. Blocking.
MUST_USE bool boards_read_tiles(struct admin_call *call, const struct boards_wanted *wanted,
                                struct boards_tile **out, size_t *count, struct err *err);

enum boards_form {
  BOARDS_HEAD,
  BOARDS_RESULT,
  BOARDS_WHOLE
}; // without what it gave; with its result; with all of it
void boards_put_tile(struct admin_call *call, const struct boards_tile *t, enum boards_form form);
// The result that a tile shows, of its last outcome; STR_NONE: it has none. `doc` is the outcome, which the caller frees.
yyjson_val *boards_result(const struct boards_tile *t, yyjson_doc **doc);
const char *
boards_state(const struct boards_tile *t); // "new", "ok", "failed", "waiting", "stopped", "held", …
struct str boards_why(const struct boards_tile *t);

// After tiles were written: the schedule, before the answer leaves.
void boards_follow(struct admin_call *call) SUSPENDS;

// A tile to be: its program checked and made stable, its result and chart settled. `program` as a document, in the names
// of `server` (NULL: all accounts). On the pool. False: faults, or the error.
struct boards_pin {
  struct admin_call *call;
  const struct catalog_server *server;
  struct str program; // as it is given
  yyjson_val
      *chart; // wished for, what it leaves out as the program says; null: none; NULL: the program's own
  struct board_tile tile;
  struct program_faults faults;
  bool there, anew; // a row that changes; it gives something else now
};
MUST_USE bool boards_settle(struct boards_pin *pin, struct err *err);

#endif
