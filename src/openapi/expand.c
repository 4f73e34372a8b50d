// SPDX-License-Identifier: Apache-2.0
#include "openapi/expand.h"

#include <ctype.h>

#include "base/mem.h"
#include "openapi/merge.h"
#include "openapi/tree.h"

enum { REF_BYTES = 40, ALL_OF_INLINE_MOST = 2048, NAME_MOST = 48 };
enum { SIZE_MOST = 1 << 30 };

enum color { WHITE, GREY, BLACK };

struct expand_state { // of a def, in the present tool
  uint32_t tool;      // which one this belongs to; others start afresh
  uint32_t uses;
  size_t next;  // edge, while on the way down
  size_t bytes; // with everything in it in place
  unsigned char color;
  bool recursive, shared, queued;
  uint32_t twins;  // how many have its name, with numbers
  struct str name; // in $defs
};

void expander_init(struct expander *x, struct schema_pool *pool) {
  *x = (struct expander){.pool = pool};
}

void expander_free(struct expander *x) {
  mem_free(x->states);
  mem_free(x->order);
  mem_free(x->queue);
  map_free(&x->names);
}

static struct expand_state *state_of(struct expander *x, uint32_t id) {
  struct expand_state *s = &x->states[id];
  if (s->tool != x->tool) *s = (struct expand_state){.tool = x->tool};
  return s;
}

static void grow(struct expander *x) {
  uint32_t n = x->pool->count, old = x->state_cap;
  if (n <= old) return;
  uint32_t cap = old ? old * 2 : 256;
  while (cap < n) cap *= 2;
  x->states = mem_resize(x->states, cap * sizeof *x->states);
  memset(x->states + old, 0, (cap - old) * sizeof *x->states);
  x->order = mem_resize(x->order, cap * sizeof *x->order);
  x->queue = mem_resize(x->queue, cap * sizeof *x->queue);
  x->state_cap = cap;
}

static size_t add_sizes(size_t a, size_t b) {
  return a + b < SIZE_MOST ? a + b : SIZE_MOST;
}

static size_t size_of(struct expander *x, uint32_t id) {
  const struct schema_def *def = x->pool->defs[id];
  size_t bytes = def->bytes;
  for (size_t i = 0; i < def->edge_count; i++) {
    const struct expand_state *to = state_of(x, OPENAPI_POOL_EDGE(def->edges[i]));
    bytes = add_sizes(bytes, to->recursive || to->shared ? REF_BYTES : to->bytes);
  }
  return bytes;
}

// Depth first with a stack of our own (x->queue, not yet in use): every def the root needs, children before
// parents in x->order.
static bool visit(struct expander *x, uint32_t root, struct err *err) {
  uint32_t *stack = x->queue, top = 0;
  struct expand_state *s = state_of(x, root);
  if (s->color == BLACK) return true;
  s->color = GREY;
  stack[top++] = root;
  while (top) {
    uint32_t id = stack[top - 1];
    const struct schema_def *def = x->pool->defs[id];
    s = state_of(x, id);
    if (def->broken.n) return err_set(err, ERR_INVALID, "%.*s", STR_ARG(def->broken));
    if (s->next == def->edge_count) {
      s->color = BLACK;
      s->bytes = size_of(x, id);
      x->order[x->order_count++] = id;
      top--;
      continue;
    }
    uint32_t edge = OPENAPI_POOL_EDGE(def->edges[s->next++]);
    struct expand_state *to = state_of(x, edge);
    to->uses++;
    if (to->color == GREY) to->recursive = true;
    if (to->color != WHITE) continue;
    to->color = GREY;
    stack[top++] = edge;
  }
  return true;
}

// In a large tool, what is used twice and is not tiny is written once.
static void share(struct expander *x) {
  for (uint32_t i = 0; i < x->order_count; i++) {
    uint32_t id = x->order[i];
    struct expand_state *s = state_of(x, id);
    s->bytes = size_of(x, id);
    size_t in_place = s->bytes * s->uses, once = s->bytes + (size_t)REF_BYTES * (s->uses + 1);
    s->shared = s->uses > 1 && in_place > once;
  }
}

