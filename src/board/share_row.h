// SPDX-License-Identifier: Apache-2.0
// share_row: links that show a dashboard, or one tile of it, to whoever has them, as rows. Of the link's secret only the
// hash is kept. A stamp binds what is shown, to when, and by whom. A live link shows what is there; a snapshot has parts of
// its own, each the JSON that is told of a tile. Functions block: run them on the pool. Example:
//   token_new("psh", text);  board_share_hash(str_of(text), row.token_hash);
//   if (!board_share_insert(store, &row, parts, count, err)) …
//   if (!board_share_find(store, secret, now, arena, &row, err)) …    // ERR_MISSING: unknown, revoked and expired alike
#ifndef POSTERN_BOARD_SHARE_ROW_H
#define POSTERN_BOARD_SHARE_ROW_H

#include "board/tile_row.h"
#include "crypto/token.h"

enum {
  BOARD_SHARES_MOST = 1000,
  BOARD_SHARES_OF_MOST = 50,         // one dashboard
  BOARD_SHARE_BYTES_MOST = 64 << 20, // of all snapshots
};

struct board_share {
  struct str id, dashboard_id, tile_id; // tile_id empty: the whole dashboard
  struct str name;                      // for people
  bool is_live;
  struct str owner; // id of the API token that made it: while it lives, the link does
  char token_hash[TOKEN_HASH_HEX];
  int64_t created_at, expires_at;
};

struct board_part { // of a snapshot
  struct str tile_id, document;
  struct board_uses uses;
};

MUST_USE bool board_share_insert(struct store *s, const struct board_share *row,
                                 const struct board_part *parts, size_t count, struct err *err);
MUST_USE bool board_share_delete(struct store *s, struct str id, struct err *err);
// By id; one whose stamp does not hold is left out, with a line in the log.
MUST_USE bool board_share_all(struct store *s, struct arena *a, struct board_share **out, size_t *count,
                              struct err *err);
MUST_USE bool board_share_find(struct store *s, struct str secret, int64_t now_ms, struct arena *a,
                               struct board_share *out, struct err *err);
// In their order; `only`: those of this tile; empty: all. Those of accounts that have gone are not there.
MUST_USE bool board_share_parts(struct store *s, const struct board_share *row, struct str only,
                                struct arena *a, struct board_part **out, size_t *count, struct err *err);
// Removes those that have expired; `gone`: id, name and expires_at of each.
MUST_USE bool board_share_purge(struct store *s, int64_t now_ms, struct arena *a, struct store_rows *gone,
                                struct err *err);

#endif
