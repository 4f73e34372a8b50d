// SPDX-License-Identifier: Apache-2.0
// made: servers as requests need them, made of their rows (catalog/entry), the accounts and grants of a catalog, and what
// they show (catalog/display), when somebody asks. What a catalog was asked for stays as long as it: a pointer that
// came from a catalog is good as long as that is held. Beside the catalogs there is one store of servers that were asked
// for lately, out of which the next catalog takes what is still true. Any thread. Example:
//   struct catalog_server *s = made_of(c, entry);     // NULL: no account of it is there
#ifndef POSTERN_CATALOG_MADE_H
#define POSTERN_CATALOG_MADE_H

#include "catalog/snapshot.h"

struct made; // what one catalog was asked for
struct made *made_new(void);
void made_free(struct made *m);

// `c`: a whole one.
struct catalog_server *made_of(const struct catalog *c, struct catalog_entry *e);

// Lets go what nobody asked for since the time before last, and as much of the rest as is over the bytes that all may
// take. True: more than these are in use, or the catalog of `m` was asked for more servers than are kept beside it, or it is
// time: a copy of that catalog should take its place, to be asked anew. Now and then; one thread. `m`: NULL, none.
bool made_tidy(struct made *m);
void made_close(void); // at the end of the program

#endif
