// SPDX-License-Identifier: Apache-2.0
#include "data/schema_value.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "data/json.h"

// yyjson's "unsafe" accessors take values of both kinds of document; the types are checked here first.
// 38 digits: the most that fit into 128 bits whatever they are.
enum {
  SCHEMA_DIGITS = 38,
  SCHEMA_EXPONENT_MOST = 100000,
  SCHEMA_PLACES_MOST = 400,
  SCHEMA_CANON_MOST = 4 * 1024 * 1024
};

static void *schema_any(const void *value) {
  return (void *)(uintptr_t)value;
}

static yyjson_type schema_yytype(const void *value) {
  return unsafe_yyjson_get_type(schema_any(value));
}

struct str schema_text_of(const void *string) {
  void *v = schema_any(string);
  return str_make(unsafe_yyjson_get_str(v), unsafe_yyjson_get_len(v));
}

unsigned schema_type_of(const void *value) {
  struct schema_number n;
  switch (schema_yytype(value)) {
  case YYJSON_TYPE_NULL:
    return SCHEMA_NULL;
  case YYJSON_TYPE_BOOL:
    return SCHEMA_BOOLEAN;
  case YYJSON_TYPE_STR:
    return SCHEMA_STRING;
  case YYJSON_TYPE_ARR:
    return SCHEMA_ARRAY;
  case YYJSON_TYPE_OBJ:
    return SCHEMA_OBJECT;
  default:
    if (!schema_number_of(value, &n)) return 0;
    return schema_number_is_integer(&n) ? SCHEMA_INTEGER | SCHEMA_NUMBER : SCHEMA_NUMBER;
  }
}

static const struct {
  const char *name;
  unsigned type;
} schema_types[] = {
    {"null", SCHEMA_NULL},     {"boolean", SCHEMA_BOOLEAN}, {"integer", SCHEMA_INTEGER},
    {"number", SCHEMA_NUMBER}, {"string", SCHEMA_STRING},   {"array", SCHEMA_ARRAY},
    {"object", SCHEMA_OBJECT},
};

static unsigned schema_type_named(struct str name) {
  for (size_t i = 0; i < sizeof schema_types / sizeof *schema_types; i++)
    if (str_is(name, schema_types[i].name)) return schema_types[i].type;
  return 0;
}

unsigned schema_type_mask(yyjson_val *type) {
  if (yyjson_is_str(type)) return schema_type_named(json_text(type));
  unsigned mask = 0;
  yyjson_arr_iter it = yyjson_arr_iter_with(type);
  for (yyjson_val *v; (v = yyjson_arr_iter_next(&it));) mask |= schema_type_named(json_text(v));
  return mask;
}

static void schema_number_trim(struct schema_number *n) {
  if (n->digits == 0) {
    *n = (struct schema_number){0};
    return;
  }
  while (n->digits % 10 == 0) n->digits /= 10, n->exponent++;
}

static size_t schema_take_digits(struct str *s, struct schema_number *n, size_t *used, bool fraction) {
  size_t i = 0;
  for (; i < s->n && s->p[i] >= '0' && s->p[i] <= '9'; i++) {
    if (*used < SCHEMA_DIGITS) {
      n->digits = n->digits * 10 + (unsigned)(s->p[i] - '0');
      *used += n->digits != 0;
      n->exponent -= fraction;
    } else {
      n->exponent += !fraction; // digits beyond the 38th only count as places
    }
  }
  *s = str_from(*s, i);
  return i;
}

static bool schema_take_exponent(struct str *s, int32_t *exponent) {
  struct str digits = str_from(*s, 1);
  bool minus = digits.n && digits.p[0] == '-';
  if (digits.n && (digits.p[0] == '-' || digits.p[0] == '+')) digits = str_from(digits, 1);
  int32_t e = 0;
  if (digits.n == 0) return false;
  for (size_t i = 0; i < digits.n; i++) {
    if (digits.p[i] < '0' || digits.p[i] > '9') return false;
    if (e < SCHEMA_EXPONENT_MOST) e = e * 10 + (digits.p[i] - '0');
  }
  *exponent += minus ? -e : e;
  *s = STR_NONE;
  return true;
}

bool schema_number_parse(struct str text, struct schema_number *out) {
  struct schema_number n = {.negative = text.n && text.p[0] == '-'};
  struct str s = str_from(text, n.negative);
  size_t used = 0;
  bool zero = s.n && s.p[0] == '0';
  if (text.n > INT32_MAX / 2) return false;
  size_t whole = schema_take_digits(&s, &n, &used, false);
  if (whole == 0 || (zero && whole > 1)) return false; // RFC 8259 §6
  if (s.n && s.p[0] == '.') {
    s = str_from(s, 1);
    if (schema_take_digits(&s, &n, &used, true) == 0) return false;
  }
  if (s.n && (s.p[0] | 32) == 'e' && !schema_take_exponent(&s, &n.exponent)) return false;
  if (s.n) return false;
  schema_number_trim(&n);
  *out = n;
  return true;
}

