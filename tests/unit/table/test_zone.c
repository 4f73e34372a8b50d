// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "table/moment.h"
#include "table/zone.h"

static const struct zone *zone(const char *name) {
  const struct zone *z = NULL;
  struct err err;
  if (!zone_find(str_of(name), &z, &err)) fail_msg("%s", err.text);
  return z;
}

static int64_t at(const char *text) {
  int64_t ms;
  if (!moment_read(str_of(text), &ms)) fail_msg("no time: %s", text);
  return ms;
}

static void check_time(int64_t got, const char *want, const char *what) {
  char text[MOMENT_TEXT];
  moment_write(got, text);
  if (strcmp(text, want) != 0) fail_msg("%s is %s, not %s", what, text, want);
}

static void test_offsets(void **state) {
  (void)state;
  static const struct {
    const char *zone, *at;
    int offset;
  } rows[] = {
      {"UTC", "2026-07-01T00:00Z", 0},
      {"Europe/Berlin", "2026-01-01T00:00Z", 3600},
      {"Europe/Berlin", "2026-07-01T00:00Z", 7200},
      {"Europe/Berlin", "2026-10-25T00:59:59Z", 7200},
      {"Europe/Berlin", "2026-10-25T01:00:00Z", 3600},
      {"Europe/Berlin", "2085-07-01T00:00Z", 7200}, // by the footer's rule
      {"Europe/Berlin", "2085-12-01T00:00Z", 3600},
      {"America/New_York", "2026-03-08T06:59:59Z", -18000},
      {"America/New_York", "2026-03-08T07:00:00Z", -14400},
      {"Australia/Sydney", "2090-01-01T00:00Z", 39600}, // summer over the turn of the year
      {"Australia/Sydney", "2090-07-01T00:00Z", 36000},
      {"Asia/Kolkata", "2026-07-01T00:00Z", 19800},
      {"Asia/Kathmandu", "2026-07-01T00:00Z", 20700},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    int got = zone_offset(zone(rows[i].zone), at(rows[i].at));
    if (got != rows[i].offset)
      fail_msg("%s at %s is %d, not %d", rows[i].zone, rows[i].at, got, rows[i].offset);
  }
}

static void test_instants(void **state) {
  (void)state;
  const struct zone *berlin = zone("Europe/Berlin");
  check_time(zone_instant(berlin, at("2026-07-01T12:00Z")), "2026-07-01T10:00:00.000Z", "summer noon");
  check_time(zone_instant(berlin, at("2026-03-29T02:30Z")), "2026-03-29T01:30:00.000Z", "jumped over");
  check_time(zone_instant(berlin, at("2026-10-25T02:30Z")), "2026-10-25T00:30:00.000Z", "twice");
}

static void test_buckets(void **state) {
  (void)state;
  static const struct {
    const char *zone, *at;
    enum zone_unit unit;
    int count, first;
    const char *want;
  } rows[] = {
      {"UTC", "2026-11-20T08:17:31Z", ZONE_MINUTE, 15, 1, "2026-11-20T08:15:00.000Z"},
      {"UTC", "2026-11-20T08:17:31Z", ZONE_HOUR, 6, 1, "2026-11-20T06:00:00.000Z"},
      {"UTC", "2026-11-20T08:17:31Z", ZONE_DAY, 1, 1, "2026-11-20T00:00:00.000Z"},
      {"UTC", "2026-11-20T08:17:31Z", ZONE_WEEK, 1, 1, "2026-11-16T00:00:00.000Z"},
      {"UTC", "2026-11-20T08:17:31Z", ZONE_WEEK, 1, 0, "2026-11-15T00:00:00.000Z"},
      {"UTC", "2026-11-22T00:00:00Z", ZONE_WEEK, 1, 1, "2026-11-16T00:00:00.000Z"},
      {"UTC", "1969-12-31T12:00:00Z", ZONE_WEEK, 1, 1, "1969-12-29T00:00:00.000Z"},
      {"UTC", "2026-11-20T08:17:31Z", ZONE_MONTH, 1, 1, "2026-11-01T00:00:00.000Z"},
      {"UTC", "2026-11-20T08:17:31Z", ZONE_QUARTER, 1, 1, "2026-10-01T00:00:00.000Z"},
      {"UTC", "2026-11-20T08:17:31Z", ZONE_YEAR, 1, 1, "2026-01-01T00:00:00.000Z"},
      {"UTC", "1969-11-20T08:17:31Z", ZONE_MONTH, 1, 1, "1969-11-01T00:00:00.000Z"},
      {"Europe/Berlin", "2026-10-25T12:00:00Z", ZONE_DAY, 1, 1, "2026-10-24T22:00:00.000Z"},
      {"Europe/Berlin", "2026-10-25T23:30:00Z", ZONE_DAY, 1, 1, "2026-10-25T23:00:00.000Z"},
      {"Europe/Berlin", "2026-10-25T00:30:00Z", ZONE_HOUR, 1, 1, "2026-10-25T00:00:00.000Z"},
      {"Europe/Berlin", "2026-10-25T01:30:00Z", ZONE_HOUR, 1, 1, "2026-10-25T01:00:00.000Z"},
      {"Asia/Kolkata", "2026-11-20T08:17:31Z", ZONE_HOUR, 1, 1, "2026-11-20T07:30:00.000Z"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    check_time(zone_bucket(zone(rows[i].zone), at(rows[i].at), rows[i].unit, rows[i].count, rows[i].first),
               rows[i].want, rows[i].at);
  const struct zone *berlin = zone("Europe/Berlin");
  check_time(zone_bucket_after(berlin, at("2026-10-24T22:00Z"), ZONE_DAY, 1, 1), "2026-10-25T23:00:00.000Z",
             "a day of 25 hours");
  check_time(zone_bucket_after(berlin, at("2026-01-30T23:00Z"), ZONE_MONTH, 1, 0), "2026-01-30T23:00:00.000Z",
             "no month on");
}

static void test_refused(void **state) {
  (void)state;
  static const char *const names[] = {"",       "Nowhere/Land", "../etc/passwd", "/etc/passwd",
                                      "Europe", "posixrules\n", "Europe/Berlin "};
  const struct zone *z;
  struct err err;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (zone_find(str_of(names[i]), &z, &err)) fail_msg("'%s' was found", names[i]);
    assert_int_equal(err.code, ERR_INVALID);
  }
  struct zone *parsed;
  assert_false(zone_parse(STR("TZif2"), STR("x"), &parsed, &err));
  assert_false(
      zone_parse(STR("no zone at all, but some fifty bytes of other text here"), STR("x"), &parsed, &err));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_offsets), cmocka_unit_test(test_instants),
                                     cmocka_unit_test(test_buckets), cmocka_unit_test(test_refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
