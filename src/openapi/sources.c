// SPDX-License-Identifier: Apache-2.0
#include "openapi/sources.h"

#include "data/json.h"
#include "openapi/naming.h"
#include "openapi/tree.h"
#include "openapi/words.h"

enum { CIRCLE_VISITS_MOST = 64 };

static struct operation many; // stands in by_arg and by_noun for "more than one"

// The shape of the collection that a path parameter picks from: "/zones" for zone_id in "/zones/{zone_id}/x".
static struct str collection_of(const struct operation *op, struct str param, struct arena *a) {
  for (size_t i = 1; i + 1 < op->path.n; i++) {
    struct str rest = str_from(op->path, i + 1);
    bool here = op->path.p[i] == '{' && op->path.p[i - 1] == '/' && rest.n > param.n &&
                rest.p[param.n] == '}' && memcmp(rest.p, param.p, param.n) == 0;
    if (here) return naming_path_shape(a, str_make(op->path.p, i - 1));
  }
  return STR_NONE;
}

// --- arguments by their name -----------------------------------------------------------------------

// Names that mean another thing in each place.
static bool is_vague(struct str arg) {
  static const char *const vague[] = {
      "id",     "ids",      "identifier", "name",  "names",   "key",    "uuid",   "guid",    "uid",
      "sid",    "type",     "slug",       "code",  "value",   "number", "index",  "version", "path",
      "file",   "title",    "label",      "tag",   "status",  "state",  "item",   "object",  "resource",
      "entity", "token",    "ref",        "date",  "kind",    "filter", "query",  "sort",    "order",
      "format", "email",    "url",        "hash",  "level",   "mode",   "action", "content", "data",
      "locale", "language", "region",     "scope", "position"};
  for (size_t i = 0; i < sizeof vague / sizeof *vague; i++)
    if (str_is_nocase(arg, vague[i])) return true;
  return false;
}

static void learn_arg(struct sources *s, struct str arg, struct operation *list) {
  if (is_vague(arg)) return;
  const struct operation *known = map_get(&s->by_arg, arg);
  if (known != list) map_put(&s->by_arg, arg, known ? &many : list);
}

// --- arguments by the noun they are called by ------------------------------------------------------

// "repo", "repoName" and "repo_id" are a repo.
static struct str noun_of(struct str arg, struct arena *a) {
  static const char *const tails[] = {"id", "name", "slug", "uuid", "sid", "key", "identifier"};
  struct words w = {0};
  words_add(&w, a, arg);
  for (size_t i = 0; i < sizeof tails / sizeof *tails && w.count > 1; i++)
    if (str_is(w.items[w.count - 1], tails[i])) words_remove(&w, w.count - 1);
  return words_join(&w, a);
}

// A list that needs nothing gives what its path ends in: "/user/repos" gives a repo.
static void learn_noun(struct sources *s, struct operation *list) {
  struct str rest = list->path, item, last = STR_NONE;
  if (str_find(list->path, '{') >= 0) return;
  for (size_t i = 0; i < list->param_count; i++)
    if (list->params[i].required) return;
  while (str_cut(&rest, '/', &item))
    if (item.n) last = item;
  struct words w = {0};
  words_add(&w, s->arena, last);
  if (!w.count) return;
  w.items[w.count - 1] = words_singular(s->arena, w.items[w.count - 1]);
  struct str noun = words_join(&w, s->arena);
  if (!is_vague(noun)) map_put(&s->by_noun, noun, map_get(&s->by_noun, noun) ? &many : list);
}

// "/repos/{owner}/{repo}": where nobody lists what stands before the parameter, one that is listed elsewhere by
// its name; what only tells twins apart comes with the last of the run.
static struct operation *by_noun(const struct sources *s, const struct operation *op, struct str param,
                                 struct str arg, struct arena *a) {
  struct operation *list = is_vague(arg) ? NULL : map_get(&s->by_noun, noun_of(arg, a));
  for (size_t i = 1; i + 1 < op->path.n && !list; i++) {
    struct str rest = str_from(op->path, i + 1);
    bool here = op->path.p[i] == '{' && op->path.p[i - 1] == '/' && rest.n > param.n + 3 &&
                memcmp(rest.p, param.p, param.n) == 0 && memcmp(rest.p + param.n, "}/{", 3) == 0;
    if (!here) continue;
    struct str next = str_from(rest, param.n + 3);
    ptrdiff_t end = str_find(next, '}');
    if (end > 0) list = map_get(&s->by_noun, noun_of(str_make(next.p, (size_t)end), a));
  }
  return list;
}

