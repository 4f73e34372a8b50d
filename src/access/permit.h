// SPDX-License-Identifier: Apache-2.0
// permit: what an editor, a person or an API token, may do with an account: read it, or write as well. The API and the manual
// call it a grant, which here is an account's tokens at its vendor. Rows are stamped; one that somebody else wrote counts
// for nothing. Functions that take a store block: run them on the pool. Example:
//   struct permit p = {.holder = user.self.id, .account_id = account->id, .access = PERMIT_READ, .granted_by = who};
//   if (!permit_set(store, &p, err)) return false;
//   if (permit_of(&catalog->permits, owner, account->id) == PERMIT_NONE) …
#ifndef POSTERN_ACCESS_PERMIT_H
#define POSTERN_ACCESS_PERMIT_H

#include "base/arena.h"
#include "base/err.h"
#include "store/store.h"

enum permit_access { PERMIT_NONE, PERMIT_READ, PERMIT_WRITE };

struct permit {
  struct str holder, account_id;
  struct str granted_by; // id of who gave it
  enum permit_access access;
  int64_t created_at; // ms
};

struct permits { // by holder, then by account
  const struct permit *items;
  size_t count;
};

const char *permit_name(enum permit_access access);      // "read", "write"
enum permit_access permit_access_named(struct str name); // PERMIT_NONE: it is none
enum permit_access permit_of(const struct permits *all, struct str holder, struct str account_id);
struct permits permit_of_holder(const struct permits *all, struct str holder); // the holder's alone

MUST_USE bool permit_list(struct store *s, struct arena *a, struct permits *out, struct err *err);
// In place of the one that was there. ERR_MISSING: the account was deleted meanwhile.
MUST_USE bool permit_set(struct store *s, const struct permit *p, struct err *err);
// ERR_MISSING: there is none.
MUST_USE bool permit_remove(struct store *s, struct str holder, struct str account_id, struct err *err);
MUST_USE bool permit_sweep(struct store *s, struct err *err); // those of holders that are no more

#endif
