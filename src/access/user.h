// SPDX-License-Identifier: Apache-2.0
// user: people who sign in to the console. A person owns things and has a role as an API token does, by an id of its
// own. Rows are stamped: who can write to the database makes nobody an administrator. Blocking: on the pool. Example:
//   struct access_user *all; size_t count;
//   if (!user_list(store, arena, &all, &count, err)) return false;
//   const struct access_user *u = user_find(all, count, STR("ada"));
#ifndef POSTERN_ACCESS_USER_H
#define POSTERN_ACCESS_USER_H

#include "access/access.h"

enum { USER_NAME_MOST = 64, USERS_MOST = 1000 };

struct access_user {
  struct access_token self; // id, name, role, created_at; without a text or a hash
};

MUST_USE bool user_list(struct store *s, struct arena *a, struct access_user **out, size_t *count,
                        struct err *err);
// By id, or by name, whose case does not count; NULL: there is none.
const struct access_user *user_find(const struct access_user *all, size_t count, struct str named);
// Without a password: a link lets this person in. ERR_CONFLICT where the name is taken.
MUST_USE bool user_create(struct store *s, struct str name, enum access_role role, struct arena *a,
                          struct access_user *out, struct err *err);

#endif