bool expand_begin(struct expander *x, yyjson_mut_doc *doc, const uint32_t *roots, size_t count,
                  struct err *err) {
  grow(x);
  x->doc = doc;
  x->tool++;
  map_free(&x->names);
  x->order_count = x->queue_count = 0;
  x->nodes = 0;
  x->cut = false;
  size_t bytes = 0;
  for (size_t i = 0; i < count; i++) {
    if (!visit(x, roots[i], err)) return false;
    bytes = add_sizes(bytes, state_of(x, roots[i])->bytes);
  }
  if (bytes > EXPAND_INLINE_MOST) share(x);
  return true;
}

static yyjson_mut_val *copy_schema(struct expander *x, yyjson_mut_val *v, unsigned depth, bool in_all_of);

static struct str defs_name(struct expander *x, uint32_t id) {
  struct expand_state *s = state_of(x, id);
  if (s->name.n) return s->name;
  struct str name = x->pool->defs[id]->name;
  char clean[NAME_MOST + 1];
  size_t n = 0;
  for (size_t i = 0; i < name.n && n < NAME_MOST; i++)
    clean[n++] = isalnum((unsigned char)name.p[i]) || name.p[i] == '-' || name.p[i] == '.' ? name.p[i] : '_';
  if (!n) clean[n++] = 's';
  s->name = arena_printf(x->pool->arena, "%.*s", (int)n, clean);
  struct expand_state *first = map_get(&x->names, s->name);
  while (map_get(&x->names, s->name)) // the next one may be taken too
    s->name = arena_printf(x->pool->arena, "%.*s_%u", (int)n, clean, ++first->twins);
  s->twins = 1;
  map_put(&x->names, s->name, s);
  return s->name;
}

static yyjson_mut_val *leave_open(struct expander *x, yyjson_mut_val *v);

static yyjson_mut_val *copy_reference(struct expander *x, yyjson_mut_val *ref, uint32_t id, unsigned depth,
                                      bool in_all_of) {
  struct expand_state *s = state_of(x, id);
  yyjson_mut_val *out, *key, *v;
  bool merge = in_all_of && !s->recursive && s->bytes <= ALL_OF_INLINE_MOST;
  if (s->recursive || (s->shared && !merge)) {
    if (!s->queued && x->queue_count == EXPAND_DEFS_MOST) return leave_open(x, x->pool->defs[id]->schema);
    struct str name = defs_name(x, id), path = arena_printf(x->pool->arena, "#/$defs/%.*s", STR_ARG(name));
    if (!s->queued) x->queue[x->queue_count++] = id;
    s->queued = true;
    out = yyjson_mut_obj(x->doc);
    yyjson_mut_obj_add_strncpy(x->doc, out, "$ref", path.p, path.n);
  } else {
    out = copy_schema(x, x->pool->defs[id]->schema, depth + 1, in_all_of);
    if (!yyjson_mut_is_obj(out)) return out;
  }
  size_t i, n;
  yyjson_mut_obj_foreach (ref, i, n, key, v) {
    if (!str_is(tree_text(key), "$ref"))
      tree_set(x->doc, out, tree_text(key), yyjson_mut_val_mut_copy(x->doc, v));
  }
  return out;
}

// What a schema comes to when there is no room for it: whatever holds by it holds by this.
static yyjson_mut_val *leave_open(struct expander *x, yyjson_mut_val *v) {
  x->cut = true;
  yyjson_mut_val *out = yyjson_mut_obj(x->doc), *type = yyjson_mut_obj_get(v, "type");
  if (type) yyjson_mut_obj_add_val(x->doc, out, "type", yyjson_mut_val_mut_copy(x->doc, type));
  yyjson_mut_obj_add_bool(x->doc, out, TREE_LOOSE, true);
  return out;
}

