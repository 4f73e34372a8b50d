// SPDX-License-Identifier: Apache-2.0
#include "openapi/fold.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "openapi/text.h"
#include "openapi/tree.h"

enum { FIELDS_SAID_MOST = 160, SHORT_DESCRIPTION = 80, CANDIDATES_MOST = 20000, DEPTH_MOST = 64 };

struct fold_candidate {
  yyjson_mut_val *schema;
  size_t bytes;
};

struct fold {
  yyjson_mut_doc *doc;
  yyjson_mut_val *root;
  struct arena *arena;
  size_t most;
  unsigned depth, level, deepest; // where the walk is; which level is collected; how deep it goes
  struct fold_candidate *candidates;
  size_t count;
  bool folded;
};

static size_t exact_bytes(yyjson_mut_val *v) {
  size_t n = 0;
  char *text = yyjson_mut_val_write(v, YYJSON_WRITE_ALLOW_INVALID_UNICODE, &n);
  free(text);
  return n;
}

static void seen_child(yyjson_mut_val *child, struct str keyword, void *arg) {
  (void)child;
  (void)keyword;
  *(bool *)arg = true;
}

static bool has_parts(yyjson_mut_val *schema) {
  bool any = false;
  tree_each(schema, seen_child, &any);
  return any;
}

static void visit(yyjson_mut_val *child, struct str keyword, void *arg) {
  struct fold *f = arg;
  (void)keyword;
  if (!yyjson_mut_is_obj(child)) return;
  f->depth++;
  if (has_parts(child)) {
    if (f->depth > f->deepest) f->deepest = f->depth;
    if (f->depth == f->level && f->count < CANDIDATES_MOST)
      f->candidates[f->count++] = (struct fold_candidate){child, tree_bytes(child)};
    if (f->depth < DEPTH_MOST) tree_each(child, visit, f);
  }
  f->depth--;
}

static void collect(struct fold *f, unsigned level) {
  f->level = level;
  f->count = f->depth = 0;
  f->deepest = 0;
  tree_each(f->root, visit, f);
}

static int by_size(const void *a, const void *b) {
  const struct fold_candidate *x = a, *y = b;
  return x->bytes != y->bytes ? (x->bytes > y->bytes ? -1 : 1) : 0;
}

// The names of what is folded away, so that a model may still guess right.
static struct str field_names(struct fold *f, yyjson_mut_val *schema) {
  struct buf b = BUF_MAX(FIELDS_SAID_MOST);
  yyjson_mut_val *key, *v;
  size_t i, n;
  yyjson_mut_obj_foreach (yyjson_mut_obj_get(schema, "properties"), i, n, key, v)
    buf_printf(&b, "%s%.*s", b.n ? ", " : "", STR_ARG(tree_text(key)));
  struct str out = arena_printf(f->arena, "%.*s%s", STR_ARG(buf_str(&b)), b.full ? ", …" : "");
  buf_free(&b);
  return out;
}

static void fold_schema(struct fold *f, yyjson_mut_val *schema) {
  struct str names = field_names(f, schema);
  struct str said =
      text_brief(f->arena, tree_text(yyjson_mut_obj_get(schema, "description")), SHORT_DESCRIPTION);
  yyjson_mut_val *type = yyjson_mut_obj_remove_key(schema, "type");
  yyjson_mut_obj_clear(schema);
  if (type) yyjson_mut_obj_add_val(f->doc, schema, "type", type);
  struct buf b = BUF_MAX(600);
  text_add_sentence(&b, said);
  text_add_sentence(&b, names.n ? arena_printf(f->arena, "Fields (left open): %.*s", STR_ARG(names))
                                : STR("Left open."));
  yyjson_mut_obj_add_strncpy(f->doc, schema, "description", b.p, b.n);
  yyjson_mut_obj_add_bool(f->doc, schema, TREE_LOOSE, true);
  buf_free(&b);
  f->folded = true;
}

