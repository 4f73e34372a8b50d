// SPDX-License-Identifier: Apache-2.0
// What one node tells of the changelog (node/recent), and what another holds back by it (node/arrears).
#include "node/arrears.h"

#include <stdio.h>

#include "../support/check.h"
#include "base/map.h"
#include "node/recent.h"

static struct buf out;

// The ring and the set are the process's: this node has followed so far, and holds nothing back.
static int begin(void **state) {
  (void)state;
  recent_take(&(struct changelog_lines){.last = 100, .gap = true});
  arrears_release(arrears_turn(), INT64_MAX);
  out = BUF_MAX(RECENT_TEXT);
  return 0;
}

static int end(void **state) {
  (void)state;
  buf_free(&out);
  return 0;
}

static void follow(enum changelog_kind kind, const char *id) {
  struct changelog_line line = {kind, str_of(id)};
  recent_take(&(struct changelog_lines){&line, 1, recent_last() + 1, false});
}

static const char *told(int64_t after) {
  buf_clear(&out);
  bool news = recent_write(after, &out);
  buf_add_char(&out, 0);
  return news ? out.p : NULL;
}

static bool holds(enum changelog_kind kind, const char *id) {
  return arrears_is(kind, str_of(id));
}

static void tells_what_is_behind(void **state) {
  (void)state;
  assert_null(told(100));
  assert_null(told(500)); // of one that is ahead
  follow(CHANGELOG_SERVER, "srv_a");
  follow(CHANGELOG_SIGN_IN, "");
  assert_string_equal(told(100), "101 102\nserver srv_a\nsign_in \n");
  assert_string_equal(told(101), "102 102\nsign_in \n");
  assert_null(told(102));
  assert_string_equal(told(7), "101 102\nserver srv_a\nsign_in \n"); // what was before is not here
  recent_take(&(struct changelog_lines){.last = 200, .gap = true});
  assert_string_equal(told(150), "201 200\n");
}

static void keeps_so_many(void **state) {
  (void)state;
  char id[RECENT_ID + 8], first[64];
  for (int i = 0; i < 3 * RECENT_LINES; i++) {
    snprintf(id, sizeof id, "srv_%d", i);
    follow(CHANGELOG_SERVER, id);
  }
  int64_t last = 100 + 3 * RECENT_LINES;
  snprintf(first, sizeof first, "%lld %lld\nserver srv_%d\n", (long long)last - RECENT_LINES + 1,
           (long long)last, 2 * RECENT_LINES);
  assert_true(str_starts(str_of(told(100)), first));
  assert_false(out.full);
  memset(id, 'x', sizeof id); // an id that is none of ours: all of the kind
  id[sizeof id - 1] = 0;
  follow(CHANGELOG_ACCOUNT, id);
  assert_string_equal(strchr(told(last), '\n'), "\naccount \n");
}

static void holds_what_is_named_and_nothing_else(void **state) {
  (void)state;
  assert_true(arrears_take(STR("101 103\nserver srv_a\npeople tok_a\ntile til_a\n")));
  assert_true(holds(CHANGELOG_SERVER, "srv_a") && holds(CHANGELOG_PEOPLE, "tok_a"));
  assert_false(holds(CHANGELOG_SERVER, "srv_b") || holds(CHANGELOG_PEOPLE, "srv_a"));
  assert_false(holds(CHANGELOG_TILE, "til_a")); // nobody may do anything by one
  assert_int_equal(arrears_after(), 103);
  assert_true(arrears_take(STR("104 104\nsign_in \n")));
  assert_true(holds(CHANGELOG_SIGN_IN, "sgn_any"));
  arrears_release(arrears_turn(), 0);
  assert_false(arrears_any() || holds(CHANGELOG_SERVER, "srv_a"));
}

static void what_is_followed_is_not_held(void **state) {
  (void)state;
  follow(CHANGELOG_SERVER, "srv_a");
  assert_true(arrears_take(STR("100 101\nserver srv_z\nserver srv_a\n")));
  assert_false(arrears_any());
  assert_true(arrears_take(STR("101 102\nserver srv_a\nserver srv_b\n"))); // told again, and more
  assert_false(holds(CHANGELOG_SERVER, "srv_a"));
  assert_true(holds(CHANGELOG_SERVER, "srv_b"));
}

