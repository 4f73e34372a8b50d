// SPDX-License-Identifier: Apache-2.0
#include "openapi/circle.h"

#include "base/mem.h"
#include "openapi/tree.h"

enum {
  CIRCLE_MENDED_MOST = 4096, // of one call: bounds the time
  CIRCLE_LOOKED_BACK = 16,   // defs on the way round, for one that takes in another
};

enum circle_color { WHITE, GREY, BLACK };

struct circle {
  struct schema_pool *pool;
  uint32_t first, room, top, mended;
  unsigned char *color;
  struct circle_step {
    uint32_t id;
    size_t next;
  } * stack; // ours, since a chain may be long
};

// ---- one reference within a def

static bool circle_refers(yyjson_mut_val *v, uint32_t id) {
  yyjson_mut_val *ref = yyjson_mut_obj_get(v, "$ref");
  return yyjson_mut_is_uint(ref) && yyjson_mut_get_uint(ref) == id;
}

struct circle_visit {
  struct circle *c;
  uint32_t id, to; // CIRCLE_NOWHERE: away
  bool found;
};
enum { CIRCLE_NOWHERE = UINT32_MAX };

// Is `id` taken in: by a reference in place of the schema, or in an allOf? Points those elsewhere where asked.
static void circle_visit(yyjson_mut_val *schema, struct str keyword, void *arg) {
  struct circle_visit *v = arg;
  if (keyword.n && !tree_in_place(keyword)) return;
  if (circle_refers(schema, v->id) && (!keyword.n || str_is(keyword, "allOf"))) {
    v->found = true;
    if (v->c) yyjson_mut_obj_remove_key(schema, "$ref");
    if (v->c && v->to != CIRCLE_NOWHERE) yyjson_mut_obj_add_uint(v->c->pool->ir, schema, "$ref", v->to);
  }
  tree_each(schema, circle_visit, v);
}

// A form that is the schema itself adds nothing to the others.
static void circle_drop_forms(yyjson_mut_val *schema, struct str keyword, void *arg) {
  static const char *const lists[] = {"oneOf", "anyOf"}, *const single[] = {"if", "then", "else"};
  const struct circle_visit *v = arg;
  if (keyword.n && !tree_in_place(keyword)) return;
  bool drop = false;
  for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
    yyjson_mut_val *list = yyjson_mut_obj_get(schema, lists[k]), *item;
    yyjson_mut_arr_iter it = yyjson_mut_arr_iter_with(list);
    while (list && (item = yyjson_mut_arr_iter_next(&it)))
      if (circle_refers(item, v->id)) yyjson_mut_arr_iter_remove(&it);
    if (list && !yyjson_mut_arr_size(list)) yyjson_mut_obj_remove_key(schema, lists[k]);
  }
  for (size_t k = 0; k < sizeof single / sizeof *single; k++)
    drop |= circle_refers(yyjson_mut_obj_get(schema, single[k]), v->id);
  for (size_t k = 0; drop && k < sizeof single / sizeof *single; k++)
    yyjson_mut_obj_remove_key(schema, single[k]);
  tree_each(schema, circle_drop_forms, arg);
}

// ---- a def after its references changed

struct circle_edges {
  struct arena *arena;
  struct schema_def *def;
  bool in_place;
};

static void circle_collect(yyjson_mut_val *schema, struct str keyword, void *arg) {
  struct circle_edges *e = arg;
  struct schema_def *d = e->def;
  bool before = e->in_place;
  if (keyword.n) e->in_place = before && tree_in_place(keyword);
  yyjson_mut_val *ref = yyjson_mut_obj_get(schema, "$ref");
  if (yyjson_mut_is_uint(ref)) {
    if (d->edge_count == d->edge_cap) {
      d->edge_cap = d->edge_cap ? d->edge_cap * 2 : 8;
      uint32_t *edges = ARENA_ARRAY(e->arena, d->edge_cap, uint32_t);
      if (d->edge_count) memcpy(edges, d->edges, d->edge_count * sizeof *edges);
      d->edges = edges;
    }
    d->edges[d->edge_count++] =
        (uint32_t)yyjson_mut_get_uint(ref) | (e->in_place ? OPENAPI_POOL_IN_PLACE : 0);
  }
  tree_each(schema, circle_collect, e);
  e->in_place = before;
}

static void circle_count(struct circle *c, struct schema_def *def) {
  struct circle_edges e = {c->pool->arena, def, true};
  def->edge_count = 0;
  circle_collect(def->schema, STR_NONE, &e);
  def->bytes = tree_bytes(def->schema);
}

