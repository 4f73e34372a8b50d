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

// Whatever vendors put into a file of its own. The relative file names in the second file start from there.
static void test_references_at_every_place(void **state) {
  (void)state;
  struct err err;
  write_at("api/main.yaml",
           "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {$ref: 'sub dir/paths.yaml'}\n"
           "components: {schemas: {$ref: 'sub dir/schemas.yaml'}}\n");
  write_at("api/sub dir/paths.yaml",
           "/a:\n  parameters: {$ref: '../lists.yaml#/params'}\n"
           "  post: {$ref: '../ops.yaml#/make'}\n"
           "/b:\n  $ref: '../ops.yaml#/item'\n  parameters: [{$ref: '../lists.yaml#/params/0'}]\n"
           "  get: {summary: Mine}\n"
           "/c: {get: {$ref: '../ops.yaml#/nothing'}, put: {}}\n"
           "/d: {post: {requestBody: {content: {application/json: {schema: {$ref: "
           "'../main.yaml#/components/schemas/Boat/properties/size'}}}}}}\n");
  write_at("api/lists.yaml", "params: [{name: q, in: query, schema: {type: string}}]\nwords: [a, b]\n");
  write_at("api/ops.yaml",
           "make:\n  summary: Make one\n  requestBody: {$ref: '#/body'}\n"
           "body: {required: true, content: {$ref: '#/content'}}\n"
           "content: {application/json: {schema: {$ref: 'main.yaml#/components/schemas/Boat'}}}\n"
           "item: {get: {summary: Theirs}, delete: {summary: Away}}\n");
  write_at("api/sub dir/schemas.yaml", "Boat:\n  type: object\n  required: {$ref: 'parts.yaml#/needed'}\n"
                                       "  properties: {$ref: 'parts.yaml#/properties'}\n");
  write_at("api/sub dir/parts.yaml",
           "needed: [name]\nproperties:\n  name: {type: string}\n  size: {$ref: '#/size'}\n"
           "size: {enum: {$ref: '../lists.yaml#/words'}}\n");
  if (!compile_at("api/main.yaml", NULL, &err)) fail_msg("%s", err.text);
  assert_int_equal(fixture.result.operations, 6);
  assert_int_equal(fixture.result.skipped, 1);
  assert_true(fixture_noted(OPENAPI_SKIPPED, "GET /c", "nothing stands there"));
  yyjson_val *make = fixture_tool("POST /a");
  fixture_is(make, "/title", "\"Make one\"");
  fixture_is(make, "/input/required", "[\"name\"]");
  fixture_is(make, "/input/properties/q", "{\"type\":\"string\"}");
  fixture_is(make, "/input/properties/size", "{\"enum\":[\"a\",\"b\"]}");
  fixture_is(fixture_tool("GET /b"), "/title", "\"Mine\"");
  fixture_is(fixture_tool("DELETE /b"), "/title", "\"Away\"");
  fixture_is(fixture_tool("DELETE /b"), "/params/0/name", "\"q\"");
  fixture_is(fixture_tool("POST /d"), "/input/properties/body", "{\"enum\":[\"a\",\"b\"]}");
  fixture_end();
}

// References that lead back through each other end, and what does not need them is there.
static void test_references_in_circles(void **state) {
  (void)state;
  fixture_compile(HEAD "  /a: {get: {$ref: '#/paths/~1a/get'}}\n  /b: {get: {$ref: '#/x/one/deep'}}\n"
                       "  /c: {get: {parameters: {$ref: '#/x/one'}}}\n  /d: {$ref: '#/paths/~1d'}\n"
                       "  /e: {post: {requestBody: {content: {application/json: {schema: {properties: {$ref: "
                       "'#/x/map'}}}}}}}\n  /fine: {get: {}}\n"
                       "x: {one: {$ref: '#/x/two/a'}, two: {$ref: '#/x/one/b'}, map: {p: {properties: {$ref: "
                       "'#/x/map'}}}}\n",
                  NULL);
  assert_int_equal(fixture.result.tools, 2);
  assert_non_null(fixture_find("GET /fine"));
  fixture_is(fixture_tool("POST /e"), "/input/properties/p/type", NULL);
  fixture_end();
}

// As many files as the largest public document has.
static void test_many_files(void **state) {
  (void)state;
  enum { FILES = 3000 };
  struct err err;
  struct buf main = BUF_MAX(1 << 20);
  buf_add_z(&main, HEAD);
  for (int i = 0; i < FILES; i++) {
    char name[64];
    snprintf(name, sizeof name, "api/%d.yaml", i);
    write_at(name, "parameters: [{name: p, in: query, schema: {type: string}}]\n");
    buf_printf(&main, "  /a%d: {get: {$ref: '%d.yaml'}, put: {$ref: './%d.yaml'}}\n", i, i, i);
  }
  buf_add_char(&main, 0);
  write_at("api/main.yaml", main.p);
  if (!compile_at("api/main.yaml", NULL, &err)) fail_msg("%s", err.text);
  assert_int_equal(fixture.result.tools, 2 * FILES);
  buf_free(&main);
  fixture_end();
}

