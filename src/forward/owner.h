// SPDX-License-Identifier: Apache-2.0
// owner: which node has what a request speaks of. A session is its maker's; when the maker has gone, all nodes agree on
// another one without asking each other (rendezvous hashing), and what the session had in memory begins anew there. Handles
// of what is kept name their node themselves. Any thread. Example:
//   for (struct owner o = owner_of(key, maker); owner_next(&o, node);) …      // the maker first; at last, this node
//   if (owner_by_handle(body, "kept_", node)) …
#ifndef POSTERN_FORWARD_OWNER_H
#define POSTERN_FORWARD_OWNER_H

#include "node/node.h"

enum { OWNER_TRIES = 4 };

struct owner {
  struct str key, maker;
  char tried[OWNER_TRIES][NODE_ID];
  size_t count;
};
struct owner owner_of(struct str key, struct str maker);
// The next that lives and can be reached. False: this node is as good as any.
bool owner_next(struct owner *o, char node[NODE_ID]);

// Puts the node's id into a handle's text, behind its prefix. Alone: nothing.
struct str owner_mark(void);
// The first handle in a text that another living node has made.
bool owner_by_handle(struct str text, const char *prefix, char node[NODE_ID]);

#endif
