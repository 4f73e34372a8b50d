// SPDX-License-Identifier: Apache-2.0
#include "rig.h"

#include "chart/format.h"

static void test_numbers(void **state) {
  (void)state;
  static const struct {
    enum chart_format format;
    double value;
    const char *text;
  } rows[] = {
      {CHART_SHORT, 41200, "41.2k"},
      {CHART_SHORT, 18350, "18.35k"},
      {CHART_SHORT, 0, "0"},
      {CHART_SHORT, 950, "950"},
      {CHART_SHORT, -1.5e9, "-1.5G"},
      {CHART_SHORT, 0.0042, "4.2m"},
      {CHART_SHORT, 999999.9, "1M"},
      {CHART_SHORT, 1e30, "1000000Y"},
      {CHART_SHORT, 1e-30, "0.000001y"},
      {CHART_GROUPED, 1284, "1,284"},
      {CHART_GROUPED, -1234567, "-1,234,567"},
      {CHART_GROUPED, 0.5, "0.5"},
      {CHART_GROUPED, 1234.5, "1,234.5"},
      {CHART_GROUPED, 0.1 + 0.2, "0.3"},
      {CHART_GROUPED, -0.0, "0"},
      {CHART_AS_IS, 999, "999"},
      {CHART_PERCENT, 0.1234, "12.3%"},
      {CHART_PERCENT, -0.00001, "0.0%"},
      {CHART_WHOLE_PERCENT, 0.5, "50%"},
      {CHART_WHOLE, 12345.6, "12346"},
      {CHART_WHOLE, -0.2, "0"},
      {CHART_DIGITS, 3.14159265, "3.14159"},
      {CHART_MONEY, 1234.5, "1,234.50"},
      {CHART_BYTES, 1350000000, "1.35 GB"},
      {CHART_DURATION, 12500, "12.5 s"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct buf out = BUF_MAX(400);
    chart_format_number(&out, rows[i].format, rows[i].value);
    check_text(buf_str(&out), rows[i].text);
    buf_free(&out);
  }
}

static void test_measures(void **state) {
  (void)state;
  static const struct {
    double value;
    enum chart_unit unit;
    const char *word, *text;
  } rows[] = {
      {850, CHART_UNIT_MS, "", "850 ms"},
      {12500, CHART_UNIT_MS, "", "12.5 s"},
      {200, CHART_UNIT_SECONDS, "", "3 min 20 s"},
      {0.25, CHART_UNIT_MS, "", "0.2 ms"},
      {59.96, CHART_UNIT_SECONDS, "", "1 min"},
      {3599.9, CHART_UNIT_SECONDS, "", "1 h"},
      {18600, CHART_UNIT_SECONDS, "", "5 h 10 min"},
      {90000, CHART_UNIT_SECONDS, "", "1 d 1 h"},
      {-200, CHART_UNIT_SECONDS, "", "-3 min 20 s"},
      {0, CHART_UNIT_MS, "", "0 ms"},
      {999, CHART_UNIT_BYTES, "", "999 B"},
      {12500, CHART_UNIT_BYTES, "", "12.5 kB"},
      {999960, CHART_UNIT_BYTES, "", "1 MB"},
      {1536, CHART_UNIT_BINARY_BYTES, "", "1.5 KiB"},
      {-1e9, CHART_UNIT_BYTES, "", "-1 GB"},
      {0.125, CHART_UNIT_RATIO, "", "12.5%"},
      {12.5, CHART_UNIT_PERCENT, "", "12.5%"},
      {12.5, CHART_UNIT_MONEY, "EUR", "12.50 EUR"},
      {1240, CHART_UNIT_OTHER, "KB", "1,240 KB"},
      {41200, CHART_UNIT_NONE, "", "41,200"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct buf out = BUF_MAX(400);
    chart_format_measure(&out, rows[i].value, rows[i].unit, str_of(rows[i].word));
    check_text(buf_str(&out), rows[i].text);
    buf_free(&out);
  }
}

static void test_times(void **state) {
  (void)state;
  static const struct {
    const char *moment;
    bool days;
    const char *text;
  } rows[] = {{"2026-11-20", false, "2026-11-20"},
              {"2026-11-20T08:15:00Z", false, "2026-11-20 08:15"},
              {"2026-11-20T08:15:07.5Z", false, "2026-11-20 08:15:07"},
              {"2026-11-20T08:15:00Z", true, "2026-11-20"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    int64_t ms;
    struct buf out = BUF_MAX(400);
    assert_true(moment_read(str_of(rows[i].moment), &ms));
    chart_format_time(&out, ms, rows[i].days);
    check_text(buf_str(&out), rows[i].text);
    buf_free(&out);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_numbers), cmocka_unit_test(test_measures),
                                     cmocka_unit_test(test_times)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
