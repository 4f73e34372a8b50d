// SPDX-License-Identifier: Apache-2.0
#include "openapi/sources.h"

#include "data/json.h"
#include "openapi/naming.h"
#include "openapi/tree.h"

static struct operation many; // stands in by_arg for "more than one"

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

static void learn_arg(struct sources *s, struct str arg, struct operation *list) {
  static const char *const vague[] = {"id", "identifier", "name", "key", "uuid", "type"};
  for (size_t i = 0; i < sizeof vague / sizeof *vague; i++)
    if (str_is(arg, vague[i])) return;
  const struct operation *known = map_get(&s->by_arg, arg);
  if (known != list) map_put(&s->by_arg, arg, known ? &many : list);
}

void sources_find(struct sources *s, struct operation_list *ops, struct arena *a) {
  s->arena = a;
  for (size_t i = 0; i < ops->count; i++) {
    struct operation *op = &ops->items[i];
    if (!op->skipped && op->class == CLASS_LIST) {
      struct str shape = naming_path_shape(a, op->path);
      if (!map_get(&s->by_shape, shape)) map_put(&s->by_shape, shape, op);
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
}

const struct operation *sources_of(const struct sources *s, const struct operation *op, struct str arg,
                                   struct arena *a) {
  const struct operation *list = NULL;
  for (size_t i = 0; i < op->param_count && !list; i++) {
    if (op->params[i].in == IN_PATH && str_eq(op->params[i].arg, arg))
      list = map_get(&s->by_shape, collection_of(op, op->params[i].name, a));
  }
  if (!list) list = map_get(&s->by_arg, arg);
  return list == op || list == &many || (list && list->skipped) ? NULL : list;
}

void sources_write(const struct sources *s, const struct operation *op, yyjson_mut_val *input,
                   yyjson_mut_doc *doc, yyjson_mut_val *tool) {
  yyjson_mut_val *map = yyjson_mut_obj(doc), *name, *v;
  struct arena *a = s->arena;
  size_t i, n;
  yyjson_mut_obj_foreach (yyjson_mut_obj_get(input, "properties"), i, n, name, v) {
    const struct operation *list = sources_of(s, op, tree_text(name), a);
    if (list) tree_set(doc, map, tree_text(name), yyjson_mut_strn(doc, list->name.p, list->name.n));
  }
  if (op->class == CLASS_LIST && op->gives.n)
    yyjson_mut_obj_add_strncpy(doc, tool, "gives", op->gives.p, op->gives.n);
  yyjson_mut_obj_add_val(doc, tool, "sources", map);
}
