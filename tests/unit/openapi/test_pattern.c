// SPDX-License-Identifier: Apache-2.0
#include "openapi/pattern.h"

#include "../support/check.h"

static void test_patterns(void **state) {
  (void)state;
  static const struct {
    const char *in, *out; // NULL: left out
  } rows[] = {
      {"^[0-9a-f]{32}$", "^[0-9a-f]{32}$"},
      {"a\\-b\\_c\\@", "a-b_c@"},
      {"[\\w-.]", "[\\w\\-.]"},
      {"[a\\-z]", "[a\\-z]"},
      {"(?:a|b)*?(?=c)(?!d)(?<!e)", "(?:a|b)*?(?=c)(?!d)(?<!e)"},
      {"(?<year>\\d{4})-(?P<month>\\d\\d)", "(\\d{4})-(\\d\\d)"},
      {"\\p{L}+", "\\p{L}+"},
      {"", ""},
      {"(?i)a", NULL},
      {"a**", NULL},
      {"*a", NULL},
      {"a{2", NULL},
      {"(a", NULL},
      {"a)", NULL},
      {"[a", NULL},
      {"[z-a]", NULL},
      {"a\\", NULL},
      {"\\Aabc\\Z", NULL},
      {"(a)\\1", NULL},
      {"]", NULL},
      {"\\u00e", NULL},
      {"\\01", NULL},
  };
  struct arena *a = arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct str out;
    bool ok = pattern_mend(a, str_of(rows[i].in), &out);
    if (ok != (rows[i].out != NULL)) fail_msg("%s: %s", rows[i].in, ok ? "taken" : "refused");
    if (ok) check_text(out, rows[i].out);
  }
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_patterns)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
