// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "data/schema_cost.h"

static void test_costs(void **state) {
  (void)state;
  static const struct {
    const char *pattern;
    size_t repeat;
    bool refers, wide;
  } rows[] = {
      {"^[a-z]+$", 0, false, false},
      {"a{3}b{2,50}c{7,}", 7, false, false}, // the most that must be there
      {"a{99999999999999999999}", 65535, false, false},
      {"[{9}]", 0, false, false}, // a brace in a class is itself
      {"\\{9}", 0, false, false},
      {"(a)\\1", 0, true, false},
      {"(?<n>a)\\k<n>", 0, true, false},
      {"[\\1]", 0, false, false}, // an octal escape there
      {"\\u00e4", 0, false, true},
      {"\\p{L}", 0, false, true},
      {"ä", 0, false, true},
      {"(?:a)(?=b)(?!c)(?<=d)(?<!e)", 0, false, false},
      {"", 0, false, false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct schema_cost c;
    if (!schema_cost_read(str_of(rows[i].pattern), &c)) fail_msg("%s is refused", rows[i].pattern);
    if (c.repeat != rows[i].repeat || c.refers != rows[i].refers || c.wide != rows[i].wide)
      fail_msg("%s: repeat %zu, refers %d, wide %d", rows[i].pattern, c.repeat, c.refers, c.wide);
    assert_true(c.weight >= 1);
  }
}

// What PCRE2 has beyond ECMA-262, and nobody could bound.
static void test_refused(void **state) {
  (void)state;
  static const char *const rows[] = {"(?i)a", "(?R)",    "(?1)",    "(*SKIP)", "(?>a)", "(?#c)",
                                     "\\X",   "\\Qa\\E", "\\A",     "\\z",     "\\K",   "\\h",
                                     "(?|a)", "(?P>n)",  "(?(1)a)", "\\c1",    "[\\k]", "a\\"};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct schema_cost c;
    if (schema_cost_read(str_of(rows[i]), &c)) fail_msg("%s is taken", rows[i]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_costs), cmocka_unit_test(test_refused)};
  return cmocka_run_group_tests_name("data/schema_cost", tests, NULL, NULL);
}
