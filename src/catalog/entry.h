// SPDX-License-Identifier: Apache-2.0
// entry: a server at rest, as its row says, in one block of some hundred bytes; and all of them, found by id, by the hash
// of a URL's token, by owner, by slug and by account. An entry depends on nothing but its rows: what the server shows is made
// when somebody asks (catalog/made). The indexes are trees that snapshots share: a change copies little. Example:
//   struct entries next = entries_ref(&before);
//   entries_put(&next, entry_new(&row, was));          // `before` still has the server as it was
#ifndef POSTERN_CATALOG_ENTRY_H
#define POSTERN_CATALOG_ENTRY_H

#include <stdatomic.h>

#include "access/use.h"
#include "base/sorted.h"
#include "catalog/server_row.h"

struct catalog_entry {
  atomic_uint refs;
  struct server
      server; // texts in the same block; of its filter the switches and own accounts alone, the rest is made from `config`
  struct use *uses; // one a URL
};

// `before`: the same server as it was, whose URLs have heard of uses that the store does not know yet; NULL: none.
struct catalog_entry *entry_new(const struct server *row, const struct catalog_entry *before);
struct catalog_entry *entry_ref(struct catalog_entry *e);
void entry_unref(struct catalog_entry *e);
// Does the entry say what the row says?
bool entry_is(const struct catalog_entry *e, const struct server *row);

struct entries {
  struct sorted by_id;      // holds them
  struct sorted by_hash;    // part: which URL
  struct sorted by_owner;   // (owner, id); those that have one
  struct sorted by_slug;    // those that people sign in to
  struct sorted by_account; // (account, id); part: which member
};
struct entries entries_new(void);
struct entries entries_ref(const struct entries *all);
void entries_free(struct entries *all);
void entries_put(struct entries *all,
                 struct catalog_entry *e); // takes the caller's count; replaces the one of its id
void entries_remove(struct entries *all, struct str id);
void entries_fill(struct entries *all, struct catalog_entry *const *items,
                  size_t count); // empty ones, with many at once; takes the caller's counts

struct catalog_entry *entries_by_id(const struct entries *all, struct str id);
struct catalog_entry *entries_by_hash(const struct entries *all, const unsigned char hash[TOKEN_HASH],
                                      unsigned *url);
struct catalog_entry *entries_by_slug(const struct entries *all, struct str slug);

#endif