static void circle_strip(yyjson_mut_val *schema) {
  static const char *const forms[] = {"oneOf", "anyOf", "if", "then", "else"};
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) yyjson_mut_obj_remove_key(schema, forms[i]);
  size_t i, n;
  yyjson_mut_val *part;
  yyjson_mut_arr_foreach (yyjson_mut_obj_get(schema, "allOf"), i, n, part) circle_strip(part);
}

// What a subtype takes in of its base: the base without its forms, of which the subtype is one.
static uint32_t circle_base(struct circle *c, uint32_t id) {
  struct schema_def *of = c->pool->defs[id];
  if (!of->base) {
    of->base = openapi_pool_extend(c->pool, of);
    struct schema_def *made = c->pool->defs[of->base];
    circle_strip(made->schema);
    made->base = of->base; // it is its own
    circle_count(c, made);
  }
  return of->base;
}

// ---- the way round

static void circle_say(struct circle *c, const struct schema_def *from, const struct schema_def *to) {
  if (from->source.value == to->source.value)
    notes_warn(c->pool->notes, from->source, "schema %.*s refers to itself for one value; that adds nothing",
               STR_ARG(from->name));
  else
    notes_warn(
        c->pool->notes, from->source,
        "schemas %.*s and %.*s refer to each other for one value; the first takes in what the second has "
        "beside its forms",
        STR_ARG(from->name), STR_ARG(to->name));
}

// The step at `at` of the stack leads to `to`. True: it does not any more.
static bool circle_cut(struct circle *c, uint32_t at, uint32_t to, bool forms) {
  struct schema_def *from = c->pool->defs[c->stack[at].id];
  struct circle_visit v = {.id = to};
  circle_visit(from->schema, STR_NONE, &v);
  if (!v.found && !forms) return false;
  circle_say(c, from, c->pool->defs[to]);
  if (v.found) {
    uint32_t base = circle_base(c, to);
    v.to = base == to || base == c->stack[at].id ? CIRCLE_NOWHERE : base;
    v.c = c;
    circle_visit(from->schema, STR_NONE, &v);
  } else {
    circle_drop_forms(from->schema, STR_NONE, &v);
  }
  size_t before = from->edge_count;
  circle_count(c, from);
  if (!v.found && from->edge_count == before) return false; // in another place than these
  while (c->top > at + 1) c->color[c->stack[--c->top].id - c->first] = WHITE;
  c->stack[at].next = 0;
  return true;
}

static void circle_mend(struct circle *c, uint32_t to) {
  uint32_t last = c->top - 1, next = to;
  bool room = c->mended++ < CIRCLE_MENDED_MOST;
  for (uint32_t back = 0; room && back < CIRCLE_LOOKED_BACK && back <= last; back++) {
    uint32_t at = last - back;
    if (circle_cut(c, at, next, false)) return;
    next = c->stack[at].id;
    if (next == to) break;
  }
  if (room && circle_cut(c, last, to, true)) return;
  c->pool->defs[to]->broken = arena_printf(c->pool->arena, "schema %.*s refers to itself without end",
                                           STR_ARG(c->pool->defs[to]->name));
}

static void circle_push(struct circle *c, uint32_t id) {
  c->color[id - c->first] = GREY;
  c->stack[c->top++] = (struct circle_step){id, 0};
}

static void circle_walk(struct circle *c) {
  while (c->top) {
    struct circle_step *step = &c->stack[c->top - 1];
    const struct schema_def *def = c->pool->defs[step->id];
    if (step->next == def->edge_count) {
      c->color[c->stack[--c->top].id - c->first] = BLACK;
      continue;
    }
    uint32_t edge = def->edges[step->next++], to = OPENAPI_POOL_EDGE(edge);
    if (!(edge & OPENAPI_POOL_IN_PLACE) || to < c->first || c->color[to - c->first] == BLACK) continue;
    if (c->color[to - c->first] == GREY)
      circle_mend(c, to);
    else
      circle_push(c, to);
  }
}

void circle_break(struct schema_pool *p, uint32_t first) {
  uint32_t many = p->count - first;
  if (!many) return;
  // Of each def there may come one more.
  struct circle c = {.pool = p, .first = first, .room = 2 * many};
  c.color = mem_alloc(c.room);
  c.stack = mem_array(c.room, sizeof *c.stack);
  for (uint32_t start = first; start < p->count; start++) {
    if (c.color[start - first] != WHITE) continue;
    circle_push(&c, start);
    circle_walk(&c);
  }
  mem_free(c.stack);
  mem_free(c.color);
}
