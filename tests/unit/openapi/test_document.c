// SPDX-License-Identifier: Apache-2.0
#include "openapi/document.h"

#include "../support/temp.h"
#include "openapi_fixture.h"

static char folder[64];

static void write_at(const char *name, const char *text) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  temp_write(path, text);
}

static bool compile_at(const char *name, const char *root, struct err *err) {
  char path[256], root_path[256] = "";
  snprintf(path, sizeof path, "%s/%s", folder, name);
  if (root) snprintf(root_path, sizeof root_path, "%s/%s", folder, root);
  struct openapi_options o = {.connector = STR("acme"), .tool_bytes = 4096, .root = str_of(root_path)};
  fixture.arena = arena_new();
  bool ok = openapi_compile_file(path, &o, fixture.arena, &fixture.result, err);
  if (ok) fixture_read();
  return ok;
}

#define HEAD "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n"

static int setup(void **state) {
  (void)state;
  char path[256];
  temp_make(folder);
  snprintf(path, sizeof path, "%s/api", folder);
  assert_int_equal(mkdir(path, 0700), 0);
  snprintf(path, sizeof path, "%s/api/sub dir", folder);
  assert_int_equal(mkdir(path, 0700), 0);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  temp_remove(folder);
  return 0;
}

static void test_references_between_files(void **state) {
  (void)state;
  struct err err;
  write_at("api/main.yaml", HEAD "  /a: {$ref: 'sub%20dir/paths.yaml#/a'}\n");
  write_at("api/sub dir/paths.yaml",
           "a:\n  get:\n    parameters:\n      - {$ref: '../params.json#/list/0'}\n");
  write_at(
      "api/params.json",
      "{\"list\":[{\"name\":\"p\",\"in\":\"query\",\"schema\":{\"$ref\":\"main.yaml#/components/x\"}}]}");
  assert_false(compile_at("api/nowhere.yaml", NULL, &err));
  assert_int_equal(err.code, ERR_MISSING);
  fixture_end();
  assert_true(compile_at("api/main.yaml", NULL, &err));
  assert_int_equal(fixture.result.skipped, 1); // #/components/x is not there
  assert_true(fixture_noted(OPENAPI_SKIPPED, "GET /a", "main.yaml#/components/x"));
  fixture_end();
  write_at("api/main.yaml",
           HEAD "  /a: {$ref: 'sub%20dir/paths.yaml#/a'}\ncomponents: {x: {type: integer}}\n");
  assert_true(compile_at("api/main.yaml", NULL, &err));
  fixture_is(fixture_tool("GET /a"), "/input/properties/p", "{\"type\":\"integer\"}");
  fixture_end();
}

static void test_nothing_outside_the_root_is_read(void **state) {
  (void)state;
  struct err err;
  char link[256], secret[256];
  write_at("secret.yaml", "a: {get: {}}\n");
  write_at("api/main.yaml",
           HEAD "  /up: {$ref: '../secret.yaml#/a'}\n  /enc: {$ref: '%2e%2e/secret.yaml#/a'}\n  /link: "
                "{$ref: 'link.yaml#/a'}\n"
                "  /etc: {$ref: '/etc/passwd#/a'}\n  /net: {$ref: 'http://127.0.0.1/x.yaml#/a'}\n  /net2: "
                "{$ref: '//127.0.0.1/x.yaml#/a'}\n"
                "  /dir: {$ref: 'sub%20dir#/a'}\n  /nul: {$ref: 'a%00b#/a'}\n  /fine: {get: {}}\n");
  snprintf(link, sizeof link, "%s/api/link.yaml", folder);
  snprintf(secret, sizeof secret, "%s/secret.yaml", folder);
  assert_int_equal(symlink(secret, link), 0);
  assert_true(compile_at("api/main.yaml", NULL, &err));
  assert_int_equal(fixture.result.tools, 1);
  static const char *const paths[] = {"/up", "/enc", "/link", "/etc"};
  for (size_t i = 0; i < 4; i++) assert_true(fixture_noted(OPENAPI_SKIPPED, paths[i], "outside"));
  assert_true(fixture_noted(OPENAPI_SKIPPED, "/net", "network"));
  assert_true(fixture_noted(OPENAPI_SKIPPED, "/net2", "network"));
  fixture_end();
  // With the root one higher the neighbour may be read.
  assert_true(compile_at("api/main.yaml", ".", &err));
  assert_non_null(fixture_find("GET /up"));
  assert_non_null(fixture_find("GET /link"));
  assert_null(fixture_find("GET /etc"));
  fixture_end();
  // A root that does not hold the document is an error.
  assert_false(compile_at("api/main.yaml", "api/sub dir", &err));
  assert_int_equal(err.code, ERR_DENIED);
  fixture_end();
}

static void test_notes_have_lines(void **state) {
  (void)state;
  fixture_compile(HEAD "  /a/{x:\n    get:\n      summary: broken\n  /b:\n    get:\n      parameters:\n     "
                       "   - {name: q, in: query, schema: {type: string, maxLength: -1}}\n",
                  NULL);
  assert_int_equal(fixture.result.tools, 1);
  assert_int_equal(fixture.result.note_count, 2);
  assert_int_equal(fixture.result.notes[0].kind, OPENAPI_SKIPPED);
  assert_int_equal(fixture.result.notes[0].line, 6);
  assert_true(str_contains(fixture.result.notes[0].reason, STR("without a '}'")));
  assert_int_equal(fixture.result.notes[1].line, 10);
  fixture_end();
}

static void test_versions(void **state) {
  (void)state;
  static const struct {
    const char *text;
    bool fine;
  } rows[] = {{"{\"openapi\":\"3.0.0\",\"paths\":{}}", true},
              {"{\"openapi\":\"3.2.0\",\"paths\":{}}", true},
              {"{\"swagger\":\"2.0\",\"paths\":{}}", true},
              {"swagger: 2.0\npaths: {}", true},
              {"{\"openapi\":\"4.0.0\",\"paths\":{}}", false},
              {"{\"swagger\":\"1.2\",\"paths\":{}}", false},
              {"[]", false},
              {"{\"openapi\":\"3.0.0\"}", false},
              {"", false},
              {"{\"openapi\":\"3.0.0\",\"paths\":{}", false}};
  struct openapi_options o = {.connector = STR("acme"), .tool_bytes = 4096};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *a = arena_new();
    struct openapi_result r;
    struct err err;
    if (openapi_compile_text(str_of(rows[i].text), &o, a, &r, &err) != rows[i].fine)
      fail_msg("%s", rows[i].text);
    arena_free(a);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_references_between_files, setup, teardown),
      cmocka_unit_test_setup_teardown(test_nothing_outside_the_root_is_read, setup, teardown),
      cmocka_unit_test(test_notes_have_lines),
      cmocka_unit_test(test_versions),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
