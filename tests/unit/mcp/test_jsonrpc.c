// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "data/json.h"
#include "mcp/jsonrpc.h"

enum expected { REQUEST, NOTIFICATION, RESPONSE, REFUSED, REFUSED_WITH_ID };

static const struct {
  const char *text;
  enum expected expected;
} cases[] = {
    {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}", REQUEST},
    {"{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"ping\",\"params\":{}}", REQUEST},
    {"{\"jsonrpc\":\"2.0\",\"id\":-7,\"method\":\"ping\"}", REQUEST},
    {"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}", NOTIFICATION},
    {"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}", RESPONSE},
    {"{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":1,\"message\":\"x\"}}", RESPONSE},
    {"{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}", REFUSED},
    {"{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"ping\"}", REFUSED},
    {"{\"jsonrpc\":\"2.0\",\"id\":[1],\"method\":\"ping\"}", REFUSED},
    {"{\"jsonrpc\":\"1.0\",\"id\":3,\"method\":\"ping\"}", REFUSED_WITH_ID},
    {"{\"id\":3,\"method\":\"ping\"}", REFUSED_WITH_ID},
    {"{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":5}", REFUSED_WITH_ID},
    {"{\"jsonrpc\":\"2.0\",\"id\":3.0,\"method\":\"ping\"}", REQUEST},
    {"{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"ping\",\"params\":null}", REQUEST},
    {"{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"ping\",\"params\":[]}", REQUEST},
    {"{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"ping\",\"params\":[1]}", REFUSED_WITH_ID},
    {"{\"jsonrpc\":\"2.0\",\"id\":3}", REFUSED_WITH_ID},
    {"\"ping\"", REFUSED},
    {"[]", REFUSED},
};

static void test_read(void **state) {
  (void)state;
  for (int raw = 0; raw < 2; raw++) {
    struct json_limits limits = JSON_LIMITS;
    limits.raw_numbers = raw;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
      yyjson_doc *doc;
      struct err err;
      struct jsonrpc_message m;
      assert_true(json_read(str_of(cases[i].text), &limits, &doc, &err));
      bool ok = jsonrpc_read(yyjson_doc_get_root(doc), &m, &err);
      enum expected got = !ok ? (m.id ? REFUSED_WITH_ID : REFUSED) : (enum expected)m.kind;
      if (got != cases[i].expected)
        fail_msg("%s (raw %d): expected %d, got %d", cases[i].text, raw, cases[i].expected, got);
      yyjson_doc_free(doc);
    }
  }
}

static void test_write(void **state) {
  (void)state;
  struct buf out = BUF_MAX(4096);
  yyjson_doc *doc;
  struct err err;
  struct json_limits raw = JSON_LIMITS;
  raw.raw_numbers = true;
  assert_true(json_read(STR("{\"id\":12345678901234567}"), &raw, &doc, &err));
  jsonrpc_error(&out, yyjson_obj_get(yyjson_doc_get_root(doc), "id"), JSONRPC_INVALID_PARAMS,
                STR("a \"b\"\n"), STR("{\"x\":1}"));
  buf_add_char(&out, 0);
  assert_string_equal(out.p, "{\"jsonrpc\":\"2.0\",\"id\":12345678901234567,\"error\":{\"code\":-32602,"
                             "\"message\":\"a \\\"b\\\"\\n\",\"data\":{\"x\":1}}}");
  buf_clear(&out);
  jsonrpc_error(&out, NULL, JSONRPC_PARSE_ERROR, STR("no"), STR_NONE);
  buf_add_char(&out, 0);
  assert_string_equal(out.p, "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32700,\"message\":\"no\"}}");
  buf_free(&out);
  yyjson_doc_free(doc);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_read), cmocka_unit_test(test_write)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