// --- $defs nothing refers to any more -----------------------------------------------------------------

struct reach {
  struct map defs, used; // name → schema
};

static void reach(yyjson_mut_val *schema, struct str keyword, void *arg) {
  struct reach *r = arg;
  struct str ref = tree_text(yyjson_mut_obj_get(schema, "$ref"));
  static const size_t prefix = sizeof "#/$defs/" - 1;
  if (str_is(keyword, "$defs")) return;
  struct str name = str_from(ref, prefix);
  yyjson_mut_val *def = ref.n > prefix ? map_get(&r->defs, name) : NULL;
  if (def && !map_get(&r->used, name)) {
    map_put(&r->used, name, def);
    reach(def, STR_NONE, r);
  }
  tree_each(schema, reach, r);
}

static void drop_unused(struct fold *f) {
  yyjson_mut_val *defs = yyjson_mut_obj_get(f->root, "$defs"), *kept = yyjson_mut_obj(f->doc), *key, *v;
  struct reach r = {.used = {0}};
  size_t i, n;
  if (!defs) return;
  yyjson_mut_obj_foreach (defs, i, n, key, v) map_put(&r.defs, tree_text(key), v);
  reach(f->root, STR_NONE, &r);
  yyjson_mut_obj_foreach (defs, i, n, key, v) {
    struct str name = tree_text(key);
    if (map_get(&r.used, name))
      yyjson_mut_obj_add(kept, yyjson_mut_strncpy(f->doc, name.p, name.n),
                         yyjson_mut_val_mut_copy(f->doc, v));
  }
  map_free(&r.defs);
  map_free(&r.used);
  yyjson_mut_obj_remove_key(f->root, "$defs");
  if (yyjson_mut_obj_size(kept)) yyjson_mut_obj_add_val(f->doc, f->root, "$defs", kept);
}

// --- words first, then shapes ---------------------------------------------------------------------------

static void shorten(yyjson_mut_val *schema, struct str keyword, void *arg) {
  struct fold *f = arg;
  (void)keyword;
  if (!yyjson_mut_is_obj(schema)) return;
  yyjson_mut_val *text = yyjson_mut_obj_get(schema, "description");
  if (f->depth > 0) {
    yyjson_mut_obj_remove_key(schema, "examples");
    yyjson_mut_obj_remove_key(schema, "title");
    if (text && yyjson_mut_get_len(text) > SHORT_DESCRIPTION) {
      struct str brief = text_brief(f->arena, tree_text(text), SHORT_DESCRIPTION);
      tree_set(f->doc, schema, STR("description"), yyjson_mut_strncpy(f->doc, brief.p, brief.n));
    }
  }
  f->depth++;
  tree_each(schema, shorten, f);
  f->depth--;
}

static void fold_level(struct fold *f, unsigned level, size_t *bytes, size_t least) {
  collect(f, level);
  if (f->count) qsort(f->candidates, f->count, sizeof *f->candidates, by_size);
  for (size_t i = 0; i<f->count && * bytes> f->most; i++) {
    size_t before = f->candidates[i].bytes;
    if (before < least) break;
    fold_schema(f, f->candidates[i].schema);
    size_t after = tree_bytes(f->candidates[i].schema);
    *bytes -= before > after && *bytes > before - after ? before - after : 0;
  }
  drop_unused(f);
  *bytes = exact_bytes(f->root);
}

// Arguments only, and nothing refers to $defs after this, so no neighbour needs to know.
static void fold_leaf(yyjson_mut_val *schema, struct str keyword, void *arg) {
  struct fold *f = arg;
  (void)keyword;
  if (!yyjson_mut_is_obj(schema) || yyjson_mut_obj_size(schema) == 0) return;
  yyjson_mut_val *type = yyjson_mut_obj_remove_key(schema, "type");
  yyjson_mut_obj_clear(schema);
  if (type) yyjson_mut_obj_add_val(f->doc, schema, "type", type);
  f->folded = true;
}

