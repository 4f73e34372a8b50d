// SPDX-License-Identifier: Apache-2.0
// The keywords of JSON Schema that speak of an object's members and an array's items.
#include <stdio.h>

#include "data/json.h"
#include "data/schema_run.h"
#include "data/schema_text.h"
#include "data/schema_value.h"

// Members are looked for one by one in both kinds of document, which is paid for.
static yyjson_val *schema_property(struct schema_run *r, yyjson_val *map, struct str name) {
  return schema_run_spend(r, yyjson_obj_size(map)) ? yyjson_obj_getn(map, name.p ? name.p : "", name.n)
                                                   : NULL;
}

static bool schema_has(struct schema_run *r, yyjson_mut_val *object, struct str name) {
  return schema_run_spend(r, SCHEMA_COST_LOOK + 2 * unsafe_yyjson_get_len(object)) &&
         yyjson_mut_obj_getn(object, name.p ? name.p : "", name.n);
}

// A member that no keyword knows, where none but the known are allowed.
static bool schema_violate_unknown(struct schema_run *r, const struct schema_words *w, struct str name,
                                   yyjson_mut_val *v) {
  struct buf expected = BUF_MAX(8 * SCHEMA_TEXT_MOST);
  buf_add(&expected, STR("no property of this name"));
  if (schema_run_tells(r) &&
      schema_run_spend(r, yyjson_obj_size(SCHEMA_AT(w, PROPERTIES)) * (name.n < 64 ? 32 * name.n : 1)))
    schema_suggest(&expected, SCHEMA_AT(w, PROPERTIES), name);
  return schema_violate(r, SCHEMA_NAMES, &expected, v);
}

static bool schema_run_required(struct schema_run *r, const struct schema_words *w, yyjson_val *names,
                                yyjson_mut_val *v) {
  bool holds = true;
  yyjson_arr_iter it = yyjson_arr_iter_with(names);
  for (yyjson_val *item; (item = yyjson_arr_iter_next(&it)) && schema_run_step(r);) {
    struct str name = json_text(item);
    if (!name.p || schema_has(r, v, name)) continue;
    struct schema_place place = schema_run_enter(r, name, true);
    holds = schema_violate_schema(r, SCHEMA_NAMES, schema_property(r, SCHEMA_AT(w, PROPERTIES), name), NULL);
    schema_run_leave(r, place);
  }
  return holds;
}

static bool schema_run_dependent(struct schema_run *r, const struct schema_words *w, yyjson_mut_val *v,
                                 struct schema_seen *seen) {
  bool holds = true;
  yyjson_obj_iter it = yyjson_obj_iter_with(SCHEMA_AT(w, DEPENDENT_REQUIRED));
  for (yyjson_val *key; (key = yyjson_obj_iter_next(&it));)
    if (schema_has(r, v, json_text(key))) holds &= schema_run_required(r, w, yyjson_obj_iter_get_val(key), v);
  it = yyjson_obj_iter_with(SCHEMA_AT(w, DEPENDENT_SCHEMAS));
  for (yyjson_val *key; (key = yyjson_obj_iter_next(&it));) {
    if (!schema_has(r, v, json_text(key))) continue;
    struct schema_seen mine = seen ? schema_seen_for(r, v) : (struct schema_seen){0};
    bool fits = schema_run_value(r, yyjson_obj_iter_get_val(key), v, seen ? &mine : NULL);
    if (fits && seen) schema_seen_join(seen, &mine);
    holds &= fits;
  }
  return holds;
}

static bool schema_run_name(struct schema_run *r, const struct schema_words *w, yyjson_mut_val *key,
                            yyjson_mut_val *member) {
  if (!SCHEMA_AT(w, PROPERTY_NAMES) || schema_run_quietly(r, SCHEMA_AT(w, PROPERTY_NAMES), key, NULL, NULL))
    return true;
  struct buf expected = BUF_MAX(8 * SCHEMA_TEXT_MOST);
  buf_add(&expected, STR("a property whose name is "));
  if (schema_run_tells(r)) schema_describe(&expected, r->root, SCHEMA_AT(w, PROPERTY_NAMES));
  return schema_violate(r, SCHEMA_NAMES, &expected, member);
}

// One member against properties, patternProperties and additionalProperties. Sets `known` where one applied.
static bool schema_run_member(struct schema_run *r, const struct schema_words *w, yyjson_mut_val *key,
                              bool *known) {
  yyjson_mut_val *v = yyjson_mut_obj_iter_get_val(key);
  struct str name = schema_text_of(key);
  bool holds = schema_run_name(r, w, key, v);
  yyjson_val *schema = schema_property(r, SCHEMA_AT(w, PROPERTIES), name), *rest = SCHEMA_AT(w, ADDITIONAL);
  *known = schema != NULL;
  if (schema) holds &= schema_run_value(r, schema, v, NULL);
  yyjson_obj_iter it = yyjson_obj_iter_with(SCHEMA_AT(w, PATTERN_PROPERTIES));
  for (yyjson_val *pattern; (pattern = yyjson_obj_iter_next(&it)) && schema_run_step(r);) {
    if (!schema_run_match(r, json_text(pattern), key, false)) continue;
    *known = true;
    holds &= schema_run_value(r, yyjson_obj_iter_get_val(pattern), v, NULL);
  }
  if (*known || !rest) return holds;
  *known = true;
  if (yyjson_is_false(rest)) return schema_violate_unknown(r, w, name, v);
  return schema_run_value(r, rest, v, NULL) && holds;
}

