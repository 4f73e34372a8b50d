// SPDX-License-Identifier: Apache-2.0
// hold: the fence of a server as the management API takes and shows it. Taken: accounts by alias, name or id; values by id
// or by the vendor's name, found in the list that the connector names, which is read as a program. Shown: accounts by
// alias or name, values by id; beside it what the values are called. Private to admin/. Example:
//   struct hold_about about = {call, members, count, before};
//   if (!hold_settle(&about, &filter.fences, err)) return false;
#ifndef POSTERN_ADMIN_HOLD_H
#define POSTERN_ADMIN_HOLD_H

#include "admin/route.h"

struct hold_about {
  struct admin_call *call;
  const struct catalog_member *members; // of the server
  size_t count;
  const struct fences *before; // that it has: their values are not looked for again; NULL: it is new
};

// As they were given → by account id, with the ids of all values. ERR_INVALID, ERR_UNPROCESSABLE: which value of which
// key, and the near ones; ERR_UPSTREAM where the vendor's list cannot be read.
MUST_USE bool hold_settle(const struct hold_about *about, struct fences *f, struct err *err) SUSPENDS;
// Without those of accounts that are none of these members.
struct fences hold_kept(const struct hold_about *about, const struct fences *f);

// The server's "config" and "fence".
void hold_put(struct admin_call *call, const struct server *s);

#endif
