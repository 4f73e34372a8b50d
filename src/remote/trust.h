// SPDX-License-Identifier: Apache-2.0
// trust: may a remote tool be served? From evidence, in this order: the connector's own word; the vendor's
// annotations; verbs in the verb position of the name; secret nouns with reading verbs. A name only ever
// lowers trust: it can deny or send to review what claims to read, but allows nothing that is declared a
// write. Pure. Example:
//   struct trust t = trust_of(connector, definition, arena);      // t.trust, t.class, t.why
#ifndef POSTERN_REMOTE_TRUST_H
#define POSTERN_REMOTE_TRUST_H

#include <yyjson.h>

#include "connector/connector.h"
#include "tool/tool.h"

struct trust {
  enum tool_trust trust;
  enum tool_class class; // for the filter by method, and for the hints
  bool read_only;
  bool destructive, idempotent, open_world; // true to the class; the vendor's word where it says something
  struct str *tags;
  size_t tag_count;
  struct str why; // in words, for review
};

// `definition`: an element of tools/list. `c` may be NULL. Texts in the arena or borrowed from both.
struct trust trust_of(const struct connector *c, yyjson_val *definition, struct arena *a);

#endif
