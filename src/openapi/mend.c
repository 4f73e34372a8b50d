// SPDX-License-Identifier: Apache-2.0
#include "openapi/mend.h"

#include "openapi/tree.h"

enum { VISITS_MOST = 2000, TOKEN_MOST = 256 }; // schemas looked at for one violation; bytes of a name

struct openapi_mend {
  yyjson_mut_doc *doc;
  yyjson_mut_val *root;
  unsigned visits;
  bool changed;
};

// What happens at the schemas that a pointer leads to. `v`: what stands there, NULL where nothing does; `name`:
// the last step, for the schemas of the object around it.
typedef void openapi_mend_fn(struct openapi_mend *m, yyjson_mut_val *schema, yyjson_mut_val *v,
                             struct str name);

static const char *type_name(yyjson_mut_val *v) {
  switch (yyjson_mut_get_type(v)) {
  case YYJSON_TYPE_NULL:
    return "null";
  case YYJSON_TYPE_BOOL:
    return "boolean";
  case YYJSON_TYPE_STR:
    return "string";
  case YYJSON_TYPE_ARR:
    return "array";
  case YYJSON_TYPE_OBJ:
    return "object";
  default:
    return yyjson_mut_is_int(v) ? "integer" : "number";
  }
}

// ---- at the value

static bool has_type(yyjson_mut_val *type, const char *name) {
  bool number = strcmp(name, "integer") == 0;
  if (yyjson_mut_is_str(type))
    return yyjson_mut_equals_str(type, name) || (number && yyjson_mut_equals_str(type, "number"));
  return !type || tree_list_has(type, str_of(name)) || (number && tree_list_has(type, STR("number")));
}

static bool add_type(struct openapi_mend *m, yyjson_mut_val *schema, yyjson_mut_val *v) {
  yyjson_mut_val *type = yyjson_mut_obj_get(schema, "type");
  const char *name = type_name(v);
  if (has_type(type, name)) return false;
  if (yyjson_mut_is_str(type)) {
    yyjson_mut_val *list = yyjson_mut_arr(m->doc);
    yyjson_mut_arr_append(list, yyjson_mut_val_mut_copy(m->doc, type));
    tree_set(m->doc, schema, STR("type"), type = list);
  }
  return yyjson_mut_arr_add_str(m->doc, type, name);
}

static bool add_value(struct openapi_mend *m, yyjson_mut_val *schema, yyjson_mut_val *v) {
  yyjson_mut_val *only = yyjson_mut_obj_get(schema, "const"), *list = yyjson_mut_obj_get(schema, "enum"),
                 *item;
  size_t i, n;
  if (only && !yyjson_mut_equals(only, v)) {
    list = yyjson_mut_arr(m->doc);
    yyjson_mut_arr_append(list, yyjson_mut_val_mut_copy(m->doc, only));
    yyjson_mut_obj_remove_key(schema, "const");
    tree_set(m->doc, schema, STR("enum"), list);
  }
  if (!list) return false;
  yyjson_mut_arr_foreach (list, i, n, item)
    if (yyjson_mut_equals(item, v)) return false;
  return yyjson_mut_arr_append(list, yyjson_mut_val_mut_copy(m->doc, v));
}

// A keyword alone, with those that it speaks together with.
static const struct {
  const char *key, *with;
} bounds[] = {{"pattern", NULL},
              {"minLength", NULL},
              {"maxLength", NULL},
              {"minimum", NULL},
              {"maximum", NULL},
              {"exclusiveMinimum", NULL},
              {"exclusiveMaximum", NULL},
              {"multipleOf", NULL},
              {"minItems", NULL},
              {"maxItems", NULL},
              {"uniqueItems", NULL},
              {"maxContains", "contains"},
              {"minContains", "contains"},
              {"contains", NULL},
              {"minProperties", NULL},
              {"maxProperties", NULL},
              {"propertyNames", NULL},
              {"not", NULL},
              {"then", "if"},
              {"else", "if"}};