static yyjson_mut_val *copy_keyword(struct expander *x, struct str keyword, yyjson_mut_val *v,
                                    unsigned depth) {
  bool all_of = str_is(keyword, "allOf");
  yyjson_mut_val *out, *name, *child;
  size_t i, n;
  switch (tree_holds(keyword)) {
  case TREE_SCHEMA:
    return copy_schema(x, v, depth + 1, false);
  case TREE_LIST:
    out = yyjson_mut_arr(x->doc);
    yyjson_mut_arr_foreach (v, i, n, child)
      yyjson_mut_arr_append(out, copy_schema(x, child, depth + 2, all_of));
    return out;
  case TREE_MAP:
    out = yyjson_mut_obj(x->doc);
    yyjson_mut_obj_foreach (v, i, n, name, child)
      yyjson_mut_obj_add(out, yyjson_mut_val_mut_copy(x->doc, name), copy_schema(x, child, depth + 2, false));
    return out;
  case TREE_NONE:
    break;
  }
  return yyjson_mut_val_mut_copy(x->doc, v);
}

static yyjson_mut_val *copy_schema(struct expander *x, yyjson_mut_val *v, unsigned depth, bool in_all_of) {
  if (!yyjson_mut_is_obj(v)) return yyjson_mut_val_mut_copy(x->doc, v);
  x->nodes += 1 + yyjson_mut_obj_size(v);
  if (depth > EXPAND_DEPTH_MOST || x->nodes > EXPAND_NODES_MOST) return leave_open(x, v);
  yyjson_mut_val *ref = yyjson_mut_obj_get(v, "$ref"), *out = yyjson_mut_obj(x->doc), *key, *value;
  if (yyjson_mut_is_uint(ref))
    return copy_reference(x, v, (uint32_t)yyjson_mut_get_uint(ref), depth, in_all_of);
  size_t i, n;
  yyjson_mut_obj_foreach (v, i, n, key, value)
    yyjson_mut_obj_add(out, yyjson_mut_val_mut_copy(x->doc, key),
                       copy_keyword(x, tree_text(key), value, depth));
  openapi_merge_parts(x->doc, out);
  return out;
}

// An argument is told in its place, be it recursive: what it refers to is copied once, its inner self is in
// $defs. References cannot lead back to themselves here (pool.c refuses those).
static yyjson_mut_val *copy_top(struct expander *x, yyjson_mut_val *v) {
  yyjson_mut_val *ref = yyjson_mut_obj_get(v, "$ref"), *out, *key, *said;
  if (!yyjson_mut_is_uint(ref)) return copy_schema(x, v, 2, true);
  out = copy_top(x, x->pool->defs[yyjson_mut_get_uint(ref)]->schema);
  size_t i, n;
  if (!yyjson_mut_is_obj(out)) return out;
  yyjson_mut_obj_foreach (v, i, n, key, said) {
    if (!str_is(tree_text(key), "$ref"))
      tree_set(x->doc, out, tree_text(key), yyjson_mut_val_mut_copy(x->doc, said));
  }
  return out;
}

yyjson_mut_val *expand_def(struct expander *x, uint32_t id) {
  yyjson_mut_val *out = copy_top(x, x->pool->defs[id]->schema);
  if (yyjson_mut_is_obj(out)) openapi_merge_settle_required(x->doc, out);
  return out;
}

void expand_defs(struct expander *x, yyjson_mut_val *root) {
  if (!x->queue_count) return;
  yyjson_mut_val *defs = yyjson_mut_obj(x->doc);
  // Copying one may queue others; each is queued once.
  for (uint32_t i = 0; i < x->queue_count; i++) {
    struct str name = state_of(x, x->queue[i])->name;
    yyjson_mut_val *schema = expand_def(x, x->queue[i]);
    tree_set(x->doc, defs, name, schema);
  }
  yyjson_mut_obj_add_val(x->doc, root, "$defs", defs);
}
