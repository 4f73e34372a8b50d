// SPDX-License-Identifier: Apache-2.0
#include "openapi/report.h"

#include "openapi_fixture.h"

static const char document[] =
    "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    get: {summary: One}\n  /b/{x}:\n    "
    "get: {}\n"
    "  /c:\n    get: {parameters: [{name: q, in: query, schema: {type: nonsense}}]}\n";

static void test_text(void **state) {
  (void)state;
  struct buf b = BUF_MAX(REPORT_BYTES_MOST);
  fixture_compile(document, NULL);
  report_text(&fixture.result, &b);
  buf_add_char(&b, 0);
  check_has(b.p, "3 operations: 2 tools, 1 skipped, 1 warnings, 0 folded");
  check_has(b.p, "line 7: GET /b/{x}: path parameter `x` is not declared");
  check_has(b.p, "schema keyword `type` left out");
  check_has(b.p, "get_single_acme_a");
  buf_free(&b);
  fixture_end();
}

static void test_json(void **state) {
  (void)state;
  struct buf b = BUF_MAX(REPORT_BYTES_MOST);
  fixture_compile(document, NULL);
  report_json(&fixture.result, &b);
  yyjson_doc *doc = yyjson_read(b.p, b.n, 0);
  yyjson_val *root = yyjson_doc_get_root(doc);
  fixture_is(root, "/operations", "3");
  fixture_is(root, "/tools/0",
             "{\"name\":\"get_single_acme_a\",\"operation\":\"GET "
             "/a\",\"class\":\"get\",\"title\":\"One\",\"folded\":false,\"deprecated\":false}");
  fixture_is(root, "/skipped",
             "[{\"operation\":\"GET /b/{x}\",\"line\":7,\"reason\":\"path parameter `x` is not declared\"}]");
  assert_int_equal(yyjson_arr_size(yyjson_obj_get(root, "warnings")), 1);
  yyjson_doc_free(doc);
  buf_free(&b);
  fixture_end();
}

static void test_names(void **state) {
  (void)state;
  static const char *const bad[] = {"[]", "{\"a\":1}", "{", "{\"a\":{\"b\":{\"c\":{\"d\":1}}}}"};
  struct arena *a = arena_new();
  struct map names = {0};
  struct err err;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    assert_false(report_names_read(str_of(bad[i]), a, &names, &err));
  assert_true(report_names_read(STR("{\"GET /a\":\"old_name\"}"), a, &names, &err));
  struct openapi_options o = {.tool_bytes = 4096, .names = &names};
  fixture_compile(document, &o);
  check_text(json_str(fixture_tool("GET /a"), "name"), "old_name");
  fixture_end();
  map_free(&names);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_text), cmocka_unit_test(test_json),
                                     cmocka_unit_test(test_names)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
