// SPDX-License-Identifier: Apache-2.0
// Results in the form of each era.
#include "../support/check.h"

#include "data/json.h"
#include "serve/frame.h"

#define META                                                                                                 \
  "\"_meta\":{\"io.modelcontextprotocol/"                                                                    \
  "serverInfo\":{\"name\":\"postern\",\"title\":\"s\",\"version\":\"1\"}}"

static const struct serve_env env = {.version = {"1", 1}};
static const struct catalog_server server = {.server = {.name = {"s", 1}}};

static bool framed(enum mcp_era era, const char *result, bool cached, struct buf *out) {
  struct serve_request r = {.env = &env, .server = &server, .transport.era = era};
  struct json_limits limits = {64, 10000, true};
  yyjson_doc *doc;
  struct err err;
  if (!json_read(str_of(result), &limits, &doc, &err)) fail_msg("%s", err.text);
  yyjson_mut_doc *copy = yyjson_doc_mut_copy(doc, NULL);
  bool ok = frame_add(&r, copy, yyjson_mut_doc_get_root(copy), cached, out, &err);
  if (!ok) assert_int_equal(err.code, ERR_UPSTREAM);
  yyjson_mut_doc_free(copy);
  yyjson_doc_free(doc);
  return ok;
}

static void check(enum mcp_era era, const char *result, bool cached, const char *wanted) {
  struct buf out = BUF_MAX(1 << 16);
  assert_true(framed(era, result, cached, &out));
  if (!str_is(buf_str(&out), wanted))
    fail_msg("%s\nexpected %s\ngot %.*s", result, wanted, STR_ARG(buf_str(&out)));
  buf_free(&out);
}

static void test_legacy(void **state) {
  (void)state;
  check(MCP_LEGACY,
        "{\"content\":[],\"resultType\":\"complete\",\"ttlMs\":5,\"cacheScope\":\"public\",\"x\":1.50}", true,
        "{\"content\":[],\"x\":1.50}");
  check(MCP_LEGACY, "{\"_meta\":{\"io.modelcontextprotocol/serverInfo\":{}}}", false, "{}");
  check(MCP_LEGACY, "{\"_meta\":{\"io.modelcontextprotocol/serverInfo\":{},\"a/b\":1}}", false,
        "{\"_meta\":{\"a/b\":1}}");
  check(MCP_LEGACY, "{\"structuredContent\":[1]}", false, "{\"structuredContent\":{\"result\":[1]}}");
  check(MCP_LEGACY, "{\"structuredContent\":{\"a\":1}}", false, "{\"structuredContent\":{\"a\":1}}");
}

static void test_modern(void **state) {
  (void)state;
  check(MCP_MODERN, "{\"content\":[],\"x\":[1e400]}", false,
        "{\"content\":[],\"x\":[1e400],\"resultType\":\"complete\"," META "}");
  check(MCP_MODERN, "{\"contents\":[]}", true,
        "{\"contents\":[],\"resultType\":\"complete\",\"ttlMs\":60000,\"cacheScope\":\"private\"," META "}");
  check(MCP_MODERN, "{\"ttlMs\":5,\"cacheScope\":\"public\"}", true,
        "{\"ttlMs\":5,\"cacheScope\":\"private\",\"resultType\":\"complete\"," META "}");
  check(MCP_MODERN, "{\"ttlMs\":\"x\"}", true,
        "{\"ttlMs\":0,\"resultType\":\"complete\",\"cacheScope\":\"private\"," META "}");
  check(MCP_MODERN, "{\"ttlMs\":-4}", true,
        "{\"ttlMs\":0,\"resultType\":\"complete\",\"cacheScope\":\"private\"," META "}");
  check(MCP_MODERN, "{\"resultType\":\"input_required\"}", true,
        "{\"resultType\":\"input_required\"," META "}");
  check(MCP_MODERN, "{\"structuredContent\":[1],\"_meta\":{\"a/b\":1}}", false,
        "{\"structuredContent\":[1],\"_meta\":{\"a/b\":1,\"io.modelcontextprotocol/"
        "serverInfo\":{\"name\":\"postern\","
        "\"title\":\"s\",\"version\":\"1\"}},\"resultType\":\"complete\"}");
}

static void test_what_is_not_carried(void **state) {
  (void)state;
  struct buf out = BUF_MAX(1 << 16);
  static const char *const rows[] = {"{\"resultType\":\"task\"}", "{\"resultType\":7}", "[]", "\"x\""};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    assert_false(framed(MCP_MODERN, rows[i], false, &out));
    assert_false(framed(MCP_LEGACY, rows[i], false, &out));
  }
  assert_int_equal(out.n, 0);
}

static void test_schemas(void **state) {
  (void)state;
  struct serve_request legacy = {.transport.era = MCP_LEGACY}, modern = {.transport.era = MCP_MODERN};
  yyjson_doc *tool = yyjson_read("{\"outputSchema\":{\"type\":\"array\"}}", 33, 0);
  yyjson_val *schema = yyjson_obj_get(yyjson_doc_get_root(tool), "outputSchema");
  assert_true(frame_wraps(&legacy, schema));
  assert_false(frame_wraps(&modern, schema));
  assert_false(frame_wraps(&legacy, NULL));
  yyjson_mut_doc *doc = yyjson_doc_mut_copy(tool, NULL);
  frame_wrap_schema(doc, yyjson_mut_doc_get_root(doc));
  char *text = yyjson_mut_write(doc, 0, NULL);
  assert_string_equal(
      text, "{\"outputSchema\":{\"type\":\"object\",\"properties\":{\"result\":{\"type\":\"array\"}},"
            "\"required\":[\"result\"]}}");
  free(text);
  yyjson_mut_doc_free(doc);
  yyjson_doc_free(tool);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_legacy),
      cmocka_unit_test(test_modern),
      cmocka_unit_test(test_what_is_not_carried),
      cmocka_unit_test(test_schemas),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
