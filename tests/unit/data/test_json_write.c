// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "data/json.h"

static void test_strings(void **state) {
  (void)state;
  static const struct {
    struct str text;
    const char *json;
  } rows[] = {
      {STR(""), "\"\""},
      {STR("plain"), "\"plain\""},
      {STR("a\"b\\c/d"), "\"a\\\"b\\\\c/d\""},
      {STR("\b\f\n\r\t"), "\"\\b\\f\\n\\r\\t\""},
      {STR("\0\x1f\x7f"), "\"\\u0000\\u001f\x7f\""},
      {STR("Zürich 日本 😀"), "\"Zürich 日本 😀\""},
      {STR("\xff"), "\"\xef\xbf\xbd\""},
      {STR("\xc0\xaf"), "\"\xef\xbf\xbd\xef\xbf\xbd\""},                 // overlong
      {STR("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""}, // half a pair
      {STR("a\xe6\x97"), "\"a\xef\xbf\xbd\xef\xbf\xbd\""},               // cut within a character
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct buf out = BUF_MAX(200);
    json_add_string(&out, rows[i].text);
    check_text(buf_str(&out), rows[i].json);
    buf_free(&out);
  }
}

// Each place in a run of plain bytes, which are taken eight at a time.
static void test_every_offset(void **state) {
  (void)state;
  for (size_t n = 1; n < 40; n++)
    for (size_t at = 0; at < n; at++) {
      char text[40], want[64];
      struct buf out = BUF_MAX(200);
      memset(text, 'x', n);
      text[at] = '"';
      int w = snprintf(want, sizeof want, "%.*s\\\"%.*s", (int)at, text, (int)(n - at - 1), text + at + 1);
      json_add_escaped(&out, str_make(text, n));
      assert_int_equal(out.n, w);
      assert_memory_equal(out.p, want, (size_t)w);
      buf_free(&out);
    }
}

static void test_values(void **state) {
  (void)state;
  static const char *const rows[] = {"{\"a\":[1,2.50,1e400,\"x\\n\",null,true,{}],\"b\":{\"c\":[]}}", "\"x\"",
                                     "-0.00", "123456789012345678901234567890", "[]"};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const struct json_limits raw = {.depth = 10, .nodes = 100, .raw_numbers = true};
    struct buf out = BUF_MAX(200);
    struct err err;
    yyjson_doc *doc;
    assert_true(json_read(str_of(rows[i]), &raw, &doc, &err));
    json_write(&out, yyjson_doc_get_root(doc));
    check_text(buf_str(&out), rows[i]);
    yyjson_doc_free(doc);
    buf_free(&out);
  }
}

static void test_pointer(void **state) {
  (void)state;
  struct buf out = BUF_MAX(100);
  json_pointer_push(&out, STR("a/b"));
  json_pointer_push(&out, STR("~1"));
  json_pointer_push(&out, STR(""));
  check_text(buf_str(&out), "/a~1b/~01/"); // RFC 6901 §3
  buf_free(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_strings),
      cmocka_unit_test(test_every_offset),
      cmocka_unit_test(test_values),
      cmocka_unit_test(test_pointer),
  };
  return cmocka_run_group_tests_name("data/json_write", tests, NULL, NULL);
}
