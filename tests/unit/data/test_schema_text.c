// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "data/json.h"
#include "data/schema_text.h"

static yyjson_doc *read(const char *text) {
  yyjson_doc *doc = yyjson_read(text, strlen(text), YYJSON_READ_NUMBER_AS_RAW);
  assert_non_null(doc);
  return doc;
}

static void test_values(void **state) {
  (void)state;
  static const char *const rows[][2] = {
      {"null", "null"},
      {"true", "true"},
      {"20", "20"},
      {"2.50", "2.50"},
      {"\"a\\\"b\"", "\"a\\\"b\""},
      {"[]", "an empty array"},
      {"[1]", "an array of 1 item"},
      {"[1,2,3]", "an array of 3 items"},
      {"{}", "an empty object"},
      {"{\"a\":1}", "an object with 1 property"},
      {"{\"a\":1,\"b\":2}", "an object with 2 properties"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct buf out = BUF_MAX(1000);
    yyjson_doc *doc = read(rows[i][0]);
    schema_render(&out, yyjson_doc_get_root(doc));
    check_text(buf_str(&out), rows[i][1]);
    yyjson_doc_free(doc);
    buf_free(&out);
  }
}

// What a client sent is shown in part, and no character of it in half.
static void test_long_value(void **state) {
  (void)state;
  char text[400] = "\"a";
  for (int i = 0; i < 60; i++) strcat(text, "é");
  strcat(text, "\"");
  struct buf out = BUF_MAX(1000);
  yyjson_doc *doc = read(text);
  schema_render(&out, yyjson_doc_get_root(doc));
  assert_true(out.n <= SCHEMA_FOUND_MOST + 6);
  assert_true(str_ends(buf_str(&out), "é…\""));
  yyjson_doc_free(doc);
  buf_free(&out);
}

static void test_schemas(void **state) {
  (void)state;
  static const char *const rows[][2] = {
      {"{\"type\":\"integer\",\"minimum\":5,\"maximum\":50}", "an integer between 5 and 50"},
      {"{\"enum\":[\"active\",\"pending\"]}", "one of: active, pending"},
      {"{\"const\":3}", "exactly 3"},
      {"{\"type\":\"array\",\"items\":{\"type\":\"string\"}}", "an array, each a string"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct buf out = BUF_MAX(1000);
    yyjson_doc *doc = read(rows[i][0]);
    schema_describe(&out, yyjson_doc_get_root(doc), yyjson_doc_get_root(doc));
    check_text(buf_str(&out), rows[i][1]);
    yyjson_doc_free(doc);
    buf_free(&out);
  }
}

// A schema that leads to itself ends somewhere.
static void test_deep(void **state) {
  (void)state;
  struct buf out = BUF_MAX(100000);
  yyjson_doc *doc = read("{\"type\":\"array\",\"items\":{\"$ref\":\"#\"}}");
  schema_describe(&out, yyjson_doc_get_root(doc), yyjson_doc_get_root(doc));
  assert_true(out.n > 0 && out.n < 1000);
  yyjson_doc_free(doc);
  buf_free(&out);
}

static void test_suggestions(void **state) {
  (void)state;
  yyjson_doc *doc = read("{\"zone_id\":{},\"name\":{}}");
  yyjson_val *properties = yyjson_doc_get_root(doc);
  struct buf out = BUF_MAX(1000);
  schema_suggest(&out, properties, STR("zoneid"));
  check_text(buf_str(&out), "; did you mean \"zone_id\"?");
  buf_clear(&out);
  schema_suggest(&out, properties, STR("something else"));
  check_text(buf_str(&out), "; the known ones are: zone_id, name");
  buf_clear(&out);
  schema_suggest(&out, NULL, STR("zone"));
  assert_int_equal(out.n, 0);
  buf_free(&out);
  yyjson_doc_free(doc);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_values), cmocka_unit_test(test_long_value),  cmocka_unit_test(test_schemas),
      cmocka_unit_test(test_deep),   cmocka_unit_test(test_suggestions),
  };
  return cmocka_run_group_tests_name("data/schema_text", tests, NULL, NULL);
}
