// SPDX-License-Identifier: Apache-2.0
#include "openapi/merge.h"

#include "openapi/pool.h"
#include "openapi/tree.h"

// Keywords that change what their neighbours mean: they move together or not at all.
static const char *const GROUPS[][4] = {
    {"additionalProperties", "patternProperties", "properties", NULL},
    {"items", "prefixItems", NULL},
    {"contains", "minContains", "maxContains", NULL},
    {"if", "then", "else", NULL},
};
enum { GROUP_COUNT = sizeof GROUPS / sizeof *GROUPS };

static bool equal(yyjson_mut_val *a, yyjson_mut_val *b) {
  return yyjson_mut_equals(a, b);
}

static bool allows_all(yyjson_mut_val *schema) {
  return yyjson_mut_is_true(schema) || (yyjson_mut_is_obj(schema) && yyjson_mut_obj_size(schema) == 0);
}

static bool in_group(size_t group, struct str name) {
  for (size_t i = 0; i < 4 && GROUPS[group][i]; i++)
    if (str_is(name, GROUPS[group][i])) return true;
  return false;
}

static bool has_of_group(yyjson_mut_val *schema, size_t group) {
  for (size_t i = 0; i < 4 && GROUPS[group][i]; i++)
    if (yyjson_mut_obj_get(schema, GROUPS[group][i])) return true;
  return false;
}

// additionalProperties speaks of the properties beside it only, so such a schema stays whole.
static bool is_closed(yyjson_mut_val *schema) {
  yyjson_mut_val *extra = yyjson_mut_obj_get(schema, "additionalProperties");
  return (extra && !allows_all(extra)) || yyjson_mut_obj_get(schema, "patternProperties");
}

static bool can_take(yyjson_mut_val *into, yyjson_mut_val *part) {
  yyjson_mut_val *key, *v, *mine;
  size_t i, n;
  bool open = !is_closed(into) && !is_closed(part);
  yyjson_mut_obj_foreach (part, i, n, key, v) {
    struct str name = tree_text(key);
    if (str_is(name, "$ref") || str_starts(name, "unevaluated")) return false;
    if (tree_is_annotation(name) || str_is(name, "required") || str_is(name, POOL_READ_ONLY)) continue;
    if (open && (str_is(name, "properties") || str_is(name, "additionalProperties"))) continue;
    for (size_t g = 0; g < GROUP_COUNT; g++)
      if (in_group(g, name) && has_of_group(into, g)) return false;
    mine = tree_get(into, name);
    if (mine && !equal(mine, v)) return false;
  }
  return !yyjson_mut_obj_get(into, "unevaluatedProperties") && !yyjson_mut_obj_get(into, "unevaluatedItems");
}

static void take_names(yyjson_mut_doc *doc, yyjson_mut_val *into, struct str key, yyjson_mut_val *names) {
  yyjson_mut_val *mine = tree_get(into, key), *name;
  size_t i, n;
  if (!mine) {
    mine = yyjson_mut_arr(doc);
    tree_set(doc, into, key, mine);
  }
  yyjson_mut_arr_foreach (names, i, n, name) tree_list_add(doc, mine, tree_text(name));
}

static void take_properties(yyjson_mut_doc *doc, yyjson_mut_val *into, yyjson_mut_val *theirs) {
  yyjson_mut_val *mine = yyjson_mut_obj_get(into, "properties"), *name, *v;
  if (!mine) {
    mine = yyjson_mut_obj(doc);
    tree_set(doc, into, STR("properties"), mine);
  }
  size_t i, n;
  yyjson_mut_obj_foreach (theirs, i, n, name, v) {
    yyjson_mut_val *twin = tree_get(mine, tree_text(name)), *copy = yyjson_mut_val_mut_copy(doc, v);
    if (!twin) {
      tree_set(doc, mine, tree_text(name), copy);
    } else if (!equal(twin, copy)) { // both must hold
      yyjson_mut_val *both = yyjson_mut_obj(doc), *list = yyjson_mut_arr(doc);
      yyjson_mut_arr_append(list, yyjson_mut_val_mut_copy(doc, twin));
      yyjson_mut_arr_append(list, copy);
      yyjson_mut_obj_add_val(doc, both, "allOf", list);
      merge_parts(doc, both);
      tree_set(doc, mine, tree_text(name), both);
    }
  }
}

