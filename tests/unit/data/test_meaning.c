// SPDX-License-Identifier: Apache-2.0
// What is said of numbers that stand for something else.
#include "../support/check.h"

#include "data/meaning.h"

static void test_codes(void **state) {
  (void)state;
  static const struct {
    const char *said;
    size_t n;
    const char *first, *last;
  } cases[] = {
      {"0=draft 1=open 2=paid", 3, "draft", "paid"},
      {"One of 1: new, 2: in_use, 3: gone.", 3, "new", "gone"},
      {"0 - none; 1 - \"half-way\"", 2, "none", "half-way"},
      {"1 (low), 2 (high)", 2, "low", "high"},
      {"1-5 stars", 0, "", ""},
      {"0 = worst, 5 = best", 0, "", ""}, // a scale
      {"Version 2: see there", 0, "", ""},
      {"99999999999999999999 = a, 1 = b", 0, "", ""},
      {"", 0, "", ""},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct meaning_code codes[MEANING_CODES_MOST];
    size_t n = meaning_codes(str_of(cases[i].said), codes);
    if (n != cases[i].n) fail_msg("%s: %zu", cases[i].said, n);
    if (!n) continue;
    check_text(codes[0].word, cases[i].first);
    check_text(codes[n - 1].word, cases[i].last);
  }
}

static void test_instants(void **state) {
  (void)state;
  assert_true(meaning_is_instant(STR("unix-time"), STR("")));
  assert_true(meaning_is_instant(STR(""), STR("Seconds since the Epoch")));
  assert_true(meaning_is_instant(STR("int64"), STR("UNIX timestamp")));
  assert_false(meaning_is_instant(STR("int64"), STR("how long it took, in seconds")));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_codes), cmocka_unit_test(test_instants)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
