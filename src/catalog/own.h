// SPDX-License-Identifier: Apache-2.0
// own: accounts of people's own in a catalog. They are of no list, no server and no sight, and found by person and account
// alone; and the fronts that servers show in their place. Any thread. Example:
//   const struct catalog_account *hers = catalog_own(c, person, account->id);      // NULL: she has none to call with
#ifndef POSTERN_CATALOG_OWN_H
#define POSTERN_CATALOG_OWN_H

#include "catalog/snapshot.h"

// The account of a person's own that stands in for another, which calls go out with. One that was connected at another
// address than the account has now is none.
const struct catalog_account *catalog_own(const struct catalog *c, struct str person, struct str account_id);
// The same whatever its address.
const struct catalog_account *catalog_own_held(const struct catalog *c, struct str person,
                                               struct str account_id);
const struct catalog_account *catalog_own_by_id(const struct catalog *c, struct str id);
// Is it still hers in the catalog of this moment? That of a request is older, where that waited for a person or paused.
bool catalog_own_is_there(const struct catalog_account *own);
// Where she connects one: a page of ours, which wants her to be signed in and so is no bearer of anything.
struct str catalog_own_link(struct str public_url, struct str account_id, struct str person, struct arena *a);
// All of them, by id.
struct catalog_account *const *catalog_owns(const struct catalog *c, size_t *count);

// What a server shows of an account where each person has one of her own: the same without its credential. As long as the
// account, which makes it when it is first asked for.
struct catalog_account *catalog_front(struct catalog_account *v);

#endif
