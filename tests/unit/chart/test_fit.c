// SPDX-License-Identifier: Apache-2.0
#include "rig.h"

#include "chart/fit.h"

static void test_fit(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t width;
    bool ascii;
    const char *want;
    size_t columns;
  } rows[] = {
      {"zone", 10, false, "zone", 4},
      {"zone", 4, false, "zone", 4},
      {"zones", 4, false, "zon…", 4},
      {"zones", 4, true, "zon~", 4},
      {"zones", 1, false, "…", 1},
      {"zones", 0, false, "", 0},
      {"", 5, false, "", 0},
      {"日本語", 6, false, "日本語", 6},
      {"日本語", 5, false, "日本…", 5},
      {"日本語", 4, false, "日…", 3}, // a character of two columns is left out whole
      {"日本語", 1, false, "…", 1},
      {"日本語", 6, true, "???", 3},
      {"ü", 1, true, "?", 1},
      {"e\xcc\x81t", 2, false, "e\xcc\x81t", 2},
      {"e\xcc\x81t", 2, true, "et", 2},
      {"\xcc\x81z", 2, false, "z", 1}, // a mark that stands on nothing
      {"a\nb\tc", 5, false, "a b c", 5},
      {"\x1b[2J", 9, false, "?[2J", 4},
      {"a\xe2\x80\xae"
       "b",
       9, false, "a?b", 3},
      {"\xff\xfe", 9, false, "??", 2},
      {"\xe2\x9d\xa4\xef\xb8\x8f!", 9, false, "\xe2\x9d\xa4!", 2}, // without what widens it
      {"🎉🎉", 3, false, "🎉…", 3},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct buf out = BUF_MAX(1000);
    size_t used = fit_add(&out, str_of(rows[i].text), rows[i].width, rows[i].ascii);
    if (!str_is(buf_str(&out), rows[i].want) || used != rows[i].columns || fit_width(buf_str(&out)) != used)
      fail_msg("%s in %zu is \"%.*s\", %zu columns, not \"%s\", %zu", rows[i].text, rows[i].width,
               STR_ARG(buf_str(&out)), used, rows[i].want, rows[i].columns);
    buf_free(&out);
  }
}

static void test_marks(void **state) { // a letter under a heap of marks takes a few of them
  (void)state;
  struct buf text = BUF_MAX(10000), out = BUF_MAX(1000);
  buf_add_char(&text, 'a');
  for (int i = 0; i < 1000; i++) buf_add_z(&text, "\xcc\x81");
  assert_int_equal(fit_add(&out, buf_str(&text), 5, false), 1);
  assert_int_equal(out.n, 1 + 4 * 2);
  buf_free(&text);
  buf_free(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_fit), cmocka_unit_test(test_marks)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
