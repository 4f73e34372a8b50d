// SPDX-License-Identifier: Apache-2.0
#include "cli/columns.h"

#include "../support/check.h"

static void expect(const char *const *cells, size_t columns, size_t width, const char *wanted) {
  struct arena *a = arena_new();
  struct buf out = BUF_MAX(4096);
  struct columns t;
  columns_open(&t, a, columns);
  for (; *cells; cells++) columns_cell(&t, str_of(*cells));
  columns_print(&t, width, &out);
  buf_add_char(&out, 0);
  assert_string_equal(out.p, wanted);
  columns_close(&t);
  buf_free(&out);
  arena_free(a);
}

static void aligns_columns(void **state) {
  (void)state;
  expect((const char *const[]){"NAME", "ID", "acme", "1", "a", "22", NULL}, 2, 0,
         "NAME  ID\nacme  1\na     22\n");
}

static void counts_characters_not_bytes(void **state) {
  (void)state;
  expect((const char *const[]){"é…", "x", "abc", "y", NULL}, 2, 0, "é…   x\nabc  y\n");
}

static void leaves_no_blanks_at_the_end(void **state) {
  (void)state;
  expect((const char *const[]){"a", "", "", "bb", "c", "", NULL}, 3, 0, "a\nbb  c\n");
}

static void cuts_the_widest(void **state) {
  (void)state;
  expect((const char *const[]){"short", "a rather long text", NULL}, 2, 18, "short  a rather l…\n");
  expect((const char *const[]){"ééééééééééééé", NULL}, 1, 10, "ééééééééé…\n");
}

static void cuts_the_first_last(void **state) {
  (void)state;
  expect((const char *const[]){"a_name_to_be_copied", "about it all", NULL}, 2, 29,
         "a_name_to_be_copied  about i…\n");
  expect((const char *const[]){"a_name_to_be_copied", "about it all", NULL}, 2, 20, "a_name_to…  about i…\n");
}

static void keeps_a_least_width(void **state) {
  (void)state;
  expect((const char *const[]){"aaaaaaaaaaaa", "bbbbbbbbbbbb", NULL}, 2, 5, "aaaaaaa…  bbbbbbb…\n");
}

static void lets_nothing_harm_the_terminal(void **state) {
  (void)state;
  expect((const char *const[]){"a\x1b[31m", "b\x7f\x07", "x\ny\tz",
                               "\xc2\x9b"
                               "2J",
                               NULL},
         2, 0, "a?[31m  b??\nx y z   ?2J\n");
  expect((const char *const[]){"a\xe2\x80\xaetxt", "b\xe2\x81\xa6", "\xe2\x80\xa6", "\xe2", NULL}, 2, 0,
         "a?txt  b?\n\xe2\x80\xa6      ?\n");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(aligns_columns),
      cmocka_unit_test(counts_characters_not_bytes),
      cmocka_unit_test(leaves_no_blanks_at_the_end),
      cmocka_unit_test(cuts_the_widest),
      cmocka_unit_test(cuts_the_first_last),
      cmocka_unit_test(keeps_a_least_width),
      cmocka_unit_test(lets_nothing_harm_the_terminal),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
