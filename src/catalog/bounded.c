// SPDX-License-Identifier: Apache-2.0
#include "catalog/bounded.h"

#include "data/json.h"
#include "tool/narrow.h"

enum { BOUNDED_DEEP_MOST = 16 };

struct bounded {
  const struct catalog_tool *tool;
  yyjson_mut_doc *doc;
  struct narrow *narrows; // of each account that the tool may be called with
  size_t count;
};

// ---- what an argument may hold, over all accounts

static const struct narrow_arg *bounded_arg(const struct bounded *b, size_t i, struct str arg) {
  return narrow_arg_of(&b->narrows[i], arg);
}

// Is it filled in whichever account is called?
static bool bounded_is_given(const struct bounded *b, struct str arg) {
  for (size_t i = 0; i < b->count; i++) {
    const struct narrow_arg *held = bounded_arg(b, i, arg);
    if (!held || held->key->count != 1) return false;
  }
  return true;
}

// Has one of them to be told? A list takes all values where none is named.
static bool bounded_is_asked_for(const struct bounded *b, struct str arg) {
  bool asked = false;
  for (size_t i = 0; i < b->count; i++) {
    const struct narrow_arg *held = bounded_arg(b, i, arg);
    asked |=
        held && held->narrows && !held->list && held->key->count > 1 && !narrow_default(&b->narrows[i], held);
  }
  return asked;
}

static yyjson_mut_val *bounded_value(struct bounded *b, struct str id, bool number) {
  int64_t unused;
  return number && str_to_i64(id, &unused) ? yyjson_mut_rawncpy(b->doc, id.p, id.n)
                                           : yyjson_mut_strncpy(b->doc, id.p, id.n);
}

static struct str bounded_text(yyjson_mut_val *v) {
  bool text = yyjson_mut_is_str(v) || yyjson_mut_is_raw(v);
  return text ? str_make(yyjson_mut_is_raw(v) ? yyjson_mut_get_raw(v) : yyjson_mut_get_str(v),
                         yyjson_mut_get_len(v))
              : STR_NONE;
}

static bool bounded_seen(yyjson_mut_val *values, struct str id) {
  size_t i, n;
  yyjson_mut_val *v;
  yyjson_mut_arr_foreach (values, i, n, v)
    if (str_eq(bounded_text(v), id)) return true;
  return false;
}

// NULL: one of the accounts may be called with any.
static yyjson_mut_val *bounded_values(struct bounded *b, struct str arg, bool number) {
  yyjson_mut_val *values = yyjson_mut_arr(b->doc);
  for (size_t i = 0; i < b->count; i++) {
    const struct narrow_arg *held = bounded_arg(b, i, arg);
    if (!held) return NULL;
    for (size_t k = 0; k < held->key->count; k++)
      if (!bounded_seen(values, held->key->values[k].id))
        yyjson_mut_arr_append(values, bounded_value(b, held->key->values[k].id, number));
  }
  return values;
}

// ---- the schema

static void bounded_put(struct bounded *b, yyjson_mut_val *object, const char *key, yyjson_mut_val *v) {
  yyjson_mut_obj_put(object, yyjson_mut_str(b->doc, key), v);
}

// The argument's schema: its words stay, its values are ours.
static void bounded_property(struct bounded *b, struct str arg, yyjson_mut_val *schema) {
  struct str type = narrow_type(b->tool->tool, arg);
  bool list = str_is(type, "array");
  struct str item = list ? narrow_item_type(b->tool->tool, arg) : type;
  bool number = str_is(item, "integer") || str_is(item, "number");
  bool plain = number || str_is(item, "string") || !item.n;
  yyjson_mut_val *values = plain ? bounded_values(b, arg, number) : NULL, *items = yyjson_mut_obj(b->doc);
  if (!values || !yyjson_mut_is_obj(schema)) return;
  yyjson_mut_val *said = yyjson_mut_obj_remove_key(schema, "description");
  yyjson_mut_obj_clear(schema);
  if (said) bounded_put(b, schema, "description", said);
  if (!list) {
    bounded_put(b, schema, "type", yyjson_mut_str(b->doc, number ? "number" : "string"));
    bounded_put(b, schema, "enum", values);
    return;
  }
  bounded_put(b, items, "enum", values);
  bounded_put(b, schema, "type", yyjson_mut_str(b->doc, "array"));
  bounded_put(b, schema, "items", items);
  bounded_put(b, schema, "minItems", yyjson_mut_int(b->doc, 1));
}

