// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "session/level.h"

static const char *const levels[] = {"debug", "info",     "notice", "warning",
                                     "error", "critical", "alert",  "emergency"};
enum { LEVELS = sizeof levels / sizeof *levels };

static void test_names(void **state) {
  (void)state;
  for (size_t i = 0; i < LEVELS; i++) assert_true(level_is(str_of(levels[i])));
  assert_false(level_is(STR("")) || level_is(STR("Info")) || level_is(STR("warn")) || level_is(STR_NONE));
}

static void test_order(void **state) {
  (void)state;
  for (size_t wanted = 0; wanted < LEVELS; wanted++)
    for (size_t level = 0; level < LEVELS; level++)
      if (level_passes(str_of(levels[wanted]), str_of(levels[level])) != (level >= wanted))
        fail_msg("%s where %s is wanted", levels[level], levels[wanted]);
}

// Who wanted nothing gets all; what has no level that we know is not kept back.
static void test_unknown(void **state) {
  (void)state;
  assert_true(level_passes(STR(""), STR("debug")));
  assert_true(level_passes(STR("emergency"), STR("verbose")));
  assert_true(level_passes(STR("emergency"), STR_NONE));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_names),
      cmocka_unit_test(test_order),
      cmocka_unit_test(test_unknown),
  };
  return cmocka_run_group_tests_name("session/level", tests, NULL, NULL);
}
