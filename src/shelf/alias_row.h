// SPDX-License-Identifier: Apache-2.0
// alias_row: what people call things, as rows: "production" is example.com. A name is there once, and none stands for
// another, or a question would have to be read in rounds. A row decides which thing an answer is about: its stamp vouches
// for it. Functions block: run them on the pool. Example:
//   if (!shelf_alias_insert(store, &row, err)) …      // ERR_CONFLICT: the name is taken; ERR_LIMIT: there are too many
#ifndef POSTERN_SHELF_ALIAS_ROW_H
#define POSTERN_SHELF_ALIAS_ROW_H

#include "store/store.h"

enum { SHELF_ALIASES_MOST = 1000 };

struct shelf_alias {
  struct str id, name, value;
  struct str folded, meant; // name and value as questions are read
  struct str account_id;    // empty: of any
  struct str made_by;       // id of the API token that wrote it last
  int64_t created_at, updated_at;
};

MUST_USE bool shelf_alias_insert(struct store *s, const struct shelf_alias *row, struct err *err);
MUST_USE bool shelf_alias_update(struct store *s, const struct shelf_alias *row, struct err *err);
// By id or folded name; also one that is left out of the list.
MUST_USE bool shelf_alias_delete(struct store *s, struct str id_or_folded, struct err *err);
// By folded name. One whose stamp does not hold is left out, with a line in the log.
MUST_USE bool shelf_alias_all(struct store *s, struct arena *a, struct shelf_alias **out, size_t *count,
                              struct err *err);

#endif