static void test_other_methods(void **state) {
  (void)state;
  static const char text[] =
      "info: {title: T, version: '1'}\npaths:\n  /a:\n    additionalOperations:\n"
      "      COPY: {summary: Copy}\n      Lock: {$ref: '#/x'}\n      CONNECT: {}\n      TRACE: {}\n"
      "      GET: {}\n      'a b': {}\n    query: {}\n    trace: {}\nx: {summary: Lock}\n";
  char whole[512];
  snprintf(whole, sizeof whole, "openapi: 3.2.0\n%s", text);
  fixture_compile(whole, NULL);
  assert_int_equal(fixture.result.operations, 8);
  assert_int_equal(fixture.result.tools, 3);
  fixture_is(fixture_tool("COPY /a"), "/method", "\"COPY\"");
  fixture_is(fixture_tool("Lock /a"), "/method", "\"Lock\""); // sent as it is written
  fixture_is(fixture_tool("Lock /a"), "/read_only", "false");
  fixture_is(fixture_tool("QUERY /a"), "/method", "\"QUERY\"");
  static const char *const not [] = {"CONNECT /a", "TRACE /a", "GET /a", "a b /a"};
  for (size_t i = 0; i < 4; i++) assert_true(fixture_noted(OPENAPI_SKIPPED, not [i], ""));
  fixture_end();
  snprintf(whole, sizeof whole, "openapi: 3.0.0\n%s", text); // where the word means nothing
  fixture_compile(whole, NULL);
  assert_int_equal(fixture.result.tools, 0);
  fixture_end();
}

static void test_what_is_no_document(void **state) {
  (void)state;
  static const struct {
    const char *text, *said;
  } rows[] = {
      {"", "an empty text"},
      {" \n\t", "an empty text"},
      {"<!DOCTYPE html><html></html>", "an HTML page"},
      {"\n<HTML lang=en>", "an HTML page"},
      {"<?xml version='1.0'?><wsdl:definitions/>", "a WSDL"},
      {"<?xml version='1.0'?><a/>", "an XML document"},
      {"%PDF-1.7", "a PDF"},
      {"PK\x03\x04rest", "a ZIP"},
      {"\x1f\x8b\x08", "gzip"},
      {"\xff\xfeo", "UTF-16"},
      {"\x7f"
       "ELF\x02",
       "a program"},
      {"a\x01", "binary data"},
      {"#%RAML 1.0\ntitle: x", "a RAML"},
      {"FORMAT: 1A\n# X", "an API Blueprint"},
      {"version https://git-lfs.github.com/spec/v1\noid sha256:0", "Git LFS"},
      {"type Query {\n  a: Int\n}", "a GraphQL schema"},
      {"{\"info\":{\"_postman_id\":\"1\"},\"item\":[]}", "a Postman collection"},
      {"{\"info\":{\"schema\":\"https://schema.getpostman.com/x\"},\"item\":[]}", "a Postman collection"},
      {"{\"_type\":\"export\",\"__export_format\":4}", "Insomnia"},
      {"{\"log\":{\"entries\":[]}}", "a HAR file"},
      {"asyncapi: 2.6.0\nchannels: {}", "an AsyncAPI"},
      {"swaggerVersion: '1.2'\napis: []", "a Swagger 1"},
      {"swagger: '1.2'", "`swagger: 1.2` is no version"},
      {"openapi: 4.0.0\npaths: {}", "`openapi: 4.0.0` is no version"},
      {"{\"discoveryVersion\":\"v1\"}", "Google API discovery"},
      {"{\"data\":{\"__schema\":{}}}", "a GraphQL schema"},
      {"{\"message\":\"Not Found\"}", "an error"},
      {"{\"$schema\":\"x\",\"type\":\"object\"}", "a JSON Schema"},
      {"name: x\nkind: rest\nauth: []", "a connector's definition"},
      {"{\"toolset\":1}", "a toolset"},
      {"just text", "a plain text"},
      {"[1]", "a list"},
      {"title: x", "stands at the top"},
      {"info: {}\npaths: {}", "stands at the top"},
      {"openapi: 3.0.0\nopenapi: 3.0.1\npaths: {}", "is there before"},
  };
  struct openapi_options o = {.connector = STR("acme"), .tool_bytes = 4096};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *a = arena_new();
    struct openapi_result r;
    struct err err = {0};
    assert_false(openapi_compile_text(str_of(rows[i].text), &o, a, &r, &err));
    if (!strstr(err.text, rows[i].said)) fail_msg("%s: %s, not %s", rows[i].text, err.text, rows[i].said);
    assert_int_equal(err.code, ERR_INVALID);
    arena_free(a);
  }
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
              {"openapi: 3.0\npaths: {}", true},
              {"openapi: 3.1\npaths: {}", true},
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
      cmocka_unit_test_setup_teardown(test_references_at_every_place, setup, teardown),
      cmocka_unit_test(test_references_in_circles),
      cmocka_unit_test_setup_teardown(test_many_files, setup, teardown),
      cmocka_unit_test(test_other_methods),
      cmocka_unit_test(test_what_is_no_document),
      cmocka_unit_test(test_notes_have_lines),
      cmocka_unit_test(test_versions),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
