// SPDX-License-Identifier: Apache-2.0
#include "openapi/naming.h"

#include <stdio.h>

#include "base/mem.h"
#include "data/json.h"
#include "openapi/classify.h"
#include "openapi/words.h"

// What a name says more with each level.
enum {
  SEGMENTS_MOST = 40,
  LEVEL_SCOPE = 1,
  LEVEL_SPELLING,
  LEVEL_PARAMETERS,
  LEVEL_VERSIONS,
  LEVEL_METHOD,
  LEVEL_ID, // what the document calls it
  LEVELS
};
enum { ROUNDS_MOST = 16 };

struct segment {
  struct str text; // of a parameter its name
  bool param;
};

struct path { // taken apart
  struct segment items[SEGMENTS_MOST];
  size_t count, scope; // items before `scope` only say whose it is
};

struct shape { // what the document has at one path shape
  bool get, put, patch, post, children;
};

struct namer {
  const struct naming *in;
  struct operation_list *ops;
  struct map shapes; // path shape → struct shape
};

struct naming_candidate { // of one operation
  struct operation *op;
  unsigned level;
  bool fixed;
};

// Without the ending that names a form of the same thing: "/calls/{sid}.json" is "/calls/{sid}".
static struct str bare_path(struct str path) {
  static const char *const endings[] = {".json", ".xml", ".yaml", ".yml", ".html"};
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
    if (str_ends(path, endings[i]) && path.n > strlen(endings[i]) + 1) path.n -= strlen(endings[i]);
  return path;
}

struct str naming_path_shape(struct arena *a, struct str path) {
  path = bare_path(path);
  char *out = arena_alloc(a, path.n + 1);
  size_t n = 0;
  for (size_t i = 0; i < path.n; i++) {
    out[n++] = path.p[i];
    if (path.p[i] != '{') continue;
    while (i + 1 < path.n && path.p[i + 1] != '}') i++;
  }
  while (n > 1 && out[n - 1] == '/') n--; // "/zones/" is "/zones"
  out[n] = 0;
  return str_make(out, n);
}

bool naming_is_paged(const struct operation *op) {
  static const char *const names[] = {
      "page",   "per_page", "perpage", "page_size",      "pagesize",    "page_token",  "pagetoken", "limit",
      "offset", "cursor",   "after",   "starting_after", "next_cursor", "max_results", "maxresults"};
  for (size_t i = 0; i < op->param_count; i++) {
    if (op->params[i].in != IN_QUERY) continue;
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
      if (str_is_nocase(op->params[i].name, names[k])) return true;
  }
  return false;
}

static bool is_version(struct str s) { // "v1", "v2beta", "api"
  if (str_is_nocase(s, "api") || str_is_nocase(s, "rest")) return true;
  return s.n >= 2 && s.n <= 8 && (s.p[0] == 'v' || s.p[0] == 'V') && s.p[1] >= '0' && s.p[1] <= '9';
}

static void split_path(struct str path, struct path *out) {
  *out = (struct path){0};
  struct str rest = bare_path(path), item;
  while (str_cut(&rest, '/', &item)) {
    if (!item.n || out->count == SEGMENTS_MOST) continue;
    struct segment *s = &out->items[out->count++];
    s->param = item.p[0] == '{' && item.p[item.n - 1] == '}';
    s->text = s->param ? str_make(item.p + 1, item.n - 2) : item;
  }
  // Whose: leading versions, then one collection with its parameters, where something follows.
  size_t at = 0, literals = 0;
  while (at < out->count && !out->items[at].param && is_version(out->items[at].text)) at++;
  size_t start = at;
  if (at + 1 < out->count && !out->items[at].param && out->items[at + 1].param) {
    for (at++; at < out->count && out->items[at].param;) at++;
    for (size_t i = at; i < out->count; i++) literals += !out->items[i].param;
    if (!literals) at = start;
  }
  out->scope = at;
}

