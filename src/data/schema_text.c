// SPDX-License-Identifier: Apache-2.0
#include "data/schema_text.h"

#include <inttypes.h>

#include "data/json.h"
#include "data/schema_value.h"
#include "data/schema_words.h"

enum { SCHEMA_DESCRIBE_DEEP = 4, SCHEMA_EITHER_MOST = 5 };

static void describe(struct buf *out, yyjson_val *root, yyjson_val *schema, unsigned deep);

void schema_render(struct buf *out, const void *value) {
  void *v = (void *)(uintptr_t)value;
  char room[32];
  struct str text;
  switch (unsafe_yyjson_get_type(v)) {
  case YYJSON_TYPE_NULL:
    buf_add(out, STR("null"));
    return;
  case YYJSON_TYPE_BOOL:
    buf_add_z(out, unsafe_yyjson_get_bool(v) ? "true" : "false");
    return;
  case YYJSON_TYPE_STR:
    text = schema_text_of(v);
    buf_add_char(out, '"');
    json_add_escaped(out, str_cut_utf8(text, SCHEMA_FOUND_MOST));
    buf_add_z(out, text.n > SCHEMA_FOUND_MOST ? "…\"" : "\"");
    return;
  case YYJSON_TYPE_ARR:
  case YYJSON_TYPE_OBJ: {
    bool array = unsafe_yyjson_get_type(v) == YYJSON_TYPE_ARR;
    size_t n = unsafe_yyjson_get_len(v);
    if (n == 0)
      buf_add_z(out, array ? "an empty array" : "an empty object");
    else if (array)
      buf_printf(out, "an array of %zu item%s", n, n == 1 ? "" : "s");
    else
      buf_printf(out, "an object with %zu propert%s", n, n == 1 ? "y" : "ies");
    return;
  }
  default:
    buf_add(out, str_cut_utf8(schema_number_text(v, room), SCHEMA_FOUND_MOST));
  }
}

// A member of an enum: strings without quotes, so that lists read well.
static void describe_member(struct buf *out, yyjson_val *v) {
  if (yyjson_is_str(v) && yyjson_get_len(v))
    buf_add(out, str_cut_utf8(json_text(v), SCHEMA_FOUND_MOST));
  else if (yyjson_is_ctn(v))
    json_write(out, v);
  else
    schema_render(out, v);
}

static void describe_enum(struct buf *out, yyjson_val *list) {
  size_t n = yyjson_arr_size(list), i = 0;
  buf_add_z(out, n == 1 ? "exactly " : "one of: ");
  yyjson_arr_iter it = yyjson_arr_iter_with(list);
  for (yyjson_val *v; (v = yyjson_arr_iter_next(&it)) && i < SCHEMA_LISTED_MOST; i++) {
    if (i) buf_add(out, STR(", "));
    describe_member(out, v);
  }
  if (n > i) buf_printf(out, " and %zu more", n - i);
}

// " of 5 to 50 characters", with the words for exactly, at least and at most.
static void describe_count(struct buf *out, const char *before, yyjson_val *least, yyjson_val *most,
                           const char *what) {
  uint64_t low = 0, high = 0;
  bool has_low = schema_count_of(least, &low), has_high = schema_count_of(most, &high);
  if (!has_low && !has_high) return;
  buf_add_z(out, before);
  if (has_low && has_high && low == high)
    buf_printf(out, "%" PRIu64, low);
  else if (has_low && has_high)
    buf_printf(out, "%" PRIu64 " to %" PRIu64, low, high);
  else
    buf_printf(out, "%s %" PRIu64, has_low ? "at least" : "at most", has_low ? low : high);
  buf_printf(out, " %s", what);
}

static void describe_number(struct buf *out, const char *before, yyjson_val *n) {
  char room[32];
  struct schema_number ignored;
  if (!n || !schema_number_of(n, &ignored)) return;
  struct str text = schema_number_text(n, room);
  buf_printf(out, "%s%.*s", before, STR_ARG(text));
}

