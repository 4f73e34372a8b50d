// SPDX-License-Identifier: Apache-2.0
// aliases: of a question that is asked by the management API: those that count in its view, and a choice that is kept as
// one. Private to admin/. Example:
//   if (!aliases_of(call, r.program.server, &r.aliases, &r.alias_count, err)) …
#ifndef POSTERN_ADMIN_ALIASES_H
#define POSTERN_ADMIN_ALIASES_H

#include "admin/route.h"
#include "ask/alias.h"

// `server`: whose view it is; NULL: all accounts. In the call's arena.
MUST_USE bool aliases_of(struct admin_call *call, const struct catalog_server *server,
                         const struct alias **out, size_t *count, struct err *err) SUSPENDS;
// Writes one, or in place of the one of that name. In the call's detail for the audit.
MUST_USE bool aliases_keep(struct admin_call *call, struct str name, struct str value,
                           struct err *err) SUSPENDS;

#endif
