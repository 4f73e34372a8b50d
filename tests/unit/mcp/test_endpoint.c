// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"
#include "mcp/endpoint.h"

static const struct {
  const char *stream, *reference, *want; // want NULL: refused
} cases[] = {
    {"https://a.example/sse", "/message?s=1", "https://a.example/message?s=1"},
    {"https://a.example/v1/sse?k=1", "message?s=1", "https://a.example/v1/message?s=1"},
    {"https://a.example/v1/sse", "?s=1", "https://a.example/v1/sse?s=1"},
    {"https://a.example", "m", "https://a.example/m"},
    {"https://a.example", "?s=1", "https://a.example?s=1"},
    {"https://a.example/sse", "https://a.example/m", "https://a.example/m"},
    {"https://a.example/sse", "https://A.EXAMPLE:443/m#part", "https://A.EXAMPLE:443/m"},
    {"https://a.example/sse", "//a.example/m", "https://a.example/m"},
    {"http://[::1]:8080/sse", "/m", "http://[::1]:8080/m"},
    {"https://a.example/sse", "/m?to=https://b.example/", "https://a.example/m?to=https://b.example/"},
    {"https://a.example/sse", "//b.example/m", NULL},
    {"https://a.example/sse", "https://b.example/m", NULL},
    {"https://a.example/sse", "http://a.example/m", NULL},
    {"https://a.example/sse", "https://a.example:8443/m", NULL},
    {"https://a.example/sse", "https://a.example@b.example/m", NULL},
    {"https://a.example/sse", "https://a.example.b.example/m", NULL},
    {"https://a.example/sse", "/\\b.example", NULL},
    {"https://a.example/sse", "file:///etc/passwd", NULL},
    {"https://a.example/sse", "javascript:1", NULL},
    {"https://a.example/sse", "", NULL},
    {"https://a.example/sse", "/m x", NULL},
    {"https://a.example/sse", "/m\r\nHost: b", NULL},
};

static void each(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct arena *a = arena_new();
    struct str out;
    struct err err;
    bool ok = mcp_endpoint_resolve(a, str_of(cases[i].stream), str_of(cases[i].reference), &out, &err);
    if (ok != (cases[i].want != NULL)) fail_msg("%s: %s", cases[i].reference, ok ? out.p : err.text);
    if (ok) check_text(out, cases[i].want);
    if (!ok) assert_int_equal(err.code, ERR_UPSTREAM);
    arena_free(a);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(each)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
