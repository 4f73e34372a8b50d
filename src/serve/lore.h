// SPDX-License-Identifier: Apache-2.0
// lore: a skill for each connector that says what can be asked of its accounts (docs/ask.md): which tools read what, and
// what its columns and their values are called. All of it is the connector's own data, nothing a vendor sent; of tools
// that the server does not show nothing is said. The same text as long as server and connector are. Pure. Example:
//   struct skill skill;
//   if (lore_make(server, &server->members[0], arena, &skill)) …
#ifndef POSTERN_SERVE_LORE_H
#define POSTERN_SERVE_LORE_H

#include "catalog/snapshot.h"

enum { LORE_TEXT_MOST = 48 * 1024 };

struct skill {                       // one of ours
  struct str uri, name, about, text; // `text` begins with the frontmatter, in which `about` stands as JSON
};

void lore_add_front(const struct skill *s, struct buf *out);
// False: there is nothing to teach, or an account of the same connector stands before it.
bool lore_make(const struct catalog_server *s, const struct catalog_member *m, struct arena *a,
               struct skill *out);

#endif
