// SPDX-License-Identifier: Apache-2.0
// held: whose a server is, and how it is held to what its owner may. Private to admin/. Example:
//   held_put(call, server);                          // "owner", "owner_name", "held"
//   members[i].access = held_access(call, server, account);
#ifndef POSTERN_ADMIN_HELD_H
#define POSTERN_ADMIN_HELD_H

#include "admin/route.h"

// Who owns a server that this caller makes: an editor himself; what administrators make is the house's.
struct str held_owner(const struct admin_call *call);
void held_put(struct admin_call *call, const struct server *s);

#endif
