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
  bool has_password;
};

MUST_USE bool user_list(struct store *s, struct arena *a, struct access_user **out, size_t *count,
                        struct err *err);
// By id, or by name, whose case does not count; NULL: there is none.
const struct access_user *user_find(const struct access_user *all, size_t count, struct str named);
// Without a password: a link lets this person in. ERR_CONFLICT where the name is taken.
MUST_USE bool user_create(struct store *s, struct str name, enum access_role role, struct arena *a,
                          struct access_user *out, struct err *err);

// To what u->self.role says.
MUST_USE bool user_set_role(struct store *s, const struct access_user *u, struct arena *a, struct err *err);
MUST_USE bool user_delete(struct store *s, struct str id, struct err *err);
// Its kept form (crypto/password); empty: there is none, or somebody else wrote it.
MUST_USE bool user_password(struct store *s, struct str id, struct arena *a, struct str *kept,
                            struct err *err);
// Within the caller's transaction. All sessions and links of the person end.
MUST_USE bool user_set_password(struct store *s, struct str id, struct str kept, struct arena *a,
                                struct err *err);
// Password, sessions and links end.
MUST_USE bool user_shut_out(struct store *s, struct str id, struct err *err);

#endif
