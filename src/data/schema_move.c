// SPDX-License-Identifier: Apache-2.0
#include "data/schema_move.h"

#include <string.h>

#include "base/buf.h"

enum { MOVE_REFERENCE_MOST = 64 * 1024 };

static bool move_is_one_of(yyjson_mut_val *key, const char *const *names) {
  while (*names && !yyjson_mut_equals_str(key, *names)) names++;
  return *names;
}

// Not "#name": an anchor is found wherever it stands.
static void move_reference(yyjson_mut_doc *doc, yyjson_mut_val *v, const char *to) {
  struct str ref = {yyjson_mut_get_str(v), yyjson_mut_get_len(v)};
  if (!str_is(ref, "#") && !str_starts(ref, "#/")) return;
  struct buf text = BUF_MAX(MOVE_REFERENCE_MOST);
  buf_printf(&text, "#%s", to);
  buf_add(&text, str_from(ref, 1));
  yyjson_mut_val *moved = yyjson_mut_strncpy(doc, text.p, text.n);
  if (!text.full) yyjson_mut_set_strn(v, yyjson_mut_get_str(moved), yyjson_mut_get_len(moved));
  buf_free(&text);
}

// `names`: its keys are names that somebody chose, not words of JSON Schema.
static void move_within(yyjson_mut_doc *doc, yyjson_mut_val *v, const char *to, bool names) {
  static const char *const references[] = {"$ref", "$dynamicRef", "$recursiveRef", NULL};
  static const char *const data[] = {"const", "enum", "default", "examples", "example", NULL};
  static const char *const maps[] = {"properties",  "patternProperties", "$defs",
                                     "definitions", "dependentSchemas",  NULL};
  size_t i, n;
  yyjson_mut_val *key, *item;
  if (yyjson_mut_is_arr(v))
    yyjson_mut_arr_foreach (v, i, n, item) move_within(doc, item, to, false);
  if (!yyjson_mut_is_obj(v) || (!names && yyjson_mut_is_str(yyjson_mut_obj_get(v, "$id")))) return;
  yyjson_mut_obj_foreach (v, i, n, key, item) {
    if (!names && move_is_one_of(key, data)) continue;
    if (!names && yyjson_mut_is_str(item) && move_is_one_of(key, references))
      move_reference(doc, item, to);
    else
      move_within(doc, item, to, !names && move_is_one_of(key, maps));
  }
}

void schema_move(yyjson_mut_doc *doc, yyjson_mut_val *schema, const char *to) {
  move_within(doc, schema, to, false);
}
