// SPDX-License-Identifier: Apache-2.0
#include "openapi_fixture.h"

#include "base/buf.h"

// A document with one schema as the query parameter `v`, and others it may refer to.
static void with_schema(const char *version, const char *schema, const char *schemas) {
  char text[8192];
  snprintf(text, sizeof text,
           "{\"openapi\":\"%s\",\"info\":{\"title\":\"T\",\"version\":\"1\"},\"paths\":{\"/"
           "v\":{\"get\":{\"parameters\":["
           "{\"name\":\"v\",\"in\":\"query\",\"schema\":%s}]}}},\"components\":{\"schemas\":{%s}}}",
           version, schema, schemas ? schemas : "");
  fixture_compile(text, NULL);
}

struct row {
  const char *version, *schema, *want;
};

static void check_rows(const struct row *rows, size_t count) {
  for (size_t i = 0; i < count; i++) {
    with_schema(rows[i].version, rows[i].schema, NULL);
    fixture_is(fixture_tool("GET /v"), "/input/properties/v", rows[i].want);
    fixture_end();
  }
}

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof *(rows))

static void test_old_keywords_become_new_ones(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"3.0.3", "{\"type\":\"string\",\"nullable\":true}", "{\"type\":[\"string\",\"null\"]}"},
      {"3.0.3", "{\"type\":\"integer\",\"minimum\":5,\"exclusiveMinimum\":true}",
       "{\"type\":\"integer\",\"exclusiveMinimum\":5}"},
      {"3.0.3", "{\"type\":\"integer\",\"maximum\":5,\"exclusiveMaximum\":false}",
       "{\"type\":\"integer\",\"maximum\":5}"},
      {"3.1.0", "{\"type\":\"integer\",\"exclusiveMaximum\":5}",
       "{\"type\":\"integer\",\"exclusiveMaximum\":5}"},
      {"3.0.3", "{\"type\":\"string\",\"example\":\"a\"}", "{\"type\":\"string\",\"examples\":[\"a\"]}"},
      {"3.0.3", "{\"type\":\"string\",\"enum\":[\"a\",null]}",
       "{\"type\":[\"string\",\"null\"],\"enum\":[\"a\",null]}"},
      {"3.0.3", "{\"type\":\"string\",\"enum\":[\"a\"],\"nullable\":true}",
       "{\"type\":[\"string\",\"null\"],\"enum\":[\"a\",null]}"},
      {"3.0.3", "{\"enum\":[\"a\",null]}", "{\"enum\":[\"a\",null]}"},
      {"3.0.3", "{\"type\":\"string\",\"enum\":[\"a\"],\"default\":\"\"}",
       "{\"type\":\"string\",\"enum\":[\"a\",\"\"],\"default\":\"\"}"},
      {"3.0.3", "{\"type\":\"integer\",\"enum\":[1,2],\"default\":2}",
       "{\"type\":\"integer\",\"enum\":[1,2],\"default\":2}"},
      {"3.0.3", "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"object\",\"properties\":{}}}",
       "{\"type\":\"object\",\"additionalProperties\":true}"},
      {"3.0.3", "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"object\"}}",
       "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"object\"}}"},
      {"3.0.3", "{\"properties\":{\"a\":{\"type\":\"string\"}}}",
       "{\"properties\":{\"a\":{\"type\":\"string\"}}}"},
      {"3.0.3", "{\"type\":\"string\",\"xml\":{},\"externalDocs\":{},\"x-a\":1,\"whatever\":2}",
       "{\"type\":\"string\"}"},
      {"3.0.3", "{\"allOf\":[{\"type\":\"string\"}],\"nullable\":true,\"description\":\"d\"}",
       "{\"description\":\"d\",\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}"},
      {"3.1.0", "{\"type\":[\"string\",\"null\"],\"format\":\"uuid\"}",
       "{\"type\":[\"string\",\"null\"],\"format\":\"uuid\"}"},
      {"3.1.0", "{\"items\":[{\"type\":\"string\"}]}", "{\"prefixItems\":[{\"type\":\"string\"}]}"},
      {"3.1.0", "true", "{}"},
  };
  CHECK_ROWS(rows);
}

