// SPDX-License-Identifier: Apache-2.0
// sight: a catalog as somebody may see it: an administrator all of it; an editor the accounts that are granted and the
// servers that are the editor's own; anybody else, and who is no more, nothing. A sight is a catalog itself, made when it
// is asked for and counted with the whole, so whatever answers from it knows of nothing else: names, tools, errors. Also what holds an
// editor's servers to the editor's grants. Pure. Example:
//   const struct access_token *owner = catalog_token_by_id(c, tile->owner);
//   struct catalog *seen = sight_of(c, owner);       // as long as c
#ifndef POSTERN_CATALOG_SIGHT_H
#define POSTERN_CATALOG_SIGHT_H

#include "catalog/snapshot.h"

struct catalog *sight_of(struct catalog *c, const struct access_token *who); // who: NULL: nobody
// What of `now`, a whole one, is seen by whom `before` was a sight of.
const struct catalog *sight_again(const struct catalog *now, const struct catalog *before);
bool sight_is_whole(const struct catalog *c);

// What the owner of a server, or who makes one, may do there with an account; owner empty: the house's, held to nothing.
enum permit_access sight_access(const struct catalog *c, struct str owner, struct str account_id);
// Does a server show this tool of an account that it may reach so far?
static inline bool sight_shows(enum permit_access access, const struct tool *t) {
  return access == PERMIT_WRITE || (access == PERMIT_READ && t->read_only);
}

struct sights *sights_new(void);
void sights_free(struct sights *all);

#endif
