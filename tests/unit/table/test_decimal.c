// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "table/decimal.h"

static struct decimal number(const char *text) {
  struct decimal d;
  if (!decimal_read(str_of(text), &d)) fail_msg("no number: %s", text);
  return d;
}

static void test_sums(void **state) {
  (void)state;
  static const struct {
    const char *a, *b, *want;
  } rows[] = {{"0.1", "0.2", "0.3"},
              {"1", "-1", "0"},
              {"-1.5", "1", "-0.5"},
              {"999999999999999999999", "1", "1000000000000000000000"},
              {"1e3", "1E-3", "1000.001"},
              {"-0.001", "-0.009", "-0.01"},
              {"12345678901234567890.123456789", "0.000000001", "12345678901234567890.12345679"},
              {"5", "-7", "-2"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct decimal a = number(rows[i].a), b = number(rows[i].b);
    char text[DECIMAL_TEXT];
    assert_true(decimal_add(&a, &b));
    decimal_write(&a, text);
    if (strcmp(text, rows[i].want) != 0)
      fail_msg("%s + %s is %s, not %s", rows[i].a, rows[i].b, text, rows[i].want);
  }
}

static void test_order(void **state) {
  (void)state;
  static const char *const ascending[] = {"-1e20",  "-10",   "-9.5", "-0.001", "0",
                                          "0.0009", "0.001", "9.99", "10",     "1e20"};
  for (size_t i = 0; i < sizeof ascending / sizeof *ascending; i++)
    for (size_t j = 0; j < sizeof ascending / sizeof *ascending; j++) {
      struct decimal a = number(ascending[i]), b = number(ascending[j]);
      assert_int_equal(decimal_compare(&a, &b), (i > j) - (i < j));
    }
  struct decimal zero = number("0"), minus = number("-0.00");
  assert_int_equal(decimal_compare(&zero, &minus), 0);
}

static void test_refused(void **state) {
  (void)state;
  static const char *const texts[] = {
      "", "-", ".", "1.2.3", "abc", "1e", "1e99", "0x10", "1 2", "1e9999999999999999999", "1e-40"};
  struct decimal d;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    if (decimal_read(str_of(texts[i]), &d)) fail_msg("'%s' passed", texts[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_sums), cmocka_unit_test(test_order),
                                     cmocka_unit_test(test_refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