static void test_unsound_keywords_go_and_the_operation_stays(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"3.0.3", "{\"type\":\"object\",\"enum\":[null]}", "{\"type\":[\"object\",\"null\"]}"},
      {"3.0.3", "{\"type\":\"integer\",\"enum\":[\"1\",\"2\"]}", "{\"type\":\"integer\",\"enum\":[1,2]}"},
      // Values against their type are read as it, where they can be; else they are what was thought of.
      {"3.0.3", "{\"type\":\"string\",\"enum\":[1,2.5,true,\"on\"]}",
       "{\"type\":\"string\",\"enum\":[\"1\",\"2.5\",\"true\",\"on\"]}"},
      {"3.0.3", "{\"type\":\"boolean\",\"enum\":[\"true\",\"false\"]}",
       "{\"type\":\"boolean\",\"enum\":[true,false]}"},
      {"3.0.3", "{\"type\":\"number\",\"enum\":[\"0.5\",\"1\"]}", "{\"type\":\"number\",\"enum\":[0.5,1]}"},
      {"3.0.3", "{\"type\":\"integer\",\"enum\":[\"1\",\"all\"]}",
       "{\"type\":[\"string\",\"integer\"],\"enum\":[\"1\",\"all\"]}"},
      {"3.0.3", "{\"type\":\"integer\",\"enum\":[\"asc\",\"desc\"]}",
       "{\"type\":[\"string\",\"integer\"],\"enum\":[\"asc\",\"desc\"]}"},
      {"3.1.0", "{\"type\":\"string\",\"const\":2}", "{\"type\":\"string\",\"const\":\"2\"}"},
      {"3.0.3", "{\"type\":\"array\",\"enum\":[\"a\"],\"items\":{}}", "{\"type\":\"array\",\"items\":{}}"},
      {"3.0.3", "{\"type\":\"array\",\"minLength\":3,\"items\":{}}", "{\"type\":\"array\",\"items\":{}}"},
      {"3.0.3", "{\"type\":\"string\",\"minLength\":-1}", "{\"type\":\"string\"}"},
      {"3.0.3", "{\"type\":\"string\",\"minLength\":9,\"maxLength\":3}",
       "{\"type\":\"string\",\"maxLength\":3}"},
      {"3.0.3", "{\"type\":\"number\",\"multipleOf\":0}", "{\"type\":\"number\"}"},
      {"3.0.3", "{\"type\":\"datetime\"}", "{}"},
      {"3.0.3", "{\"type\":\"string\",\"enum\":[]}", "{\"type\":\"string\"}"},
      {"3.0.3", "{\"type\":\"string\",\"enum\":[\"a\",\"a\",\"b\"]}",
       "{\"type\":\"string\",\"enum\":[\"a\",\"b\"]}"},
      {"3.0.3", "{\"type\":\"object\",\"required\":true,\"properties\":{\"a\":7}}",
       "{\"type\":\"object\",\"properties\":{\"a\":{}}}"},
      {"3.0.3", "{\"type\":\"string\",\"pattern\":\"(?i)x\"}", "{\"type\":\"string\"}"},
      {"3.0.3", "{\"type\":\"string\",\"pattern\":\"^[\\\\w-.]\\\\-$\"}",
       "{\"type\":\"string\",\"pattern\":\"^[\\\\w\\\\-.]-$\"}"},
      {"3.0.3", "{\"allOf\":[]}", "{}"},
      {"3.0.3", "{\"not\":3}", "{}"},
  };
  CHECK_ROWS(rows);
}

static void test_merges_what_says_the_same(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"3.0.3", "{\"allOf\":[{\"type\":\"object\",\"properties\":{\"a\":{}}},{\"required\":[\"a\"]}]}",
       "{\"type\":\"object\",\"properties\":{\"a\":{}},\"required\":[\"a\"]}"},
      {"3.0.3", "{\"oneOf\":[{\"type\":\"string\"}],\"description\":\"d\"}",
       "{\"type\":\"string\",\"description\":\"d\"}"},
      {"3.0.3", "{\"allOf\":[{\"type\":\"string\",\"description\":\"inner\"}],\"description\":\"outer\"}",
       "{\"type\":\"string\",\"description\":\"outer\"}"},
      // Both must hold, so neither may be lost.
      {"3.0.3", "{\"allOf\":[{\"minLength\":2},{\"minLength\":3}]}",
       "{\"minLength\":2,\"allOf\":[{\"minLength\":3}]}"},
      {"3.0.3",
       "{\"allOf\":[{\"properties\":{\"a\":{\"type\":\"string\"}}},{\"properties\":{\"a\":{\"maxLength\":3}}}"
       "]}",
       "{\"properties\":{\"a\":{\"type\":\"string\",\"maxLength\":3}}}"},
      // `additionalProperties` speaks of the properties beside it only.
      {"3.0.3",
       "{\"allOf\":[{\"properties\":{\"a\":{}}},{\"properties\":{\"b\":{}},\"additionalProperties\":{"
       "\"type\":"
       "\"string\"}}]}",
       "{\"properties\":{\"a\":{}},\"allOf\":[{\"properties\":{\"b\":{}},\"additionalProperties\":{\"type\":"
       "\"string\"}}]}"},
  };
  CHECK_ROWS(rows);
}

