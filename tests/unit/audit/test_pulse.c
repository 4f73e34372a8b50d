// SPDX-License-Identifier: Apache-2.0
#include "../support/temp.h"

#include "audit/pulse.h"

enum { HOUR = PULSE_HOUR_MS };
static const int64_t NOON = 500000ll * HOUR;

static void counts_the_calls_of_a_day(void **state) {
  (void)state;
  struct pulse p = {0};
  pulse_add(&p, STR("acc_1"), NOON, 1, 0);
  pulse_add(&p, STR("acc_1"), NOON + 5, 1, 1);
  pulse_add(&p, STR("acc_1"), NOON - 23ll * HOUR, 10, 2);
  pulse_add(&p, STR("acc_1"), NOON - 24ll * HOUR, 100, 100); // stands where the newer hour is
  pulse_add(&p, STR("acc_2"), NOON - 1, 1, 0);
  pulse_add(&p, STR_NONE, NOON, 1, 0);
  struct pulse_day day = pulse_look(&p, STR("acc_1"), NOON + HOUR / 2);
  assert_int_equal(day.calls, 12);
  assert_int_equal(day.errors, 3);
  assert_int_equal(day.last_at, NOON + 5);
  assert_int_equal(pulse_look(&p, STR("acc_2"), NOON).calls, 1);
  assert_int_equal(pulse_look(&p, STR("acc_3"), NOON).calls, 0);
  assert_int_equal(p.by_account.count, 2);
  pulse_free(&p);
}

static void a_day_goes_by(void **state) {
  (void)state;
  struct pulse p = {0};
  pulse_add(&p, STR("acc_1"), NOON, 4, 1);
  assert_int_equal(pulse_look(&p, STR("acc_1"), NOON + 23ll * HOUR).calls, 4);
  struct pulse_day day = pulse_look(&p, STR("acc_1"), NOON + 24ll * HOUR);
  assert_int_equal(day.calls, 0);
  assert_int_equal(day.last_at, 0);
  pulse_add(&p, STR("acc_1"), NOON + 24ll * HOUR, 1, 0); // the same place of the ring
  assert_int_equal(pulse_look(&p, STR("acc_1"), NOON + 24ll * HOUR).calls, 1);
  pulse_free(&p);
}

static void those_without_a_call_make_room(void **state) {
  (void)state;
  struct pulse p = {0};
  char id[32];
  for (int i = 0; i < PULSE_ACCOUNTS_MOST + 10; i++) {
    snprintf(id, sizeof id, "acc_%d", i);
    pulse_add(&p, str_of(id), NOON, 1, 0);
  }
  assert_int_equal(p.by_account.count, PULSE_ACCOUNTS_MOST);
  pulse_add(&p, STR("acc_new"), NOON + 48ll * HOUR, 1, 0);
  assert_int_equal(p.by_account.count, 1);
  assert_int_equal(pulse_look(&p, STR("acc_new"), NOON + 48ll * HOUR).calls, 1);
  pulse_free(&p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(counts_the_calls_of_a_day),
      cmocka_unit_test(a_day_goes_by),
      cmocka_unit_test(those_without_a_call_make_room),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
