// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "language/span.h"
#include "table/moment.h"

// A Thursday: 2026-11-26T10:30Z.
static struct table_clock clock_of(struct zone const *z) {
  struct table_clock c = {.zone = z, .first_weekday = 1};
  assert_true(moment_read(STR("2026-11-26T10:30:00Z"), &c.now_ms));
  return c;
}

static void times_are_read(void **state) {
  static const struct {
    const char *text, *since, *until; // as instants; NULL: open
  } cases[] = {
      {"in the last 48 hours", "2026-11-24T10:30:00.000Z", "2026-11-26T10:30:00.000Z"},
      {"over the past 7 days", "2026-11-19T10:30:00.000Z", "2026-11-26T10:30:00.000Z"},
      {"over the last fortnight", "2026-11-12T10:30:00.000Z", "2026-11-26T10:30:00.000Z"},
      {"last 24h", "2026-11-25T10:30:00.000Z", "2026-11-26T10:30:00.000Z"},
      {"this week", "2026-11-23T00:00:00.000Z", "2026-11-26T10:30:00.000Z"},
      {"last week", "2026-11-16T00:00:00.000Z", "2026-11-23T00:00:00.000Z"},
      {"last month", "2026-10-01T00:00:00.000Z", "2026-11-01T00:00:00.000Z"},
      {"last quarter", "2026-07-01T00:00:00.000Z", "2026-10-01T00:00:00.000Z"},
      {"today", "2026-11-26T00:00:00.000Z", "2026-11-26T10:30:00.000Z"},
      {"yesterday", "2026-11-25T00:00:00.000Z", "2026-11-26T00:00:00.000Z"},
      {"since yesterday", "2026-11-25T00:00:00.000Z", "2026-11-26T10:30:00.000Z"},
      {"since the 12th", "2026-11-12T00:00:00.000Z", "2026-11-26T10:30:00.000Z"},
      {"since 2026-11-20", "2026-11-20T00:00:00.000Z", "2026-11-26T10:30:00.000Z"},
      {"since monday", "2026-11-23T00:00:00.000Z", "2026-11-26T10:30:00.000Z"},
      {"on 12 November", "2026-11-12T00:00:00.000Z", "2026-11-13T00:00:00.000Z"},
      {"in october", "2026-10-01T00:00:00.000Z", "2026-11-01T00:00:00.000Z"},
      {"in the next 30 days", "2026-11-26T10:30:00.000Z", "2026-12-26T10:30:00.000Z"},
      {"from 2026-11-01 to 2026-11-08", "2026-11-01T00:00:00.000Z", "2026-11-08T00:00:00.000Z"},
      {"this morning", "2026-11-26T00:00:00.000Z", "2026-11-26T12:00:00.000Z"},
      {"between 8 and 10 today", "2026-11-26T08:00:00.000Z", "2026-11-26T10:00:00.000Z"},
      {"today from 8:15 to 9:45", "2026-11-26T08:15:00.000Z", "2026-11-26T09:45:00.000Z"},
      {"between 9am and 11am yesterday", "2026-11-25T09:00:00.000Z", "2026-11-25T11:00:00.000Z"},
      {"from 2 to 4 pm yesterday", "2026-11-25T14:00:00.000Z", "2026-11-25T16:00:00.000Z"},
      {"between 12 am and 12 pm yesterday", "2026-11-25T00:00:00.000Z", "2026-11-25T12:00:00.000Z"},
      {"on 12 November between 7 and 8:30", "2026-11-12T07:00:00.000Z", "2026-11-12T08:30:00.000Z"},
      {"since 9:00", "2026-11-26T09:00:00.000Z", "2026-11-26T10:30:00.000Z"},
      {"per week over the last 60 days", "2026-09-27T10:30:00.000Z", "2026-11-26T10:30:00.000Z"},
      {"days of the past 20", "2026-11-06T10:30:00.000Z", "2026-11-26T10:30:00.000Z"},
      {"the past two weeks", "2026-11-12T10:30:00.000Z", "2026-11-26T10:30:00.000Z"},
  };
  struct arena *a = arena_new();
  const struct zone *utc;
  struct err err;
  (void)state;
  assert_true(zone_find(STR("UTC"), &utc, &err));
  struct table_clock clock = clock_of(utc);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct ask_words w;
    struct span s[SPANS_MOST];
    char since[MOMENT_TEXT], until[MOMENT_TEXT];
    assert_true(language_words(str_of(cases[i].text), a, &w, &err));
    size_t n = span_find(language_find(STR("en")), &w, &clock, a, s);
    if (n != 1) fail_msg("'%s': %zu times", cases[i].text, n);
    moment_write(s[0].since_ms, since);
    moment_write(s[0].until_ms, until);
    if (strcmp(since, cases[i].since) || strcmp(until, cases[i].until))
      fail_msg("'%s' was %s to %s", cases[i].text, since, until);
  }
  arena_free(a);
}

// A language is data: the same grammar with other words.
static void german_times_are_read(void **state) {
  static const char *const cases[][3] = {
      {"in den letzten 48 Stunden", "2026-11-24T10:30:00.000Z", "2026-11-26T10:30:00.000Z"},
      {"diese Woche", "2026-11-23T00:00:00.000Z", "2026-11-26T10:30:00.000Z"},
      {"letzten Monat", "2026-10-01T00:00:00.000Z", "2026-11-01T00:00:00.000Z"},
      {"seit gestern", "2026-11-25T00:00:00.000Z", "2026-11-26T10:30:00.000Z"},
      {"seit dem 12.", "2026-11-12T00:00:00.000Z", "2026-11-26T10:30:00.000Z"},
      {"im Oktober", "2026-10-01T00:00:00.000Z", "2026-11-01T00:00:00.000Z"}};
  struct arena *a = arena_new();
  const struct zone *utc;
  struct err err;
  (void)state;
  assert_true(zone_find(STR("UTC"), &utc, &err));
  struct table_clock clock = clock_of(utc);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct ask_words w;
    struct span s[SPANS_MOST];
    char since[MOMENT_TEXT], until[MOMENT_TEXT];
    assert_true(language_words(str_of(cases[i][0]), a, &w, &err));
    if (span_find(language_find(STR("de")), &w, &clock, a, s) != 1) fail_msg("'%s' is no time", cases[i][0]);
    moment_write(s[0].since_ms, since);
    moment_write(s[0].until_ms, until);
    if (strcmp(since, cases[i][1]) || strcmp(until, cases[i][2]))
      fail_msg("'%s' was %s to %s", cases[i][0], since, until);
  }
  arena_free(a);
}

static void words_that_are_no_time_stay(void **state) {
  static const char *const cases[] = {"how many zones",  "top 5 paths",           "the last deployment",
                                      "may I see rules", "the previous 5 orders", "of the 3 before"};
  struct arena *a = arena_new();
  const struct zone *utc;
  struct err err;
  (void)state;
  assert_true(zone_find(STR("UTC"), &utc, &err));
  struct table_clock clock = clock_of(utc);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct ask_words w;
    struct span s[SPANS_MOST];
    assert_true(language_words(str_of(cases[i]), a, &w, &err));
    assert_int_equal(span_find(language_find(STR("en")), &w, &clock, a, s), 0);
  }
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(times_are_read),
      cmocka_unit_test(german_times_are_read),
      cmocka_unit_test(words_that_are_no_time_stay),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
