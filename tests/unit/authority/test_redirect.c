// SPDX-License-Identifier: Apache-2.0
// Where codes may go: what is registered, and what counts as the same.
#include "../support/check.h"

#include "authority/redirect.h"

static void judges(void **state) {
  (void)state;
  static const char *const good[] = {
      "https://app.example/cb", "https://app.example:8443/cb?x=1",
      "http://127.0.0.1/cb",    "http://localhost:8787/callback",
      "http://[::1]:1/",        "cursor://a.b/c",
      "com.example.app:/cb",    "https://chatgpt.com/connector_platform_oauth_redirect"};
  static const char *const bad[] = {"",
                                    "https://",
                                    "http://app.example/cb",
                                    "http://10.0.0.1/",
                                    "https://u@a.example/",
                                    "https://a.example/#x",
                                    "javascript:alert(1)",
                                    "JavaScript:alert(1)",
                                    "data:,x",
                                    "file:///x",
                                    "evil:/x",
                                    "Com.Example:/x",
                                    ".a:/x",
                                    "a.:/x",
                                    "com.example:/a b",
                                    "https://a.example\\@b.example/",
                                    "https://a.example/\"",
                                    "//a.example/",
                                    "/cb"};
  struct err err;
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    if (!redirect_judge(str_of(good[i]), &err)) fail_msg("refused %s: %s", good[i], err.text);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    if (redirect_judge(str_of(bad[i]), &err)) fail_msg("took %s", bad[i]);
    assert_string_equal(err.field, "redirect_uris");
  }
}

static const struct {
  const char *registered, *asked;
  bool same;
} rows[] = {
    {"https://a.example/cb", "https://a.example/cb", true},
    {"https://a.example/cb", "https://a.example:443/cb", false}, // exactly
    {"https://a.example/cb", "https://a.example/cb?x", false},
    {"http://127.0.0.1/cb", "http://127.0.0.1:4711/cb", true},
    {"http://127.0.0.1:1/cb", "http://127.0.0.1/cb", true},
    {"http://localhost:1/cb", "http://localhost:2/cb", true},
    {"http://[::1]:1/cb", "http://[::1]:2/cb", true},
    {"http://127.0.0.1:1/cb", "http://localhost:1/cb", false},
    {"http://127.0.0.1:1/cb", "http://127.0.0.1:1/cb/x", false},
    {"http://127.0.0.1:1/cb", "http://127.0.0.1:1/cb?x", false},
    {"http://127.0.0.1:1/cb", "http://127.0.0.1:1@evil.example/cb", false},
    {"http://127.0.0.1:1/cb", "http://127.0.0.1.evil.example:1/cb", false},
    {"http://127.0.0.1:1/cb", "https://127.0.0.1:1/cb", false},
    {"http://127.0.0.1:1/cb", "http://127.0.0.1:99999/cb", false}, // no port
};

static void compares(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct str registered = str_of(rows[i].registered);
    bool same = redirect_is_among(str_of(rows[i].asked), &registered, 1);
    if (same != rows[i].same)
      fail_msg("%s for %s: expected %d, got %d", rows[i].asked, rows[i].registered, rows[i].same, same);
  }
}

static void names_the_place_and_adds_what_goes_with_it(void **state) {
  (void)state;
  struct arena *a = arena_new();
  assert_true(str_is(redirect_place(STR("https://a.example:8443/cb?x")), "a.example:8443"));
  assert_true(str_is(redirect_place(STR("http://[::1]:5/cb")), "[::1]:5"));
  assert_true(str_is(redirect_place(STR("cursor://a/b")), "cursor"));
  const struct str pairs[][2] = {
      {STR("code"), STR("a&b=c d")}, {STR("state"), STR_NONE}, {STR("iss"), STR("https://x")}};
  assert_true(str_is(redirect_with(STR("https://a.example/cb?x=1"), pairs, 3, a),
                     "https://a.example/cb?x=1&code=a%26b%3Dc%20d&iss=https%3A%2F%2Fx"));
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(judges),
      cmocka_unit_test(compares),
      cmocka_unit_test(names_the_place_and_adds_what_goes_with_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
