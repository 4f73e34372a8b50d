// SPDX-License-Identifier: Apache-2.0
// tree: work on schemas as mutable values, shared by convert, expand, merge and fold. All recursion is
// over trees that convert and expand have bounded (OPENAPI_POOL_DEPTH_MOST, EXPAND_DEPTH_MOST).
#ifndef POSTERN_OPENAPI_TREE_H
#define POSTERN_OPENAPI_TREE_H

#include <yyjson.h>

#include "base/str.h"

// Marks a schema that allows more than the document says; private to the compiler, fold takes it out.
#define TREE_LOOSE "~loose"

// How a keyword's value holds schemas.
enum tree_holds { TREE_NONE, TREE_SCHEMA, TREE_LIST, TREE_MAP };
enum tree_holds tree_holds(struct str keyword);
// The same instance is checked by the schema and by those in this keyword (allOf, oneOf, if, …).
bool tree_in_place(struct str keyword);
bool tree_is_annotation(struct str keyword); // says something, demands nothing

size_t tree_bytes(yyjson_mut_val *v);                   // of its compact JSON text, roughly
static inline struct str tree_text(yyjson_mut_val *v) { // of a string
  return str_make(yyjson_mut_get_str(v), yyjson_mut_get_len(v));
}
static inline yyjson_mut_val *tree_get(yyjson_mut_val *object, struct str key) {
  return yyjson_mut_obj_getn(object, key.p, key.n);
}
// Adds or replaces; the key is copied.
void tree_set(yyjson_mut_doc *doc, yyjson_mut_val *object, struct str key, yyjson_mut_val *v);
bool tree_list_has(yyjson_mut_val *strings, struct str s);
void tree_list_add(yyjson_mut_doc *doc, yyjson_mut_val *strings, struct str s); // once

// Calls `visit` for each schema directly within `schema`. The visitor may change the schema it is given.
typedef void tree_visit(yyjson_mut_val *child, struct str keyword, void *arg);
void tree_each(yyjson_mut_val *schema, tree_visit *visit, void *arg);

#endif
