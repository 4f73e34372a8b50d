// SPDX-License-Identifier: Apache-2.0
// aliases: a choice of a question back, kept as one. Private to admin/. Example:
//   if (!aliases_keep(call, word, choice, err)) …
#ifndef POSTERN_ADMIN_ALIASES_H
#define POSTERN_ADMIN_ALIASES_H

#include "admin/route.h"

// Writes one, or in place of the one of that name. In the call's detail for the audit.
MUST_USE bool aliases_keep(struct admin_call *call, struct str name, struct str value,
                           struct err *err) SUSPENDS;

#endif