struct str schema_number_text(const void *value, char room[32]) {
  void *v = schema_any(value);
  if (schema_yytype(v) == YYJSON_TYPE_RAW) return schema_text_of(v);
  switch (unsafe_yyjson_get_subtype(v)) {
  case YYJSON_SUBTYPE_UINT:
    snprintf(room, 32, "%" PRIu64, unsafe_yyjson_get_uint(v));
    break;
  case YYJSON_SUBTYPE_SINT:
    snprintf(room, 32, "%" PRId64, unsafe_yyjson_get_sint(v));
    break;
  default: // the shortest of the three that is the same double again
    for (int precision = 15; precision <= 17; precision++) {
      snprintf(room, 32, "%.*g", precision, unsafe_yyjson_get_real(v));
      double again = strtod(room, NULL), real = unsafe_yyjson_get_real(v);
      if (again >= real && again <= real) break;
    }
  }
  return str_of(room);
}

bool schema_number_of(const void *value, struct schema_number *out) {
  char room[32];
  yyjson_type type = schema_yytype(value);
  if (type != YYJSON_TYPE_NUM && type != YYJSON_TYPE_RAW) return false;
  return schema_number_parse(schema_number_text(value, room), out);
}

bool schema_number_is_integer(const struct schema_number *n) {
  return n->exponent >= 0;
}

void schema_write_integer(yyjson_mut_val *v) {
  enum { DIGITS_MOST = 19 }; // more may not fit
  struct schema_number n;
  bool plain = yyjson_mut_is_int(v);
  if (yyjson_mut_is_raw(v)) {
    struct str text = schema_text_of(v);
    plain = !str_is(text, "-0");
    for (size_t i = 0; i < text.n; i++) plain &= text.p[i] != '.' && (text.p[i] | 32) != 'e';
  }
  if (plain || !schema_number_of(v, &n) || n.exponent < 0 || n.exponent >= DIGITS_MOST) return;
  unsigned __int128 whole = n.digits;
  for (int32_t i = 0; i < n.exponent && whole <= INT64_MAX; i++) whole *= 10;
  if (whole > INT64_MAX) return;
  if (n.negative && whole)
    unsafe_yyjson_set_sint(v, -(int64_t)whole);
  else
    unsafe_yyjson_set_uint(v, (uint64_t)whole);
}

static int schema_digit_count(unsigned __int128 v) {
  int n = 0;
  for (; v; v /= 10) n++;
  return n;
}

static unsigned __int128 schema_shift(unsigned __int128 v, int places) {
  while (places-- > 0) v *= 10;
  return v;
}

int schema_number_compare(const struct schema_number *a, const struct schema_number *b) {
  if (a->digits == 0 || b->digits == 0 || a->negative != b->negative) {
    int sign_a = a->digits == 0 ? 0
                 : a->negative  ? -1
                                : 1,
        sign_b = b->digits == 0 ? 0
                 : b->negative  ? -1
                                : 1;
    return (sign_a > sign_b) - (sign_a < sign_b);
  }
  int places_a = schema_digit_count(a->digits) + a->exponent,
      places_b = schema_digit_count(b->digits) + b->exponent;
  int more = (places_a > places_b) - (places_a < places_b);
  if (more == 0) { // equally long: on the smaller exponent neither passes 38 digits
    int least = a->exponent < b->exponent ? a->exponent : b->exponent;
    unsigned __int128 x = schema_shift(a->digits, a->exponent - least),
                      y = schema_shift(b->digits, b->exponent - least);
    more = (x > y) - (x < y);
  }
  return a->negative ? -more : more;
}

// n / step is whole when n's digits × 10^(difference of the exponents) is a multiple of step's digits.
// Neither has trailing zeros, so a smaller exponent of n already says no.
bool schema_number_is_multiple(const struct schema_number *n, const struct schema_number *step) {
  if (n->digits == 0 || step->digits == 0) return true;
  int places = n->exponent - step->exponent;
  if (places < 0) return false;
  if (places > SCHEMA_PLACES_MOST) return true; // no number anybody checks
  unsigned __int128 rest = n->digits % step->digits;
  for (; places > 0 && rest; places--) {
    if (rest > ~(unsigned __int128)0 / 10) return true; // beyond what we can tell exactly
    rest = rest * 10 % step->digits;
  }
  return rest == 0;
}

bool schema_count_of(yyjson_val *v, uint64_t *out) {
  struct schema_number n;
  if (!v || !schema_number_of(v, &n) || n.negative || n.exponent < 0) return false;
  bool fits = schema_digit_count(n.digits) + n.exponent < 19;
  *out = fits ? (uint64_t)schema_shift(n.digits, n.exponent) : INT64_MAX;
  return true;
}

