// SPDX-License-Identifier: Apache-2.0
#include "connector/reader.h"

#include <stdarg.h>
#include <stdio.h>

#include "connector/connector.h"
#include "data/json.h"
#include "data/uri.h"

void reader_fail(struct reader *r, yyjson_val *at, const char *format, ...) {
  if (r->failed) return;
  r->failed = true;
  char text[sizeof r->err->text], field[sizeof r->err->field];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  unsigned line = at ? yaml_line(r->yaml, at) : 0;
  snprintf(field, sizeof field, line ? "%.80s:%u" : "%.80s", r->file, line);
  err_at(r->err, ERR_INVALID, field, "%s", text);
}

static const char *reader_nearest(struct str key, const char *const *allowed) {
  const char *nearest = NULL;
  unsigned least = 3;
  for (; *allowed; allowed++) {
    unsigned distance = str_distance(key, str_of(*allowed));
    if (distance > least || (nearest && distance == least)) continue;
    least = distance;
    nearest = *allowed;
  }
  return nearest;
}

static void reader_key(struct reader *r, yyjson_val *key, const char *what, const char *const *allowed) {
  struct str name = json_text(key);
  for (size_t i = 0; allowed[i]; i++)
    if (str_is(name, allowed[i])) return;
  const char *nearest = reader_nearest(name, allowed);
  bool first = !r->failed;
  reader_fail(r, key, "%s has no key '%.*s'", what, STR_ARG(name));
  if (!first) return;
  if (nearest) {
    err_hint(r->err, "did you mean '%s'?", nearest);
    return;
  }
  char list[sizeof r->err->hint] = "";
  for (size_t i = 0, n = 0; allowed[i] && n < sizeof list; i++)
    n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", i ? ", " : "", allowed[i]);
  err_hint(r->err, "its keys are %s", list);
}

void reader_keys(struct reader *r, yyjson_val *v, const char *what, const char *const *allowed) {
  if (!yyjson_is_obj(v)) {
    reader_fail(r, v, "%s must be a mapping", what);
    return;
  }
  yyjson_obj_iter iter = yyjson_obj_iter_with(v);
  for (yyjson_val *key; !r->failed && (key = yyjson_obj_iter_next(&iter));) reader_key(r, key, what, allowed);
}

struct str reader_text(struct reader *r, yyjson_val *object, const char *key, enum reader_need need) {
  yyjson_val *v = yyjson_obj_get(object, key);
  if (!v && need == READER_OPTIONAL) return STR_NONE;
  if (!v)
    reader_fail(r, object, "'%s' is missing", key);
  else if (!yyjson_is_str(v))
    reader_fail(r, v, "'%s' must be text", key);
  else if (need == READER_REQUIRED && !json_text(v).n)
    reader_fail(r, v, "'%s' is empty", key);
  return yyjson_is_str(v) ? json_text(v) : STR_NONE;
}

int64_t reader_int(struct reader *r, yyjson_val *object, const char *key, int64_t otherwise) {
  yyjson_val *v = yyjson_obj_get(object, key);
  if (!v) return otherwise;
  if (!yyjson_is_int(v)) reader_fail(r, v, "'%s' must be a whole number", key);
  return yyjson_is_int(v) ? yyjson_get_sint(v) : otherwise;
}

bool reader_bool(struct reader *r, yyjson_val *object, const char *key, bool otherwise) {
  yyjson_val *v = yyjson_obj_get(object, key);
  if (v && !yyjson_is_bool(v)) reader_fail(r, v, "'%s' must be true or false", key);
  return yyjson_is_bool(v) ? yyjson_get_bool(v) : otherwise;
}

int reader_choice(struct reader *r, yyjson_val *object, const char *key, const char *const *choices) {
  struct str text = reader_text(r, object, key, READER_REQUIRED);
  char list[128] = "";
  size_t n = 0;
  for (int i = 0; choices[i]; i++) {
    if (str_is(text, choices[i])) return i;
    if (n < sizeof list) n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", i ? ", " : "", choices[i]);
  }
  reader_fail(r, yyjson_obj_get(object, key), "'%s' is '%.*s', not one of %s", key, STR_ARG(text), list);
  return 0;
}

yyjson_val *reader_list(struct reader *r, yyjson_val *object, const char *key, size_t most) {
  yyjson_val *v = yyjson_obj_get(object, key);
  if (!v || r->failed) return NULL;
  if (!yyjson_is_arr(v)) {
    reader_fail(r, v, "'%s' must be a list", key);
    return NULL;
  }
  if (yyjson_arr_size(v) <= most) return v;
  reader_fail(r, v, "'%s' has %zu entries, at most %zu are read", key, yyjson_arr_size(v), most);
  return NULL;
}

struct str reader_pointer(struct reader *r, yyjson_val *object, const char *key, enum reader_need need) {
  struct str text = reader_text(r, object, key, need);
  if (text.n && text.p[0] != '/')
    reader_fail(r, yyjson_obj_get(object, key), "'%s' is '%.*s'; a JSON pointer starts with '/'", key,
                STR_ARG(text));
  return text;
}

struct str reader_link(struct reader *r, yyjson_val *object, const char *key) {
  struct str text = reader_text(r, object, key, READER_OPTIONAL);
  struct uri uri;
  struct err why;
  if (text.n && !uri_parse_http(text, &uri, &why))
    reader_fail(r, yyjson_obj_get(object, key), "'%s': %s", key, why.text);
  return text;
}

struct str *reader_texts(struct reader *r, yyjson_val *object, const char *key, size_t most, size_t *count) {
  size_t i, n, taken = 0;
  yyjson_val *item, *list = reader_list(r, object, key, most);
  struct str *texts = ARENA_ARRAY(r->arena, yyjson_arr_size(list) + 1, struct str);
  yyjson_arr_foreach (list, i, n, item) {
    if (!json_text(item).n) reader_fail(r, item, "an entry of '%s' must be text", key);
    texts[taken++] = json_text(item);
  }
  *count = taken;
  return texts;
}

size_t reader_globs(yyjson_val *list) {
  size_t i, n, sum = 0;
  yyjson_val *item;
  yyjson_arr_foreach (list, i, n, item) sum += yyjson_arr_size(yyjson_obj_get(item, "tools"));
  return sum;
}

bool reader_is_word(struct str s, char joint) {
  if (!s.n || s.n > CONNECTOR_WORD_MOST || s.p[0] < 'a' || s.p[0] > 'z') return false;
  for (size_t i = 1; i < s.n; i++) {
    char c = s.p[i];
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == joint)) return false;
  }
  return true;
}