static void test_merges_what_its_author_meant(void **state) {
  (void)state;
  static const struct row rows[] = {
      // Each part closes the object: meant are the properties of all.
      {"3.0.3",
       "{\"allOf\":[{\"properties\":{\"a\":{}},\"additionalProperties\":false},{\"properties\":{\"b\":{}},"
       "\"additionalProperties\":false}]}",
       "{\"properties\":{\"a\":{},\"b\":{}},\"additionalProperties\":false}"},
      {"3.0.3",
       "{\"allOf\":[{\"properties\":{\"a\":{}}},{\"properties\":{\"b\":{}},\"additionalProperties\":false}]}",
       "{\"properties\":{\"a\":{},\"b\":{}},\"additionalProperties\":false}"},
      {"3.1.0",
       "{\"properties\":{\"a\":{}},\"additionalProperties\":false,\"allOf\":[{\"properties\":{\"b\":{}},"
       "\"unevaluatedProperties\":false}]}",
       "{\"properties\":{\"a\":{},\"b\":{}},\"additionalProperties\":false}"},
      {"3.0.3",
       "{\"allOf\":[{\"allOf\":[{\"properties\":{\"a\":{}},\"additionalProperties\":false},{\"properties\":{"
       "\"b\":{}}}]},{\"properties\":{\"c\":{}},\"additionalProperties\":false}]}",
       "{\"properties\":{\"a\":{},\"b\":{},\"c\":{}},\"additionalProperties\":false}"},
      // What cannot be put together is left open.
      {"3.0.3",
       "{\"allOf\":[{\"properties\":{\"a\":{}},\"additionalProperties\":false},{\"anyOf\":[{\"properties\":{"
       "\"b\":{}}},{\"properties\":{\"c\":{}}}]}]}",
       "{\"properties\":{\"a\":{}},\"anyOf\":[{\"properties\":{\"b\":{}}},{\"properties\":{\"c\":{}}}]}"},
      // The same beside branches, and in them.
      {"3.0.3",
       "{\"properties\":{\"a\":{}},\"additionalProperties\":false,\"oneOf\":[{\"properties\":{\"b\":{}}},{"
       "\"properties\":{\"c\":{}},\"additionalProperties\":false}]}",
       "{\"properties\":{\"a\":{}},\"anyOf\":[{\"properties\":{\"b\":{}}},{\"properties\":{\"c\":{}}}]}"},
      {"3.0.3",
       "{\"properties\":{\"a\":{},\"b\":{}},\"additionalProperties\":false,\"anyOf\":[{\"required\":[\"a\"]},"
       "{"
       "\"required\":[\"b\"]}]}",
       "{\"properties\":{\"a\":{},\"b\":{}},\"additionalProperties\":false,\"anyOf\":[{\"required\":[\"a\"]},"
       "{"
       "\"required\":[\"b\"]}]}"},
      // Branches overlap: what fits two of them is meant to be sent.
      {"3.0.3", "{\"oneOf\":[{\"type\":\"string\"},{\"type\":\"integer\"}]}",
       "{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"integer\"}]}"},
      {"3.0.3",
       "{\"anyOf\":[{\"minLength\":1},{\"maxLength\":3}],\"oneOf\":[{\"minLength\":2},{\"maxLength\":4}]}",
       "{\"anyOf\":[{\"minLength\":1},{\"maxLength\":3}],\"allOf\":[{\"anyOf\":[{\"minLength\":2},{"
       "\"maxLength\":4}]}]}"},
  };
  CHECK_ROWS(rows);
}

