// SPDX-License-Identifier: Apache-2.0
// Which pages may call, beside those of the host that was asked.
#include "../support/check.h"

#include "access/origin.h"

static const struct str allowed[] = {{"https://console.example", 23}, {"*", 1}};

static const struct {
  const char *origin, *host, *public_url;
  bool fine;
} rows[] = {
    {NULL, "127.0.0.1:8080", "", true},
    {"http://127.0.0.1:8080", "127.0.0.1:8080", "", true},
    {"https://127.0.0.1:8080", "127.0.0.1:8080", "", true},
    {"http://127.0.0.1:8081", "127.0.0.1:8080", "", false},
    {"https://CONSOLE.example", "127.0.0.1:8080", "", true},
    {"http://console.example", "127.0.0.1:8080", "", false},
    {"https://console.example.evil.example", "127.0.0.1:8080", "", false},
    {"https://gateway.example", "127.0.0.1:8080", "", false},
    {"https://gateway.example", "127.0.0.1:8080", "https://gateway.example", true},
    {"https://gateway.example", "127.0.0.1:8080", "https://gateway.example/below", true},
    {"https://gateway", "127.0.0.1:8080", "https://gateway.example", false},
    {"https://gateway.example", "127.0.0.1:8080", "https://gateway.example:8443", false},
    {"https://gateway.example.evil.example", "127.0.0.1:8080", "https://gateway.example", false},
    {"null", "127.0.0.1:8080", "https://gateway.example", false},
    {"h", "127.0.0.1:8080", "https://gateway.example", false},
    {"https://evil.example", "127.0.0.1:8080", "", false}, // "*" is no origin
};

static void pages_of_ours_and_allowed_ones_may_call(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct http_header headers[] = {{STR("Host"), str_of(rows[i].host)},
                                    {STR("Origin"), rows[i].origin ? str_of(rows[i].origin) : STR_NONE}};
    struct http_request in = {.headers = {headers, rows[i].origin ? 2 : 1}};
    struct origin_rule rule = {allowed, 2, str_of(rows[i].public_url)};
    struct err err = {0};
    bool fine = origin_check(&rule, &in, &err);
    if (fine != rows[i].fine) fail_msg("row %zu: %s", i, fine ? "taken" : err.text);
    if (fine) continue;
    assert_int_equal(err.code, ERR_DENIED);
    check_has(err.text, rows[i].origin);
    check_has(err.hint, "allowed_origins");
  }
}

// What a browser does by itself with a cookie counts only from pages of ours.
static void only_pages_of_ours_are_own(void **state) {
  (void)state;
  static const struct {
    const char *origin, *public_url;
    bool fine;
  } own[] = {
      {NULL, "", false},
      {"null", "", false},
      {"http://127.0.0.1:8080", "", true},
      {"http://127.0.0.1:8081", "", false},
      {"https://console.example", "", false}, // allowed otherwise
      {"https://gateway.example", "https://gateway.example", true},
      {"https://gateway.example.evil.example", "https://gateway.example", false},
  };
  for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
    struct http_header headers[] = {{STR("Host"), STR("127.0.0.1:8080")},
                                    {STR("Origin"), own[i].origin ? str_of(own[i].origin) : STR_NONE}};
    struct http_request in = {.headers = {headers, own[i].origin ? 2 : 1}};
    struct origin_rule rule = {allowed, 2, str_of(own[i].public_url)};
    struct err err = {0};
    if (origin_check_own(&rule, &in, &err) != own[i].fine) fail_msg("row %zu: %s", i, err.text);
    if (!own[i].fine) assert_int_equal(err.code, ERR_DENIED);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(pages_of_ours_and_allowed_ones_may_call),
                                     cmocka_unit_test(only_pages_of_ours_are_own)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
