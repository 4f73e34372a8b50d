// SPDX-License-Identifier: Apache-2.0
// expand: gives one tool its own tree out of the pool. What is referred to is put in place; what
// leads back to itself, and, in a large tool, what is used more than once, goes to `$defs` instead.
// So the work is linear in what the document says, whatever that would unfold to. One thread. Example:
//   struct expander x; expander_init(&x, pool);              // once a document
//   if (!expand_begin(&x, doc, ids, count, err)) …           // per tool; false: a schema it needs is broken
//   schema = expand_def(&x, ids[0]); …
//   expand_defs(&x, root);                                   // last: adds root.$defs where there are any
#ifndef POSTERN_OPENAPI_EXPAND_H
#define POSTERN_OPENAPI_EXPAND_H

#include "openapi/pool.h"

enum {
  EXPAND_DEPTH_MOST = 48,     // JSON levels of one tool's schema, so that every reader's limit (64) holds
  EXPAND_NODES_MOST = 100000, // values of one tool's schema before folding
  EXPAND_DEFS_MOST = 512,     // schemas in one tool's $defs
  EXPAND_INLINE_MOST = 12288, // bytes up to which nothing but recursion goes to $defs
};

struct expand_state;

struct expander {
  struct schema_pool *pool;
  yyjson_mut_doc *doc; // the tool's
  struct expand_state *states;
  uint32_t *order, *queue; // defs in post-order; defs that $defs must hold
  struct map names;        // in $defs → its state
  uint32_t state_cap, tool, order_count, queue_count;
  size_t nodes;
  bool cut; // something was left open for a limit
};

void expander_init(struct expander *x, struct schema_pool *pool);
void expander_free(struct expander *x);

MUST_USE bool expand_begin(struct expander *x, yyjson_mut_doc *doc, const uint32_t *roots, size_t count,
                           struct err *err);
yyjson_mut_val *expand_def(struct expander *x, uint32_t id);
void expand_defs(struct expander *x, yyjson_mut_val *root);

#endif
