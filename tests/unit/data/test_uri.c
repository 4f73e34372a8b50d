// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "base/arena.h"
#include "data/uri.h"

static void test_parts(void **state) {
  (void)state;
  struct uri u;
  struct err err;
  assert_true(uri_parse_http(STR("HTTPS://Api.Example.com:8443/v4/x%20y?a=1&b=#frag"), &u, &err));
  check_text(u.scheme, "HTTPS");
  check_text(u.host, "Api.Example.com");
  assert_int_equal(u.port, 8443);
  check_text(u.path, "/v4/x%20y");
  check_text(u.query, "a=1&b=");
  check_text(u.fragment, "frag");
  assert_true(uri_parse_http(STR("http://[::1]:80"), &u, &err));
  assert_true(u.ipv6);
  check_text(u.host, "::1");
  check_text(u.path, "");
  assert_null(u.query.p);
  assert_int_equal(u.port, 80);
  assert_true(uri_parse_http(STR("https://10.0.0.1?"), &u, &err));
  assert_false(u.ipv6);
  assert_non_null(u.query.p);
  assert_int_equal(u.port, 0);
}

static void test_refused(void **state) {
  (void)state;
  static const char *const rows[] = {
      "",
      "/",
      "//host/",
      "host",
      "ftp://h/",
      "file:///etc/passwd",
      "http:",
      "http:/h",
      "http://",
      "http:///x",
      "http://:80/",
      "http://u@h/",
      "http://u:p@h/",
      "http://h@/",
      "http://h:0/",
      "http://h:65536/",
      "http://h:x/",
      "http://h:/",
      "http://h:80:80/",
      "http://[::1/",
      "http://::1/",
      "http://[::1]x/",
      "http://[1.2.3.4]/",
      "http://[fe80::1%25eth0]/",
      "http://[]/",
      "http://a b/",
      "http://h/ x",
      "http://h/\t",
      "http://h/\r\nX: y",
      "http://h\\@evil/",
      "http://h/\\x",
      "http://h%2eexample/",
      "http://h/%",
      "http://h/%4",
      "http://h/%zz",
      "http://h/\x7f",
      "http://h/é",
      "http://h/<x>",
      "javascript:alert(1)",
      " http://h/",
      "http://h,i/",
      "http://h#@evil",
  };
  struct uri u;
  struct err err;
  for (size_t i = 0; i < sizeof rows / sizeof *rows - 1; i++)
    if (uri_parse_http(str_of(rows[i]), &u, &err)) fail_msg("taken: %s", rows[i]);
  // A fragment may have an '@': the host ends before it.
  assert_true(uri_parse_http(STR("http://h#@evil"), &u, &err));
  check_text(u.host, "h");
  assert_false(uri_parse_http(str_make("http://h/\0x", 11), &u, &err));
  assert_int_equal(err.code, ERR_INVALID);
}

static void test_join(void **state) {
  (void)state;
  static const struct {
    const char *base, *relative, *path; // NULL: refused
  } rows[] = {
      {"api.yaml", "types.yaml", "types.yaml"},
      {"a/b/api.yaml", "../c/types.yaml", "a/c/types.yaml"},
      {"a/b/api.yaml", "./x/./y.yaml", "a/b/x/y.yaml"},
      {"a/b/api.yaml", "../../top.yaml", "top.yaml"},
      {"a/api.yaml", "", "a/api.yaml"},
      {"a/api.yaml", "x%20y.yaml", "a/x y.yaml"},
      {"a/api.yaml", "x//y.yaml", "a/x/y.yaml"},
      {"api.yaml", "../x.yaml", NULL},
      {"a/b/api.yaml", "../../../x.yaml", NULL},
      {"a/api.yaml", "%2e%2e/%2e%2e/x.yaml", NULL},
      {"a/api.yaml", "..%2f..%2fx.yaml", NULL},
      {"a/api.yaml", "/etc/passwd", NULL},
      {"a/api.yaml", "%2fetc/passwd", NULL},
      {"a/api.yaml", "file:x", NULL},
      {"a/api.yaml", "http://h/x", NULL},
      {"a/api.yaml", "..\\x", NULL},
      {"a/api.yaml", "x%00.yaml", NULL},
      {"a/api.yaml", "x%ff.yaml", NULL},
      {"a/api.yaml", "x%", NULL},
      {"a/api.yaml", "x.yaml?y", NULL},
      {"a/api.yaml", "x/", NULL},
      {"a/api.yaml", "..", NULL},
  };
  struct arena *a = arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct str out = STR("untouched");
    bool ok = uri_path_join(a, str_of(rows[i].base), str_of(rows[i].relative), &out);
    if (ok != (rows[i].path != NULL))
      fail_msg("%s + %s: %s", rows[i].base, rows[i].relative, ok ? "taken" : "refused");
    check_text(out, rows[i].path ? rows[i].path : "untouched");
  }
  arena_free(a);
}

static void test_resolve(void **state) {
  (void)state;
  static const struct {
    const char *base, *reference, *out; // NULL: refused
  } rows[] = {
      {"https://h/a/openapi.json", "/v1", "https://h/v1"},
      {"https://h/a/openapi.json", "v1", "https://h/a/v1"},
      {"https://h/a/openapi.json", "./v1/", "https://h/a/v1/"},
      {"https://h/a/b/openapi.json", "../v1", "https://h/a/v1"},
      {"https://h/a/openapi.json", "../../../v1", "https://h/v1"},
      {"https://h/a/openapi.json", "", "https://h/a/"},
      {"https://h", "v1", "https://h/v1"},
      {"https://h", "..", "https://h/"},
      {"https://h:1?x", "/v1", "https://h:1/v1"},
      {"https://h/a", "//other/x", "https://other/x"},
      {"https://h/a", "http://other:8/x/../y?q#f", "http://other:8/y"},
      {"", "https://h?q", "https://h"},
      {"", "httPS://H/a", "https://H/a"},
      {"", "https://h#f", "https://h"},
      {"", "/v1", NULL},
      {"https://h/a", "//user@other/x", NULL},
      {"https://h/a", "/x\\y", NULL},
      {"https://h/a", "/x y", NULL},
      {"https://h/a", "ftp://x", NULL},
      {"file:///x", "v1", NULL},
  };
  struct arena *a = arena_new();
  struct err err;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct str out = STR("untouched");
    bool ok = uri_resolve(a, str_of(rows[i].base), str_of(rows[i].reference), &out, &err);
    if (ok != (rows[i].out != NULL)) fail_msg("%s + %s: %.*s", rows[i].base, rows[i].reference, STR_ARG(out));
    check_text(out, rows[i].out ? rows[i].out : "untouched");
  }
  arena_free(a);
}

static void test_origins(void **state) {
  (void)state;
  static const struct {
    const char *a, *b;
    bool same;
  } rows[] = {
      {"https://h/a", "https://H:443/b", true}, {"http://h", "http://h:80", true},
      {"http://h", "https://h", false},         {"https://h", "https://h:8443", false},
      {"https://h", "https://h.evil", false},
  };
  struct uri a, b;
  struct err err;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    assert_true(uri_parse_http(str_of(rows[i].a), &a, &err) && uri_parse_http(str_of(rows[i].b), &b, &err));
    assert_int_equal(uri_same_origin(&a, &b), rows[i].same);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_parts),   cmocka_unit_test(test_refused), cmocka_unit_test(test_join),
      cmocka_unit_test(test_resolve), cmocka_unit_test(test_origins),
  };
  return cmocka_run_group_tests_name("data/uri", tests, NULL, NULL);
}