static void fold_to_fit(struct fold *f) {
  size_t bytes = exact_bytes(f->root);
  if (bytes <= f->most) return;
  tree_each(f->root, shorten, f);
  bytes = exact_bytes(f->root);
  f->candidates = mem_array(CANDIDATES_MOST, sizeof *f->candidates);
  for (size_t least = 2 * FIELDS_SAID_MOST; bytes > f->most; least /= 2) {
    collect(f, 0);
    for (unsigned level = f->deepest; level >= 1 && bytes > f->most; level--)
      fold_level(f, level, &bytes, least);
    if (least == 0) break;
  }
  mem_free(f->candidates);
  if (bytes <= f->most) return;
  tree_each(f->root, fold_leaf, f); // wide rather than deep: only names and types are left
  drop_unused(f);
  if (exact_bytes(f->root) <= f->most) return;
  f->folded = true;
  yyjson_mut_obj_clear(f->root); // even the names are too many
  yyjson_mut_obj_add_str(f->doc, f->root, "type", "object");
}

// --- loosening ------------------------------------------------------------------------------------------

struct loosen {
  yyjson_mut_doc *doc;
  bool refs; // a $defs entry is loose, so every reference counts as such
  bool any, in_if, in_not, in_contains;
};

static bool loosen(yyjson_mut_val *schema, yyjson_mut_doc *doc, bool refs);

static void loosen_child(yyjson_mut_val *child, struct str keyword, void *arg) {
  struct loosen *l = arg;
  if (!loosen(child, l->doc, l->refs)) return;
  l->any = true;
  l->in_if |= str_is(keyword, "if");
  l->in_not |= str_is(keyword, "not");
  l->in_contains |= str_is(keyword, "contains");
}

// True: the schema allows more than the document said.
static bool loosen(yyjson_mut_val *schema, yyjson_mut_doc *doc, bool refs) {
  struct loosen l = {.doc = doc, .refs = refs};
  if (!yyjson_mut_is_obj(schema)) return false;
  bool own = yyjson_mut_obj_remove_key(schema, TREE_LOOSE) != NULL;
  if (refs && yyjson_mut_obj_get(schema, "$ref")) own = true;
  tree_each(schema, loosen_child, &l);
  if (l.in_not) yyjson_mut_obj_remove_key(schema, "not");
  if (l.in_contains) yyjson_mut_obj_remove_key(schema, "maxContains");
  if (l.in_if) {
    yyjson_mut_obj_remove_key(schema, "if");
    yyjson_mut_obj_remove_key(schema, "then");
    yyjson_mut_obj_remove_key(schema, "else");
  }
  if (l.any) { // what was evaluated is not known any more
    yyjson_mut_obj_remove_key(schema, "unevaluatedProperties");
    yyjson_mut_obj_remove_key(schema, "unevaluatedItems");
  }
  return own || l.any;
}

static void find_loose(yyjson_mut_val *schema, struct str keyword, void *arg) {
  (void)keyword;
  if (yyjson_mut_obj_get(schema, TREE_LOOSE)) *(bool *)arg = true;
  tree_each(schema, find_loose, arg);
}

bool fold_tree(yyjson_mut_doc *doc, yyjson_mut_val *root, size_t most, struct arena *a) {
  struct fold f = {.doc = doc, .root = root, .arena = a, .most = most};
  if (most) fold_to_fit(&f);
  bool loose = false, in_defs = false;
  find_loose(root, STR_NONE, &loose);
  if (!loose) return f.folded;
  yyjson_mut_val *defs = yyjson_mut_obj_get(root, "$defs"), *key, *v;
  size_t i, n;
  yyjson_mut_obj_foreach (defs, i, n, key, v) find_loose(v, STR_NONE, &in_defs);
  loosen(root, doc, in_defs);
  return f.folded;
}
