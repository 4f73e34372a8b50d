// SPDX-License-Identifier: Apache-2.0
// names: which ids of accounts, servers and actors had which names in the audit, so that what has gone, or has another
// name now, is found by the one it had. The writer notes each once; what it noted lately it knows. What outsiders call
// themselves (client:NAME) is its own id, and not here. Blocking, but for audit_names_forget. Private to audit/. Example:
//   audit_names_note(&names, store, row, err)                               // in the transaction that writes the row
//   audit_names_find(store, AUDIT_NAMES_ACCOUNT, STR("acme"), arena, &ids, &count, err)
#ifndef POSTERN_AUDIT_NAMES_H
#define POSTERN_AUDIT_NAMES_H

#include "audit/audit.h"
#include "base/map.h"

enum { AUDIT_NAMES_KNOWN_MOST = 20000 }; // in memory; then it begins anew, and notes some once more

enum audit_names_kind { AUDIT_NAMES_ACCOUNT, AUDIT_NAMES_SERVER, AUDIT_NAMES_ACTOR, AUDIT_NAMES_KINDS };

struct audit_names { // {0}; the writer's
  int64_t since;     // the time of the first row that they were noted for
  struct map known;
  struct arena *arena;
};

MUST_USE bool audit_names_note(struct audit_names *n, struct store *s, const struct audit_row *row,
                               struct err *err);
void audit_names_forget(struct audit_names *n); // a transaction has failed; at the end

enum { AUDIT_NAMES_IDS_MOST = 16 }; // of one name, the newest ones
MUST_USE bool audit_names_find(struct store *s, enum audit_names_kind kind, struct str name, struct arena *a,
                               struct str *ids, size_t *count, struct err *err);
// Those of which no row can be left, but for some of the oldest day. Each is noted again once a day while rows have it.
MUST_USE bool audit_names_sweep(struct store *s, struct err *err);

#endif
