// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "lexicon/lexicon.h"
#include "lexicon/table.h"

static unsigned share(const char *word, enum lexicon_role role) {
  struct lexicon_word w;
  (void)lexicon_look(str_of(word), &w);
  return w.share[role];
}

static bool knows(const char *word) {
  struct lexicon_word w;
  return lexicon_look(str_of(word), &w);
}

static void expect_lemma(const char *word, enum lexicon_role role, const char *want) {
  char room[LEXICON_BYTES_MOST];
  struct str is = lexicon_lemma(str_of(word), role, room);
  if (!str_is(is, want)) fail_msg("\"%s\" is a form of \"%.*s\", not of \"%s\"", word, STR_ARG(is), want);
}

static void shares_say_what_a_word_mostly_is(void **state) {
  (void)state;
  assert_int_equal(share("electricity", LEXICON_NOUN), 100);
  assert_int_equal(share("currently", LEXICON_ADVERB), 100);
  assert_true(share("give", LEXICON_VERB) > 90);
  assert_true(share("cheap", LEXICON_ADJECTIVE) > 90);
  assert_true(share("order", LEXICON_NOUN) > 30 && share("order", LEXICON_VERB) > 10);
}

static void forms_count_as_their_word(void **state) {
  (void)state;
  assert_int_equal(share("vouchers", LEXICON_NOUN) + share("vouchers", LEXICON_VERB), 100);
  assert_true(share("children", LEXICON_NOUN) > 90);
  assert_true(share("paused", LEXICON_VERB) > 50);
  assert_true(share("cheapest", LEXICON_ADJECTIVE) > 90);
  assert_true(share("went", LEXICON_VERB) > 90);
}

static void lemmas_are_found_by_role(void **state) {
  (void)state;
  expect_lemma("vouchers", LEXICON_NOUN, "voucher");
  expect_lemma("batteries", LEXICON_NOUN, "battery");
  expect_lemma("indices", LEXICON_NOUN, "index");
  expect_lemma("filed", LEXICON_VERB, "file");
  expect_lemma("planned", LEXICON_VERB, "plan");
  expect_lemma("saw", LEXICON_VERB, "see");
  expect_lemma("saw", LEXICON_NOUN, "saw");
  expect_lemma("worst", LEXICON_ADJECTIVE, "bad");
  expect_lemma("data", LEXICON_NOUN, "data"); // also of datum, which is rarer
  expect_lemma("glass", LEXICON_NOUN, "glass");
  expect_lemma("quickly", LEXICON_NOUN, "");
}

static void what_is_no_word_is_unknown(void **state) {
  (void)state;
  char longest[200];
  memset(longest, 'a', sizeof longest - 1);
  longest[sizeof longest - 1] = 0;
  const char *none[] = {"", "zzzz", "vouchr", "Voucher", "voucher ", "\xff\xfe", "aing", longest};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++)
    if (knows(none[i])) fail_msg("\"%s\" is a word", none[i]);
}

// How likely the two mean the same; -1: they are not near.
static int near(const char *word, const char *other, enum lexicon_how how) {
  struct lexicon_near list[LEXICON_NEAR_MOST];
  size_t n = lexicon_near(str_of(word), list);
  int most = -1;
  for (size_t i = 0; i < n; i++)
    if (!strcmp(list[i].word, other) && list[i].how == how && list[i].likely > most) most = list[i].likely;
  return most;
}

static void words_of_one_meaning_are_near(void **state) {
  (void)state;
  assert_true(near("vouchers", "coupon", LEXICON_SAME) > 0);
  assert_true(near("bought", "purchase", LEXICON_SAME) > 50);
  assert_true(near("publications", "publish", LEXICON_SAME) > 0); // one comes of the other
  assert_true(near("lent", "loan", LEXICON_SAME) > 0);
  assert_true(near("electricity", "electric", LEXICON_SAME) > 0);
  assert_true(near("consignment", "shipment", LEXICON_SAME) > near("vouchers", "coupon", LEXICON_SAME));
}

static void what_is_often_not_the_same_is_akin(void **state) {
  (void)state;
  assert_true(near("tasks", "project", LEXICON_AKIN) > 0);
  assert_true(near("instance", "case", LEXICON_AKIN) > 0);
  assert_true(near("shipped", "shipper", LEXICON_AKIN) > 0); // who does it is not what is done
  assert_int_equal(near("tasks", "project", LEXICON_SAME), -1);
}

static void kinds_are_near_in_their_direction(void **state) {
  (void)state;
  assert_true(near("shoppers", "customer", LEXICON_NARROWER) > 0);
  assert_true(near("customers", "shopper", LEXICON_BROADER) > 0);
  assert_int_equal(near("shoppers", "customer", LEXICON_SAME), -1);
}

static void what_a_word_seldom_means_is_not_near(void **state) {
  (void)state;
  assert_int_equal(near("site", "situation", LEXICON_SAME), -1);
  assert_int_equal(near("issue", "offspring", LEXICON_SAME), -1);
  assert_int_equal(near("customer", "employee", LEXICON_SAME), -1);
  assert_int_equal(near("zzzz", "zone", LEXICON_SAME), -1);
}

// Whatever is near is a word itself, and of the role that it is said to be.
static void each_that_is_near_is_a_word(void **state) {
  (void)state;
  static const char *const words[] = {"run",   "set",        "take",  "person",
                                      "order", "deliveries", "zones", "light"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    struct lexicon_near list[LEXICON_NEAR_MOST];
    size_t n = lexicon_near(str_of(words[i]), list);
    assert_in_range(n, 0, LEXICON_NEAR_MOST);
    for (size_t k = 0; k < n; k++)
      if (!share(list[k].word, list[k].its))
        fail_msg("\"%s\" is near \"%s\" and of no such role", list[k].word, words[i]);
  }
}

// Each word of the tables is found again: blocks, first and last ones too.
static void every_word_is_found(void **state) {
  (void)state;
  char word[LEXICON_BYTES_MOST], before[LEXICON_BYTES_MOST] = "";
  const unsigned char *at = lexicon_words;
  for (unsigned i = 0; i < lexicon_word_count; i++) {
    size_t n = *at++;
    assert_in_range(n, 0, LEXICON_BYTES_MOST - 2);
    do {
      assert_in_range(n, 0, LEXICON_BYTES_MOST - 2);
      word[n++] = (char)(*at & 0x7f);
    } while (!(*at++ & 0x80));
    word[n] = 0;
    if (strcmp(before, word) >= 0) fail_msg("\"%s\" stands before \"%s\"", before, word);
    if (!knows(word)) fail_msg("\"%s\" is not found", word);
    strcpy(before, word);
  }
}

static void the_notice_goes_along(void **state) {
  (void)state;
  check_has(lexicon_notice, "Princeton University");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(shares_say_what_a_word_mostly_is),
      cmocka_unit_test(forms_count_as_their_word),
      cmocka_unit_test(lemmas_are_found_by_role),
      cmocka_unit_test(what_is_no_word_is_unknown),
      cmocka_unit_test(words_of_one_meaning_are_near),
      cmocka_unit_test(what_is_often_not_the_same_is_akin),
      cmocka_unit_test(kinds_are_near_in_their_direction),
      cmocka_unit_test(what_a_word_seldom_means_is_not_near),
      cmocka_unit_test(each_that_is_near_is_a_word),
      cmocka_unit_test(every_word_is_found),
      cmocka_unit_test(the_notice_goes_along),
  };
  if (!lexicon_size()) return 77; // built without WordNet: skipped
  return cmocka_run_group_tests(tests, NULL, NULL);
}
