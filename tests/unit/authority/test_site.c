// SPDX-License-Identifier: Apache-2.0
// Who we say we are, and which server an address names.
#include "../support/check.h"

#include "authority/site.h"

static void an_issuer_is_https_or_this_machine(void **state) {
  (void)state;
  static const char *const rows[][2] = {{"https://p.example", "https://p.example"},
                                        {"https://p.example/", "https://p.example"},
                                        {"https://p.example:8443", "https://p.example:8443"},
                                        {"http://127.0.0.1:8080", "http://127.0.0.1:8080"},
                                        {"http://localhost:1", "http://localhost:1"},
                                        {"http://p.example", ""},
                                        {"http://10.0.0.1", ""},
                                        {"https://p.example/postern", ""},
                                        {"", ""},
                                        {"ftp://p.example", ""}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct str issuer = site_issuer(str_of(rows[i][0]));
    if (!str_is(issuer, rows[i][1]))
      fail_msg("%s: expected \"%s\", got \"%.*s\"", rows[i][0], rows[i][1], STR_ARG(issuer));
  }
}

static void a_resource_names_a_server(void **state) {
  (void)state;
  struct authority_env env = {.issuer = STR("https://p.example")};
  static const char *const rows[][2] = {{"https://p.example/mcp/crm", "crm"},
                                        {"https://p.example/mcp/crm/", "crm"},
                                        {"HTTPS://P.example/mcp/crm", "crm"},
                                        {"https://p.example/mcp/", ""},
                                        {"https://p.example.evil/mcp/crm", ""},
                                        {"https://p.example:443/mcp/crm", ""},
                                        {"https://p.example/sse/crm", ""},
                                        {"https://p.example", ""},
                                        {"", ""}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct str slug = STR_NONE;
    bool named = site_slug_of(&env, str_of(rows[i][0]), &slug);
    if (named != (*rows[i][1] != 0) || (named && !str_is(slug, rows[i][1])))
      fail_msg("%s: expected \"%s\", got \"%.*s\"", rows[i][0], rows[i][1], STR_ARG(slug));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_issuer_is_https_or_this_machine),
      cmocka_unit_test(a_resource_names_a_server),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