// As deep as the value, which was read with a limit.
uint64_t schema_size(yyjson_mut_val *v) {
  enum { VALUE = 64 };
  uint64_t n = VALUE;
  if (yyjson_mut_is_str(v) || yyjson_mut_is_raw(v)) n += unsafe_yyjson_get_len(v);
  yyjson_mut_arr_iter items = yyjson_mut_arr_iter_with(v);
  for (yyjson_mut_val *item; (item = yyjson_mut_arr_iter_next(&items));) n += schema_size(item);
  yyjson_mut_obj_iter members = yyjson_mut_obj_iter_with(v);
  for (yyjson_mut_val *key; (key = yyjson_mut_obj_iter_next(&members));)
    n += schema_size(key) + schema_size(yyjson_mut_obj_iter_get_val(key));
  return n;
}

static int schema_compare_keys(const void *a, const void *b) {
  return str_compare(json_text(*(yyjson_val *const *)a), json_text(*(yyjson_val *const *)b));
}

static void schema_canon(struct buf *out, yyjson_val *v);

static void schema_canon_object(struct buf *out, yyjson_val *object) {
  size_t n = yyjson_obj_size(object), count = 0;
  yyjson_val **keys = mem_array(n, sizeof(yyjson_val *));
  yyjson_obj_iter it = yyjson_obj_iter_with(object);
  for (yyjson_val *key; (key = yyjson_obj_iter_next(&it));) keys[count++] = key;
  qsort(keys, n, sizeof *keys, schema_compare_keys);
  buf_add_char(out, '{');
  for (size_t i = 0; i < n; i++) {
    schema_canon(out, keys[i]);
    schema_canon(out, yyjson_obj_iter_get_val(keys[i]));
  }
  buf_add_char(out, '}');
  mem_free(keys);
}

// A text that is the same for equal values and for no others. As deep as the value, which was read with a
// limit.
static void schema_canon(struct buf *out, yyjson_val *v) {
  struct schema_number n;
  switch (schema_type_of(v)) {
  case SCHEMA_NULL:
    buf_add_char(out, 'z');
    return;
  case SCHEMA_BOOLEAN:
    buf_add_char(out, yyjson_get_bool(v) ? 't' : 'f');
    return;
  case SCHEMA_STRING:
    json_add_string(out, json_text(v));
    return;
  case SCHEMA_OBJECT:
    schema_canon_object(out, v);
    return;
  case SCHEMA_ARRAY: {
    buf_add_char(out, '[');
    yyjson_arr_iter it = yyjson_arr_iter_with(v);
    for (yyjson_val *item; (item = yyjson_arr_iter_next(&it));) schema_canon(out, item);
    buf_add_char(out, ']');
    return;
  }
  default:
    if (!schema_number_of(v, &n)) return;
    buf_printf(out, "%c%" PRIx64 ".%" PRIx64 "e%d;", n.negative ? '-' : '+', (uint64_t)(n.digits >> 64),
               (uint64_t)n.digits, n.exponent);
  }
}

static bool schema_equal_containers(yyjson_val *expected, yyjson_mut_val *value) {
  yyjson_doc *copy = yyjson_mut_val_imut_copy(value, NULL);
  if (!copy) abort();
  struct buf a = BUF_MAX(SCHEMA_CANON_MOST), b = BUF_MAX(SCHEMA_CANON_MOST);
  schema_canon(&a, expected);
  schema_canon(&b, yyjson_doc_get_root(copy));
  bool equal = !a.full && !b.full && str_eq(buf_str(&a), buf_str(&b));
  buf_free(&a);
  buf_free(&b);
  yyjson_doc_free(copy);
  return equal;
}

bool schema_equal(yyjson_val *expected, yyjson_mut_val *value) {
  unsigned type = schema_type_of(expected);
  struct schema_number a, b;
  if (type != schema_type_of(value)) return false;
  switch (type) {
  case SCHEMA_NULL:
    return true;
  case SCHEMA_BOOLEAN:
    return yyjson_get_bool(expected) == yyjson_mut_get_bool(value);
  case SCHEMA_STRING:
    return str_eq(json_text(expected), schema_text_of(value));
  case SCHEMA_ARRAY:
  case SCHEMA_OBJECT:
    return unsafe_yyjson_get_len(expected) == unsafe_yyjson_get_len(value) &&
           schema_equal_containers(expected, value);
  default:
    return schema_number_of(expected, &a) && schema_number_of(value, &b) &&
           schema_number_compare(&a, &b) == 0;
  }
}

bool schema_is_unique(yyjson_mut_val *array) {
  if (yyjson_mut_arr_size(array) < 2) return true;
  yyjson_doc *copy = yyjson_mut_val_imut_copy(array, NULL);
  if (!copy) abort();
  struct arena *a = arena_new();
  struct map seen = {0};
  struct buf text = BUF_MAX(SCHEMA_CANON_MOST);
  bool unique = true;
  yyjson_arr_iter it = yyjson_arr_iter_with(yyjson_doc_get_root(copy));
  for (yyjson_val *item; unique && (item = yyjson_arr_iter_next(&it));) {
    buf_clear(&text);
    schema_canon(&text, item);
    struct str key = arena_dup(a, buf_str(&text));
    unique = text.full || !map_get(&seen, key);
    map_put(&seen, key, item);
  }
  map_free(&seen);
  buf_free(&text);
  arena_free(a);
  yyjson_doc_free(copy);
  return unique;
}
