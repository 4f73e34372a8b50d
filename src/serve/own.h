// SPDX-License-Identifier: Apache-2.0
// own: the tools of our own that stand beside the vendors' on a server: one table says which kinds there are. They are
// listed behind the vendors' tools, on the last page; a vendor's tool of the same name stands back. Example:
//   const struct own_tools *own = own_find(r, name);
//   if (own) return own->call(r, params, out, err);
#ifndef POSTERN_SERVE_OWN_H
#define POSTERN_SERVE_OWN_H

#include "serve/serve.h"

struct own_tools {                                             // one kind: a tool, or several
  bool (*has)(const struct serve_request *r, struct str name); // does this server show it?
  void (*list)(const struct serve_request *r,
               struct buf *out); // the definitions that it shows, each behind own_next
  // The whole result object, as tools_call gives it.
  bool (*call)(struct serve_request *r, yyjson_val *params, struct buf *out, struct err *err) SUSPENDS;
  // Another one whenever what `list` gives is another, beyond what the server's config decides. NULL: never.
  uint64_t (*version)(const struct catalog_server *server);
  // Does this server show any whose results serve/easel draws? NULL: this kind has none.
  bool (*has_view)(const struct serve_request *r);
};

const struct own_tools *own_find(const struct serve_request *r, struct str name); // NULL: none
// The whole result object: what a model needs stands in both forms, since hosts pass on the one or the other.
// `structured`: JSON object text, or NULL.
bool own_say(struct serve_request *r, struct str text, const struct buf *structured, bool is_error,
             struct buf *out);
// The audit's row of a call of one of our own.
void own_record(struct serve_request *r, struct str tool, bool ok, struct str detail);
// Into an array of definitions that is being written.
void own_list(const struct serve_request *r, struct buf *out);
void own_next(struct buf *out);                   // a comma, but behind the array's bracket
bool own_has_view(const struct serve_request *r); // of any kind
// Of all that tools/list shows, the vendors' tools included.
uint64_t own_version(const struct catalog_server *server);

#endif
