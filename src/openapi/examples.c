// SPDX-License-Identifier: Apache-2.0
#include "openapi/examples.h"

#include "base/map.h"
#include "data/json.h"
#include "data/schema.h"
#include "openapi/mend.h"
#include "openapi/tree.h"

enum { ROUNDS_MOST = 8, VALUE_COST = 64 };

struct examples {
  struct schema_pool *pool;
  const struct operation *op;
  const struct input *in;
  struct openapi_result *result;
  yyjson_doc *schema; // of the tool, without what is asked for beside the body
  struct map args;    // property → argument, a string value
  struct examples_budget *budget;
  size_t count;
  bool tell;
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
  if (whole) {
    tree_set(doc, out, tree_text(whole), yyjson_val_mut_copy(doc, example));
    return out;
  }
  if (!yyjson_is_obj(example))
    return yyjson_val_mut_copy(doc, example); // its JSON text, or nothing that fits
  EACH_MEMBER(example, i, n, key, v) {
    yyjson_mut_val *arg = map_get(&e->args, json_text(key));
    tree_set(doc, out, arg ? tree_text(arg) : json_text(key), yyjson_val_mut_copy(doc, v));
  }
  return out;
}

static bool fits(struct examples *e, yyjson_val *example, struct schema_report *report,
                 yyjson_mut_val **arguments, yyjson_mut_doc *doc) {
  if (!e->schema) e->schema = body_schema(e->op, e->in); // most bodies have no example
  *arguments = as_arguments(e, example, doc);
  bool ok = schema_check(yyjson_doc_get_root(e->schema), doc, arguments, report);
  e->budget->left -= report->spent < e->budget->left ? report->spent : e->budget->left;
  return ok;
}

// What the vendor shows is right, so the tool's schema gives way where it does not fit.
static bool give_way(struct examples *e, yyjson_val *example, struct schema_report *report) {
  for (int round = 0; round < ROUNDS_MOST && e->budget->left; round++) {
    yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
    yyjson_mut_val *arguments;
    bool ok = fits(e, example, report, &arguments, doc);
    bool mended = !ok && openapi_mend_at(e->in->doc, e->in->root, arguments, report);
    yyjson_mut_doc_free(doc);
    if (ok || !mended) return ok;
    yyjson_doc_free(e->schema);
    e->schema = body_schema(e->op, e->in);
  }
  return false;
}

static void tell(struct examples *e, struct place example, const struct schema_violation *v, bool mended) {
  notes_add(e->pool->notes, OPENAPI_WARNING, e->op->key, example,
            arena_printf(e->pool->arena,
                         "its example does not fit its schema%s: %.*s: expected %.*s, found %.*s",
                         mended ? ", which gives way" : "", STR_ARG(v->pointer), STR_ARG(v->expected),
                         STR_ARG(v->found)));
}

static void check_one(struct examples *e, struct place example) {
  if (!example.value || e->count == EXAMPLES_MOST || !e->budget->left) return;
  uint64_t values = (uint64_t)((yyjson_val *)unsafe_yyjson_get_next(example.value) - example.value);
  if (values * VALUE_COST >= e->budget->left) {
    e->budget->left = 0;
    return;
  }
  e->budget->left -= values * VALUE_COST;
  struct arena *a = arena_new();
  struct schema_report *report = ARENA_NEW(a, struct schema_report);
  report->arena = a;
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *arguments;
  bool fit = fits(e, example.value, report, &arguments, doc), mended = false;
  yyjson_mut_doc_free(doc);
  struct schema_violation first = report->items[0];
  if (!fit) mended = give_way(e, example.value, report);
  e->count++;
  e->result->examples++;
  e->result->examples_fit += fit;
  e->result->examples_mended += mended;
  if (!fit && (mended || e->tell)) tell(e, example, &first, mended);
  arena_free(a);
}

static void check_list(struct examples *e, struct place all) {
  size_t i, n;
  yyjson_val *v;
  yyjson_arr_foreach (all.value, i, n, v) check_one(e, (struct place){v, all.file});
}

// Of the media type and of its schema.
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
  check_list(e, place_get(schema, "examples"));
}

void examples_check(struct schema_pool *pool, const struct operation *op, const struct input *in,
                    struct examples_budget *budget, bool tell, struct openapi_result *result) {
  struct examples e = {.pool = pool, .op = op, .in = in, .result = result, .budget = budget, .tell = tell};
  yyjson_mut_val *pair;
  size_t i, n;
  if (!in->body || !op->body.media.value || !budget->left) return;
  yyjson_mut_arr_foreach (yyjson_mut_obj_get(in->body, "args"), i, n, pair)
    map_put(&e.args, tree_text(yyjson_mut_arr_get(pair, 1)), yyjson_mut_arr_get(pair, 0));
  check_media(&e);
  map_free(&e.args);
  yyjson_doc_free(e.schema);
}
