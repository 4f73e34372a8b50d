// SPDX-License-Identifier: Apache-2.0
// The last fifth of a quota is left to live calls; calls under way count as made.
#include "../support/check.h"

#include "call/quota.h"

static struct str id = {"acc_1", 5};

static int teardown(void **state) {
  (void)state;
  quota_close();
  return 0;
}

static struct ratelimit rate(int64_t limit, int64_t left, int64_t reset_s) {
  return (struct ratelimit){.has_limit = true,
                            .has_remaining = true,
                            .has_reset = true,
                            .limit = limit,
                            .remaining = left,
                            .reset_s = reset_s};
}

static void heard(int64_t limit, int64_t left, int64_t reset_s) {
  struct ratelimit r = rate(limit, left, reset_s);
  quota_begin(id);
  quota_end(id, &r, false);
}

static void test_unknown(void **state) {
  (void)state;
  assert_int_equal(quota_wait(id), 0);
  for (int i = 0; i < QUOTA_BLIND_MOST; i++) assert_int_equal(quota_take(id), 0);
  assert_int_equal(quota_take(id), 1); // until one of them has told
  quota_end(id, NULL, false);
  for (int i = 0; i < 50; i++) assert_int_equal(quota_take(id), 0); // its vendor tells nothing
}

static void test_fifth(void **state) {
  (void)state;
  heard(100, 22, 300);
  assert_int_equal(quota_take(id), 0);
  assert_true(quota_take(id) == 0);          // 21 are left then
  assert_in_range(quota_take(id), 299, 300); // 20: the last fifth
  assert_in_range(quota_wait(id), 299, 300);
  quota_begin(id); // a live call goes through
  struct ratelimit r = rate(100, 60, 300);
  quota_end(id, &r, false);
  assert_int_equal(quota_wait(id), 0);
}

static void test_limited(void **state) {
  (void)state;
  struct ratelimit r = {.has_retry_after = true, .retry_after_s = 40};
  quota_begin(id);
  quota_end(id, &r, true);
  assert_in_range(quota_wait(id), 39, 40);
  quota_begin(id);
  quota_end(id, NULL, true); // it does not say for how long
  assert_in_range(quota_wait(id), 29, 30);
  assert_int_equal(quota_wait(STR("acc_2")), 0);
}

static void test_window_ends(void **state) {
  (void)state;
  heard(10, 0, 0); // ends now
  assert_int_equal(quota_take(id), 0);
  for (int i = 0; i < 7; i++) assert_int_equal(quota_take(id), 0);
  assert_int_equal(quota_take(id), 1); // eight are under way: the last two are not for it
}

static void test_many(void **state) {
  (void)state;
  char name[16];
  for (int i = 0; i < QUOTA_ACCOUNTS_MOST + 10; i++) {
    snprintf(name, sizeof name, "acc_%d", i);
    quota_begin(str_of(name));
    quota_end(str_of(name), NULL, false);
  }
  heard(100, 1, 300);
  assert_true(quota_wait(id) > 0); // what is idle made room
}

int main(void) {
#define TEST(f) cmocka_unit_test_teardown(f, teardown)
  const struct CMUnitTest tests[] = {TEST(test_unknown), TEST(test_fifth), TEST(test_limited),
                                     TEST(test_window_ends), TEST(test_many)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
