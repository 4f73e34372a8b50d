// SPDX-License-Identifier: Apache-2.0
// board_row: dashboards as rows. A stamp vouches for name, owner, visibility and range, so that nobody gives a row of the
// database another owner. Functions block: run them on the pool. Example:
//   if (!board_insert(store, &row, err)) …           // ERR_CONFLICT: the name is taken; ERR_LIMIT: there are too many
//   if (!board_find(store, named, arena, &row, err)) …   // ERR_MISSING: there is none, or its stamp does not hold
#ifndef POSTERN_BOARD_BOARD_ROW_H
#define POSTERN_BOARD_BOARD_ROW_H

#include "store/store.h"

enum { BOARD_MOST = 1000, BOARD_NAME_MOST = 128, BOARD_WHEN_MOST = 40 };

struct board_row {
  struct str id, name;
  struct str owner;        // id of the API token that made it
  bool is_private;         // seen by its owner alone, while that token lives
  struct str since, until; // its range, over what its tiles say; empty: theirs
  int64_t created_at, updated_at, version;
  int64_t tile_count,
      newest_at; // as read: what it holds, and when the newest of that was read; 0: nothing was
};

// Names are for people and for paths: not empty, no '/', no line end, no id of another.
MUST_USE bool board_name_is_good(struct str name, struct err *err);

MUST_USE bool board_insert(struct store *s, const struct board_row *row, struct err *err);
// Writes all but id, owner and the time of creation; row->version is one more than what was read.
MUST_USE bool board_update(struct store *s, const struct board_row *row, struct err *err);
MUST_USE bool board_delete(struct store *s, struct str id, struct err *err);
// By id. One whose stamp does not hold is left out, with a line in the log.
MUST_USE bool board_all(struct store *s, struct arena *a, struct board_row **out, size_t *count,
                        struct err *err);
MUST_USE bool board_find(struct store *s, struct str id_or_name, struct arena *a, struct board_row *out,
                         struct err *err);

#endif