static void index_shapes(struct namer *n) {
  struct arena *a = n->in->arena;
  for (size_t i = 0; i < n->ops->count; i++) {
    const struct operation *op = &n->ops->items[i];
    if (op->skipped) continue;
    struct str key = naming_path_shape(a, op->path);
    struct shape *s = map_get(&n->shapes, key);
    if (!s) map_put(&n->shapes, key, s = ARENA_NEW(a, struct shape));
    s->get |= str_is(op->method, "GET");
    s->put |= str_is(op->method, "PUT");
    s->patch |= str_is(op->method, "PATCH");
    s->post |= str_is(op->method, "POST");
  }
  for (size_t i = 0; i < n->ops->count; i++) { // "/zones/{}" makes "/zones" a collection
    struct str key = naming_path_shape(a, n->ops->items[i].path);
    if (n->ops->items[i].skipped || !str_ends(key, "/{}")) continue;
    struct str parent = str_make(key.p, key.n - 3);
    struct shape *s = map_get(&n->shapes, parent);
    if (s) s->children = true;
  }
}

static struct shape *shape_of(struct namer *n, const struct operation *op) {
  return map_get(&n->shapes, naming_path_shape(n->in->arena, op->path));
}

// --- class -----------------------------------------------------------------------------------------

static struct classify_facts facts_of(struct namer *n, const struct operation *op) {
  struct path p;
  split_path(op->path, &p);
  const struct shape *shape = shape_of(n, op);
  struct classify_facts f = {.by_id = p.count && p.items[p.count - 1].param,
                             .paged = naming_is_paged(op),
                             .children = shape->children,
                             .get = shape->get};
  struct words w = {0};
  for (size_t i = p.count; i-- > 0 && !f.last.n;)
    if (!p.items[i].param) f.last = p.items[i].text;
  words_add(&w, n->in->arena, f.last);
  f.plural = !f.by_id && w.count && words_is_plural(w.items[w.count - 1]);
  f.verb = !f.by_id && w.count && words_is_verb(w.items[0]);
  return f;
}

static void settle_class(struct namer *n, struct operation *op) {
  struct classify_facts facts = facts_of(n, op);
  op->class = classify(op, &facts, n->in->arena, &op->reads);
  yyjson_val *said = operation_word(op, "class");
  if (!said) return;
  for (int i = CLASS_LIST; i <= CLASS_CUSTOM; i++) {
    if (!str_is(json_text(said), operation_class_names[i])) continue;
    op->class = (enum operation_class)i;
    op->reads = false;
    return;
  }
  notes_add(n->in->notes, OPENAPI_WARNING, op->key, op->at,
            STR("the class it was given is none and not used"));
}

// --- nouns -----------------------------------------------------------------------------------------

// Adds the words of one segment, the last one in the number asked for. A word said just before is not
// repeated.
static void add_segment(struct namer *n, struct words *w, struct str text, bool plural) {
  struct arena *a = n->in->arena;
  struct words own = {0};
  words_add(&own, a, text);
  for (size_t i = 0; i < own.count; i++) {
    struct str word = own.items[i];
    if (i + 1 == own.count) word = plural ? words_plural(a, word) : words_singular(a, word);
    if (w->count && str_eq(words_singular(a, w->items[w->count - 1]), words_singular(a, word))) {
      w->items[w->count - 1] = word;
      continue;
    }
    if (w->count < WORDS_MOST) w->items[w->count++] = word;
  }
}

static void add_scope(struct namer *n, struct words *w, const struct path *p, unsigned level) {
  for (size_t i = 0; i < p->scope; i++) {
    const struct segment *s = &p->items[i];
    bool version = !s->param && is_version(s->text);
    if (!s->param && level >= (version ? LEVEL_VERSIONS : LEVEL_SCOPE)) add_segment(n, w, s->text, false);
  }
}

