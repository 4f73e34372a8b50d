// SPDX-License-Identifier: Apache-2.0
// rows: rows of the audit, put into the store. Some go in one statement: to a database on another machine each statement
// is a way there and back. Within the writer's transaction. Private to audit/.
#ifndef POSTERN_AUDIT_ROWS_H
#define POSTERN_AUDIT_ROWS_H

#include "audit/item.h"

// They have their ids; those that are there already stay as they are. Values that are not sealed yet are, into the arena.
MUST_USE bool audit_rows_insert(struct store *s, struct audit_item *const *items, size_t count,
                                struct arena *a, struct err *err);
// All that ever changes in a row.
MUST_USE bool audit_rows_recount(struct store *s, const struct audit_item *item, struct err *err);

#endif
