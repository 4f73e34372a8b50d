// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "table/moment.h"

static void test_read(void **state) {
  (void)state;
  static const struct {
    const char *text, *want;
  } rows[] = {
      {"2026-11-20", "2026-11-20T00:00:00.000Z"},
      {"2026-11-20T08:15", "2026-11-20T08:15:00.000Z"},
      {"2026-11-20 08:15:01", "2026-11-20T08:15:01.000Z"},
      {"2026-11-20T08:15:01.5Z", "2026-11-20T08:15:01.500Z"},
      {"2026-11-20T08:15:01,123456789z", "2026-11-20T08:15:01.123Z"},
      {"2026-11-20T08:15:01+01:00", "2026-11-20T07:15:01.000Z"},
      {"2026-11-20T08:15:01 -0530", "2026-11-20T13:45:01.000Z"},
      {"2026-11-20T08:15:01+01", "2026-11-20T07:15:01.000Z"},
      {"2026-11-20 08:15:01 UTC", "2026-11-20T08:15:01.000Z"},
      {"2024-02-29", "2024-02-29T00:00:00.000Z"},
      {"0001-01-01", "0001-01-01T00:00:00.000Z"},
      {"9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"},
      {"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"},
      {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"},
      {"2026-02-29", NULL},
      {"2026-13-01", NULL},
      {"2026-11-20T24:00:00", NULL},
      {"2026-11-20T08", NULL},
      {"2026-11-20T08:15:01+", NULL},
      {"2026-11-20T08:15:01+25:00", NULL},
      {"2026-11-20T08:15:01.Z", NULL},
      {"2026-11-20x", NULL},
      {"20261120", NULL},
      {"", NULL},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char text[MOMENT_TEXT] = "";
    int64_t ms;
    bool ok = moment_read(str_of(rows[i].text), &ms);
    if (ok) moment_write(ms, text);
    if (ok != (rows[i].want != NULL) || (ok && strcmp(text, rows[i].want) != 0))
      fail_msg("%s is %s, not %s", rows[i].text, ok ? text : "refused",
               rows[i].want ? rows[i].want : "refused");
  }
}

static void test_round(void **state) {
  (void)state;
  for (int64_t ms = -62135596800000; ms < 253402300799999; ms += 86399999LL * 37) {
    struct moment_civil c;
    moment_split(ms, &c);
    if (moment_join(&c) != ms) fail_msg("%lld comes back as %lld", (long long)ms, (long long)moment_join(&c));
  }
  struct moment_civil c;
  moment_split(0, &c);
  assert_int_equal(c.weekday, 4);
  moment_split(-1, &c);
  assert_int_equal(c.weekday, 3);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_read), cmocka_unit_test(test_round)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
