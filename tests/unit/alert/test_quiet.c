// SPDX-License-Identifier: Apache-2.0
// Quiet hours: when they are, and when they end; over midnight, in a zone, over a change of the clock.
#include "../support/check.h"

#include "alert/quiet.h"
#include "table/moment.h"

static struct err err;

static int64_t at(const char *text) {
  int64_t ms;
  if (!moment_read(str_of(text), &ms)) fail_msg("%s", text);
  return ms;
}

static void ends(const char *hours, const char *zone, const char *now, const char *end) {
  struct alert_quiet q;
  if (!alert_quiet_read(str_of(hours), str_of(zone), &q, &err)) fail_msg("%s", err.text);
  int64_t is = alert_quiet_end(&q, at(now)), wanted = *end ? at(end) : 0;
  if (is != wanted) {
    char text[MOMENT_TEXT];
    moment_write(is, text);
    fail_msg("%s at %s: %s", hours, now, text);
  }
}

static void test_ends(void **state) {
  (void)state;
  ends("", "", "2026-11-20T23:00Z", "");
  ends("22:00-07:00", "", "2026-11-20T21:59:59Z", "");
  ends("22:00-07:00", "", "2026-11-20T22:00:00Z", "2026-11-21T07:00Z");
  ends("22:00-07:00", "UTC", "2026-11-21T06:59:59Z", "2026-11-21T07:00Z");
  ends("22:00-07:00", "UTC", "2026-11-21T07:00:00Z", "");
  ends("12:00 - 13:30", "UTC", "2026-11-21T13:29:00Z", "2026-11-21T13:30Z");
  ends("12:00-13:30", "UTC", "2026-11-21T11:00:00Z", "");
  ends("22:00-07:00", "Europe/Berlin", "2026-11-20T21:30:00Z", "2026-11-21T06:00Z");
  ends("22:00-07:00", "Europe/Berlin", "2026-11-20T20:30:00Z", "");
  ends("22:00-07:00", "Europe/Berlin", "2026-03-28T22:00:00Z",
       "2026-03-29T05:00Z"); // the clock jumps in that night
  ends("22:00-07:00", "Europe/Berlin", "2026-10-24T21:00:00Z", "2026-10-25T06:00Z"); // and back
  ends("22:00-02:30", "Europe/Berlin", "2026-10-25T01:15:00Z", "2026-10-25T01:16Z"); // 02:15, the second time
}

static void test_refused(void **state) {
  (void)state;
  static const char *const wrong[] = {"22-7",        "22:00", "24:00-07:00", "22:60-07:00",
                                      "22:00-22:00", "a-b",   "22:00-7:00"};
  struct alert_quiet q;
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    if (alert_quiet_read(str_of(wrong[i]), STR("UTC"), &q, &err)) fail_msg("taken: %s", wrong[i]);
    check_text(str_of(err.field), "quiet");
  }
  assert_false(alert_quiet_read(STR("22:00-07:00"), STR("Mars/Base"), &q, &err));
  check_text(str_of(err.field), "zone");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_ends), cmocka_unit_test(test_refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