static void take(yyjson_mut_doc *doc, yyjson_mut_val *into, yyjson_mut_val *part) {
  yyjson_mut_val *key, *v;
  size_t i, n;
  yyjson_mut_obj_foreach (part, i, n, key, v) {
    struct str name = tree_text(key);
    if (str_is(name, "required") || str_is(name, POOL_READ_ONLY))
      take_names(doc, into, name, v);
    else if (str_is(name, "properties") && yyjson_mut_obj_get(into, "properties"))
      take_properties(doc, into, v);
    else if (!tree_get(into, name)) // of annotations the outer one counts
      tree_set(doc, into, name, yyjson_mut_val_mut_copy(doc, v));
  }
}

static void merge_list(yyjson_mut_doc *doc, yyjson_mut_val *schema, const char *keyword, bool only_single) {
  yyjson_mut_val *parts = yyjson_mut_obj_get(schema, keyword), *part;
  if (!yyjson_mut_is_arr(parts) || (only_single && yyjson_mut_arr_size(parts) != 1)) return;
  yyjson_mut_obj_remove_key(schema, keyword); // so that a part may bring one of its own
  yyjson_mut_val *rest = yyjson_mut_arr(doc);
  while ((part = yyjson_mut_arr_remove_first(parts))) {
    if (allows_all(part)) continue;
    if (yyjson_mut_is_obj(part) && can_take(schema, part))
      take(doc, schema, part);
    else
      yyjson_mut_arr_append(rest, part);
  }
  if (!yyjson_mut_arr_size(rest)) return;
  yyjson_mut_val *theirs = yyjson_mut_obj_get(schema, keyword);
  if (theirs && strcmp(keyword, "allOf") == 0) {
    while ((part = yyjson_mut_arr_remove_first(rest))) yyjson_mut_arr_append(theirs, part);
  } else if (theirs) { // a single part that could not be taken beside one that was: cannot be, there is one
                       // only
    return;
  } else {
    tree_set(doc, schema, str_of(keyword), rest);
  }
}

void merge_parts(yyjson_mut_doc *doc, yyjson_mut_val *schema) {
  merge_list(doc, schema, "allOf", false);
  merge_list(doc, schema, "oneOf", true);
  merge_list(doc, schema, "anyOf", true);
}

// --- required --------------------------------------------------------------------------------------

struct names { // found in a schema and its in-place parts
  yyjson_mut_val *schema;
  bool any_properties, open; // open: other names may be meant too
};

enum { IN_PLACE_DEPTH_MOST = 32 };

struct walk {
  struct names *names;
  struct str sought;
  bool found;
  unsigned depth;
};

static void look(yyjson_mut_val *schema, struct walk *w);

static void look_in_place(yyjson_mut_val *child, struct str keyword, void *arg) {
  struct walk *w = arg;
  if (!tree_in_place(keyword) || w->depth == IN_PLACE_DEPTH_MOST) return;
  w->depth++;
  look(child, w);
  w->depth--;
}

// Does any part of the schema know the property?
static void look(yyjson_mut_val *schema, struct walk *w) {
  yyjson_mut_val *properties = yyjson_mut_obj_get(schema, "properties");
  yyjson_mut_val *extra = yyjson_mut_obj_get(schema, "additionalProperties");
  w->names->any_properties |= yyjson_mut_obj_size(properties) > 0;
  w->names->open |= yyjson_mut_obj_get(schema, "$ref") || yyjson_mut_obj_get(schema, "patternProperties") ||
                    yyjson_mut_is_obj(extra);
  w->found |= tree_get(properties, w->sought) != NULL;
  tree_each(schema, look_in_place, w);
}

