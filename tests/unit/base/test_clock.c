// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "base/clock.h"

static void test_rfc3339_out(void **state) {
  (void)state;
  static const struct {
    int64_t ms;
    const char *text;
  } rows[] = {{0, "1970-01-01T00:00:00Z"},
              {1, "1970-01-01T00:00:00.001Z"},
              {-1, "1969-12-31T23:59:59.999Z"},
              {1795162500123, "2026-11-20T08:15:00.123Z"},
              {951782400000, "2000-02-29T00:00:00Z"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char out[CLOCK_TEXT];
    int64_t back;
    clock_rfc3339(rows[i].ms, out);
    assert_string_equal(out, rows[i].text);
    assert_true(clock_parse_rfc3339(str_of(out), &back));
    assert_int_equal(back, rows[i].ms);
  }
}

static void test_rfc3339_in(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int64_t ms;
  } good[] = {{"1970-01-01T01:00:00+01:00", 0}, {"1969-12-31t19:30:00-04:30", 0},
              {"1970-01-01T00:00:00.5Z", 500},  {"1970-01-01T00:00:00.123987Z", 123},
              {"1970-01-01T00:00:60Z", 60000},  {"1990-12-31T15:59:60-08:00", 662688000000}};
  static const char *const bad[] = {
      "",
      "1970-01-01",
      "1970-01-01T00:00Z",
      "1970-01-01T00:00:00",
      "1970-13-01T00:00:00Z",
      "1970-00-01T00:00:00Z",
      "2026-02-29T00:00:00Z",
      "2026-02-30T23:59:60Z",
      "1970-01-01T24:00:00Z",
      "1970-01-01T00:60:00Z",
      "1970-01-01T00:00:61Z",
      "1970-01-01T00:00:00.Z",
      "1970-01-01T00:00:00+24:00",
      "1970-01-01T00:00:00+01:60",
      "1970-01-01T00:00:00+0100",
      "1970-01-01T00:00:00Zx",
      "+970-01-01T00:00:00Z",
      "1970-01-01T00:00:-1Z",
  };
  int64_t ms;
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    if (!clock_parse_rfc3339(str_of(good[i].text), &ms)) fail_msg("refused: %s", good[i].text);
    if (ms != good[i].ms) fail_msg("%s is %lld", good[i].text, (long long)ms);
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (clock_parse_rfc3339(str_of(bad[i]), &ms)) fail_msg("taken: %s", bad[i]);
}

static void test_http_date(void **state) {
  (void)state;
  char out[CLOCK_TEXT];
  int64_t ms;
  clock_http_date(784111777000, out);
  assert_string_equal(out, "Sun, 06 Nov 1994 08:49:37 GMT");
  // RFC 9110 §5.6.7: the three forms of one moment.
  static const char *const forms[] = {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                                      "Sun Nov  6 08:49:37 1994"};
  for (size_t i = 0; i < 3; i++) {
    ms = 0;
    if (!clock_parse_http_date(str_of(forms[i]), &ms)) fail_msg("refused: %s", forms[i]);
    assert_int_equal(ms, 784111777000);
  }
  static const char *const bad[] = {"",
                                    "Sun, 06 Nov 1994 08:49:37",
                                    "Sun, 06 Nov 1994 08:49:37 UTC",
                                    "Sun, 06 Nou 1994 08:49:37 GMT",
                                    "Sun, 31 Feb 1994 08:49:37 GMT",
                                    "Sun, 06 Nov 1994 25:49:37 GMT",
                                    "Sun Nov 6 08:49:37 1994",
                                    "120"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (clock_parse_http_date(str_of(bad[i]), &ms)) fail_msg("taken: %s", bad[i]);
}

static void test_two_digit_years(void **state) {
  (void)state;
  char text[CLOCK_TEXT], year_text[CLOCK_TEXT];
  int64_t ms;
  clock_rfc3339(clock_now_ms(), year_text);
  int year = atoi(year_text);
  // Up to 50 years ahead is the future, beyond that the past (RFC 9110 §5.6.7).
  snprintf(text, sizeof text, "Friday, 06-Nov-%02d 08:49:37 GMT", (year + 49) % 100);
  assert_true(clock_parse_http_date(str_of(text), &ms));
  assert_true(ms > clock_now_ms());
  snprintf(text, sizeof text, "Friday, 06-Nov-%02d 08:49:37 GMT", (year + 52) % 100);
  assert_true(clock_parse_http_date(str_of(text), &ms));
  assert_true(ms < clock_now_ms());
}

static void test_runs(void **state) {
  (void)state;
  uint64_t before = clock_mono_us();
  assert_true(clock_mono_us() >= before);
  assert_true(clock_now_ms() > 1700000000000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_rfc3339_out), cmocka_unit_test(test_rfc3339_in),
      cmocka_unit_test(test_http_date),   cmocka_unit_test(test_two_digit_years),
      cmocka_unit_test(test_runs),
  };
  return cmocka_run_group_tests_name("base/clock", tests, NULL, NULL);
}
