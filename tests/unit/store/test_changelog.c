// SPDX-License-Identifier: Apache-2.0
#include "../support/fresh_store.h"
#include "store/changelog.h"

static struct err err;

#define MUST(call)                                                                                           \
  do {                                                                                                       \
    if (!(call)) fail_msg("%s: %s", #call, err.text);                                                        \
  } while (0)

static struct changelog_lines since(int64_t number) {
  struct changelog_lines lines;
  MUST(changelog_since(store, number, arena, &lines, &err));
  return lines;
}

static void lines_come_in_order_from_anywhere(void **state) {
  (void)state;
  struct changelog_lines lines = since(0);
  assert_true(!lines.gap && !lines.count && lines.last == 0);
  MUST(changelog_note(store, CHANGELOG_SERVER, STR("srv_1"), &err));
  MUST(changelog_note(store, CHANGELOG_ACCOUNT, STR("acc_1"), &err));
  MUST(changelog_note(store, CHANGELOG_PEOPLE, STR(""), &err));
  lines = since(0);
  assert_int_equal(lines.count, 3);
  assert_true(!lines.gap && lines.last == 3);
  assert_true(lines.items[0].kind == CHANGELOG_SERVER && str_is(lines.items[0].id, "srv_1"));
  assert_true(lines.items[1].kind == CHANGELOG_ACCOUNT && str_is(lines.items[1].id, "acc_1"));
  assert_true(lines.items[2].kind == CHANGELOG_PEOPLE && !lines.items[2].id.n);
  lines = since(2);
  assert_true(lines.count == 1 && lines.last == 3 && !lines.gap);
  lines = since(3);
  assert_true(!lines.count && lines.last == 3 && !lines.gap);
  int64_t last;
  MUST(changelog_last(store, &last, &err));
  assert_int_equal(last, 3);
}

static bool fails_behind_a_line(struct store *s, void *arg, struct err *why) {
  (void)arg;
  return changelog_note(s, CHANGELOG_SERVER, STR("srv_1"), why) && err_set(why, ERR_CONFLICT, "no");
}

static void a_line_stands_or_falls_with_its_change(void **state) {
  (void)state;
  assert_false(store_transact(store, fails_behind_a_line, NULL, &err));
  assert_int_equal(since(0).count, 0);
  struct changelog_change set = {CHANGELOG_ACCOUNT, STR("acc_1"),
                                 "UPDATE account SET name = $1 WHERE id = 'acc_1'", &STORE_TEXT(STR("b")), 1};
  int64_t changed = 1;
  MUST(changelog_run(store, &set, &changed, &err)); // there is no such row
  assert_int_equal(changed, 0);
  assert_int_equal(since(0).count, 0);
  fresh_store_account("acc_1", "a", "tiny");
  MUST(changelog_run(store, &set, &changed, &err));
  assert_int_equal(changed, 1);
  assert_int_equal(since(0).count, 1);
  set.sql = "UPDATE account SET nothing = $1";
  assert_false(changelog_run(store, &set, NULL, &err));
  assert_int_equal(since(1).count, 0);
  MUST(changelog_note(store, CHANGELOG_SERVER, STR("srv_1"), &err));
  assert_int_equal(since(0).last, 2); // what failed left no hole
}

static void who_is_too_far_behind_is_told(void **state) {
  (void)state;
  for (int i = 0; i < 5; i++) MUST(changelog_note(store, CHANGELOG_SERVER, STR("srv_1"), &err));
  MUST(changelog_trim(store, &err)); // keeps more than that
  assert_false(since(0).gap);
  fresh_store_sql("DELETE FROM change_log WHERE number <= 3");
  assert_true(since(2).gap);
  assert_false(since(3).gap);
  assert_false(since(5).gap);
  fresh_store_sql("DELETE FROM change_log");
  assert_true(since(4).gap);
  assert_false(since(5).gap);
  assert_true(since(6).gap); // of another store, or of one that was restored
  fresh_store_sql("INSERT INTO change_log (number, kind, id) VALUES (6, 'of a later version', 'x')");
  assert_true(since(5).gap);
}

static void many_lines_are_a_gap(void **state) {
  (void)state;
  fresh_store_sql(
      arena_printf(arena,
                   "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
                   "INSERT INTO change_log SELECT i, 'server', 'srv' || i FROM n",
                   CHANGELOG_KEPT + 50)
          .p);
  fresh_store_sql(arena_printf(arena, "UPDATE change_head SET last = %d", CHANGELOG_KEPT + 50).p);
  assert_true(since(0).gap);
  assert_true(since(CHANGELOG_KEPT + 50 - CHANGELOG_READ_MOST - 1).gap);
  assert_false(since(CHANGELOG_KEPT + 50 - CHANGELOG_READ_MOST).gap);
  MUST(changelog_trim(store, &err));
  struct store_rows rows;
  MUST(store_query(store, "SELECT count(*), min(number) FROM change_log", NULL, 0, arena, &rows, &err));
  assert_int_equal(store_cell(&rows, 0, 0)->number, CHANGELOG_KEPT);
  assert_int_equal(store_cell(&rows, 0, 1)->number, 51);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh_store_open, fresh_store_close)
  const struct CMUnitTest tests[] = {TEST(lines_come_in_order_from_anywhere),
                                     TEST(a_line_stands_or_falls_with_its_change),
                                     TEST(who_is_too_far_behind_is_told), TEST(many_lines_are_a_gap)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
