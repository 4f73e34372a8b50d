// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "base/buf.h"
#include "search/terms.h"

// The stems of a text with a space between them, or its words.
static char *split(struct str text, bool stems) {
  struct terms *t = terms_new();
  struct buf out = BUF_MAX(4096);
  size_t n;
  terms_start(t, text);
  for (struct term term; terms_next(t, &term);) {
    if (out.n) buf_add_char(&out, ' ');
    buf_add(&out, stems ? term.stem : term.word);
  }
  terms_free(t);
  buf_add_char(&out, 0);
  return buf_take(&out, &n);
}

static void expect(const char *text, const char *words) {
  char *is = split(str_of(text), false);
  if (strcmp(is, words)) fail_msg("\"%s\" became \"%s\", not \"%s\"", text, is, words);
  free(is);
}

static void identifiers_are_split(void **state) {
  (void)state;
  expect("list_all_dns-records", "list all dns records");
  expect("listAllZones", "list all zones listallzones");
  expect("DNSRecords", "dns records dnsrecords");
  expect("zone.id/name", "zone id name");
  expect("GraphQL", "graph ql graphql");
  expect("getHTTPResponseCodeForEveryZone",
         "get http response code every zone"); // the whole is too long to keep
}

static void digits_stay_with_few_letters(void **state) {
  (void)state;
  expect("r2 d1 ipv4 2fa", "r2 d1 ipv4 2fa");
  expect("layer3 oauth2", "layer layer3 oauth oauth2");
  expect("v2 2026-07-28", "v2 2026 07 28");
}

static void case_and_accents_do_not_count(void **state) {
  (void)state;
  expect("Ärger CAFÉ naïve Straße ﬁle", "arger cafe naive strasse file");
  expect("ПРИВЕТ мир", "привет мир");
  expect("日本", "日 本");
}

static void words_that_say_nothing_are_left_out(void **state) {
  (void)state;
  expect("Which of the zones are not active, and what's the owner?", "zones not active owner");
  expect("a about yours you would the s", "");
}

static void what_is_no_text_is_passed_over(void **state) {
  (void)state;
  expect("zone\xff\xfe rule\xc3", "zone rule");
  expect("", "");
  expect(" ,;!\t\n", "");
}

static void words_are_cut(void **state) {
  (void)state;
  char text[TERM_BYTES_MOST * 3 + 1], cut[TERM_BYTES_MOST + 1];
  memset(text, 'x', sizeof text - 1);
  memset(cut, 'x', sizeof cut - 1);
  text[sizeof text - 1] = cut[sizeof cut - 1] = 0;
  expect(text, cut);
}

static void one_stem_for_the_forms_of_a_word(void **state) {
  (void)state;
  char *is = split(STR("rules rule ruling zones paused pausing"), true);
  assert_string_equal(is, "rule rule rule zone paus paus");
  free(is);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(identifiers_are_split),
      cmocka_unit_test(digits_stay_with_few_letters),
      cmocka_unit_test(case_and_accents_do_not_count),
      cmocka_unit_test(words_that_say_nothing_are_left_out),
      cmocka_unit_test(what_is_no_text_is_passed_over),
      cmocka_unit_test(words_are_cut),
      cmocka_unit_test(one_stem_for_the_forms_of_a_word),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
