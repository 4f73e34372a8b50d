// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "data/json.h"

struct json_pair {
  struct str key;
  yyjson_val *value;
};

static int json_by_key(const void *a, const void *b) {
  return str_compare(((const struct json_pair *)a)->key, ((const struct json_pair *)b)->key);
}

static bool json_is_among(struct str key, const char *const *names) {
  for (; names && *names; names++)
    if (str_is(key, *names)) return true;
  return false;
}

static void json_sorted_object(struct buf *out, yyjson_val *object, const char *const *without,
                               struct arena *a) {
  struct json_pair *pairs = ARENA_ARRAY(a, yyjson_obj_size(object) + 1, struct json_pair);
  size_t i, n, count = 0;
  yyjson_val *key, *value;
  yyjson_obj_foreach (object, i, n, key, value)
    if (!json_is_among(json_text(key), without)) pairs[count++] = (struct json_pair){json_text(key), value};
  qsort(pairs, count, sizeof *pairs, json_by_key);
  buf_add_char(out, '{');
  for (i = 0; i < count; i++) {
    if (i) buf_add_char(out, ',');
    json_add_string(out, pairs[i].key);
    buf_add_char(out, ':');
    json_write_sorted(out, pairs[i].value, NULL, a);
  }
  buf_add_char(out, '}');
}

void json_write_sorted(struct buf *out, yyjson_val *v, const char *const *without, struct arena *a) {
  yyjson_val *element;
  size_t i, n;
  if (yyjson_is_obj(v)) {
    json_sorted_object(out, v, without, a);
  } else if (yyjson_is_arr(v)) {
    buf_add_char(out, '[');
    yyjson_arr_foreach (v, i, n, element) {
      if (i) buf_add_char(out, ',');
      json_write_sorted(out, element, NULL, a);
    }
    buf_add_char(out, ']');
  } else {
    json_write(out, v);
  }
}