static void bounded_required(struct bounded *b, yyjson_mut_val *schema) {
  yyjson_mut_val *required = yyjson_mut_obj_get(schema, "required"), *v;
  yyjson_mut_arr_iter it = yyjson_mut_arr_iter_with(required);
  while ((v = yyjson_mut_arr_iter_next(&it))) {
    struct str arg = bounded_text(v);
    bool filled = false; // by the call, for one account at least
    for (size_t i = 0; i < b->count; i++) filled |= bounded_arg(b, i, arg) && bounded_arg(b, i, arg)->narrows;
    if (bounded_is_given(b, arg) || (filled && !bounded_is_asked_for(b, arg)))
      yyjson_mut_arr_iter_remove(&it);
  }
  if (required && !yyjson_mut_arr_size(required)) yyjson_mut_obj_remove_key(schema, "required");
}

// Here and in what the schema is put together from.
static void bounded_schema(struct bounded *b, yyjson_mut_val *schema, unsigned depth) {
  static const char *const parts[] = {"allOf", "anyOf", "oneOf", "if", "then", "else"};
  size_t i, n;
  yyjson_mut_val *key, *v, *properties = yyjson_mut_obj_get(schema, "properties");
  if (!yyjson_mut_is_obj(schema) || depth > BOUNDED_DEEP_MOST) return;
  yyjson_mut_obj_iter it = yyjson_mut_obj_iter_with(properties);
  while ((key = yyjson_mut_obj_iter_next(&it))) {
    struct str arg = bounded_text(key);
    if (bounded_is_given(b, arg))
      yyjson_mut_obj_iter_remove(&it);
    else
      bounded_property(b, arg, yyjson_mut_obj_iter_get_val(key));
  }
  bounded_required(b, schema);
  for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
    yyjson_mut_val *part = yyjson_mut_obj_get(schema, parts[p]);
    if (yyjson_mut_is_obj(part)) bounded_schema(b, part, depth + 1);
    if (yyjson_mut_is_arr(part))
      yyjson_mut_arr_foreach (part, i, n, v) bounded_schema(b, v, depth + 1);
  }
}

// A tool that the vendor lets be called without is asked for its value here.
static void bounded_ask(struct bounded *b, yyjson_mut_val *schema) {
  for (size_t i = 0; i < b->count; i++)
    for (size_t k = 0; k < b->narrows[i].count; k++) {
      struct str arg = b->narrows[i].args[k].arg;
      yyjson_mut_val *required = yyjson_mut_obj_get(schema, "required");
      if (!bounded_is_asked_for(b, arg) || (required && bounded_seen(required, arg))) continue;
      if (!yyjson_mut_is_arr(required)) bounded_put(b, schema, "required", required = yyjson_mut_arr(b->doc));
      yyjson_mut_arr_append(required, yyjson_mut_strncpy(b->doc, arg.p, arg.n));
    }
}

// ---- the whole

static void bounded_add(struct bounded *b, const struct catalog_account *account, const struct tool *t,
                        const struct fence *f) {
  struct narrow *n = &b->narrows[b->count++];
  *n = (struct narrow){.count = 0};
  if (f && !narrow_tool(&(struct narrow_about){f, account->connector, t,
                                               yyjson_doc_get_root(account->account->context)},
                        n))
    n->count = 0; // not served; nothing to say of it
}

yyjson_doc *bounded_input(const struct catalog_tool *t, struct arena *a) {
  struct bounded b = {.tool = t, .narrows = ARENA_ARRAY(a, t->choice_count + 1, struct narrow)};
  if (!t->choice_count) bounded_add(&b, t->account, t->tool, t->fence);
  for (size_t i = 0; i < t->choice_count; i++)
    bounded_add(&b, t->choices[i].account, t->choices[i].tool, t->choices[i].fence);
  size_t held = 0;
  for (size_t i = 0; i < b.count; i++) held += b.narrows[i].count;
  if (!held) return NULL;
  b.doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *schema = yyjson_val_mut_copy(b.doc, t->tool->input);
  yyjson_mut_doc_set_root(b.doc, schema);
  bounded_schema(&b, schema, 0);
  bounded_ask(&b, schema);
  yyjson_doc *doc = yyjson_mut_doc_imut_copy(b.doc, NULL);
  yyjson_mut_doc_free(b.doc);
  return doc;
}