static bool is_read_only(yyjson_mut_val *schema, struct str name, unsigned depth);

struct read_only_walk {
  struct str name;
  bool found;
  unsigned depth;
};

static void read_only_in_place(yyjson_mut_val *child, struct str keyword, void *arg) {
  struct read_only_walk *w = arg;
  if (tree_in_place(keyword) && w->depth < IN_PLACE_DEPTH_MOST)
    w->found |= is_read_only(child, w->name, w->depth + 1);
}

static bool is_read_only(yyjson_mut_val *schema, struct str name, unsigned depth) {
  struct read_only_walk w = {.name = name, .depth = depth};
  if (tree_list_has(yyjson_mut_obj_get(schema, POOL_READ_ONLY), name)) return true;
  tree_each(schema, read_only_in_place, &w);
  return w.found;
}

struct settle {
  yyjson_mut_val *top; // the schema whose in-place parts are settled together
  unsigned depth;
  yyjson_mut_doc *doc;
};

// readOnly in the schema itself or its branches; or, known nowhere else, anywhere around it.
static bool is_gone(yyjson_mut_val *schema, yyjson_mut_val *top, struct str name) {
  struct names names = {.schema = top};
  struct walk w = {.names = &names, .sought = name};
  look(top, &w);
  bool leftover = !w.found && names.any_properties && !names.open;
  return leftover || is_read_only(schema, name, 0) || (!w.found && is_read_only(top, name, 0));
}

static void settle_one(yyjson_mut_doc *doc, yyjson_mut_val *schema, yyjson_mut_val *top) {
  yyjson_mut_val *required = yyjson_mut_obj_get(schema, "required"), *kept = yyjson_mut_arr(doc), *name;
  size_t i, n;
  yyjson_mut_arr_foreach (required, i, n, name) {
    if (!is_gone(schema, top, tree_text(name))) tree_list_add(doc, kept, tree_text(name));
  }
  if (yyjson_mut_arr_size(kept) == yyjson_mut_arr_size(required)) return;
  yyjson_mut_obj_remove_key(schema, "required");
  if (yyjson_mut_arr_size(kept)) tree_set(doc, schema, STR("required"), kept);
  tree_set(doc, schema, STR(TREE_LOOSE), yyjson_mut_bool(doc, true));
}

static void settle_child(yyjson_mut_val *child, struct str keyword, void *arg);

static void settle(yyjson_mut_doc *doc, yyjson_mut_val *schema, yyjson_mut_val *top, unsigned depth) {
  if (!yyjson_mut_is_obj(schema)) return;
  settle_one(doc, schema, top);
  struct settle s = {.top = top, .depth = depth, .doc = doc};
  tree_each(schema, settle_child, &s);
}

static void settle_child(yyjson_mut_val *child, struct str keyword, void *arg) {
  struct settle *s = arg;
  bool same = tree_in_place(keyword) && s->depth < IN_PLACE_DEPTH_MOST;
  settle(s->doc, child, same ? s->top : child, same ? s->depth + 1 : 0);
}

static void forget_read_only(yyjson_mut_val *schema, struct str keyword, void *arg) {
  (void)keyword;
  // A branch that a readOnly property told apart is told apart no more.
  if (yyjson_mut_obj_remove_key(schema, POOL_READ_ONLY))
    tree_set(arg, schema, STR(TREE_LOOSE), yyjson_mut_bool(arg, true));
  tree_each(schema, forget_read_only, arg);
}

void merge_settle_required(yyjson_mut_doc *doc, yyjson_mut_val *schema) {
  settle(doc, schema, schema, 0);
  forget_read_only(schema, STR_NONE, doc);
}
