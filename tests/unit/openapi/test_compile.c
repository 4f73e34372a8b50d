// SPDX-License-Identifier: Apache-2.0
#include "openapi/compile.h"

#include "openapi_fixture.h"

static const char document[] =
    "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    get: {summary: One}\n  /b/{x:\n    "
    "get: {}\n"
    "  /c:\n    get: {parameters: [{name: q, in: query, schema: {type: nonsense}}]}\n";

// One bad operation is named with its line and its reason, and the rest is there.
static void test_what_came_of_each_operation(void **state) {
  (void)state;
  fixture_compile(document, NULL);
  assert_int_equal(fixture.result.operations, 3);
  assert_int_equal(fixture.result.tools, 2);
  assert_int_equal(fixture.result.skipped, 1);
  assert_int_equal(fixture.result.folded, 0);
  assert_int_equal(fixture.result.renamed, 0);
  assert_true(fixture_noted(OPENAPI_SKIPPED, "GET /b/{x", "without a '}'"));
  assert_true(fixture_noted(OPENAPI_WARNING, "", "schema keyword `type` left out"));
  assert_int_equal(fixture.result.note_count, 2);
  for (size_t i = 0; i < fixture.result.note_count; i++)
    if (fixture.result.notes[i].kind == OPENAPI_SKIPPED) assert_int_equal(fixture.result.notes[i].line, 7);
  fixture_is(fixture_tool("GET /a"), "/title", "\"One\"");
  fixture_is(fixture_tool("GET /a"), "/class", "\"get\"");
  fixture_end();
}

static void test_names_given_before_are_kept(void **state) {
  (void)state;
  struct map names = {0};
  char old_name[] = "old_name";
  map_put(&names, STR("GET /a"), old_name);
  struct openapi_options o = {.tool_bytes = 4096, .names = &names};
  fixture_compile(document, &o);
  check_text(json_str(fixture_tool("GET /a"), "name"), old_name);
  fixture_end();
  map_free(&names);
}

static void test_what_is_no_description_is_refused(void **state) {
  (void)state;
  static const char *const bad[] = {"", "[]", "{", "{\"openapi\":\"1.0\",\"paths\":{}}", "hello: world"};
  struct openapi_options o = {.connector = STR("acme"), .tool_bytes = 4096};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct arena *a = arena_new();
    struct openapi_result result;
    struct err err;
    assert_false(openapi_compile_text(str_of(bad[i]), &o, a, &result, &err));
    assert_int_equal(err.code, ERR_INVALID);
    assert_true(err.text[0]);
    arena_free(a);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_came_of_each_operation),
                                     cmocka_unit_test(test_names_given_before_are_kept),
                                     cmocka_unit_test(test_what_is_no_description_is_refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
