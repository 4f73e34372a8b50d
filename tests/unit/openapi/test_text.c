// SPDX-License-Identifier: Apache-2.0
#include "openapi/text.h"

#include "../support/check.h"

static void test_brief(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t most;
    const char *brief;
  } rows[] = {
      {"", 20, ""},
      {"  two\n\n\twords ", 20, "two words"},
      {"<p>Lists <b>zones</b>.</p>", 40, "Lists zones ."},
      {"set <name> to 5 < 6", 40, "set <name> to 5 < 6"}, // placeholders and signs stay
      {"one two three", 13, "one two three"},
      {"one two three four", 13, "one two…"},
      {"first, second third", 12, "first…"},                                // no comma before the dots
      {"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4", 8, "\xc3\xa4\xc3\xa4…"}, // between characters
  };
  struct arena *a = arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct str brief = text_brief(a, str_of(rows[i].text), rows[i].most);
    check_text(brief, rows[i].brief);
    assert_true(brief.n <= rows[i].most);
  }
  arena_free(a);
}

static void test_slug(void **state) {
  (void)state;
  static const char *const rows[][2] = {
      {"Zone Rulesets", "zone-rulesets"},
      {"  API (v4) / Don't ", "api-v4-dont"},
      {"\xc3\xa4", ""},
      {"", ""},
  };
  struct arena *a = arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    check_text(text_slug(a, str_of(rows[i][0])), rows[i][1]);
  arena_free(a);
}

static void test_sentences(void **state) {
  (void)state;
  struct buf b = BUF_MAX(256);
  text_add_sentence(&b, STR("Lists zones"));
  text_add_sentence(&b, STR(""));
  text_add_sentence(&b, STR("Is it deprecated?"));
  text_add_sentence(&b, STR("Yes."));
  check_text(buf_str(&b), "Lists zones. Is it deprecated? Yes.");
  buf_free(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_brief), cmocka_unit_test(test_slug),
                                     cmocka_unit_test(test_sentences)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
