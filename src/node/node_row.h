// SPDX-License-Identifier: Apache-2.0
// node_row: a program that runs on the store, as a row that it writes itself. Its stamp (crypto/seal, by the store's keys)
// binds where others would send requests to: a row that somebody else wrote is told from one of ours. Blocking. Example:
//   if (!node_row_stamp(store, &row, arena, err) || !node_row_insert(store, &row, err)) …
//   if (!node_row_load(store, arena, &list, err)) …     // list.items[i].ours
#ifndef POSTERN_NODE_NODE_ROW_H
#define POSTERN_NODE_NODE_ROW_H

#include "store/store.h"

enum { NODE_ROWS_MOST = 64 }; // that are read; more of them run nowhere

struct node_row {
  struct str id, host, version, url, key_id, stamp;
  int64_t started_at, beat, seen, running, cpu; // as in the table
  bool ours;                                    // stamped by the key that this program seals with as well
};
struct node_rows { // in the arena, by id
  struct node_row *items;
  size_t count;
  int64_t last; // line of the changelog
};

MUST_USE bool node_row_stamp(struct store *s, struct node_row *row, struct arena *a, struct err *err);
MUST_USE bool node_row_insert(struct store *s, const struct node_row *row, struct err *err);
// Its beat, what it has seen, its load and its stamp. `there`: false where somebody has removed the row.
MUST_USE bool node_row_beat(struct store *s, const struct node_row *row, bool *there, struct err *err);
MUST_USE bool node_row_load(struct store *s, struct arena *a, struct node_rows *out, struct err *err);
// While it has this beat; any, where `beat` is negative.
MUST_USE bool node_row_delete(struct store *s, struct str id, int64_t beat, struct err *err);

#endif
