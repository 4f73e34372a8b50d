// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
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

static void check_request(const char *id, const char *method, const char *params, const char *expected) {
  struct buf out = BUF_MAX(4096);
  yyjson_doc *read = params ? yyjson_read(params, strlen(params), YYJSON_READ_NUMBER_AS_RAW) : NULL;
  yyjson_mut_doc *doc = read ? yyjson_doc_mut_copy(read, NULL) : NULL;
  assert_true(jsonrpc_request(&out, str_of(id), str_of(method), yyjson_mut_doc_get_root(doc)));
  buf_add_char(&out, 0);
  assert_string_equal(out.p, expected);
  buf_free(&out);
  yyjson_mut_doc_free(doc);
  yyjson_doc_free(read);
}

static void test_request(void **state) {
  (void)state;
  check_request("", "a/b", NULL, "{\"jsonrpc\":\"2.0\",\"method\":\"a/b\"}");
  check_request("", "a\"b", "{}", "{\"jsonrpc\":\"2.0\",\"method\":\"a\\\"b\",\"params\":{}}");
  check_request("7", "a", "{\"x\":[1.50]}",
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"a\",\"params\":{\"x\":[1.50]}}");
  check_request("\"7\"", "a", NULL, "{\"jsonrpc\":\"2.0\",\"id\":\"7\",\"method\":\"a\"}");
  struct buf out = BUF_MAX(4096);
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  assert_false(jsonrpc_request(&out, STR_NONE, STR("a"), yyjson_mut_str(doc, "\xff")));
  assert_int_equal(out.n, 0);
  yyjson_mut_doc_free(doc);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_read), cmocka_unit_test(test_write),
                                     cmocka_unit_test(test_request)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
