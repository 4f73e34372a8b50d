// SPDX-License-Identifier: Apache-2.0
#include "openapi/merge.h"

#include "base/map.h"
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
enum {
  OPENAPI_MERGE_PARTS_MOST = 512,
  OPENAPI_MERGE_PAIRS_MOST = 50000
}; // beyond: left as it is, which means the same

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
    if (tree_is_annotation(name) || str_is(name, "required") || str_is(name, OPENAPI_POOL_READ_ONLY))
      continue;
    if (open && (str_is(name, "properties") || str_is(name, "additionalProperties"))) continue;
    for (size_t g = 0; g < GROUP_COUNT; g++)
      if (in_group(g, name) && has_of_group(into, g)) return false;
    mine = tree_get(into, name);
    if (mine && !equal(mine, v)) return false;
  }
  return !yyjson_mut_obj_get(into, "unevaluatedProperties") && !yyjson_mut_obj_get(into, "unevaluatedItems");
}

static size_t pairs_of(yyjson_mut_val *into, yyjson_mut_val *part, const char *keyword) {
  yyjson_mut_val *mine = yyjson_mut_obj_get(into, keyword), *theirs = yyjson_mut_obj_get(part, keyword);
  return unsafe_yyjson_get_len(mine ? mine : into) * (theirs ? unsafe_yyjson_get_len(theirs) : 0);
}

// Members are looked for one by one. A schema that says the same with its parts apart may stay as it is.
static bool is_worth_it(yyjson_mut_val *into, yyjson_mut_val *part) {
  return pairs_of(into, part, "properties") <= OPENAPI_MERGE_PAIRS_MOST &&
         pairs_of(into, part, "required") <= OPENAPI_MERGE_PAIRS_MOST;
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
      openapi_merge_parts(doc, both);
      tree_set(doc, mine, tree_text(name), both);
    }
  }
}

static void take(yyjson_mut_doc *doc, yyjson_mut_val *into, yyjson_mut_val *part) {
  yyjson_mut_val *key, *v;
  size_t i, n;
  yyjson_mut_obj_foreach (part, i, n, key, v) {
    struct str name = tree_text(key);
    if (str_is(name, "required") || str_is(name, OPENAPI_POOL_READ_ONLY))
      take_names(doc, into, name, v);
    else if (str_is(name, "properties") && yyjson_mut_obj_get(into, "properties"))
      take_properties(doc, into, v);
    else if (!tree_get(into, name)) // of annotations the outer one counts
      tree_set(doc, into, name, yyjson_mut_val_mut_copy(doc, v));
  }
}