static void describe_range(struct buf *out, const struct schema_words *w) {
  yyjson_val *low = SCHEMA_AT(w, MINIMUM), *high = SCHEMA_AT(w, MAXIMUM);
  describe_number(out, low && high ? " between " : " of at least ", low);
  describe_number(out, low && high ? " and " : " of at most ", high);
  describe_number(out, " above ", SCHEMA_AT(w, ABOVE));
  describe_number(out, " below ", SCHEMA_AT(w, BELOW));
  describe_number(out, ", a multiple of ", SCHEMA_AT(w, MULTIPLE_OF));
}

static void describe_string(struct buf *out, const struct schema_words *w) {
  struct str pattern = json_text(SCHEMA_AT(w, PATTERN)), format = json_text(SCHEMA_AT(w, FORMAT));
  describe_count(out, " of ", SCHEMA_AT(w, MIN_LENGTH), SCHEMA_AT(w, MAX_LENGTH), "characters");
  if (pattern.n) buf_printf(out, " matching %.*s", STR_ARG(pattern));
  if (format.n) buf_printf(out, " (%.*s)", STR_ARG(format));
}

static void describe_array(struct buf *out, yyjson_val *root, const struct schema_words *w, unsigned deep) {
  yyjson_val *items = SCHEMA_AT(w, ITEMS);
  describe_count(out, " with ", SCHEMA_AT(w, MIN_ITEMS), SCHEMA_AT(w, MAX_ITEMS), "items");
  if (yyjson_is_obj(items) && yyjson_obj_size(items) && deep < SCHEMA_DESCRIBE_DEEP) {
    buf_add(out, STR(", each "));
    describe(out, root, items, deep + 1);
  }
  if (SCHEMA_AT(w, CONTAINS) && deep < SCHEMA_DESCRIBE_DEEP) {
    yyjson_val *least = SCHEMA_AT(w, MIN_CONTAINS), *most = SCHEMA_AT(w, MAX_CONTAINS);
    describe_count(out, ", of which ", least, most, "are ");
    if (!least && !most) buf_add(out, STR(", at least one of them "));
    describe(out, root, SCHEMA_AT(w, CONTAINS), deep + 1);
  }
  if (yyjson_get_bool(SCHEMA_AT(w, UNIQUE_ITEMS))) buf_add(out, STR(", without duplicates"));
}

static const char *schema_noun(unsigned type, bool alone) {
  switch (type) {
  case SCHEMA_NULL:
    return "null";
  case SCHEMA_BOOLEAN:
    return alone ? "true or false" : "a boolean";
  case SCHEMA_INTEGER:
    return "an integer";
  case SCHEMA_NUMBER:
    return "a number";
  case SCHEMA_STRING:
    return "a string";
  case SCHEMA_ARRAY:
    return "an array";
  default:
    return "an object";
  }
}

static void describe_types(struct buf *out, yyjson_val *root, const struct schema_words *w, unsigned deep) {
  unsigned mask = schema_type_mask(SCHEMA_AT(w, TYPE));
  if (!mask) buf_add(out, STR("a value"));
  bool first = true, alone = (mask & (mask - 1)) == 0;
  for (unsigned type = SCHEMA_OBJECT; type; type >>= 1) {
    if (!(mask & type)) continue;
    if (!first) buf_add(out, STR(" or "));
    first = false;
    buf_add_z(out, schema_noun(type, alone));
    if (type == SCHEMA_STRING) describe_string(out, w);
    if (type == SCHEMA_INTEGER || type == SCHEMA_NUMBER) describe_range(out, w);
    if (type == SCHEMA_ARRAY) describe_array(out, root, w, deep);
    if (type == SCHEMA_OBJECT)
      describe_count(out, " with ", SCHEMA_AT(w, MIN_PROPERTIES), SCHEMA_AT(w, MAX_PROPERTIES), "properties");
  }
  if (mask) return;
  describe_string(out, w); // without a type, what is there to say is said of "a value"
  describe_range(out, w);
  describe_array(out, root, w, deep);
}