// Does the value miss this one keyword of the schema?
static bool misses(const struct openapi_mend *m, yyjson_mut_val *schema, size_t bound, yyjson_mut_val *v) {
  yyjson_mut_val *word = yyjson_mut_obj_get(schema, bounds[bound].key),
                 *defs = yyjson_mut_obj_get(m->root, "$defs");
  yyjson_mut_val *with = bounds[bound].with ? yyjson_mut_obj_get(schema, bounds[bound].with) : NULL;
  if (!word) return false;
  yyjson_mut_doc *alone = yyjson_mut_doc_new(NULL), *value = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *root = yyjson_mut_obj(alone);
  yyjson_mut_doc_set_root(alone, root);
  tree_set(alone, root, str_of(bounds[bound].key), yyjson_mut_val_mut_copy(alone, word));
  if (with) tree_set(alone, root, str_of(bounds[bound].with), yyjson_mut_val_mut_copy(alone, with));
  if (defs) tree_set(alone, root, STR("$defs"), yyjson_mut_val_mut_copy(alone, defs));
  yyjson_doc *read = yyjson_mut_doc_imut_copy(alone, NULL);
  struct arena *a = arena_new();
  struct schema_report *report = ARENA_NEW(a, struct schema_report);
  report->arena = a;
  yyjson_mut_val *copy = yyjson_mut_val_mut_copy(value, v);
  bool fits = schema_check(yyjson_doc_get_root(read), value, &copy, report);
  arena_free(a);
  yyjson_doc_free(read);
  yyjson_mut_doc_free(value);
  yyjson_mut_doc_free(alone);
  return !fits;
}

// Those alone that the value misses.
static bool drop_bounds(const struct openapi_mend *m, yyjson_mut_val *schema, yyjson_mut_val *v) {
  bool any = false;
  for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++)
    if (misses(m, schema, i, v)) any |= yyjson_mut_obj_remove_key(schema, bounds[i].key) != NULL;
  return any;
}

static void openapi_mend_value(struct openapi_mend *m, yyjson_mut_val *schema, yyjson_mut_val *v,
                               struct str name) {
  (void)name;
  if (!v) return;
  bool typed = add_type(m, schema, v), valued = add_value(m, schema, v);
  yyjson_mut_val *either = yyjson_mut_obj_get(schema, "anyOf");
  if (typed || valued || drop_bounds(m, schema, v)) {
    m->changed = true;
  } else if (either) { // none of them, and none of them near
    yyjson_mut_val *open = yyjson_mut_arr_add_obj(m->doc, either);
    yyjson_mut_obj_add_str(m->doc, open, "type", type_name(v));
    m->changed = true;
  }
}

// ---- at the object around it

static bool drop_name(struct openapi_mend *m, yyjson_mut_val *object, const char *key, struct str name) {
  yyjson_mut_val *names = yyjson_mut_obj_get(object, key), *kept = yyjson_mut_arr(m->doc), *item;
  size_t i, n;
  yyjson_mut_arr_foreach (names, i, n, item)
    if (!str_eq(tree_text(item), name)) yyjson_mut_arr_append(kept, yyjson_mut_val_mut_copy(m->doc, item));
  if (yyjson_mut_arr_size(kept) == yyjson_mut_arr_size(names)) return false;
  yyjson_mut_obj_remove_key(object, key);
  if (yyjson_mut_arr_size(kept)) tree_set(m->doc, object, str_of(key), kept);
  return true;
}

static void openapi_mend_around(struct openapi_mend *m, yyjson_mut_val *schema, yyjson_mut_val *v,
                                struct str name) {
  if (!v) {
    m->changed |= drop_name(m, schema, "required", name);
    m->changed |= yyjson_mut_obj_remove_key(schema, "dependentRequired") != NULL;
    return;
  }
  if (schema == m->root || tree_get(yyjson_mut_obj_get(schema, "properties"), name)) return;
  for (const char *const *key = (const char *const[]){"additionalProperties", "unevaluatedProperties", NULL};
       *key; key++)
    if (yyjson_mut_is_false(yyjson_mut_obj_get(schema, *key)))
      m->changed |= yyjson_mut_obj_remove_key(schema, *key) != NULL;
}

// ---- on the way there