void sources_find(struct sources *s, struct operation_list *ops, struct arena *a) {
  s->arena = a;
  for (size_t i = 0; i < ops->count; i++) {
    struct operation *op = &ops->items[i];
    if (!op->skipped && op->class == CLASS_LIST) {
      struct str shape = naming_path_shape(a, op->path);
      if (!map_get(&s->by_shape, shape)) map_put(&s->by_shape, shape, op);
      learn_noun(s, op);
    }
  }
  for (size_t i = 0; i < ops->count; i++) {
    const struct operation *op = &ops->items[i];
    for (size_t k = 0; k < op->param_count && !op->skipped; k++) {
      if (op->params[k].in != IN_PATH) continue;
      struct operation *list = map_get(&s->by_shape, collection_of(op, op->params[k].name, a));
      if (!list) continue;
      if (!list->gives.n) list->gives = op->params[k].arg;
      learn_arg(s, op->params[k].arg, list);
    }
  }
  for (size_t i = 0; i < ops->count; i++) { // the connector knows better
    struct operation *op = &ops->items[i];
    yyjson_val *said = operation_word(op, "source_of");
    if (op->skipped || !yyjson_is_str(said)) continue;
    op->gives = json_text(said);
    map_put(&s->by_arg, op->gives, op);
  }
}

void sources_free(struct sources *s) {
  map_free(&s->by_shape);
  map_free(&s->by_arg);
  map_free(&s->by_noun);
}

const struct operation *sources_of(const struct sources *s, const struct operation *op, struct str arg,
                                   struct arena *a) {
  const struct operation *list = NULL, *named = NULL;
  for (size_t i = 0; i < op->param_count && !list; i++) {
    const struct parameter *p = &op->params[i];
    if (p->in != IN_PATH) break; // they stand first
    if (!str_eq(p->arg, arg)) continue;
    list = map_get(&s->by_shape, collection_of(op, p->name, a));
    if (!list) named = by_noun(s, op, p->name, arg, a);
  }
  if (!list) list = map_get(&s->by_arg, arg);
  if (!list) list = named;
  return list == op || list == &many || (list && list->skipped) ? NULL : list;
}

// --- what may have a source ------------------------------------------------------------------------

// A value out of a few, a flag or a structure is not looked up in a list; several ids are.
static bool can_be_given(yyjson_mut_val *schema) {
  yyjson_mut_val *items = yyjson_mut_obj_get(schema, "items");
  if (items) schema = items;
  yyjson_mut_val *type = yyjson_mut_obj_get(schema, "type");
  bool scalar = !type || str_is(tree_text(type), "string") || str_is(tree_text(type), "integer") ||
                str_is(tree_text(type), "number") || tree_list_has(type, STR("string")) ||
                tree_list_has(type, STR("integer"));
  return scalar && !yyjson_mut_obj_get(schema, "enum") && !yyjson_mut_obj_get(schema, "const");
}

// Does what the list needs come, in the end, from the operation that asks?
static bool leads_back(const struct sources *s, const struct operation *list, const struct operation *to,
                       unsigned *visits) {
  for (size_t i = 0; i < list->param_count && ++*visits < CIRCLE_VISITS_MOST; i++) {
    if (!list->params[i].required) continue;
    const struct operation *next = sources_of(s, list, list->params[i].arg, s->arena);
    if (next && (next == to || leads_back(s, next, to, visits))) return true;
  }
  return false;
}

void sources_write(const struct sources *s, const struct operation *op, yyjson_mut_val *input,
                   yyjson_mut_doc *doc, yyjson_mut_val *tool) {
  yyjson_mut_val *map = yyjson_mut_obj(doc), *name, *v;
  struct arena *a = s->arena;
  size_t i, n;
  yyjson_mut_obj_foreach (yyjson_mut_obj_get(input, "properties"), i, n, name, v) {
    const struct operation *list = can_be_given(v) ? sources_of(s, op, tree_text(name), a) : NULL;
    unsigned visits = 0;
    if (list && !leads_back(s, list, op, &visits))
      tree_set(doc, map, tree_text(name), yyjson_mut_strn(doc, list->name.p, list->name.n));
  }
  if (op->class == CLASS_LIST && op->gives.n)
    yyjson_mut_obj_add_strncpy(doc, tool, "gives", op->gives.p, op->gives.n);
  yyjson_mut_obj_add_val(doc, tool, "sources", map);
}
