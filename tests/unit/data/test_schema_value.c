// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "data/schema_value.h"

static struct schema_number number(const char *text) {
  struct schema_number n;
  if (!schema_number_parse(str_of(text), &n)) fail_msg("not a number: %s", text);
  return n;
}

static void test_parse(void **state) {
  (void)state;
  static const char *const bad[] = {"",   "-",  "+1", "01",  "1.",    ".1",  "1e", "1e+",
                                    "1x", " 1", "1 ", "0x1", "1e1.5", "--1", "NaN"};
  struct schema_number n;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (schema_number_parse(str_of(bad[i]), &n)) fail_msg("taken: %s", bad[i]);
  n = number("-120.50e1");
  assert_true(n.negative && n.digits == 1205 && n.exponent == 0);
  n = number("-0.000");
  assert_true(!n.negative && n.digits == 0 && n.exponent == 0);
}

static void test_compare(void **state) {
  (void)state;
  // In ascending order; each row is equal within itself.
  static const char *const rows[][3] = {
      {"-1e400"},
      {"-10", "-1e1", "-10.0"},
      {"-9.99"},
      {"-1e-9"},
      {"0", "-0", "0e9"},
      {"1e-400"},
      {"0.1", "1e-1", "0.100"},
      {"0.10000000000000000000000000001"},
      {"1", "1.0", "10e-1"},
      {"9007199254740992"},
      {"9007199254740993"},
      {"18446744073709551616"},
      {"99999999999999999999999999999999999999"},
      {"1e38", "100000000000000000000000000000000000000"},
      {"1e39"},
  };
  size_t count = sizeof rows / sizeof *rows;
  for (size_t i = 0; i < count; i++)
    for (size_t j = 0; j < count; j++)
      for (size_t x = 0; x < 3 && rows[i][x]; x++)
        for (size_t y = 0; y < 3 && rows[j][y]; y++) {
          struct schema_number a = number(rows[i][x]), b = number(rows[j][y]);
          if (schema_number_compare(&a, &b) != (i > j) - (i < j))
            fail_msg("%s and %s", rows[i][x], rows[j][y]);
        }
}

static void test_multiples(void **state) {
  (void)state;
  static const struct {
    const char *n, *step;
    bool whole;
  } rows[] = {{"0", "7", true},           {"21", "7", true},
              {"-21", "7", true},         {"22", "7", false},
              {"0.3", "0.1", true},       {"1.1", "0.1", true},
              {"1.15", "0.1", false},     {"4.02", "0.01", true},
              {"1e20", "7", false},       {"7e20", "7", true},
              {"1e300", "0.5", true},     {"5", "10", false},
              {"0.0075", "0.0001", true}, {"12345678901234567890", "10", true}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct schema_number n = number(rows[i].n), step = number(rows[i].step);
    if (schema_number_is_multiple(&n, &step) != rows[i].whole) fail_msg("%s by %s", rows[i].n, rows[i].step);
  }
}

static void test_text_of_doubles(void **state) {
  (void)state;
  static const struct {
    double real;
    const char *text;
  } rows[] = {{0.1, "0.1"},
              {4.35, "4.35"},
              {1e21, "1e+21"},
              {0.30000000000000004, "0.30000000000000004"},
              {-2.5, "-2.5"}};
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char room[32];
    check_text(schema_number_text(yyjson_mut_real(doc, rows[i].real), room), rows[i].text);
  }
  yyjson_mut_doc_free(doc);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_parse),
      cmocka_unit_test(test_compare),
      cmocka_unit_test(test_multiples),
      cmocka_unit_test(test_text_of_doubles),
  };
  return cmocka_run_group_tests_name("data/schema_value", tests, NULL, NULL);
}
