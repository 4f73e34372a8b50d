// SPDX-License-Identifier: Apache-2.0
// Does every keyword of a schema have the value that the standard's own schema demands of it?
#include <stdio.h>

#include "base/map.h"
#include "data/json.h"
#include "data/schema.h"
#include "data/schema_pattern.h"
#include "data/schema_value.h"
#include "data/schema_words.h"

enum { SCHEMA_SOUND_NODES_MOST = 1000000, SCHEMA_SOUND_POINTER_MOST = 16 * 1024 };

struct sound {
  yyjson_val *root;
  struct buf pointer;
  size_t nodes;
  unsigned depth;
  struct err *err;
};

static bool sound_schema(struct sound *s, yyjson_val *schema);

static bool sound_fail(struct sound *s, const char *what) {
  struct str pointer = buf_str(&s->pointer);
  char where[sizeof s->err->field];
  size_t n = pointer.n < sizeof where - 2 ? pointer.n : sizeof where - 2;
  where[0] = '#';
  memcpy(where + 1, pointer.p, n);
  where[n + 1] = 0;
  return err_at(s->err, ERR_INVALID, where, "not a sound schema at %s: %s", where, what);
}

static bool sound_names(struct sound *s, yyjson_val *list) {
  struct map seen = {0};
  bool ok = yyjson_is_arr(list);
  yyjson_arr_iter it = yyjson_arr_iter_with(list);
  for (yyjson_val *v; ok && (v = yyjson_arr_iter_next(&it));) {
    ok = yyjson_is_str(v) && !map_get(&seen, json_text(v));
    if (ok) map_put(&seen, json_text(v), v);
  }
  map_free(&seen);
  return ok || sound_fail(s, "it must be an array of different strings");
}

static bool sound_type(struct sound *s, yyjson_val *type) {
  if (yyjson_is_str(type)) return schema_type_mask(type) || sound_fail(s, "no such type");
  if (!yyjson_arr_size(type)) return sound_fail(s, "it must be a type or an array of types");
  yyjson_arr_iter it = yyjson_arr_iter_with(type);
  for (yyjson_val *v; (v = yyjson_arr_iter_next(&it));)
    if (!yyjson_is_str(v) || !schema_type_mask(v)) return sound_fail(s, "no such type");
  return sound_names(s, type);
}

static bool sound_ref(struct sound *s, yyjson_val *ref) {
  yyjson_val *to = schema_follow(s->root, ref);
  return (to && (yyjson_is_obj(to) || yyjson_is_bool(to))) ||
         sound_fail(s, "the reference leads to no schema in here");
}

static bool sound_list(struct sound *s, yyjson_val *list) {
  if (!yyjson_arr_size(list)) return sound_fail(s, "it must be an array of at least one schema");
  yyjson_arr_iter it = yyjson_arr_iter_with(list);
  char digits[24];
  size_t at = 0, before = s->pointer.n;
  for (yyjson_val *v; (v = yyjson_arr_iter_next(&it)); at++) {
    snprintf(digits, sizeof digits, "%zu", at);
    json_pointer_push(&s->pointer, str_of(digits));
    if (!sound_schema(s, v)) return false;
    s->pointer.n = before;
  }
  return true;
}

static bool sound_map(struct sound *s, yyjson_val *map, enum schema_kind kind) {
  if (!yyjson_is_obj(map)) return sound_fail(s, "it must be an object");
  yyjson_obj_iter it = yyjson_obj_iter_with(map);
  size_t before = s->pointer.n;
  for (yyjson_val *key; (key = yyjson_obj_iter_next(&it));) {
    yyjson_val *v = yyjson_obj_iter_get_val(key);
    json_pointer_push(&s->pointer, json_text(key));
    if (kind == SCHEMA_IS_PATTERN_MAP && !schema_pattern_compiles(json_text(key)))
      return sound_fail(s, "the pattern is not one");
    if (kind == SCHEMA_IS_NAMES_MAP ? !sound_names(s, v) : !sound_schema(s, v)) return false;
    s->pointer.n = before;
  }
  return true;
}

static bool sound_number(struct sound *s, enum schema_kind kind, yyjson_val *v) {
  struct schema_number n;
  uint64_t count;
  if (kind == SCHEMA_IS_COUNT)
    return schema_count_of(v, &count) || sound_fail(s, "it must be a whole number, not negative");
  if (!schema_number_of(v, &n)) return sound_fail(s, "it must be a number");
  return kind == SCHEMA_IS_NUMBER || (!n.negative && n.digits) || sound_fail(s, "it must be above zero");
}

static bool sound_value(struct sound *s, enum schema_kind kind, yyjson_val *v) {
  switch (kind) {
  case SCHEMA_IS_SCHEMA:
    return sound_schema(s, v);
  case SCHEMA_IS_SCHEMA_LIST:
    return sound_list(s, v);
  case SCHEMA_IS_SCHEMA_MAP:
  case SCHEMA_IS_PATTERN_MAP:
  case SCHEMA_IS_NAMES_MAP:
    return sound_map(s, v, kind);
  case SCHEMA_IS_NAMES:
    return sound_names(s, v);
  case SCHEMA_IS_TYPE:
    return sound_type(s, v);
  case SCHEMA_IS_COUNT:
  case SCHEMA_IS_NUMBER:
  case SCHEMA_IS_POSITIVE:
    return sound_number(s, kind, v);
  case SCHEMA_IS_BOOLEAN:
    return yyjson_is_bool(v) || sound_fail(s, "it must be true or false");
  case SCHEMA_IS_STRING:
    return yyjson_is_str(v) || sound_fail(s, "it must be a string");
  case SCHEMA_IS_PATTERN:
    if (!yyjson_is_str(v)) return sound_fail(s, "it must be a string");
    return schema_pattern_compiles(json_text(v)) || sound_fail(s, "the pattern is not one");
  case SCHEMA_IS_REF:
    return sound_ref(s, v);
  case SCHEMA_IS_LIST:
    return yyjson_is_arr(v) || sound_fail(s, "it must be an array");
  case SCHEMA_IS_ANYTHING:
    return true;
  case SCHEMA_IS_REFUSED:
    return sound_fail(s, "the keyword is not supported");
  }
  return true;
}

static bool sound_schema(struct sound *s, yyjson_val *schema) {
  if (yyjson_is_bool(schema)) return true;
  if (!yyjson_is_obj(schema)) return sound_fail(s, "a schema is an object, true or false");
  if (s->depth == SCHEMA_DEPTH_MOST || s->nodes++ == SCHEMA_SOUND_NODES_MOST)
    return sound_fail(s, "it is too deep or too big");
  struct schema_words w;
  size_t before = s->pointer.n;
  schema_gather(schema, &w);
  s->depth++;
  for (int i = 0; i < SCHEMA_WORD_COUNT; i++) {
    if (!w.at[i]) continue;
    json_pointer_push(&s->pointer, str_of(schema_word_name((enum schema_word)i)));
    if (!sound_value(s, schema_word_kind((enum schema_word)i), w.at[i])) return false;
    s->pointer.n = before;
  }
  s->depth--;
  return true;
}

bool schema_is_sound(yyjson_val *schema, struct err *err) {
  struct sound s = {.root = schema, .pointer = BUF_MAX(SCHEMA_SOUND_POINTER_MOST), .err = err};
  bool ok = sound_schema(&s, schema);
  buf_free(&s.pointer);
  return ok;
}
