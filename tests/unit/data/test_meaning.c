// SPDX-License-Identifier: Apache-2.0
// What is said of numbers that stand for something else.
#include "../support/check.h"

#include "data/meaning.h"

static void test_codes(void **state) {
  (void)state;
  static const struct {
    const char *said;
    size_t n;
    const char *first, *last;
  } cases[] = {
      {"0=draft 1=open 2=paid", 3, "draft", "paid"},
      {"One of 1: new, 2: in_use, 3: gone.", 3, "new", "gone"},
      {"0 - none; 1 - \"half-way\"", 2, "none", "half-way"},
      {"1 (low), 2 (high)", 2, "low", "high"},
      {"1-5 stars", 0, "", ""},
      {"0 = worst, 5 = best", 0, "", ""}, // a scale
      {"Version 2: see there", 0, "", ""},
      {"99999999999999999999 = a, 1 = b", 0, "", ""},
      {"", 0, "", ""},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct meaning_code codes[MEANING_CODES_MOST];
    size_t n = meaning_codes(str_of(cases[i].said), codes);
    if (n != cases[i].n) fail_msg("%s: %zu", cases[i].said, n);
    if (!n) continue;
    check_text(codes[0].word, cases[i].first);
    check_text(codes[n - 1].word, cases[i].last);
  }
}

static void test_instants(void **state) {
  (void)state;
  assert_true(meaning_is_instant(STR("unix-time"), STR("")));
  assert_true(meaning_is_instant(STR(""), STR("Seconds since the Epoch")));
  assert_true(meaning_is_instant(STR("int64"), STR("UNIX timestamp")));
  assert_false(meaning_is_instant(STR("int64"), STR("how long it took, in seconds")));
}

static void test_units(void **state) {
  (void)state;
  assert_true(meaning_in_millis(STR("int64"), STR("Started at (milliseconds since 1970)")));
  assert_false(meaning_in_millis(STR("unix-time"), STR("Seconds since 1970")));
}

static void test_days(void **state) {
  (void)state;
  static const struct {
    const char *format, *pattern, *description;
    bool day;
  } cases[] = {
      {"date", "", "", true},
      {"date-time", "^\\d{4}-\\d{2}-\\d{2}", "", false},
      {"", "^\\d{4}-\\d\\d-\\d\\d$", "", true},
      {"", "[0-9]{4}-[0-9]{2}-[0-9]{2}", "", true},
      {"", "^\\d{4}-\\d{2}-\\d{2}T", "", false},
      {"", "^\\d{4}-\\d{2}$", "", false},
      {"", "^\\d{9}-", "", false},
      {"", "^\\d{", "", false},
      {"", "", "First day (YYYY-MM-DD)", true},
      {"", "", "YYYY-MM-DDTHH:MM:SSZ", false},
      {"", "", "a day", false},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    if (meaning_is_day(str_of(cases[i].format), str_of(cases[i].pattern), str_of(cases[i].description)) !=
        cases[i].day)
      fail_msg("'%s' '%s' '%s': expected %d", cases[i].format, cases[i].pattern, cases[i].description,
               cases[i].day);
}

static void test_words(void **state) {
  (void)state;
  static const struct {
    const char *said, *words;
  } cases[] = {
      {"Whether it takes emergencies at night; null if nobody knows", "takes,emergencies,night"},
      {"What was charged", "charged"},
      {"Serial number of its GPS tracker (optional)", "serial,gps,tracker"},
      {"", ""},
      {"the of a", ""},
      {"1 2 3 \"x\" '; --", ""},
      {"a-very-long-word-made-of-parts abcdefghijklmnopqrstuvwxyzabcdefghijklmnop end",
       "very,long,word,made,parts,end"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct buf out = BUF_MAX(400);
    meaning_words(str_of(cases[i].said), &out);
    if (!str_is(buf_str(&out), cases[i].words))
      fail_msg("'%s': expected '%s', got '%.*s'", cases[i].said, cases[i].words, STR_ARG(buf_str(&out)));
    buf_free(&out);
  }
}

static void test_keeps(void **state) {
  (void)state;
  static const struct {
    const char *said;
    int64_t days;
  } cases[] = {
      {"Readings of a sensor, of the last 24 hours unless said. Readings are kept for 30 days.", 30},
      {"The last 30 days unless said; 400 days are kept.", 400},
      {"Counted at the door, for the last 240 days, the oldest first.", 240},
      {"Retention: 3 months", 93},
      {"Keeps the last 2 years", 732},
      {"Visits of the last 90 days, the latest first", 90},
      {"Of the last 30 days unless said.", 0},
      {"Kept where it was. By default the last 7 days.", 0},
      {"", 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    if (meaning_keeps(str_of(cases[i].said)) != cases[i].days)
      fail_msg("'%s': %d", cases[i].said, (int)meaning_keeps(str_of(cases[i].said)));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_codes), cmocka_unit_test(test_instants),
                                     cmocka_unit_test(test_units), cmocka_unit_test(test_days),
                                     cmocka_unit_test(test_words), cmocka_unit_test(test_keeps)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
