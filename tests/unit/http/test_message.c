// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "http/deadline.h"
#include "http/request.h"

static void test_headers(void **state) {
  (void)state;
  struct http_header items[] = {{STR("Content-Type"), STR("a")},
                                {STR("X-A"), STR("1")},
                                {STR("x-a"), STR("2")},
                                {STR("Empty"), STR("")}};
  struct http_headers h = {items, 4};
  assert_true(str_is(http_header_get(&h, "content-type"), "a"));
  assert_true(str_is(http_header_get(&h, "X-A"), "1"));
  assert_int_equal(http_header_count(&h, "X-a"), 2);
  assert_non_null(http_header_get(&h, "empty").p);
  assert_null(http_header_get(&h, "X-").p);
  assert_null(http_header_get(&h, "X-AA").p);
}

static void test_methods(void **state) {
  (void)state;
  for (int m = METHOD_GET; m < METHOD_OTHER; m++)
    assert_int_equal(http_method_from(str_of(http_method_text((enum http_method)m))), m);
  static const char *const other[] = {"get", "GETX", "GE", "PROPFIND", ""};
  for (unsigned i = 0; i < sizeof other / sizeof *other; i++)
    assert_int_equal(http_method_from(str_of(other[i])), METHOD_OTHER);
  assert_string_equal(http_status_text(421), "Misdirected Request");
  assert_string_equal(http_status_text(299), "Unknown");
}

static void test_media_type(void **state) {
  (void)state;
  assert_true(str_is(http_media_type(STR("application/json; charset=utf-8")), "application/json"));
  assert_true(str_is(http_media_type(STR(" text/plain ")), "text/plain"));
  assert_true(str_is(http_media_type(STR("")), ""));
  assert_true(str_is(http_media_type(STR_NONE), ""));
}

static void test_accept(void **state) {
  (void)state;
  static const struct {
    const char *accept, *type;
    bool accepted;
  } rows[] = {
      {"", "application/json", true},
      {"application/json", "application/json", true},
      {"Application/JSON", "application/json", true},
      {"application/json, text/event-stream", "text/event-stream", true},
      {"text/event-stream", "application/json", false},
      {"*/*", "application/json", true},
      {"application/*", "application/json", true},
      {"text/*", "application/json", false},
      {"application/json;q=0", "application/json", false},
      {"*/*, application/json;q=0", "application/json", false},
      {"application/json;q=0, */*", "application/json", false},
      {"*/*;q=0, application/*", "application/json", true},
      {"application/json;q=0.001", "application/json", true},
      {"application/json; Q=0.0", "application/json", false},
      {"application/jsonp", "application/json", false},
      {"application", "application/json", false},
      {"applicationx/*", "application/json", false},
      {",,", "application/json", false},
  };
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
    if (http_accepts(str_of(rows[i].accept), rows[i].type) != rows[i].accepted)
      fail_msg("\"%s\" and %s", rows[i].accept, rows[i].type);
}

static void test_tokens_never_reach_a_log(void **state) {
  (void)state;
  static const struct {
    const char *path, *shown;
  } rows[] = {
      {"/mcp/pst_SECRET", "/mcp/…"},
      {"/mcp/pst_SECRET/sse", "/mcp/…"},
      {"/gateway/mcp/pst_SECRET", "/gateway/mcp/…"},
      {"/sse/half-a-token", "/sse/…"},
      {"/sse/half-a-token/message", "/sse/…"},
      {"/mcp//pst_SECRET", "/mcp/…"},
      {"/mcp/", "/mcp/"},
      {"/mcp", "/mcp"},
      {"/integrated-account/acc_1/mcp", "/integrated-account/acc_1/mcp"},
      {"/integrated-account/acc_1/mcp/srv_1", "/integrated-account/acc_1/mcp/…"},
      {"/healthz", "/healthz"},
      {"", ""},
      // Spellings that no route answers; a client may still have put its token there.
      {"/%6dcp/pst_SECRET", "/%6dcp/…"},
      {"/mcp%2fpst_SECRET", "/…"},
      {"/MCP/pst_SECRET", "/MCP/…"},
      {"/x/pst_SECRET", "/x/…"},
      {"/x/%70st_0123456789012345678901234567890123456789/y", "/x/…"},
      {"//mcp;v=1/psk_SECRET", "//mcp;v=1/…"},
  };
  char out[64];
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct str shown = http_path_redact(str_of(rows[i].path), out, sizeof out);
    if (!str_is(shown, rows[i].shown)) fail_msg("%s: %.*s", rows[i].path, STR_ARG(shown));
  }
  // Cut where it does not fit, and never more.
  assert_int_equal(http_path_redact(STR("/abcdefgh"), out, 4).n, 4);
  assert_int_equal(http_path_redact(STR("/mcp/SECRET"), out, 6).n, 5); // half a character would be no text
  assert_int_equal(http_path_redact(STR("/mcp/SECRET"), out, 0).n, 0);
}

