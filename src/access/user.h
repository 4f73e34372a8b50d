// SPDX-License-Identifier: Apache-2.0
// user: people who sign in to the console. A person owns things and has a role as an API token does, by an id of its
// own. Rows are stamped: who can write to the database makes nobody an administrator. Blocking: on the pool. Example:
//   struct access_user *all; size_t count;
//   if (!user_list(store, arena, &all, &count, err)) return false;
//   const struct access_user *u = user_find(all, count, STR("ada"));
#ifndef POSTERN_ACCESS_USER_H
#define POSTERN_ACCESS_USER_H

#include "access/access.h"

enum { USER_NAME_MOST = 64, USERS_MOST = 1000, USER_GROUPS_MOST = 200, USER_GROUP_MOST = 128 };

// Whom of a company's identity provider a person is (access/identity), and what that said last.
struct user_identity {
  struct str provider_id, issuer, subject; // subject empty: nobody, the person is local alone
  struct str email;                        // empty: none was said
  bool made;                               // by her first sign-in there: she has no other way in
  bool email_verified;
  int64_t confirmed_at; // ms
  int64_t barred_at;    // no rule lets her in since then; 0: one does
};

enum { USER_LIMIT_MOST = 1000000 };
struct user_limit { // {0}: as the setting for all says
  bool said;
  int64_t most; // 0: any number
};

struct access_user {
  struct access_token self; // id, name, role, created_at; without a text or a hash
  const struct str *groups; // as an administrator or the company's sign-in named them; case counts
  size_t group_count;
  struct user_limit calls, writes; // over all servers: in a minute, in a day
  bool has_password;
  struct user_identity identity;
};

// Those of whom somebody else wrote the person or the identity are left out, with a line in the log.
MUST_USE bool user_list(struct store *s, struct arena *a, struct access_user **out, size_t *count,
                        struct err *err);
// False: no rule of the provider that made this person lets her in any more; nothing of hers counts.
static inline bool user_acts(const struct access_user *u) {
  return !u->identity.barred_at;
}
// For how long what a provider says of a person holds, in ms (the setting groups_age). Process-wide; any thread.
void user_word_holds(int64_t ms);
// What the provider said of the person whom it made is older than that: she signs in anew before it counts again.
bool user_is_stale(const struct access_user *u, int64_t now_ms);
// By id, or by name, whose case does not count; NULL: there is none.
const struct access_user *user_find(const struct access_user *all, size_t count, struct str named);
// Without a password: a link lets this person in. ERR_CONFLICT where the name is taken.
MUST_USE bool user_create(struct store *s, struct str name, enum access_role role, struct arena *a,
                          struct access_user *out, struct err *err);

// The same within the caller's transaction, with the name as it is.
MUST_USE bool user_create_within(struct store *s, struct str name, enum access_role role, struct arena *a,
                                 struct access_user *out, struct err *err);
// What u->identity says, within the caller's transaction.
MUST_USE bool user_put_identity(struct store *s, const struct access_user *u, struct arena *a,
                                struct err *err);
// Within the caller's transaction: all browsers in which this person has signed in.
MUST_USE bool user_end_sessions(struct store *s, struct str id, struct err *err);

// 1 to USER_GROUP_MOST bytes of UTF-8 without control characters.
bool user_group_is_good(struct str name);
// To what u says of role, groups and limits. ERR_INVALID: a group that is none, or too many.
MUST_USE bool user_update(struct store *s, const struct access_user *u, struct arena *a, struct err *err);
// The same within the caller's transaction.
MUST_USE bool user_update_within(struct store *s, const struct access_user *u, struct arena *a,
                                 struct err *err);
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