bool schema_run_object(struct schema_run *r, const struct schema_words *w, yyjson_mut_val *v,
                       struct schema_seen *seen) {
  bool holds = !SCHEMA_AT(w, REQUIRED) || schema_run_required(r, w, SCHEMA_AT(w, REQUIRED), v);
  if (SCHEMA_AT(w, DEPENDENT_REQUIRED) || SCHEMA_AT(w, DEPENDENT_SCHEMAS))
    holds &= schema_run_dependent(r, w, v, seen);
  if (!SCHEMA_AT(w, PROPERTIES) && !SCHEMA_AT(w, PATTERN_PROPERTIES) && !SCHEMA_AT(w, ADDITIONAL) &&
      !SCHEMA_AT(w, PROPERTY_NAMES))
    return holds;
  yyjson_mut_obj_iter it = yyjson_mut_obj_iter_with(v);
  size_t position = 0;
  for (yyjson_mut_val *key; (key = yyjson_mut_obj_iter_next(&it)) && schema_run_step(r); position++) {
    bool known;
    struct schema_place place = schema_run_enter(r, schema_text_of(key), true);
    holds &= schema_run_member(r, w, key, &known);
    schema_run_leave(r, place);
    if (known) schema_seen_add(seen, position);
  }
  return holds;
}

static struct schema_place schema_run_enter_item(struct schema_run *r, size_t position) {
  char digits[24];
  snprintf(digits, sizeof digits, "%zu", position);
  return schema_run_enter(r, str_of(digits), false);
}

// Items that `contains` fits are evaluated, and are counted.
static bool schema_run_contains(struct schema_run *r, const struct schema_words *w, yyjson_mut_val *v,
                                struct schema_seen *seen) {
  uint64_t least = 1, most = UINT64_MAX, count = 0;
  schema_count_of(SCHEMA_AT(w, MIN_CONTAINS), &least);
  schema_count_of(SCHEMA_AT(w, MAX_CONTAINS), &most);
  size_t position = 0;
  yyjson_mut_arr_iter it = yyjson_mut_arr_iter_with(v);
  for (yyjson_mut_val *item; (item = yyjson_mut_arr_iter_next(&it)) && !r->exhausted; position++) {
    if (!schema_run_quietly(r, SCHEMA_AT(w, CONTAINS), item, NULL, NULL)) continue;
    schema_seen_add(seen, position);
    count++;
  }
  if (count >= least && count <= most) return true;
  struct buf expected = BUF_MAX(8 * SCHEMA_TEXT_MOST);
  if (most == UINT64_MAX)
    buf_printf(&expected, "an array with at least %zu item(s) that are ", (size_t)least);
  else
    buf_printf(&expected, "an array with %zu to %zu items that are ", (size_t)least, (size_t)most);
  if (schema_run_tells(r)) schema_describe(&expected, r->root, SCHEMA_AT(w, CONTAINS));
  return schema_violate(r, SCHEMA_SLIGHT, &expected, v);
}

bool schema_run_array(struct schema_run *r, const struct schema_words *w, yyjson_mut_val *v,
                      struct schema_seen *seen) {
  bool holds = true;
  if (SCHEMA_AT(w, ITEMS) || SCHEMA_AT(w, PREFIX_ITEMS)) {
    yyjson_mut_arr_iter it = yyjson_mut_arr_iter_with(v);
    yyjson_arr_iter prefix = yyjson_arr_iter_with(SCHEMA_AT(w, PREFIX_ITEMS));
    size_t position = 0;
    for (yyjson_mut_val *item; (item = yyjson_mut_arr_iter_next(&it)) && schema_run_step(r); position++) {
      yyjson_val *schema = yyjson_arr_iter_next(&prefix);
      if (!schema) schema = SCHEMA_AT(w, ITEMS);
      if (!schema) break;
      struct schema_place place = schema_run_enter_item(r, position);
      holds &= schema_run_value(r, schema, item, NULL);
      schema_run_leave(r, place);
      schema_seen_add(seen, position);
    }
  }
  if (SCHEMA_AT(w, CONTAINS)) holds &= schema_run_contains(r, w, v, seen);
  return holds;
}

static bool schema_run_rest(struct schema_run *r, const struct schema_words *w, yyjson_val *schema,
                            yyjson_mut_val *v) {
  if (yyjson_is_false(schema) && r->name.p && r->pointer.n) return schema_violate_unknown(r, w, r->name, v);
  return schema_run_value(r, schema, v, NULL);
}

// What no other keyword looked at, here or in a subschema of the same value that holds (core, §11.2, §11.3).
bool schema_run_unevaluated(struct schema_run *r, const struct schema_words *w, yyjson_mut_val *v,
                            struct schema_seen *seen) {
  bool holds = true, object = yyjson_mut_is_obj(v);
  yyjson_val *schema = object ? SCHEMA_AT(w, UNEVALUATED_PROPERTIES) : SCHEMA_AT(w, UNEVALUATED_ITEMS);
  if (!schema) return true;
  yyjson_mut_obj_iter members = yyjson_mut_obj_iter_with(v);
  yyjson_mut_arr_iter items = yyjson_mut_arr_iter_with(v);
  for (size_t position = 0; position < seen->n && schema_run_step(r); position++) {
    yyjson_mut_val *at = object ? yyjson_mut_obj_iter_next(&members) : yyjson_mut_arr_iter_next(&items);
    if (schema_seen_has(seen, position)) continue;
    struct schema_place place =
        object ? schema_run_enter(r, schema_text_of(at), true) : schema_run_enter_item(r, position);
    holds &= object ? schema_run_rest(r, w, schema, yyjson_mut_obj_iter_get_val(at))
                    : schema_run_value(r, schema, at, NULL);
    schema_run_leave(r, place);
    schema_seen_add(seen, position);
  }
  return holds;
}