static void merge_list(yyjson_mut_doc *doc, yyjson_mut_val *schema, const char *keyword, bool only_single) {
  yyjson_mut_val *parts = yyjson_mut_obj_get(schema, keyword), *part;
  size_t count = yyjson_mut_arr_size(parts); // 0 for what is no list
  if (!count || count > OPENAPI_MERGE_PARTS_MOST || (only_single && count != 1)) return;
  yyjson_mut_obj_remove_key(schema, keyword); // so that a part may bring one of its own
  yyjson_mut_val *rest = yyjson_mut_arr(doc);
  while ((part = yyjson_mut_arr_remove_first(parts))) {
    if (allows_all(part)) continue;
    if (yyjson_mut_is_obj(part) && is_worth_it(schema, part) && can_take(schema, part))
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

void openapi_merge_parts(yyjson_mut_doc *doc, yyjson_mut_val *schema) {
  merge_list(doc, schema, "allOf", false);
  merge_list(doc, schema, "oneOf", true);
  merge_list(doc, schema, "anyOf", true);
}

// --- required --------------------------------------------------------------------------------------

enum { IN_PLACE_DEPTH_MOST = 32 };

// What a schema and its in-place parts know of names, gathered once for all that ask.
struct merge_names {
  struct map known, read_only;
  bool any_properties, open; // open: other names may be meant too
};

struct walk {
  struct merge_names *names;
  unsigned depth;
};

static void gather(yyjson_mut_val *schema, struct walk *w);

static void gather_in_place(yyjson_mut_val *child, struct str keyword, void *arg) {
  struct walk *w = arg;
  if (!tree_in_place(keyword) || w->depth == IN_PLACE_DEPTH_MOST) return;
  w->depth++;
  gather(child, w);
  w->depth--;
}

static void gather(yyjson_mut_val *schema, struct walk *w) {
  struct merge_names *names = w->names;
  yyjson_mut_val *properties = yyjson_mut_obj_get(schema, "properties"), *name, *v;
  yyjson_mut_val *extra = yyjson_mut_obj_get(schema, "additionalProperties");
  size_t i, n;
  names->any_properties |= yyjson_mut_obj_size(properties) > 0;
  names->open |= yyjson_mut_obj_get(schema, "$ref") || yyjson_mut_obj_get(schema, "patternProperties") ||
                 yyjson_mut_is_obj(extra);
  yyjson_mut_obj_foreach (properties, i, n, name, v) map_put(&names->known, tree_text(name), name);
  yyjson_mut_arr_foreach (yyjson_mut_obj_get(schema, OPENAPI_POOL_READ_ONLY), i, n, name)
    map_put(&names->read_only, tree_text(name), name);
  tree_each(schema, gather_in_place, w);
}

static void names_gather(struct merge_names *names, yyjson_mut_val *schema) {
  *names = (struct merge_names){0};
  gather(schema, &(struct walk){.names = names});
}

static void names_free(struct merge_names *names) {
  map_free(&names->known);
  map_free(&names->read_only);
}

struct settle {
  yyjson_mut_val *top;       // the schema whose in-place parts are settled together
  struct merge_names *names; // of the top
  bool *gathered;            // they are: most schemas require nothing
  unsigned depth;
  yyjson_mut_doc *doc;
};

// readOnly in the schema itself or its branches; or, known nowhere else, anywhere around it.
static bool is_gone(const struct merge_names *own, const struct merge_names *top, struct str name) {
  bool found = map_get(&top->known, name) != NULL;
  bool leftover = !found && top->any_properties && !top->open;
  return leftover || map_get(&own->read_only, name) || (!found && map_get(&top->read_only, name));
}

static void settle_one(const struct settle *s, yyjson_mut_val *schema) {
  yyjson_mut_val *required = yyjson_mut_obj_get(schema, "required"), *kept, *name;
  size_t i, n;
  if (!required) return;
  if (!*s->gathered) names_gather(s->names, s->top);
  *s->gathered = true;
  struct merge_names mine, *own = s->names;
  struct map seen = {0};
  if (schema != s->top) names_gather(own = &mine, schema);
  kept = yyjson_mut_arr(s->doc);
  yyjson_mut_arr_foreach (required, i, n, name) {
    if (is_gone(own, s->names, tree_text(name)) || map_get(&seen, tree_text(name))) continue;
    yyjson_mut_arr_add_strncpy(s->doc, kept, tree_text(name).p, tree_text(name).n);
    map_put(&seen, tree_text(name), name);
  }
  map_free(&seen);
  if (own == &mine) names_free(&mine);
  if (yyjson_mut_arr_size(kept) == yyjson_mut_arr_size(required)) return;
  yyjson_mut_obj_remove_key(schema, "required");
  if (yyjson_mut_arr_size(kept)) tree_set(s->doc, schema, STR("required"), kept);
  tree_set(s->doc, schema, STR(TREE_LOOSE), yyjson_mut_bool(s->doc, true));
}

static void settle_child(yyjson_mut_val *child, struct str keyword, void *arg);

static void settle(yyjson_mut_val *schema, struct settle *s) {
  if (!yyjson_mut_is_obj(schema)) return;
  settle_one(s, schema);
  tree_each(schema, settle_child, s);
}

static void settle_top(yyjson_mut_doc *doc, yyjson_mut_val *schema) {
  struct merge_names names = {0};
  bool gathered = false;
  settle(schema, &(struct settle){.top = schema, .names = &names, .gathered = &gathered, .doc = doc});
  names_free(&names);
}

static void settle_child(yyjson_mut_val *child, struct str keyword, void *arg) {
  struct settle *s = arg;
  if (!tree_in_place(keyword) || s->depth == IN_PLACE_DEPTH_MOST) {
    settle_top(s->doc, child);
    return;
  }
  s->depth++;
  settle(child, s);
  s->depth--;
}

static void forget_read_only(yyjson_mut_val *schema, struct str keyword, void *arg) {
  (void)keyword;
  // A branch that a readOnly property told apart is told apart no more.
  if (yyjson_mut_obj_remove_key(schema, OPENAPI_POOL_READ_ONLY))
    tree_set(arg, schema, STR(TREE_LOOSE), yyjson_mut_bool(arg, true));
  tree_each(schema, forget_read_only, arg);
}

void openapi_merge_settle_required(yyjson_mut_doc *doc, yyjson_mut_val *schema) {
  settle_top(doc, schema);
  forget_read_only(schema, STR_NONE, doc);
}
