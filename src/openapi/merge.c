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

// --- closed parts ----------------------------------------------------------------------------------

// Parts of one object that each say "and no other property" allow nothing by the letter; their author means
// the properties of all of them. What cannot be put together is left open, which allows more and not less.

static bool is_shut(yyjson_mut_val *schema) {
  return yyjson_mut_is_false(yyjson_mut_obj_get(schema, "additionalProperties")) ||
         yyjson_mut_is_false(yyjson_mut_obj_get(schema, "unevaluatedProperties"));
}

static bool open_up(yyjson_mut_doc *doc, yyjson_mut_val *schema) {
  if (!is_shut(schema)) return false;
  yyjson_mut_obj_remove_key(schema, "additionalProperties");
  yyjson_mut_obj_remove_key(schema, "unevaluatedProperties");
  tree_set(doc, schema, STR(TREE_LOOSE), yyjson_mut_bool(doc, true));
  return true;
}

static bool has_parts(yyjson_mut_val *schema) {
  return yyjson_mut_obj_get(schema, "allOf") || yyjson_mut_obj_get(schema, "anyOf") ||
         yyjson_mut_obj_get(schema, "oneOf") || yyjson_mut_obj_get(schema, "$ref");
}

static bool names_any(yyjson_mut_val *schema) {
  return yyjson_mut_obj_size(yyjson_mut_obj_get(schema, "properties")) > 0 || has_parts(schema);
}

// Does `wide` name each property that `narrow` names?
static bool names_all_of(yyjson_mut_val *wide, yyjson_mut_val *narrow) {
  yyjson_mut_val *theirs = yyjson_mut_obj_get(wide, "properties"), *name, *v;
  size_t i, n;
  if (has_parts(narrow) || !is_worth_it(wide, narrow)) return false;
  yyjson_mut_obj_foreach (yyjson_mut_obj_get(narrow, "properties"), i, n, name, v)
    if (!theirs || !tree_get(theirs, tree_text(name))) return false;
  return true;
}

// Of an allOf. True: the whole is closed once it is merged.
static bool open_all_of(yyjson_mut_doc *doc, yyjson_mut_val *schema) {
  yyjson_mut_val *parts = yyjson_mut_obj_get(schema, "allOf"), *part;
  size_t i, n, naming = yyjson_mut_obj_size(yyjson_mut_obj_get(schema, "properties")) > 0;
  bool shut = false;
  if (!yyjson_mut_arr_size(parts)) return false;
  yyjson_mut_arr_foreach (parts, i, n, part) naming += names_any(part);
  if (!naming) return false;
  yyjson_mut_arr_foreach (parts, i, n, part) shut |= open_up(doc, part);
  if (yyjson_mut_is_false(yyjson_mut_obj_get(schema, "additionalProperties"))) shut |= open_up(doc, schema);
  return shut;
}

static void open_branches(yyjson_mut_doc *doc, yyjson_mut_val *schema, const char *keyword) {
  yyjson_mut_val *branches = yyjson_mut_obj_get(schema, keyword), *branch;
  bool many = yyjson_mut_arr_size(branches) > OPENAPI_MERGE_PARTS_MOST; // too many to compare
  size_t i, n;
  yyjson_mut_arr_foreach (branches, i, n, branch) {
    if (is_shut(branch) && (many || !names_all_of(branch, schema))) open_up(doc, branch);
    if (yyjson_mut_is_false(yyjson_mut_obj_get(schema, "additionalProperties")) &&
        (many || !names_all_of(schema, branch)))
      open_up(doc, schema);
  }
}

static bool is_def_name(struct str ref, struct str *name) {
  static const size_t prefix = sizeof "#/$defs/" - 1;
  if (ref.n <= prefix) return false;
  *name = str_from(ref, prefix);
  return true;
}

struct opener {
  yyjson_mut_doc *doc;
  struct map defs; // name → schema
};

static void open_referred(yyjson_mut_val *schema, struct str keyword, void *arg) {
  static const char *const lists[] = {"allOf", "anyOf"};
  struct opener *o = arg;
  yyjson_mut_val *part, *def;
  struct str name;
  size_t i, n;
  (void)keyword;
  for (size_t k = 0; k < 2; k++) {
    bool alone = k && !yyjson_mut_obj_size(yyjson_mut_obj_get(schema, "properties"));
    yyjson_mut_arr_foreach (alone ? NULL : yyjson_mut_obj_get(schema, lists[k]), i, n, part)
      if (is_def_name(tree_text(yyjson_mut_obj_get(part, "$ref")), &name) && (def = map_get(&o->defs, name)))
        open_up(o->doc, def);
  }
  tree_each(schema, open_referred, o);
}

void openapi_merge_open_defs(yyjson_mut_doc *doc, yyjson_mut_val *root) {
  struct opener o = {.doc = doc};
  yyjson_mut_val *name, *def;
  size_t i, n;
  yyjson_mut_obj_foreach (yyjson_mut_obj_get(root, "$defs"), i, n, name, def)
    map_put(&o.defs, tree_text(name), def);
  if (o.defs.count) open_referred(root, STR_NONE, &o);
  map_free(&o.defs);
}

// --- alternatives ----------------------------------------------------------------------------------

// Branches overlap more often than their authors know, and what fits two of them is refused by oneOf alone. The
// vendor has the last word on what may not stand together.
static void one_of_to_any_of(yyjson_mut_doc *doc, yyjson_mut_val *schema) {
  yyjson_mut_val *list = yyjson_mut_obj_remove_key(schema, "oneOf");
  if (!list) return;
  if (!yyjson_mut_obj_get(schema, "anyOf")) {
    yyjson_mut_obj_add_val(doc, schema, "anyOf", list);
    return;
  }
  yyjson_mut_val *wrap = yyjson_mut_obj(doc), *all = yyjson_mut_obj_get(schema, "allOf");
  yyjson_mut_obj_add_val(doc, wrap, "anyOf", list);
  if (!all) {
    all = yyjson_mut_arr(doc);
    yyjson_mut_obj_add_val(doc, schema, "allOf", all);
  }
  yyjson_mut_arr_append(all, wrap);
}

void openapi_merge_parts(yyjson_mut_doc *doc, yyjson_mut_val *schema) {
  bool shut = open_all_of(doc, schema);
  merge_list(doc, schema, "allOf", false);
  open_branches(doc, schema, "oneOf");
  open_branches(doc, schema, "anyOf");
  merge_list(doc, schema, "oneOf", true);
  merge_list(doc, schema, "anyOf", true);
  one_of_to_any_of(doc, schema);
  if (shut && !is_closed(schema) && !has_parts(schema))
    tree_set(doc, schema, STR("additionalProperties"), yyjson_mut_bool(doc, false));
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
