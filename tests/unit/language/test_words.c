// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "language/language.h"
#include "language/words.h"

static void words_are_told_apart(void **state) {
  static const struct {
    const char *text;
    enum word_kind kind;
  } cases[] = {{"example.com", WORD_DOMAIN},
               {"example.com's", WORD_DOMAIN},
               {"203.0.113.7\xe2\x80\x99s", WORD_IP},
               {"203.0.113.7", WORD_IP},
               {"2001:db8::a3", WORD_IP},
               {"198.51.100.0/24", WORD_CIDR},
               {"ops@example.com", WORD_EMAIL},
               {"023e105f4ecef8ad9ca31a8372d0c353", WORD_ID},
               {"site_1ncca4pxds6z19t9p6ray986xt", WORD_ID},
               {"/login", WORD_PATH},
               {"https://example.com/a", WORD_URL},
               {"4,000", WORD_NUMBER},
               {"2026-11-20", WORD_DATE},
               {"zones", WORD_PLAIN},
               {"24h", WORD_PLAIN}};
  struct arena *a = arena_new();
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct ask_words w;
    struct err err;
    assert_true(language_words(str_of(cases[i].text), a, &w, &err));
    assert_int_equal(w.n, 1);
    assert_string_equal(word_kind_name(w.items[0].kind), word_kind_name(cases[i].kind));
  }
  arena_free(a);
}

static void what_an_apostrophe_adds_goes(void **state) {
  static const struct {
    const char *text, *low;
    size_t n;
  } cases[] = {{"I'd", "i", 1},
               {"we've", "we", 1},
               {"they\xe2\x80\x99re", "they", 1},
               {"don't", "dont", 1},
               {"Thunderbolt's", "thunderbolt", 1},
               {"o'd'", "o", 1},
               {"JPGs", "jpg", 1}, // of initials there may be more than one
               {"Js", "js", 1},
               {"DNS", "dns", 1}};
  struct arena *a = arena_new();
  struct ask_words w;
  struct err err;
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_true(language_words(str_of(cases[i].text), a, &w, &err));
    assert_int_equal(w.n, cases[i].n);
    check_text(w.items[0].low, cases[i].low);
  }
  assert_true(language_words(STR("Quiet Money vs. Bread. And?"), a, &w, &err));
  assert_int_equal(w.items[3].clause, 0); // cut short, and no end of a sentence
  assert_int_equal(w.items[4].clause, 1);
  arena_free(a);
}

static void marks_end_clauses_and_quotes_hold_together(void **state) {
  struct arena *a = arena_new();
  struct ask_words w;
  struct err err;
  (void)state;
  assert_true(language_words(STR("What's the zone's \"main rule\"? Don't guess, alt-text!"), a, &w, &err));
  assert_int_equal(w.n, 8);
  assert_true(str_is(w.items[0].low, "what"));
  assert_true(str_is(w.items[2].low, "zone"));
  assert_int_equal(w.items[3].kind, WORD_QUOTED);
  assert_int_equal(w.items[3].end, '?');
  assert_true(str_is(w.items[4].low, "dont"));
  assert_int_equal(w.items[4].clause, 1);
  assert_int_equal(w.items[5].end, ',');
  assert_true(str_is(w.items[6].low, "alt"));
  assert_true(str_is(w.items[7].low, "text"));
  arena_free(a);
}

static void kin_have_one_stem(void **state) {
  static const char *const pairs[][2] = {
      {"rules", "rule"},      {"denied", "deny"},      {"changes", "changed"}, {"policies", "policy"},
      {"modified", "modify"}, {"expiring", "expires"}, {"deletion", "deleted"}};
  struct arena *a = arena_new();
  (void)state;
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    struct str x = language_stem(str_of(pairs[i][0]), a), y = language_stem(str_of(pairs[i][1]), a);
    assert_string_equal(x.p, y.p);
  }
  arena_free(a);
}

static void a_question_of_a_megabyte_is_refused(void **state) {
  struct arena *a = arena_new();
  struct ask_words w;
  struct err err;
  char *text = arena_alloc(a, 1 << 20);
  (void)state;
  memset(text, 'a', 1 << 20);
  assert_false(language_words(str_make(text, 1 << 20), a, &w, &err));
  assert_int_equal(err.code, ERR_LIMIT);
  arena_free(a);
}

// A word of the language that has the stem of a country's would take it out of a question: "francs", "France".
static void countries_are_no_words_of_the_language(void **state) {
  static const char *const countries[] = {"France", "Germany", "Japan", "Poland", "Turkey", "Canada"};
  struct arena *a = arena_new();
  (void)state;
  for (size_t i = 0; i < sizeof countries / sizeof *countries; i++) {
    struct ask_words w;
    struct err err;
    assert_true(language_words(str_of(countries[i]), a, &w, &err));
    if (language_fills(language_find(STR("en")), &w, 0)) fail_msg("%s", countries[i]);
  }
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(words_are_told_apart),
      cmocka_unit_test(what_an_apostrophe_adds_goes),
      cmocka_unit_test(marks_end_clauses_and_quotes_hold_together),
      cmocka_unit_test(kin_have_one_stem),
      cmocka_unit_test(countries_are_no_words_of_the_language),
      cmocka_unit_test(a_question_of_a_megabyte_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