static void walk(struct openapi_mend *m, yyjson_mut_val *schema, yyjson_mut_val *v, struct str pointer,
                 struct str name, openapi_mend_fn *at);

static yyjson_mut_val *member_of(yyjson_mut_val *v, struct str name) {
  uint64_t at;
  if (yyjson_mut_is_obj(v)) return tree_get(v, name);
  return yyjson_mut_is_arr(v) && str_to_u64(name, &at) ? yyjson_mut_arr_get(v, at) : NULL;
}

static void walk_in_place(struct openapi_mend *m, yyjson_mut_val *schema, yyjson_mut_val *v,
                          struct str pointer, struct str name, openapi_mend_fn *at) {
  static const char *const lists[] = {"allOf", "anyOf", "oneOf"};
  static const size_t prefix = sizeof "#/$defs/" - 1;
  struct str ref = tree_text(yyjson_mut_obj_get(schema, "$ref"));
  yyjson_mut_val *part;
  size_t i, n;
  if (ref.n > prefix)
    walk(m, tree_get(yyjson_mut_obj_get(m->root, "$defs"), str_from(ref, prefix)), v, pointer, name, at);
  for (size_t k = 0; k < 3; k++)
    yyjson_mut_arr_foreach (yyjson_mut_obj_get(schema, lists[k]), i, n, part)
      walk(m, part, v, pointer, name, at);
}

// `pointer` with `name` as its last step where the schemas of the object around are meant.
static void walk(struct openapi_mend *m, yyjson_mut_val *schema, yyjson_mut_val *v, struct str pointer,
                 struct str name, openapi_mend_fn *at) {
  char text[TOKEN_MOST];
  struct str token = {text, 0}, rest = str_from(pointer, 1), step;
  if (!yyjson_mut_is_obj(schema) || m->visits++ > VISITS_MOST) return;
  if (!pointer.n) {
    at(m, schema, name.p ? member_of(v, name) : v, name);
    walk_in_place(m, schema, v, pointer, name, at);
    return;
  }
  walk_in_place(m, schema, v, pointer, name, at);
  ptrdiff_t end = str_find(rest, '/');
  step = end < 0 ? rest : str_make(rest.p, (size_t)end);
  for (size_t i = 0; i < step.n && token.n < TOKEN_MOST; i++) { // RFC 6901 §4
    bool escape = step.p[i] == '~' && i + 1 < step.n;
    text[token.n++] = escape ? (step.p[++i] == '1' ? '/' : '~') : step.p[i];
  }
  struct str after = end < 0 ? STR_NONE : str_from(rest, (size_t)end);
  yyjson_mut_val *next = yyjson_mut_is_arr(v) ? yyjson_mut_obj_get(schema, "items")
                                              : tree_get(yyjson_mut_obj_get(schema, "properties"), token);
  if (!next && yyjson_mut_is_obj(v)) next = yyjson_mut_obj_get(schema, "additionalProperties");
  walk(m, next, member_of(v, token), after, name, at);
}

static struct str last_step(struct str pointer, struct str *before) {
  size_t i = pointer.n;
  while (i > 0 && pointer.p[i - 1] != '/') i--;
  *before = str_make(pointer.p, i ? i - 1 : 0);
  return str_from(pointer, i);
}

bool openapi_mend_at(yyjson_mut_doc *doc, yyjson_mut_val *root, yyjson_mut_val *value,
                     const struct schema_report *report) {
  struct openapi_mend m = {.doc = doc, .root = root};
  size_t count = report->count < SCHEMA_VIOLATIONS_MOST ? report->count : SCHEMA_VIOLATIONS_MOST;
  for (size_t i = 0; i < count; i++) {
    struct str pointer = report->items[i].pointer, before, name = last_step(pointer, &before);
    if (!pointer.n) continue; // all arguments together: nothing that one value says
    m.visits = 0;
    walk(&m, root, value, before, report->items[i].property.n ? report->items[i].property : name,
         openapi_mend_around);
    m.visits = 0;
    walk(&m, root, value, pointer, STR_NONE, openapi_mend_value);
  }
  return m.changed;
}
