// SPDX-License-Identifier: Apache-2.0
// Cursors of merged lists.
#include "../support/check.h"

#include "base/codec.h"
#include "serve/merge.h"

static int setup(void **state) {
  *state = arena_new();
  return 0;
}

static int teardown(void **state) {
  arena_free(*state);
  return 0;
}

static void test_there_and_back(void **state) {
  struct arena *a = *state;
  static const struct {
    const char *alias, *own;
    bool begun;
  } rows[] = {{"gh", "", false}, {"gh", "", true}, {"", "x", true}, {"cf", "a\nb=é", true}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct str alias, own,
        cursor = merge_cursor(a, str_of(rows[i].alias), rows[i].begun, str_of(rows[i].own));
    bool begun;
    assert_true(merge_read_cursor(a, cursor, &alias, &begun, &own));
    assert_true(str_is(alias, rows[i].alias) && str_is(own, rows[i].own) && begun == rows[i].begun);
  }
}

static void test_refused(void **state) {
  struct arena *a = *state;
  static const char *const plains[] = {"",        "2",       "2gh",    "2gh\n",     "1gh\n+x",
                                       "2gh\n-x", "2gh\n?x", "gh\n+x", "2gh\n+\xff"};
  struct str alias, own;
  bool begun;
  for (size_t i = 0; i < sizeof plains / sizeof *plains; i++)
    if (merge_read_cursor(a, codec_base64_url(a, str_of(plains[i])), &alias, &begun, &own))
      fail_msg("%s was taken", plains[i]);
  assert_false(merge_read_cursor(a, STR("%%%"), &alias, &begun, &own));
  assert_false(merge_read_cursor(a, STR("MmdoCit4="), &alias, &begun, &own));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_there_and_back, setup, teardown),
      cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
