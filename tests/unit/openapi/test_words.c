// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "openapi/words.h"

static struct str joined(struct arena *a, const char *name, size_t room) {
  struct words w = {0};
  words_add(&w, a, str_of(name));
  if (room) words_fit(&w, room);
  return words_join(&w, a);
}

static void test_apart(void **state) {
  (void)state;
  static const char *const rows[][2] = {
      {"dnsRecords", "dns_records"},
      {"dns-records", "dns_records"},
      {"DNS records", "dns_records"},
      {"DNSRecords", "dns_records"},
      {"v4_accounts", "v4_accounts"},
      {"listV2Things", "list_v2_things"},
      {"__a//b..", "a_b"},
      {"", ""},
      {"-", ""},
      {"Zürich", "z_rich"},
  };
  struct arena *a = arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) check_text(joined(a, rows[i][0], 0), rows[i][1]);
  arena_free(a);
}

static void test_bounds(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct words w = {0};
  for (int i = 0; i < WORDS_MOST + 5; i++) words_add(&w, a, STR("word"));
  assert_int_equal(w.count, WORDS_MOST);
  char endless[200];
  memset(endless, 'a', sizeof endless);
  w.count = 0;
  words_add(&w, a, str_make(endless, sizeof endless));
  assert_int_equal(w.count, 1);
  assert_int_equal(w.items[0].n, WORD_BYTES_MOST);
  arena_free(a);
}

// One and many lead to each other.
static void test_number(void **state) {
  (void)state;
  static const char *const rows[][2] = {
      {"zone", "zones"},      {"policy", "policies"}, {"key", "keys"},
      {"box", "boxes"},       {"branch", "branches"}, {"class", "classes"},
      {"status", "statuses"}, {"person", "people"},   {"database", "databases"},
      {"day", "days"},        {"index", "indexes"},   {"analysis", "analyses"},
      {"dns", "dns"},         {"access", "access"},   {"metadata", "metadata"},
  };
  struct arena *a = arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct str one = str_of(rows[i][0]), many = str_of(rows[i][1]);
    check_text(words_plural(a, one), rows[i][1]);
    check_text(words_plural(a, many), rows[i][1]);
    check_text(words_singular(a, many), rows[i][0]);
    check_text(words_singular(a, one), rows[i][0]);
    if (!str_eq(one, many) && !words_is_plural(many)) fail_msg("%s is many", rows[i][1]);
    if (words_is_plural(one)) fail_msg("%s is one", rows[i][0]);
  }
  check_text(words_plural(a, STR("")), "");
  arena_free(a);
}

static void test_verbs(void **state) {
  (void)state;
  assert_true(words_is_verb(STR("purge")) && words_is_verb(STR("verify")));
  assert_false(words_is_verb(STR("zone")) || words_is_verb(STR("")) || words_is_verb(STR("purges")));
}

static void test_fit(void **state) {
  (void)state;
  static const struct {
    const char *name, *fits;
    size_t room;
  } rows[] = {
      {"list_zones", "list_zones", 10},
      {"get_organization_configuration", "get_org_config", 20},
      {"get_organization_configuration", "get_org_configuration", 24},           // no more than is needed
      {"radar_http_summary_by_layer3_protocol", "radar_by_layer3_protocol", 26}, // numbers tell things apart
      {"internationalization", "internat", 8},
      {"abc_def_ghi", "abc", 3},
  };
  struct arena *a = arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    check_text(joined(a, rows[i].name, rows[i].room), rows[i].fits);
  for (size_t room = 1; room < 80; room++) {
    struct str s =
        joined(a, "zero_trust_gateway_proxy_endpoints_configuration_for_locations_by_country", room);
    assert_true(s.n && s.n <= room && s.p[0] != '_' && s.p[s.n - 1] != '_');
  }
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_apart), cmocka_unit_test(test_bounds), cmocka_unit_test(test_number),
      cmocka_unit_test(test_verbs), cmocka_unit_test(test_fit),
  };
  return cmocka_run_group_tests_name("openapi/words", tests, NULL, NULL);
}