static void add_nouns(struct namer *n, struct words *w, const struct operation *op, const struct path *p,
                      bool plural, unsigned level) {
  yyjson_val *given = operation_word(op, "resource");
  bool custom = op->class == CLASS_CUSTOM;
  if (given) {
    add_scope(n, w, p, level);
    add_segment(n, w, json_text(given), plural);
    // The verb of a custom operation is the end of its path.
    if (custom && p->count && !p->items[p->count - 1].param)
      add_segment(n, w, p->items[p->count - 1].text, false);
    return;
  }
  size_t last = p->count, literals = 0; // the last literal
  for (size_t i = p->scope; i < p->count; i++) {
    if (p->items[i].param) continue;
    last = i;
    literals++;
  }
  // A verb alone needs its noun: `/orders/{id}/refund` is order_refund.
  add_scope(n, w, p, custom && literals == 1 && level < LEVEL_SCOPE ? LEVEL_SCOPE : level);
  for (size_t i = p->scope; i < p->count; i++) {
    const struct segment *s = &p->items[i];
    bool version = !s->param && is_version(s->text), end = i + 1 == p->count;
    if (s->param ? (end && !custom) || level < LEVEL_PARAMETERS : version && level < LEVEL_VERSIONS) continue;
    if (i == last &&
        ((custom && end) || level >= LEVEL_SPELLING)) // a verb has no number; at last `rule` is not `rules`
      words_add(w, n->in->arena, s->text);
    else
      add_segment(n, w, s->text, plural && i == last);
  }
  // A path that ends in an id names no verb, unless its last noun is one: then the method is it.
  if (custom && last + 1 < p->count && !words_is_verb(words_singular(n->in->arena, p->items[last].text)))
    words_add(w, n->in->arena, op->method);
}

// --- names -----------------------------------------------------------------------------------------

struct frame {
  const char *before, *after;
  bool plural;
};

static struct frame frame_of(struct namer *n, const struct operation *op) {
  struct path p;
  split_path(op->path, &p);
  const struct shape *s = shape_of(n, op);
  bool by_id = p.count && p.items[p.count - 1].param;
  bool collection = !by_id && s->children;
  bool replace = str_is(op->method, "PUT") && s->patch;
  const char *by = by_id ? "_by_id" : "";
  switch (op->class) {
  case CLASS_LIST:
    return (struct frame){"list_all_", "", true};
  case CLASS_GET:
    return (struct frame){"get_single_", str_is(op->method, "HEAD") ? "_head" : by, false};
  case CLASS_CREATE:
    return (struct frame){"create_a_", "", false};
  case CLASS_UPDATE:
    if (collection) return (struct frame){replace ? "replace_all_" : "update_all_", "", true};
    return (struct frame){replace ? "replace_a_" : "update_a_", by, false};
  case CLASS_DELETE:
    return collection ? (struct frame){"delete_all_", "", true} : (struct frame){"delete_a_", by, false};
  case CLASS_CUSTOM:
    break;
  }
  return (struct frame){"", "", false};
}

static struct str connector_word(struct namer *n) {
  char *p = arena_z(n->in->arena, n->in->connector);
  for (char *c = p; *c; c++)
    if (*c == '-') *c = '_';
  return str_make(p, n->in->connector.n);
}

// The document's own name for it, without the connector's in front.
static bool name_by_id(struct namer *n, const struct operation *op, struct str *out) {
  struct words w = {0};
  struct str c = connector_word(n);
  words_add(&w, n->in->arena, json_str(op->at.value, "operationId"));
  if (w.count && str_eq(w.items[0], c)) words_remove(&w, 0);
  if (!w.count) return false;
  words_fit(&w, TOOL_NAME_MOST - c.n - 1);
  *out = arena_printf(n->in->arena, "%.*s_%.*s", STR_ARG(c), STR_ARG(words_join(&w, n->in->arena)));
  return true;
}

