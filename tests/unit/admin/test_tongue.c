// SPDX-License-Identifier: Apache-2.0
// Which language a browser is spoken to in, and that nothing is left unsaid in one of them.
#include "../support/check.h"

#include "admin/consent_words.h"

static void a_browser_says_which_it_likes_best(void **state) {
  (void)state;
  static const struct {
    const char *accepts;
    enum tongue wanted;
  } rows[] = {
      {"", TONGUE_ENGLISH},
      {"de", TONGUE_GERMAN},
      {"DE-at", TONGUE_GERMAN},
      {"de-DE,de;q=0.9,en;q=0.8", TONGUE_GERMAN},
      {"en-GB,en;q=0.9,de;q=0.8", TONGUE_ENGLISH},
      {"fr, de;q=0.3, en;q=0.7", TONGUE_ENGLISH},
      {"fr, en;q=0.3 , de ; q=0.7", TONGUE_GERMAN},
      {"fr-CH, fr;q=0.9", TONGUE_ENGLISH},
      {"*", TONGUE_ENGLISH},
      {"de;q=0", TONGUE_ENGLISH},
      {"de;q=0, en;q=0.001", TONGUE_ENGLISH},
      {"en, de", TONGUE_ENGLISH},
      {"de, en", TONGUE_GERMAN},
      {"den, deutsch", TONGUE_ENGLISH},
      {",;;q=1,=,de;q", TONGUE_GERMAN},
      {"de;q=x", TONGUE_ENGLISH},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (tongue_of(str_of(rows[i].accepts)) != rows[i].wanted)
      fail_msg("\"%s\" is not %s", rows[i].accepts, tongue_code(rows[i].wanted));
}

static void what_a_value_holds_stays(void **state) {
  (void)state;
  struct arena *a = arena_new();
  const struct str values[] = {STR("{1}"), STR("b")};
  check_text(tongue_fill("{0} and {1}, {2} {x} {", values, 2, a), "{1} and b, {2} {x} {");
  arena_free(a);
}

static void every_word_is_said_in_every_language(void **state) {
  (void)state;
  struct arena *a = arena_new();
  const size_t counts[3] = {7, 8, 9};
  for (int t = 0; t < TONGUES; t++)
    for (int w = 0; w < CONSENT_WORDS; w++) {
      struct str text = admin_consent_say((enum tongue)t, (enum consent_word)w, STR("VALUE"), a);
      bool here = str_find_text(text, STR("VALUE")) >= 0;
      bool there = str_find_text(admin_consent_say(TONGUE_ENGLISH, (enum consent_word)w, STR("VALUE"), a),
                                 STR("VALUE")) >= 0;
      if (!text.n || here != there) fail_msg("word %d in %s", w, tongue_code((enum tongue)t));
    }
  struct str tools = admin_consent_say_counts(TONGUE_GERMAN, counts, a);
  check_has(tools.p, "7, die lesen");
  check_has(tools.p, "9, die löschen");
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_browser_says_which_it_likes_best),
      cmocka_unit_test(what_a_value_holds_stays),
      cmocka_unit_test(every_word_is_said_in_every_language),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
