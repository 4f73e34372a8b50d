// SPDX-License-Identifier: Apache-2.0
#include "openapi/examples.h"

#include "base/map.h"
#include "data/json.h"
#include "data/schema.h"
#include "openapi/tree.h"

struct examples {
  struct schema_pool *pool;
  const struct operation *op;
  const struct input *in;
  struct openapi_result *result;
  yyjson_doc *schema; // of the tool, without what is asked for beside the body
  struct map args;    // property → argument, a string value
  size_t count;
};

static yyjson_doc *body_schema(const struct operation *op, const struct input *in) {
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *root = yyjson_mut_val_mut_copy(doc, in->root), *kept = yyjson_mut_arr(doc), *name;
  struct map beside = {0};
  size_t i, n;
  for (i = 0; i < op->param_count; i++) map_put(&beside, op->params[i].arg, &op->params[i]);
  yyjson_mut_arr_foreach (yyjson_mut_obj_get(root, "required"), i, n, name)
    if (!map_get(&beside, tree_text(name))) yyjson_mut_arr_append(kept, yyjson_mut_val_mut_copy(doc, name));
  map_free(&beside);
  yyjson_mut_obj_remove_key(root, "required");
  yyjson_mut_obj_add_val(doc, root, "required", kept);
  yyjson_mut_doc_set_root(doc, root);
  yyjson_doc *out = yyjson_mut_doc_imut_copy(doc, NULL);
  yyjson_mut_doc_free(doc);
  return out;
}

// The example as arguments: the whole of it under one name, or each of its members under its own.
static yyjson_mut_val *as_arguments(struct examples *e, yyjson_val *example, yyjson_mut_doc *doc) {
  yyjson_mut_val *out = yyjson_mut_obj(doc), *whole = yyjson_mut_obj_get(e->in->body, "whole");
  size_t i, n;
  yyjson_val *key, *v;
  if (whole || !yyjson_is_obj(example)) {
    struct str arg = whole ? tree_text(whole) : STR("body");
    tree_set(doc, out, arg, yyjson_val_mut_copy(doc, example));
    return out;
  }
  EACH_MEMBER(example, i, n, key, v) {
    yyjson_mut_val *arg = map_get(&e->args, json_text(key));
    tree_set(doc, out, arg ? tree_text(arg) : json_text(key), yyjson_val_mut_copy(doc, v));
  }
  return out;
}

static void check_one(struct examples *e, struct place example) {
  if (!example.value || e->count == EXAMPLES_MOST) return;
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *arguments = as_arguments(e, example.value, doc);
  struct arena *a = arena_new();
  struct schema_report *report = ARENA_NEW(a, struct schema_report);
  report->arena = a;
  e->count++;
  e->result->examples++;
  if (schema_check(yyjson_doc_get_root(e->schema), doc, &arguments, report)) {
    e->result->examples_fit++;
  } else {
    const struct schema_violation *v = &report->items[0];
    notes_add(e->pool->notes, OPENAPI_WARNING, e->op->key, example,
              arena_printf(a, "its example does not fit: %.*s: expected %.*s, found %.*s",
                           STR_ARG(v->pointer), STR_ARG(v->expected), STR_ARG(v->found)));
  }
  arena_free(a);
  yyjson_mut_doc_free(doc);
}

static void check_media(struct examples *e) {
  struct place media = e->op->body.media, schema, one;
  struct err ignored;
  size_t i, n;
  yyjson_val *key, *v;
  check_one(e, place_get(media, "example"));
  EACH_MEMBER(yyjson_obj_get(media.value, "examples"), i, n, key, v) {
    if (document_resolve(e->pool->doc, (struct place){v, media.file}, &one, &ignored))
      check_one(e, place_get(one, "value"));
  }
  if (!document_resolve(e->pool->doc, place_get(media, "schema"), &schema, &ignored)) return;
  check_one(e, place_get(schema, "example"));
  yyjson_arr_foreach (yyjson_obj_get(schema.value, "examples"), i, n, v)
    check_one(e, (struct place){v, schema.file});
}

void examples_check(struct schema_pool *pool, const struct operation *op, const struct input *in,
                    struct openapi_result *result) {
  struct examples e = {.pool = pool, .op = op, .in = in, .result = result};
  yyjson_mut_val *pair;
  size_t i, n;
  if (!in->body || !op->body.media.value) return;
  e.schema = body_schema(op, in);
  yyjson_mut_arr_foreach (yyjson_mut_obj_get(in->body, "args"), i, n, pair)
    map_put(&e.args, tree_text(yyjson_mut_arr_get(pair, 1)), yyjson_mut_arr_get(pair, 0));
  check_media(&e);
  map_free(&e.args);
  yyjson_doc_free(e.schema);
}