static void test_read_only_is_not_asked_for(void **state) {
  (void)state;
  static const struct row rows[] = {
      {"3.0.3",
       "{\"type\":\"object\",\"required\":[\"id\",\"a\"],\"properties\":{\"id\":{\"readOnly\":true},\"a\":{}}"
       "}",
       "{\"type\":\"object\",\"required\":[\"a\"],\"properties\":{\"a\":{}}}"},
      {"3.0.3",
       "{\"allOf\":[{\"properties\":{\"id\":{\"readOnly\":true},\"a\":{}}},{\"required\":[\"id\"],"
       "\"additionalProperties\":false}]}",
       "{\"properties\":{\"a\":{}},\"additionalProperties\":false}"},
      // Without the readOnly property the branches are not told apart any more.
      {"3.0.3",
       "{\"oneOf\":[{\"properties\":{\"k\":{\"enum\":[1],\"readOnly\":true}}},{\"properties\":{\"k\":{"
       "\"enum\":[2],\"readOnly\":true}}}]}",
       "{\"anyOf\":[{\"properties\":{}},{\"properties\":{}}]}"},
      {"3.0.3", "{\"type\":\"object\",\"required\":[\"typo\"],\"properties\":{\"a\":{}}}",
       "{\"type\":\"object\",\"properties\":{\"a\":{}}}"},
      {"3.0.3", "{\"type\":\"object\",\"required\":[\"k\"]}", "{\"type\":\"object\",\"required\":[\"k\"]}"},
      {"3.0.3", "{\"type\":\"object\",\"properties\":{\"w\":{\"type\":\"string\",\"writeOnly\":true}}}",
       "{\"type\":\"object\",\"properties\":{\"w\":{\"type\":\"string\",\"writeOnly\":true}}}"},
  };
  CHECK_ROWS(rows);
}

static void test_references(void **state) {
  (void)state;
  // 3.0: what stands beside a reference is words only. 3.1: it holds too.
  with_schema("3.0.3", "{\"$ref\":\"#/components/schemas/a~1b%20c\",\"minLength\":9,\"description\":\"d\"}",
              "\"a/b c\":{\"type\":\"string\"}");
  fixture_is(fixture_tool("GET /v"), "/input/properties/v", "{\"type\":\"string\",\"description\":\"d\"}");
  fixture_end();
  with_schema("3.1.0", "{\"$ref\":\"#/components/schemas/A\",\"minLength\":9}",
              "\"A\":{\"$ref\":\"#/components/schemas/B\"},\"B\":{\"type\":\"string\"}");
  fixture_is(fixture_tool("GET /v"), "/input/properties/v", "{\"type\":\"string\",\"minLength\":9}");
  fixture_end();
  with_schema("3.0.3", "{\"$ref\":\"#/components/schemas/A\",\"nullable\":true}",
              "\"A\":{\"type\":\"string\"}");
  fixture_is(fixture_tool("GET /v"), "/input/properties/v",
             "{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}");
  fixture_end();
}

static void test_recursion_stays_in_defs(void **state) {
  (void)state;
  with_schema("3.0.3", "{\"$ref\":\"#/components/schemas/Tree\"}",
              "\"Tree\":{\"type\":\"object\",\"properties\":{\"kids\":{\"type\":\"array\",\"items\":{\"$"
              "ref\":\"#/components/schemas/Tree\"}}}}");
  yyjson_val *tool = fixture_tool("GET /v");
  fixture_is(tool, "/input/properties/v/properties/kids/items", "{\"$ref\":\"#/$defs/Tree\"}");
  fixture_is(tool, "/input/$defs/Tree/properties/kids/items", "{\"$ref\":\"#/$defs/Tree\"}");
  assert_true(fixture_accepts(tool, "{\"v\":{\"kids\":[{\"kids\":[]}]}}"));
  assert_false(fixture_accepts(tool, "{\"v\":{\"kids\":[{\"kids\":[7]}]}}"));
  fixture_end();
  // Used twice is not recursive.
  with_schema("3.0.3",
              "{\"properties\":{\"a\":{\"$ref\":\"#/components/schemas/S\"},\"b\":{\"$ref\":\"#/components/"
              "schemas/S\"}}}",
              "\"S\":{\"type\":\"string\"}");
  fixture_is(fixture_tool("GET /v"), "/input/$defs", NULL);
  fixture_is(fixture_tool("GET /v"), "/input/properties/v/properties/b", "{\"type\":\"string\"}");
  fixture_end();
}

static void test_endless_references_lose_one_operation(void **state) {
  (void)state;
  static const char *const schemas[] = {
      "\"A\":{\"$ref\":\"#/components/schemas/A\"}",
      "\"A\":{\"$ref\":\"#/components/schemas/B\"},\"B\":{\"$ref\":\"#/components/schemas/A\"}",
      "\"B\":{}",
      "\"A\":{\"$ref\":\"https://example.com/a.json\"}",
      "\"A\":{\"$ref\":\"other.json\"}",
      "\"A\":{\"$ref\":\"#/components/schemas/%zz\"}",
  };
  for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++) {
    with_schema("3.1.0", "{\"$ref\":\"#/components/schemas/A\"}", schemas[i]);
    assert_int_equal(fixture.result.skipped, 1);
    assert_int_equal(fixture.result.tools, 0);
    assert_true(fixture_noted(OPENAPI_SKIPPED, "GET /v", ""));
    fixture_end();
  }
}

