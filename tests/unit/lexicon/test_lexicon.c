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
      cmocka_unit_test(every_word_is_found),
      cmocka_unit_test(the_notice_goes_along),
  };
  if (!lexicon_size()) return 77; // built without WordNet: skipped
  return cmocka_run_group_tests(tests, NULL, NULL);
}
