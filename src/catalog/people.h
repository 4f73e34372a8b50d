// SPDX-License-Identifier: Apache-2.0
// people: who uses an installation: API tokens, users, and which accounts editors may use; counted, and shared by
// the snapshots in which nothing of them changed. Read as a whole. Blocking. Example:
//   struct catalog_people *next;
//   if (!catalog_people_read(store, before, &next, err)) …
#ifndef POSTERN_CATALOG_PEOPLE_H
#define POSTERN_CATALOG_PEOPLE_H

#include "catalog/snapshot.h"

struct catalog_people {
  atomic_uint refs;
  struct arena *arena;
  struct access_token *tokens; // by id
  struct access_user *users;   // likewise
  size_t token_count, user_count;
  struct permits permits;
  struct map tokens_by_hash; // struct access_token *
  struct map users_by_id;    // struct access_user *
  struct map barred;         // likewise: those who do not act at present
  struct map by_id;          // struct access_token *, or a user's self
};

struct catalog_people *catalog_people_ref(struct catalog_people *all);
void catalog_people_unref(struct catalog_people *all); // NULL: nothing
// `before`: its tokens have heard of uses that the store does not know yet; NULL: none.
MUST_USE bool catalog_people_read(struct store *s, const struct catalog_people *before,
                                  struct catalog_people **out, struct err *err);

#endif