// Each level refers twice to the next: put in place it would be 2^40 schemas.
static void test_doubling_does_not_explode(void **state) {
  (void)state;
  char schemas[8192];
  size_t n = 0;
  for (int i = 0; i < 40; i++)
    n += (size_t)snprintf(schemas + n, sizeof schemas - n,
                          "\"S%d\":{\"properties\":{\"a\":{\"$ref\":\"#/components/schemas/"
                          "S%d\"},\"b\":{\"$ref\":\"#/components/schemas/S%d\"}}},",
                          i, i + 1, i + 1);
  snprintf(schemas + n, sizeof schemas - n, "\"S40\":{\"type\":\"string\"}");
  char text[10000];
  snprintf(text, sizeof text,
           "{\"openapi\":\"3.0.0\",\"info\":{\"title\":\"T\",\"version\":\"1\"},\"paths\":{\"/"
           "v\":{\"get\":{\"parameters\":["
           "{\"name\":\"v\",\"in\":\"query\",\"schema\":{\"$ref\":\"#/components/schemas/"
           "S0\"}}]}}},\"components\":{\"schemas\":{%s}}}",
           schemas);
  fixture_compile(text, NULL);
  yyjson_val *tool = fixture_tool("GET /v");
  assert_non_null(fixture_at(tool, "/input/$defs"));
  assert_true(fixture_accepts(tool, "{\"v\":{\"a\":{\"b\":{}}}}"));
  assert_true(fixture.result.toolset.n < 30000);
  fixture_end();
}

// A chain of schemas that each know the first: all recursive, so all would go to $defs.
static void test_many_recursive_schemas_are_bounded(void **state) {
  (void)state;
  enum { LINKS = 5000 };
  struct buf b = BUF_MAX(LINKS * 256);
  buf_add_z(&b, "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"T\",\"version\":\"1\"},\"paths\":{\"/"
                "v\":{\"get\":{\"parameters\":["
                "{\"name\":\"v\",\"in\":\"query\",\"schema\":{\"$ref\":\"#/components/schemas/"
                "S0\"}}]}}},\"components\":{\"schemas\":{");
  for (int i = 0; i < LINKS; i++)
    buf_printf(&b,
               "\"S%d\":{\"properties\":{\"n\":{\"$ref\":\"#/components/schemas/S%d\"},\"me\":{\"$ref\":\"#/"
               "components/schemas/S%d\"}}},",
               i, i + 1, i);
  buf_printf(&b, "\"S%d\":{\"type\":\"string\"}}}}", LINKS);
  buf_add_char(&b, 0);
  assert_false(b.full);
  struct openapi_options o = {.tool_bytes = 0};
  fixture_compile(b.p, &o);
  yyjson_val *tool = fixture_tool("GET /v");
  assert_true(yyjson_obj_size(fixture_at(tool, "/input/$defs")) <= 512);
  assert_true(json_bool(tool, "folded", false));
  assert_true(fixture_accepts(tool, "{\"v\":{\"n\":{\"n\":{\"me\":{}}}}}"));
  fixture_end();
  o.tool_bytes = 2048;
  fixture_compile(b.p, &o);
  assert_true(fixture_accepts(fixture_tool("GET /v"), "{\"v\":{\"n\":{\"n\":{\"me\":{}}}}}"));
  fixture_end();
  buf_free(&b);
}

static void test_discriminator_is_told(void **state) {
  (void)state;
  with_schema("3.0.3",
              "{\"oneOf\":[{\"type\":\"object\"},{\"type\":\"string\"}],\"discriminator\":{\"propertyName\":"
              "\"kind\",\"mapping\":{\"cat\":\"x\",\"dog\":\"y\"}}}",
              NULL);
  check_text(json_text(fixture_at(fixture_tool("GET /v"), "/input/properties/v/description")),
             "`kind` says which form it is: cat, dog");
  fixture_end();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_old_keywords_become_new_ones),
      cmocka_unit_test(test_unsound_keywords_go_and_the_operation_stays),
      cmocka_unit_test(test_merges_what_says_the_same),
      cmocka_unit_test(test_merges_what_its_author_meant),
      cmocka_unit_test(test_read_only_is_not_asked_for),
      cmocka_unit_test(test_references),
      cmocka_unit_test(test_recursion_stays_in_defs),
      cmocka_unit_test(test_endless_references_lose_one_operation),
      cmocka_unit_test(test_doubling_does_not_explode),
      cmocka_unit_test(test_many_recursive_schemas_are_bounded),
      cmocka_unit_test(test_discriminator_is_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
