// SPDX-License-Identifier: Apache-2.0
// months: where the engine keeps the audit in parts (PostgreSQL), each of a month, they are made ahead, and go whole when all
// of their rows are too old. Elsewhere there is nothing to do. Blocking. Private to audit/.
#ifndef POSTERN_AUDIT_MONTHS_H
#define POSTERN_AUDIT_MONTHS_H

#include "store/store.h"

// This month and the next have parts, also where nobody came to it for long.
MUST_USE bool audit_months_ahead(struct store *s, int64_t now_ms, struct err *err);
// Parts whose rows are all from before `cutoff`, and what finds them; sinks that have not had them pass on.
MUST_USE bool audit_months_drop(struct store *s, int64_t cutoff, struct err *err);

#endif