static void describe_list(struct buf *out, yyjson_val *root, yyjson_val *list, unsigned deep) {
  size_t n = yyjson_arr_size(list), i = 0;
  yyjson_arr_iter it = yyjson_arr_iter_with(list);
  for (yyjson_val *branch; (branch = yyjson_arr_iter_next(&it)) && i < SCHEMA_EITHER_MOST; i++) {
    if (i) buf_add(out, STR(" or "));
    describe(out, root, branch, deep + 1);
  }
  if (n > i) buf_printf(out, " or one of %zu more forms", n - i);
}

static void describe(struct buf *out, yyjson_val *root, yyjson_val *schema, unsigned deep) {
  if (!yyjson_is_obj(schema)) {
    buf_add_z(out, yyjson_is_false(schema) ? "nothing" : "a value");
    return;
  }
  struct schema_words w;
  schema_gather(schema, &w);
  yyjson_val *either = SCHEMA_AT(&w, ANY_OF) ? SCHEMA_AT(&w, ANY_OF) : SCHEMA_AT(&w, ONE_OF);
  yyjson_val *target = schema_follow(root, SCHEMA_AT(&w, REF)), *all = SCHEMA_AT(&w, ALL_OF);
  bool down = deep < SCHEMA_DESCRIBE_DEEP;
  if (SCHEMA_AT(&w, CONST)) {
    buf_add(out, STR("exactly "));
    describe_member(out, SCHEMA_AT(&w, CONST));
  } else if (yyjson_is_arr(SCHEMA_AT(&w, ENUM))) {
    describe_enum(out, SCHEMA_AT(&w, ENUM));
  } else if (SCHEMA_AT(&w, TYPE) || !down) {
    describe_types(out, root, &w, deep);
  } else if (target) {
    describe(out, root, target, deep + 1);
  } else if (either) {
    describe_list(out, root, either, deep);
  } else if (yyjson_arr_size(all)) {
    describe(out, root, yyjson_arr_get_first(all), deep + 1);
  } else {
    describe_types(out, root, &w, deep);
  }
}

void schema_describe(struct buf *out, yyjson_val *root, yyjson_val *schema) {
  describe(out, root, schema, 0);
}

void schema_describe_either(struct buf *out, yyjson_val *root, yyjson_val *list) {
  describe_list(out, root, list, 0);
}

void schema_suggest(struct buf *out, yyjson_val *properties, struct str name) {
  struct str best = STR_NONE;
  unsigned least = (unsigned)(name.n / 3 < 2 ? 2 : name.n / 3) + 1;
  yyjson_obj_iter it = yyjson_obj_iter_with(properties);
  for (yyjson_val *key; (key = yyjson_obj_iter_next(&it));) {
    unsigned distance = str_distance(name, json_text(key));
    if (distance >= least) continue;
    least = distance;
    best = json_text(key);
  }
  if (best.p) {
    buf_printf(out, "; did you mean \"%.*s\"?", STR_ARG(best));
    return;
  }
  size_t n = yyjson_obj_size(properties), i = 0;
  if (n) buf_add(out, STR("; the known ones are: "));
  it = yyjson_obj_iter_with(properties);
  for (yyjson_val *key; (key = yyjson_obj_iter_next(&it)) && i < SCHEMA_LISTED_MOST; i++) {
    if (i) buf_add(out, STR(", "));
    buf_add(out, json_text(key));
  }
  if (n > i) buf_printf(out, " and %zu more", n - i);
}

struct str schema_text_done(struct arena *a, struct buf *text) {
  struct str whole = buf_str(text), cut = str_cut_utf8(whole, SCHEMA_TEXT_MOST);
  struct str copy = arena_printf(a, "%.*s%s", STR_ARG(cut), cut.n < whole.n || text->full ? "…" : "");
  buf_free(text);
  return copy;
}
