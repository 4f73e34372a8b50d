// SPDX-License-Identifier: Apache-2.0
// hold: the fence of a server as the management API takes and shows it. Taken: accounts by alias, name or id; values by id
// or by the vendor's name, found in the list that the connector names, which is read as a program. Shown: accounts by
// alias or name, values by id; beside it what the values are called. Private to admin/. Example:
//   struct hold_about about = {call, members, count, before};
//   if (!hold_settle(&about, yyjson_obj_get(config, "fence"), patch, err)) return false;
#ifndef POSTERN_ADMIN_HOLD_H
#define POSTERN_ADMIN_HOLD_H

#include "admin/route.h"

struct hold_about {
  struct admin_call *call;
  const struct catalog_member *members; // of the server
  size_t count;
  const struct fences *before; // that it has: their values are not looked for again; NULL: it is new
};

// "fence" of a config, or of a change of one, into the root of `doc`: accounts by id, with the ids and names of all values;
// null where an account or a key is held no more. ERR_INVALID, ERR_UNPROCESSABLE: which value of which key, and the near
// ones; ERR_UPSTREAM where the vendor's list cannot be read.
MUST_USE bool hold_settle(const struct hold_about *about, yyjson_val *fence, yyjson_mut_doc *doc,
                          struct err *err) SUSPENDS;

// The server's "config" and "fence".
void hold_put(struct admin_call *call, const struct server *s);

#endif