static void a_look_releases_what_was_told_before_it(void **state) {
  (void)state;
  assert_true(arrears_take(STR("101 101\nserver srv_a\n")));
  uint64_t turn = arrears_turn();
  assert_true(arrears_take(STR("102 103\nserver srv_b\nserver srv_c\n"))); // while it looks
  arrears_release(turn, 102);                                              // it had seen one of these already
  assert_false(holds(CHANGELOG_SERVER, "srv_a") || holds(CHANGELOG_SERVER, "srv_b"));
  assert_true(holds(CHANGELOG_SERVER, "srv_c"));
  turn = arrears_turn();
  assert_true(arrears_take(STR("104 104\nserver srv_c\n"))); // changed once more
  arrears_release(turn, 103);
  assert_true(holds(CHANGELOG_SERVER, "srv_c"));
  arrears_release(arrears_turn(), 103);
  assert_false(arrears_any());
}

static void where_something_was_missed_everything_is_held(void **state) {
  (void)state;
  assert_true(arrears_take(STR("150 150\nserver srv_a\n")));
  assert_true(holds(CHANGELOG_SERVER, "srv_b") && holds(CHANGELOG_ACCOUNT, "acc_a"));
  arrears_release(0, 148);
  assert_true(holds(CHANGELOG_SERVER, "srv_b"));
  arrears_release(0, 149);
  assert_true(holds(CHANGELOG_SERVER, "srv_a") && !holds(CHANGELOG_SERVER, "srv_b"));
}

static void what_a_newer_version_tells_holds_everything(void **state) {
  (void)state;
  assert_true(arrears_take(STR("101 101\nmoon x\n")));
  assert_true(holds(CHANGELOG_SERVER, "srv_b"));
}

static void too_much_holds_everything(void **state) {
  (void)state;
  struct buf text = BUF_MAX(1 << 20);
  buf_printf(&text, "101 %d\n", 100 + ARREARS_MOST + 1);
  for (int i = 0; i <= ARREARS_MOST; i++) buf_printf(&text, "server srv_%d\n", i);
  assert_true(arrears_take(buf_str(&text)));
  assert_true(holds(CHANGELOG_SERVER, "srv_0") && holds(CHANGELOG_PEOPLE, "tok_b"));
  arrears_release(arrears_turn(), 0);
  assert_false(arrears_any());
  buf_free(&text);
}

static void what_is_no_such_text_is_refused(void **state) {
  (void)state;
  static const char *const wrong[] = {"",
                                      "\n",
                                      "101\n",
                                      "101 102",
                                      "x 101\nserver a\n",
                                      "101 x\nserver a\n",
                                      "0 1\nserver a\n",
                                      "-5 101\nserver a\n",
                                      "103 101\n",
                                      "9223372036854775807 9223372036854775807\nserver a\n",
                                      "101 99999999999999999999\nserver a\n"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    assert_false(arrears_take(str_of(wrong[i])));
    assert_false(arrears_any());
    assert_int_equal(arrears_after(), 100);
  }
  assert_false(arrears_take(STR("101 103\nserver srv_a\n"))); // cut off: so far it counts
  assert_true(holds(CHANGELOG_SERVER, "srv_a"));
  assert_int_equal(arrears_after(), 101);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(tells_what_is_behind, begin, end),
      cmocka_unit_test_setup_teardown(keeps_so_many, begin, end),
      cmocka_unit_test_setup_teardown(holds_what_is_named_and_nothing_else, begin, end),
      cmocka_unit_test_setup_teardown(what_is_followed_is_not_held, begin, end),
      cmocka_unit_test_setup_teardown(a_look_releases_what_was_told_before_it, begin, end),
      cmocka_unit_test_setup_teardown(where_something_was_missed_everything_is_held, begin, end),
      cmocka_unit_test_setup_teardown(what_a_newer_version_tells_holds_everything, begin, end),
      cmocka_unit_test_setup_teardown(too_much_holds_everything, begin, end),
      cmocka_unit_test_setup_teardown(what_is_no_such_text_is_refused, begin, end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
