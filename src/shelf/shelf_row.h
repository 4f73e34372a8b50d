// SPDX-License-Identifier: Apache-2.0
// shelf_row: kept programs as rows. The document is sealed: its title and queries are a person's words. Bound with it are
// name, owner and visibility, so that nobody gives a row of the database another owner. Functions block: run them on the
// pool. Example:
//   if (!shelf_row_insert(store, &row, err)) …      // ERR_CONFLICT: the name is taken; ERR_LIMIT: the shelf is full
#ifndef POSTERN_SHELF_SHELF_ROW_H
#define POSTERN_SHELF_SHELF_ROW_H

#include "base/map.h"
#include "store/store.h"

enum {
  SHELF_MOST = 10000,          // kept programs
  SHELF_BYTES_MOST = 64 << 20, // of their documents in all
  SHELF_NAME_MOST = 128,
};

struct shelf_row {
  struct str id, name, document; // document: the stable form
  struct str owner;              // id of the API token that made it
  bool is_private;               // seen by its owner alone, while that token lives
  int64_t created_at, updated_at, version;
};

// Names are for people and for paths: not empty, no '/', no line end, no id of another.
MUST_USE bool shelf_name_is_good(struct str name, struct err *err);

MUST_USE bool shelf_row_insert(struct store *s, const struct shelf_row *row, struct err *err);
// Writes all but id, owner and the time of creation. row->version is one more than what was read; ERR_CONFLICT where
// somebody else has changed it meanwhile.
MUST_USE bool shelf_row_update(struct store *s, const struct shelf_row *row, struct err *err);
MUST_USE bool shelf_row_delete(struct store *s, struct str id, struct err *err);
// Ids and versions of all, by id: what has to be read anew.
MUST_USE bool shelf_row_versions(struct store *s, struct arena *a, struct store_rows *out, struct err *err);
// One; ERR_DENIED where its seal does not hold.
MUST_USE bool shelf_row_read(struct store *s, struct str id, struct arena *a, struct shelf_row *out,
                             struct err *err);

#endif
