// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "crypto/redact_unit.h"

static void check_units(struct str text, const char *want) {
  char got[256];
  size_t n = 0;
  for (size_t at = 0; at < text.n && n + REDACT_UNIT_MOST < sizeof got;) {
    size_t before = at;
    n += redact_unit(text, &at, (unsigned char *)got + n);
    assert_true(at > before && at <= text.n);
  }
  if (!str_is(str_make(got, n), want))
    fail_msg("\"%.*s\" is \"%.*s\", not \"%s\"", STR_ARG(text), (int)n, got, want);
}

// Whatever the way in which it is written, the same comes out.
static void test_alike(void **state) {
  (void)state;
  static const char *const ways[] = {
      "a+b",           "A+B",         "\\u0041+\\u0062", "%41%2b%62", "&#65;&#43;&#98;",
      "&#x41;&plus;b", "&amp;#65;+b", "\\\\u0041+b",     "%2541%2Bb", "a\\\n+b",
      "a\r\n+b",       "\\x41+b",     "a+b\\n"};
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) check_units(str_of(ways[i]), "a+b");
  check_units(STR("\\u00e4"), "\xe3\xa4"); // ä, folded byte by byte
  check_units(STR("ä"), "\xe3\xa4");
  check_units(STR("\\ud83d\\ude00"), "\xf0\xbf\xb8\xa0"); // one character, of a pair
  check_units(STR("😀"), "\xf0\xbf\xb8\xa0");
}

// What only looks like an escape stands for itself; nothing is read behind the end.
static void test_broken(void **state) {
  (void)state;
  static const char *const rows[][2] = {
      {"%", "%"}, {"%4", "%4"}, {"%zz", "%zz"},   {"\\", ""},           {"\\u12", "u12"},
      {"&", "&"}, {"&#", "&#"}, {"&#x;", "&#x;"}, {"&what;", "&what;"}, {"&#99999999999;", NULL},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (rows[i][1]) {
      char want[64];
      size_t n = strlen(rows[i][1]);
      for (size_t k = 0; k <= n; k++) want[k] = (char)(k < n ? redact_fold((unsigned char)rows[i][1][k]) : 0);
      check_units(str_of(rows[i][0]), want);
    }
  // Every cut of a text full of escapes comes to its end.
  const struct str all = STR("\\u0041\\ud83d\\ude00%25%41&amp;#x41;&quot;\\\\n&#1114112;&#1114111;");
  for (size_t n = 0; n <= all.n; n++) {
    char *copy = malloc(n ? n : 1);
    unsigned char out[REDACT_UNIT_MOST];
    memcpy(copy, all.p, n);
    for (size_t at = 0; at < n;) assert_true(redact_unit(str_make(copy, n), &at, out) <= REDACT_UNIT_MOST);
    free(copy);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_alike), cmocka_unit_test(test_broken)};
  return cmocka_run_group_tests_name("crypto/redact_unit", tests, NULL, NULL);
}
