// SPDX-License-Identifier: Apache-2.0
// Minutes and days of several who are counted at once: all or none, as rows that a restart does not forget.
#include "../support/fresh_store.h"

#include "limit/limit.h"

enum { DAY = 86400000 };

static bool day(int64_t at, int64_t limit, struct err *err) {
  struct day_rule rule = {STR("srv_1"), limit, 0};
  size_t full;
  return day_row_take(store, at, &rule, 1, &full, err);
}

static int64_t used(const char *subject) {
  struct store_rows rows;
  struct err err;
  if (!store_query(store, "SELECT used FROM limit_day WHERE subject = $1", &STORE_TEXT(str_of(subject)), 1,
                   arena, &rows, &err))
    fail_msg("%s", err.text);
  return rows.count ? store_cell(&rows, 0, 0)->number : 0;
}

static void a_day_ends(void **state) {
  (void)state;
  struct err err;
  for (int i = 0; i < 3; i++)
    if (!day(10 * (int64_t)DAY, 3, &err)) fail_msg("write %d: %s", i, err.text);
  assert_int_equal(day(10 * (int64_t)DAY, 3, &err), false);
  assert_int_equal(err.code, ERR_LIMIT);
  assert_int_equal(day(11 * (int64_t)DAY, 3, &err), true);
  assert_int_equal(used("srv_1"), 1);
}

// Set to yesterday and back, or to next year and back: the count goes along, and nobody is locked out for a year.
static void a_clock_set_back_carries_the_count(void **state) {
  (void)state;
  struct err err;
  assert_int_equal(day(400 * (int64_t)DAY, 2, &err), true);
  assert_int_equal(day(10 * (int64_t)DAY, 2, &err), true);
  assert_int_equal(day(10 * (int64_t)DAY, 2, &err), false);
  assert_int_equal(day(11 * (int64_t)DAY, 2, &err), true);
}

static void all_or_none(void **state) {
  (void)state;
  struct err err;
  struct day_rule rules[] = {{STR("srv_1"), 10, 0}, {STR("each srv_1/"), 1, 0}};
  size_t full = 9;
  assert_int_equal(day_row_take(store, DAY, rules, 2, &full, &err), true);
  assert_int_equal(day_row_take(store, DAY, rules, 2, &full, &err), false);
  assert_int_equal(full, 1);
  assert_int_equal(used("srv_1"), 1);
  assert_int_equal(day_row_give(store, DAY, rules, 2, &err), true);
  assert_int_equal(used("srv_1") + used("each srv_1/"), 0);
  assert_int_equal(day_row_purge(store, 2 * (int64_t)DAY, &err), true);
  struct store_rows rows;
  assert_int_equal(store_query(store, "SELECT subject FROM limit_day", NULL, 0, arena, &rows, &err), true);
  assert_int_equal(rows.count, 0);
}

static void says_which_and_when(void **state) {
  (void)state;
  struct err err;
  struct limit_env env = {.store = store};
  if (!zone_find(STR("UTC"), &env.zone, &err)) fail_msg("%s", err.text);
  struct limit_rule rules[] = {{STR("srv_1"), "all", 3, 0}, {STR("each srv_1/"), "each", 2, 1}};
  struct limit_taken t;
  assert_int_equal(limit_take(&env, &(struct limit_ask){rules, 2, false}, &t, &err), true);
  assert_int_equal(t.rule == &rules[1], true);
  assert_int_equal(t.left, 1);
  assert_int_equal(limit_take(&env, &(struct limit_ask){rules, 2, true}, &t, &err), true);
  assert_int_equal(t.left, 0);
  assert_int_equal(limit_take(&env, &(struct limit_ask){rules, 2, true}, &t, &err), false);
  assert_int_equal(err.code, ERR_LIMIT);
  assert_int_equal(t.by_day, false); // the minute is asked first
  assert_int_equal(t.limit, 2);
  if (t.reset_s < 1 || t.reset_s > 61) fail_msg("free again in %lld s", (long long)t.reset_s);
  assert_int_equal(limit_take(&env, &(struct limit_ask){rules, 1, true}, &t, &err),
                   true); // another who is not held to a day
  rules[1].calls = 0;
  assert_int_equal(limit_take(&env, &(struct limit_ask){&rules[1], 1, true}, &t, &err), false);
  assert_int_equal(t.by_day, true);
  assert_int_equal(t.rule == &rules[1], true);
  if (t.reset_s < 1 || t.reset_s > DAY / 1000) fail_msg("the day ends in %lld s", (long long)t.reset_s);
  limit_close();
}

int main(void) {
#define ROWS(f) cmocka_unit_test_setup_teardown(f, fresh_store_open, fresh_store_close)
  const struct CMUnitTest tests[] = {
      ROWS(a_day_ends),
      ROWS(a_clock_set_back_carries_the_count),
      ROWS(all_or_none),
      ROWS(says_which_and_when),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
