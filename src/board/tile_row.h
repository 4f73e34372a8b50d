// SPDX-License-Identifier: Apache-2.0
// tile_row: tiles as rows: what each runs and shows, and where it stands. Title, program and parameters are sealed, bound to
// dashboard and owner: a tile has its owner's view. Functions block: run them on the pool. Example:
//   struct board_tile t = {.id = id, .dashboard_id = d.id, .owner = token, .size = STR("half"), …};
//   if (!board_tile_insert(store, &t, &uses, err)) …     // ERR_LIMIT: the dashboard is full
#ifndef POSTERN_BOARD_TILE_ROW_H
#define POSTERN_BOARD_TILE_ROW_H

#include "store/store.h"

enum {
  BOARD_TILES_MOST = 2000,
  BOARD_TILES_OF_MOST = 200,        // one dashboard
  BOARD_TILE_BYTES_MOST = 64 << 20, // of their documents in all
  BOARD_TITLE_MOST = 200,
  BOARD_EVERY_LEAST_MS = 10 * 1000,
};

struct board_tile {
  struct str id, dashboard_id;
  struct str owner;                              // id of the API token whose view it has
  struct str title, program, result, parameters; // JSON: the stable form; values by name, or empty
  struct str
      answer;       // id of the answer whose program it is; empty: it is of none. Who reads it is asked there
  struct str size;  // quarter, half, full: of a row
  int64_t place;    // from 0; -1 where it is new: the end
  int64_t every_ms; // 0: it is not run by itself
  int64_t created_at, updated_at, version;
};

struct board_uses { // the accounts that its program calls
  const struct str *ids;
  size_t count;
};
// Of a program in stable form, each once.
struct board_uses board_uses_of(struct str program, struct arena *a);

MUST_USE bool board_tile_insert(struct store *s, const struct board_tile *t, struct err *err);
// All but id, dashboard and the time of creation; t->version is one more than what was read. `anew`: it gives something
// else now, and what it gave before goes.
MUST_USE bool board_tile_update(struct store *s, const struct board_tile *t, bool anew, struct err *err);
MUST_USE bool board_tile_move(struct store *s, const struct board_tile *t, int64_t place, struct err *err);
MUST_USE bool board_tile_delete(struct store *s, const struct board_tile *t, struct err *err);

MUST_USE bool board_tile_find(struct store *s, struct str id, struct arena *a, struct board_tile *out,
                              struct err *err);
// Of a dashboard, in their order; one whose seal does not hold is left out, with a line in the log.
MUST_USE bool board_tiles_of(struct store *s, struct str dashboard_id, struct arena *a,
                             struct board_tile **out, size_t *count, struct err *err);

#endif
