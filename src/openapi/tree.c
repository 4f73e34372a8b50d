// SPDX-License-Identifier: Apache-2.0
#include "openapi/tree.h"

static const struct {
  const char *name;
  enum tree_holds holds;
  bool in_place, annotation;
} KEYWORDS[] = {
    {"properties", TREE_MAP, false, false},
    {"patternProperties", TREE_MAP, false, false},
    {"additionalProperties", TREE_SCHEMA, false, false},
    {"unevaluatedProperties", TREE_SCHEMA, false, false},
    {"propertyNames", TREE_SCHEMA, false, false},
    {"items", TREE_SCHEMA, false, false},
    {"prefixItems", TREE_LIST, false, false},
    {"contains", TREE_SCHEMA, false, false},
    {"unevaluatedItems", TREE_SCHEMA, false, false},
    {"allOf", TREE_LIST, true, false},
    {"anyOf", TREE_LIST, true, false},
    {"oneOf", TREE_LIST, true, false},
    {"not", TREE_SCHEMA, false, false},
    {"if", TREE_SCHEMA, true, false},
    {"then", TREE_SCHEMA, true, false},
    {"else", TREE_SCHEMA, true, false},
    {"dependentSchemas", TREE_MAP, true, false},
    {"$defs", TREE_MAP, false, false},
    {"title", TREE_NONE, false, true},
    {"description", TREE_NONE, false, true},
    {"default", TREE_NONE, false, true},
    {"examples", TREE_NONE, false, true},
    {"deprecated", TREE_NONE, false, true},
    {"writeOnly", TREE_NONE, false, true},
    {"format", TREE_NONE, false, true}, // an annotation since 2019-09
    {"contentEncoding", TREE_NONE, false, true},
    {"contentMediaType", TREE_NONE, false, true},
    {TREE_LOOSE, TREE_NONE, false, true},
};

static size_t keyword_index(struct str name) {
  size_t i = 0, n = sizeof KEYWORDS / sizeof *KEYWORDS;
  while (i < n && !str_is(name, KEYWORDS[i].name)) i++;
  return i;
}

#define KNOWN(i) ((i) < sizeof KEYWORDS / sizeof *KEYWORDS)

enum tree_holds tree_holds(struct str keyword) {
  size_t i = keyword_index(keyword);
  return KNOWN(i) ? KEYWORDS[i].holds : TREE_NONE;
}

bool tree_in_place(struct str keyword) {
  size_t i = keyword_index(keyword);
  return KNOWN(i) && KEYWORDS[i].in_place;
}

bool tree_is_annotation(struct str keyword) {
  size_t i = keyword_index(keyword);
  return KNOWN(i) && KEYWORDS[i].annotation;
}

size_t tree_bytes(yyjson_mut_val *v) {
  size_t bytes = 2, i, n;
  yyjson_mut_val *key, *item;
  switch (yyjson_mut_get_type(v)) {
  case YYJSON_TYPE_STR:
    return yyjson_mut_get_len(v) + 2;
  case YYJSON_TYPE_RAW:
    return yyjson_mut_get_len(v);
  case YYJSON_TYPE_BOOL:
    return 5;
  case YYJSON_TYPE_NULL:
    return 4;
  case YYJSON_TYPE_NUM: {
    if (!yyjson_mut_is_uint(v)) return 12;
    uint64_t digits = yyjson_mut_get_uint(v);
    for (bytes = 1; digits > 9; digits /= 10) bytes++;
    return bytes;
  }
  case YYJSON_TYPE_ARR:
    yyjson_mut_arr_foreach (v, i, n, item) bytes += tree_bytes(item) + 1;
    return bytes;
  case YYJSON_TYPE_OBJ:
    yyjson_mut_obj_foreach (v, i, n, key, item) bytes += yyjson_mut_get_len(key) + 4 + tree_bytes(item);
    return bytes;
  default:
    return 0;
  }
}

void tree_set(yyjson_mut_doc *doc, yyjson_mut_val *object, struct str key, yyjson_mut_val *v) {
  yyjson_mut_obj_put(object, yyjson_mut_strncpy(doc, key.p, key.n), v);
}

bool tree_list_has(yyjson_mut_val *strings, struct str s) {
  size_t i, n;
  yyjson_mut_val *item;
  yyjson_mut_arr_foreach (strings, i, n, item) {
    if (str_eq(tree_text(item), s)) return true;
  }
  return false;
}

void tree_list_add(yyjson_mut_doc *doc, yyjson_mut_val *strings, struct str s) {
  if (!tree_list_has(strings, s)) yyjson_mut_arr_add_strncpy(doc, strings, s.p, s.n);
}

void tree_each(yyjson_mut_val *schema, tree_visit *visit, void *arg) {
  size_t i, n, j, m;
  yyjson_mut_val *key, *value, *name, *child;
  if (!yyjson_mut_is_obj(schema)) return;
  yyjson_mut_obj_foreach (schema, i, n, key, value) {
    struct str keyword = tree_text(key);
    switch (tree_holds(keyword)) {
    case TREE_NONE:
      break;
    case TREE_SCHEMA:
      visit(value, keyword, arg);
      break;
    case TREE_LIST:
      yyjson_mut_arr_foreach (value, j, m, child) visit(child, keyword, arg);
      break;
    case TREE_MAP:
      yyjson_mut_obj_foreach (value, j, m, name, child) visit(child, keyword, arg);
      break;
    }
  }
}