static struct str build_name(struct namer *n, const struct operation *op, unsigned level) {
  struct path p;
  struct str by_id;
  if (level >= LEVEL_ID && name_by_id(n, op, &by_id)) return by_id;
  split_path(op->path, &p);
  struct frame f = frame_of(n, op);
  struct words w = {0};
  add_nouns(n, &w, op, &p, f.plural, level);
  if (!w.count) words_add(&w, n->in->arena, p.count ? op->path : STR("root"));
  if (!w.count) words_add(&w, n->in->arena, STR("operation"));
  if (level >= LEVEL_METHOD) words_add(&w, n->in->arena, op->method);
  struct str c = connector_word(n);
  size_t taken = strlen(f.before) + c.n + 1 + strlen(f.after);
  words_fit(&w, TOOL_NAME_MOST - taken);
  struct str joined = words_join(&w, n->in->arena);
  return arena_printf(n->in->arena, "%s%.*s_%.*s%s", f.before, STR_ARG(c), STR_ARG(joined), f.after);
}

static bool is_name(struct str s) {
  for (size_t i = 0; i < s.n; i++) {
    char c = s.p[i];
    bool fine =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    if (!fine) return false;
  }
  return s.n > 0 && s.n <= TOOL_NAME_MOST;
}

// Puts what stands at a shape; what several have is nobody's.
static void put_shape(struct map *shapes, struct str shape, void *value) {
  static char several;
  map_put(shapes, shape, map_get(shapes, shape) ? &several : value);
}

// One name is one operation's, whatever was remembered.
static void fix_name(struct namer *n, struct naming_candidate *one, const char *given, struct map *used) {
  if (map_get(used, str_of(given))) return;
  one->op->name = arena_dup(n->in->arena, str_of(given));
  one->fixed = true;
  map_put(used, one->op->name, one);
}

// A parameter that got another name makes another key of the same operation. Names whose own key is gone go to
// the one operation of the same shape.
static void settle_renamed(struct namer *n, struct naming_candidate *all, struct map *used) {
  struct map keys = {0}, names = {0}, ops = {0};
  struct arena *a = n->in->arena;
  size_t at = 0;
  for (size_t i = 0; i < n->ops->count; i++) map_put(&keys, all[i].op->key, all[i].op);
  for (struct map_slot *slot; (slot = map_next(n->in->names, &at));)
    if (!map_get(&keys, slot->key)) put_shape(&names, naming_path_shape(a, slot->key), slot->value);
  for (size_t i = 0; i < n->ops->count; i++)
    if (!all[i].fixed && !all[i].op->skipped) put_shape(&ops, naming_path_shape(a, all[i].op->key), &all[i]);
  for (size_t i = 0; i < n->ops->count; i++) {
    struct str shape = naming_path_shape(a, all[i].op->key);
    const char *given = map_get(&names, shape);
    if (given && *given && map_get(&ops, shape) == &all[i]) fix_name(n, &all[i], given, used);
  }
  map_free(&keys);
  map_free(&names);
  map_free(&ops);
}

// Names given before, then those the connector gives. `taken` holds every name no one else may have.
static void settle_fixed(struct namer *n, struct naming_candidate *all, struct map *taken) {
  struct map used = {0};
  size_t at = 0;
  for (struct map_slot *slot; n->in->names && (slot = map_next(n->in->names, &at));)
    map_put(taken, str_of(slot->value), slot->value);
  for (size_t i = 0; i < n->ops->count; i++) {
    const char *given = n->in->names ? map_get(n->in->names, all[i].op->key) : NULL;
    if (given && !all[i].op->skipped) fix_name(n, &all[i], given, &used);
  }
  if (n->in->names) settle_renamed(n, all, &used);
  map_free(&used);
  for (size_t i = 0; i < n->ops->count; i++) {
    struct operation *op = all[i].op;
    yyjson_val *said = operation_word(op, "name");
    if (!said || op->skipped || all[i].fixed) continue;
    struct str name = json_text(said);
    if (!is_name(name) || map_get(taken, name)) {
      notes_add(n->in->notes, OPENAPI_WARNING, op->key, op->at,
                arena_printf(n->in->arena, "the name \"%.*s\" it was given is %s", STR_ARG(name),
                             is_name(name) ? "taken" : "not 1 to 60 of [A-Za-z0-9_-]"));
      continue;
    }
    op->name = name;
    all[i].fixed = true;
    map_put(taken, name, op);
  }
}

