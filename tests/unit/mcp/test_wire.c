// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "mcp/wire.h"

// MCP 2026-07-28, Streamable HTTP: values without both prefix and suffix are literal; broken sentinels are
// refused.
static const struct {
  const char *header, *value; // value NULL: refused
} headers[] = {
    {"chart.draw", "chart.draw"},
    {"  chart.draw \t", "chart.draw"},
    {"=?base64?Y2Fmw6k=?=", "caf\xc3\xa9"},
    {"=?base64?\?=", ""},
    {"=?base64?Y2Fmw6k?=", NULL},   // padding
    {"=?base64?Y2Fm w6k=?=", NULL}, // alphabet
    {"=?base64?Y2Fmw6l=?=", NULL},  // unused bits
    {"=?base64?/w==?=", NULL},      // not UTF-8
    {"=?base64?Y2Fmw6k=", "=?base64?Y2Fmw6k="},
    {"Y2Fmw6k=?=", "Y2Fmw6k=?="},
    {"=?BASE64?Y2Fmw6k=?=", "=?BASE64?Y2Fmw6k=?="},
};

static void test_header_decode(void **state) {
  (void)state;
  struct arena *a = arena_new();
  for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
    struct str got = STR_NONE;
    bool ok = wire_header_decode(a, str_of(headers[i].header), &got);
    if (ok != (headers[i].value != NULL) || (ok && !str_is(got, headers[i].value)))
      fail_msg("%s: expected %s, got %.*s", headers[i].header,
               headers[i].value ? headers[i].value : "a refusal", STR_ARG(ok ? got : STR("a refusal")));
  }
  arena_free(a);
}

static void test_words(void **state) {
  (void)state;
  assert_string_equal(wire_legacy_version(STR("2025-03-26")), "2025-03-26");
  assert_string_equal(wire_legacy_before("2025-11-25"), "2025-06-18");
  assert_string_equal(wire_legacy_before("2025-03-26"), "2024-11-05");
  assert_null(wire_legacy_before("2024-11-05"));
  assert_null(wire_legacy_version(STR("2026-07-28")));
  assert_null(wire_legacy_version(STR("")));
  assert_string_equal(wire_name_member(STR("tools/call")), "name");
  assert_string_equal(wire_name_member(STR("resources/read")), "uri");
  assert_null(wire_name_member(STR("tools/list")));
}

// MCP 2026-07-28, "_meta", and 2025-11-25's tasks: what each hop says anew. Every other key is the two ends'.
static const struct {
  const char *key;
  bool hop;
} meta_keys[] = {
    {"progressToken", true},
    {"traceparent", true},
    {"tracestate", true},
    {"io.modelcontextprotocol/protocolVersion", true},
    {"io.modelcontextprotocol/clientCapabilities", true},
    {"io.modelcontextprotocol/clientInfo", true},
    {"io.modelcontextprotocol/logLevel", true},
    {"io.modelcontextprotocol/serverInfo", true},
    {"io.modelcontextprotocol/subscriptionId", true},
    {"io.modelcontextprotocol/related-task", true},
    {"baggage", false},
    {"acme/x", false},
    {"", false},
    {"io.modelcontextprotocol/", false},
    {"io.modelcontextprotocol/of-an-extension", false},
    {"io.modelcontextprotocol/LogLevel", false},
    {"io.modelcontextprotocol/logLevels", false},
    {"io.modelcontextprotocol/logLeve", false},
    {"com.example.mcp/protocolVersion", false},
    {"logLevel", false},
    {"ProgressToken", false},
};

static void test_meta_keys(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof meta_keys / sizeof *meta_keys; i++)
    if (wire_is_hop_key(str_of(meta_keys[i].key)) != meta_keys[i].hop)
      fail_msg("\"%s\": expected that it %s", meta_keys[i].key, meta_keys[i].hop ? "stays" : "passes");
}

static void test_meta_passes(void **state) {
  (void)state;
  static const struct {
    const char *meta, *params;
  } rows[] = {
      {"{\"progressToken\":1,\"a/b\":[1.50],\"tracestate\":\"x\",\"c\":null}",
       "{\"_meta\":{\"a/b\":[1.50],\"c\":null}}"},
      {"{\"progressToken\":1}", "{}"},
      {"{}", "{}"},
      {"7", "{}"},
      {"", "{}"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    yyjson_doc *meta = yyjson_read(rows[i].meta, strlen(rows[i].meta), YYJSON_READ_NUMBER_AS_RAW);
    yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
    yyjson_mut_val *params = yyjson_mut_obj(doc);
    wire_pass_meta(doc, params, yyjson_doc_get_root(meta));
    char *text = yyjson_mut_val_write(params, 0, NULL);
    assert_string_equal(text, rows[i].params);
    free(text);
    yyjson_mut_doc_free(doc);
    yyjson_doc_free(meta);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_header_decode), cmocka_unit_test(test_words),
                                     cmocka_unit_test(test_meta_keys), cmocka_unit_test(test_meta_passes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
