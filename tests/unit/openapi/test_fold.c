// SPDX-License-Identifier: Apache-2.0
#include "openapi_fixture.h"

#include "base/buf.h"

enum { TEXT_MOST = 1 << 20 };

static const char *compile_body(struct buf *b, const char *schema, size_t ceiling) {
  buf_printf(b,
             "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"T\",\"version\":\"1\"},\"paths\":{\"/"
             "v\":{\"post\":{\"requestBody\":{\"required\":true,"
             "\"content\":{\"application/json\":{\"schema\":%s}}}}}}}",
             schema);
  buf_add_char(b, 0);
  struct openapi_options o = {.tool_bytes = ceiling};
  fixture_compile(b->p, &o);
  return b->p;
}

static size_t input_bytes(yyjson_val *tool) {
  size_t n = 0;
  free(yyjson_val_write(yyjson_obj_get(tool, "input"), 0, &n));
  return n;
}

// {"wide":{…leaf…}, "deep":{"l0":{"l1":…}}} with strings everywhere
static void add_deep(struct buf *b, int levels) {
  for (int i = 0; i < levels; i++)
    buf_printf(b,
               "{\"type\":\"object\",\"required\":[\"s\"],\"properties\":{\"s\":{\"type\":\"string\","
               "\"description\":\"text of level %d\"},\"l\":",
               i);
  buf_add_z(b, "{\"type\":\"integer\"}");
  for (int i = 0; i < levels; i++) buf_add_z(b, "}}");
  buf_add_char(b, 0);
}

static void test_deepest_parts_give_way(void **state) {
  (void)state;
  struct buf schema = BUF_MAX(TEXT_MOST), text = BUF_MAX(TEXT_MOST);
  static const char *const valid =
      "{\"s\":\"a\",\"l\":{\"s\":\"b\",\"l\":{\"s\":\"c\",\"l\":{\"s\":\"d\"}}}}";
  static const char *const invalid = "{\"s\":\"a\",\"l\":{\"s\":{}}}";
  add_deep(&schema, 18);
  compile_body(&text, schema.p, 0);
  assert_int_equal(fixture.result.folded, 0);
  assert_true(fixture_accepts(fixture_tool("POST /v"), valid));
  fixture_end();
  for (size_t ceiling = 1600; ceiling >= 350; ceiling -= 250) {
    buf_clear(&text);
    compile_body(&text, schema.p, ceiling);
    yyjson_val *tool = fixture_tool("POST /v");
    assert_int_equal(fixture.result.folded, 1);
    assert_true(json_bool(tool, "folded", false));
    assert_true(str_contains(json_str(tool, "description"), STR("left open")));
    assert_true(input_bytes(tool) <= ceiling);
    assert_true(fixture_accepts(tool, valid));
    if (ceiling >= 1100) { // the shallow parts are as they were
      assert_false(fixture_accepts(tool, invalid));
      assert_true(fixture_at(tool, "/input/properties/l/properties/l/properties/s/type") != NULL);
    }
    fixture_end();
  }
  buf_free(&schema);
  buf_free(&text);
}

static void test_neighbours_are_loosened_with_it(void **state) {
  (void)state;
  // Folded branches of oneOf would both match, a folded `not` would deny all, a folded `if` would always ask
  // for `then`.
  static const char deep[] = "{\"type\":\"object\",\"properties\":{"
                             "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\":{\"const\":%d},"
                             "\"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
                             "b\":{\"const\":\"cccccccccccccccccccccc\"}},"
                             "\"required\":[\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"]}";
  char one[600], two[600], schema[4096];
  snprintf(one, sizeof one, deep, 1);
  snprintf(two, sizeof two, deep, 2);
  snprintf(schema, sizeof schema,
           "{\"type\":\"object\",\"properties\":{\"x\":{\"oneOf\":[%s,%s]},\"y\":{\"not\":%s},\"z\":{\"if\":%"
           "s,\"then\":{\"required\":[\"q\"]}}}}",
           one, two, one, two);
  static const char valid[] =
      "{\"x\":{\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\":1},\"y\":{},\"z\":{}}";
  struct buf text = BUF_MAX(TEXT_MOST);
  for (size_t ceiling = 1200; ceiling >= 150; ceiling -= 50) {
    buf_clear(&text);
    compile_body(&text, schema, ceiling);
    assert_true(input_bytes(fixture_tool("POST /v")) <= ceiling);
    assert_true(fixture_accepts(fixture_tool("POST /v"), valid));
    fixture_end();
  }
  buf_free(&text);
}

static void test_deep_documents_are_left_open_below(void **state) {
  (void)state;
  struct buf schema = BUF_MAX(TEXT_MOST), text = BUF_MAX(TEXT_MOST);
  add_deep(&schema, 27); // as deep as the reader lets it be, nearly
  compile_body(&text, schema.p, 0);
  yyjson_val *tool = fixture_tool("POST /v");
  assert_int_equal(fixture.result.folded, 1);
  assert_true(fixture_accepts(tool, "{\"s\":\"a\",\"l\":{\"s\":\"b\"}}"));
  fixture_end();
  buf_free(&schema);
  buf_free(&text);
}

static void test_wide_schemas_keep_names_as_long_as_they_fit(void **state) {
  (void)state;
  struct buf schema = BUF_MAX(TEXT_MOST), text = BUF_MAX(TEXT_MOST);
  buf_add_z(&schema, "{\"type\":\"object\",\"properties\":{");
  for (int i = 0; i < 300; i++)
    buf_printf(
        &schema,
        "%s\"name_%d\":{\"type\":\"string\",\"enum\":[\"one of many\",\"two of many\",\"three of many\"]}",
        i ? "," : "", i);
  buf_add_z(&schema, "}}");
  buf_add_char(&schema, 0);
  compile_body(&text, schema.p, 12000);
  fixture_is(fixture_tool("POST /v"), "/input/properties/name_299", "{\"type\":\"string\"}");
  fixture_end();
  buf_clear(&text);
  compile_body(&text, schema.p, 200);
  fixture_is(fixture_tool("POST /v"), "/input", "{\"type\":\"object\"}");
  fixture_end();
  buf_free(&schema);
  buf_free(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_deepest_parts_give_way),
      cmocka_unit_test(test_neighbours_are_loosened_with_it),
      cmocka_unit_test(test_deep_documents_are_left_open_below),
      cmocka_unit_test(test_wide_schemas_keep_names_as_long_as_they_fit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
