// SPDX-License-Identifier: Apache-2.0
// account: the accounts of a catalog, each with its tools; counted, and shared by the snapshots in which nothing of them
// changed. Blocking: on the pool, or before the loops run. Example:
//   struct catalog_accounts *next;
//   if (!catalog_accounts_read(env, before, &next, err)) …
#ifndef POSTERN_CATALOG_ACCOUNT_H
#define POSTERN_CATALOG_ACCOUNT_H

#include "catalog/catalog.h"

struct catalog_accounts {
  atomic_uint refs;
  struct catalog_account **items; // by id
  size_t count;
  struct map by_id; // struct catalog_account *
  // Of people's own (catalog/own), with the tools of those that they stand in for.
  struct catalog_account **owns; // by id
  size_t own_count;
  struct map owns_by_person; // "<person>/<id of the account it stands in for>"
};

struct catalog_account *catalog_account_ref(struct catalog_account *v);
void catalog_account_unref(struct catalog_account *v);

struct catalog_accounts *catalog_accounts_ref(struct catalog_accounts *all);
void catalog_accounts_unref(struct catalog_accounts *all); // NULL: nothing
// All of the store; those that are as they were are shared with `before` (NULL: none).
MUST_USE bool catalog_accounts_read(const struct catalog_env *env, const struct catalog_accounts *before,
                                    struct catalog_accounts **out, struct err *err);
// One of them is read again, and the others are those of `all`, whose count of the caller goes over to what comes out.
MUST_USE bool catalog_accounts_read_one(const struct catalog_env *env, struct catalog_accounts **all,
                                        struct str id, struct err *err);

#endif
