// SPDX-License-Identifier: Apache-2.0
// tool_row: which programs are tools of which servers, as rows. A row gives power: its seal, which holds the
// description, vouches for program and publisher, so that nobody gives a tool of the database another program. Functions
// block: run them on the pool. Example:
//   if (!shelf_tool_row_insert(store, &row, err)) …   // ERR_CONFLICT: the server has one of that name
#ifndef POSTERN_SHELF_TOOL_ROW_H
#define POSTERN_SHELF_TOOL_ROW_H

#include "store/store.h"

enum { SHELF_TOOLS_MOST = 100 }; // of one server

struct shelf_tool_row {
  struct str server_id, name, program_id, description;
  struct str published_by; // id of the API token
  int64_t published_at;
};

MUST_USE bool shelf_tool_row_insert(struct store *s, const struct shelf_tool_row *row, struct err *err);
MUST_USE bool shelf_tool_row_delete(struct store *s, struct str server_id, struct str name, struct err *err);
// By server and name. One whose seal does not hold is left out, with a line in the log.
MUST_USE bool shelf_tool_row_all(struct store *s, struct arena *a, struct shelf_tool_row **out, size_t *count,
                                 struct err *err);

#endif