// One round: names that two want, or that are taken, send all who want them to their next level.
static bool tell_apart(struct namer *n, struct naming_candidate *all, const struct map *taken) {
  struct map first = {0};
  bool changed = false;
  bool *clash = mem_array(n->ops->count + 1, sizeof *clash);
  for (size_t i = 0; i < n->ops->count; i++) {
    if (all[i].fixed || all[i].op->skipped) continue;
    struct naming_candidate *other = map_get(&first, all[i].op->name);
    if (other) clash[i] = clash[other - all] = true;
    if (map_get(taken, all[i].op->name)) clash[i] = true;
    if (!other) map_put(&first, all[i].op->name, &all[i]);
  }
  for (size_t i = 0; i < n->ops->count; i++) {
    if (!clash[i] || all[i].level + 1 >= LEVELS) continue;
    all[i].op->name = build_name(n, all[i].op, ++all[i].level);
    changed = true;
  }
  mem_free(clash);
  map_free(&first);
  return changed;
}

// The first number that is free behind `plain`. Those below the last one given are taken, so that many twins
// are no more work each than a few.
static struct str number_one(struct namer *n, struct str plain, struct map *taken, struct map *last) {
  enum { ROOM = TOOL_NAME_MOST - 6 };
  struct str head = str_make(plain.p, plain.n < ROOM ? plain.n : ROOM);
  unsigned *twin = map_get(last, head);
  if (!twin) {
    twin = ARENA_NEW(n->in->arena, unsigned);
    *twin = 1;
    map_put(last, head, twin);
  }
  char text[TOOL_NAME_MOST + 8];
  struct str name = {text, 0};
  do name.n = (size_t)snprintf(text, sizeof text, "%.*s_%u", STR_ARG(head), ++*twin);
  while (map_get(taken, name));
  return arena_dup(n->in->arena, name);
}

static void number_the_rest(struct namer *n, struct naming_candidate *all, struct map *taken) {
  struct map last = {0};
  for (size_t i = 0; i < n->ops->count; i++) {
    struct operation *op = all[i].op;
    if (all[i].fixed || op->skipped) continue;
    if (map_get(taken, op->name)) op->name = number_one(n, op->name, taken, &last);
    map_put(taken, op->name, op);
  }
  map_free(&last);
}

void naming_run(const struct naming *in, struct operation_list *ops, size_t *renamed) {
  struct namer n = {.in = in, .ops = ops};
  struct map taken = {0};
  struct naming_candidate *all = mem_array(ops->count + 1, sizeof *all);
  index_shapes(&n);
  for (size_t i = 0; i < ops->count; i++) {
    all[i].op = &ops->items[i];
    if (!ops->items[i].skipped) settle_class(&n, &ops->items[i]);
  }
  settle_fixed(&n, all, &taken);
  for (size_t i = 0; i < ops->count; i++)
    if (!all[i].fixed && !ops->items[i].skipped) ops->items[i].name = build_name(&n, &ops->items[i], 0);
  // A round raises those that clash, and a raised name may clash anew; what is left after that gets a number.
  for (int round = 0; round < ROUNDS_MOST && tell_apart(&n, all, &taken); round++) {
  }
  number_the_rest(&n, all, &taken);
  for (size_t i = 0; i < ops->count; i++) *renamed += all[i].level > 0;
  mem_free(all);
  map_free(&taken);
  map_free(&n.shapes);
}
