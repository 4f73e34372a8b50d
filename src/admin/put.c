// SPDX-License-Identifier: Apache-2.0
#include "admin/put.h"

#include "base/clock.h"
#include "data/json.h"

static void put_key(struct buf *out, const char *key) {
  char last = out->n ? out->p[out->n - 1] : '{';
  if (last != '{' && last != '[' && last != ':') buf_add_char(out, ',');
  if (!key) return;
  json_add_string(out, str_of(key));
  buf_add_char(out, ':');
}

void put_open(struct buf *out, const char *key, char bracket) {
  put_key(out, key);
  buf_add_char(out, bracket);
}

void put_close(struct buf *out, char bracket) {
  buf_add_char(out, bracket);
}

void put_text(struct buf *out, const char *key, struct str value) {
  put_key(out, key);
  json_add_string(out, value);
}

void put_text_or_null(struct buf *out, const char *key, struct str value) {
  if (value.n)
    put_text(out, key, value);
  else
    put_json(out, key, STR_NONE);
}

void put_texts(struct buf *out, const char *key, const struct str *values, size_t count) {
  put_open(out, key, '[');
  for (size_t i = 0; i < count; i++) put_text(out, NULL, values[i]);
  put_close(out, ']');
}

void put_int(struct buf *out, const char *key, int64_t value) {
  put_key(out, key);
  buf_printf(out, "%lld", (long long)value);
}

void put_bool(struct buf *out, const char *key, bool value) {
  put_key(out, key);
  buf_add_z(out, value ? "true" : "false");
}

void put_time(struct buf *out, const char *key, int64_t ms) {
  char text[CLOCK_TEXT];
  if (ms) clock_rfc3339(ms, text);
  put_text_or_null(out, key, ms ? str_of(text) : STR_NONE);
}

void put_json(struct buf *out, const char *key, struct str json) {
  put_key(out, key);
  buf_add(out, json.n ? json : STR("null"));
}

void put_value(struct buf *out, const char *key, yyjson_val *value) {
  put_key(out, key);
  if (value)
    json_write(out, value);
  else
    buf_add_z(out, "null");
}
