// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "language/deed.h"
#include "lexicon/lexicon.h"

static void one_verb_is_behind_both(void **state) {
  static const char *const pairs[][2] = {
      {"shipped", "shipment"},      {"visitors", "visits"},       {"deliveries", "delivered"},
      {"applied", "applications"},  {"bookers", "bookings"},      {"occurred", "occurrences"},
      {"drivers", "driven"},        {"hirer", "hired"},           {"departures", "departs"},
      {"attendees", "attendance"},  {"rented", "rentals"},        {"subscribers", "subscriptions"},
      {"complained", "complaints"}, {"submitted", "submissions"}, {"decided", "decisions"},
      {"inquiries", "inquire"},     {"paid", "payments"},
  };
  struct arena *a = arena_new();
  (void)state;
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    assert_true(language_is_deed(str_of(pairs[i][0]), str_of(pairs[i][1]), a));
    assert_true(language_is_deed(str_of(pairs[i][1]), str_of(pairs[i][0]), a));
  }
  arena_free(a);
}

// Words that only look so, and two forms of one word.
static void other_words_have_another(void **state) {
  static const char *const pairs[][2] = {
      {"orders", "ordinance"}, {"customers", "customs"}, {"members", "memory"},
      {"nations", "native"},   {"visits", "visited"},    {"offers", "office"},
      {"sessions", "sess"},    {"rooms", "roaming"},     {"hotels", "hot"},
  };
  struct arena *a = arena_new();
  (void)state;
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
    assert_false(language_is_deed(str_of(pairs[i][0]), str_of(pairs[i][1]), a));
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_verb_is_behind_both),
      cmocka_unit_test(other_words_have_another),
  };
  if (!lexicon_size()) return 77; // built without WordNet: skipped
  return cmocka_run_group_tests(tests, NULL, NULL);
}
