// SPDX-License-Identifier: Apache-2.0
// account_row: the account table. All block; texts live in the caller's arena. Private to account/.
#ifndef POSTERN_ACCOUNT_ACCOUNT_ROW_H
#define POSTERN_ACCOUNT_ACCOUNT_ROW_H

#include "base/arena.h"
#include "base/err.h"
#include "store/store.h"

struct account_row {
  struct str id, name, connector, way, base_url, credential, context, choices, status, status_text;
  struct str person,
      stands_for; // of a person's own: whose, and the id of the account it stands in for; else empty
  int64_t speaks, speaks_at, created_at, updated_at, verified_at, version;
};

// What the account's secrets are bound to beside its connector: the address that they go to and, of a person's own, her
// and the account it stands in for. ACCOUNT_ROW_HOME says the same in SQL, of a table named before it.
struct str account_row_home(const struct account_row *row, struct arena *a);
#define ACCOUNT_ROW_HOME(of) of "base_url || coalesce(' ' || " of "person || '/' || " of "stands_for, '')"

MUST_USE bool account_row_all(struct store *s, struct arena *a, struct account_row **out, size_t *count,
                              struct err *err);
// A person's own for an account. ERR_MISSING: she has none.
MUST_USE bool account_row_find_own(struct store *s, struct str person, struct str stands_for, struct arena *a,
                                   struct account_row *out, struct err *err);
// Ids of those that stand in for an account (`column` "stands_for"), or of a person ("person").
MUST_USE bool account_row_owns(struct store *s, const char *column, struct str id, struct arena *a,
                               struct store_rows *out, struct err *err);
MUST_USE bool account_row_find(struct store *s, struct str id, struct arena *a, struct account_row *out,
                               struct err *err); // ERR_MISSING
// ERR_CONFLICT names "name" where it is taken.
// ERR_CONFLICT at "name", WHY_NAME_TAKEN.
bool account_row_name_taken(struct str name, struct err *err);
MUST_USE bool account_row_insert(struct store *s, const struct account_row *row, struct err *err);
// Writes everything but id, connector, time of creation and credential, and counts the version up. ERR_CONFLICT
// where the row's version is not row->version any more.
MUST_USE bool account_row_update(struct store *s, const struct account_row *row, struct err *err);
MUST_USE bool account_row_set_credential(struct store *s, struct str id, struct str credential,
                                         struct err *err);
// What the MCP server was found to speak; no change of the account, so its version stays.
MUST_USE bool account_row_set_verdict(struct store *s, struct str id, int64_t speaks, int64_t at,
                                      struct err *err);
// For a status that changes without anyone asking. `text` is kept with it.
struct account_row_status {
  struct str id, status, text;
};
MUST_USE bool account_row_set_status(struct store *s, const struct account_row_status *to, struct err *err);
// Together with the servers over it; all of them or nothing.
MUST_USE bool account_row_delete(struct store *s, struct str id, struct err *err);

#endif