static void test_host_syntax(void **state) {
  (void)state;
  static const char *const sound[] = {"a",     "localhost",         "a.example.com:80", "127.0.0.1:1",
                                      "[::1]", "[2001:db8::1]:443", "a_b-c.d:0"};
  static const char *const bad[] = {"",     ":80", "a:",    "a:x",    "a:65536", "a b", "a/b",   "a@b",
                                    "[::1", "[]",  "[::g]", "[::1]x", "::1",     "a,b", "a:1:2", "[1.2.3.4]"};
  for (unsigned i = 0; i < sizeof sound / sizeof *sound; i++)
    if (!http_host_is_sound(str_of(sound[i]))) fail_msg("%s", sound[i]);
  for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++)
    if (http_host_is_sound(str_of(bad[i]))) fail_msg("%s", bad[i]);
}

static void test_accepted_hosts(void **state) {
  (void)state;
  struct str hosts[] = {STR("gw.example.com"), STR("2001:db8::1"), STR("[2001:db8::2]")};
  struct http_head head = {.hosts = hosts, .host_count = 3, .loopback = true};
  static const struct {
    const char *host;
    bool here, elsewhere; // on a loopback listener, on another
  } rows[] = {
      {"gw.example.com", true, true},
      {"GW.EXAMPLE.COM:8443", true, true},
      {"gw.example.com.", false, false},
      {"xgw.example.com", false, false},
      {"localhost", true, false},
      {"LocalHost:80", true, false},
      {"127.0.0.1:80", true, false},
      {"[::1]:80", true, false},
      {"127.0.0.2", false, false},
      {"[2001:db8::1]", true, true},
      {"[2001:db8::2]:443", true, true},
      {"[2001:db8::3]", false, false},
      {"", false, false},
  };
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    head.loopback = true;
    if (http_host_is_accepted(str_of(rows[i].host), &head) != rows[i].here) fail_msg("%s here", rows[i].host);
    head.loopback = false;
    if (http_host_is_accepted(str_of(rows[i].host), &head) != rows[i].elsewhere)
      fail_msg("%s elsewhere", rows[i].host);
  }
}

static void test_deadlines(void **state) {
  (void)state;
  struct deadline_list l;
  struct deadline a = {0}, b = {0};
  deadline_list_init(&l, 10);
  assert_true(deadline_first(&l) == UINT64_MAX);
  deadline_set(&l, &a, 100);
  deadline_set(&l, &b, 105);
  assert_int_equal(deadline_first(&l), 110);
  assert_null(deadline_due(&l, 109));
  assert_ptr_equal(deadline_due(&l, 110), &a);
  deadline_set(&l, &a, 109); // goes behind b
  assert_ptr_equal(deadline_due(&l, 200), &b);
  deadline_clear(&b);
  deadline_clear(&b);
  assert_ptr_equal(deadline_due(&l, 200), &a);
  deadline_clear(&a);
  assert_null(deadline_due(&l, UINT64_MAX));
}

static void test_own_origin(void **state) {
  (void)state;
  static const struct {
    const char *host, *origin;
    bool own;
  } rows[] = {
      {"localhost:8080", "http://localhost:8080", true},
      {"Gate.Example.com", "https://gate.example.com", true},
      {"localhost:8080", "http://localhost:8081", false},
      {"localhost", "http://localhost.evil.example", false},
      {"localhost", "http://evil.example/localhost", false},
      {"localhost", "http://localhost/", false}, // an origin has no path
      {"localhost", "null", false},
      {"localhost", "file://localhost", false},
      {"localhost", "", false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct http_header host = {STR("Host"), str_of(rows[i].host)};
    struct http_request in = {.headers = {&host, 1}};
    if (http_origin_is_own(&in, str_of(rows[i].origin)) != rows[i].own)
      fail_msg("%s at %s", rows[i].origin, rows[i].host);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_headers),
      cmocka_unit_test(test_methods),
      cmocka_unit_test(test_media_type),
      cmocka_unit_test(test_accept),
      cmocka_unit_test(test_tokens_never_reach_a_log),
      cmocka_unit_test(test_host_syntax),
      cmocka_unit_test(test_accepted_hosts),
      cmocka_unit_test(test_deadlines),
      cmocka_unit_test(test_own_origin),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
