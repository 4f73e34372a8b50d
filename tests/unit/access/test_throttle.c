// SPDX-License-Identifier: Apache-2.0
// Who guesses waits, longer each time and never for good; with a clock of the test's own.
#include "../support/check.h"

#include <stdio.h>

#include "access/throttle.h"

static void it_waits_longer_each_time(void **state) {
  (void)state;
  int64_t now = 1000000, before = 0;
  for (int i = 0; i < THROTTLE_FREE + 1; i++) assert_int_equal(throttle_wait("name", STR("ada"), now), 0);
  for (int i = 0; i < 12; i++) {
    int64_t wait = throttle_wait("name", STR("ADA"), now);
    assert_true(wait >= before && wait > 0 && wait <= THROTTLE_WAIT_MS);
    assert_int_equal(throttle_wait("name", STR("ada"), now),
                     wait); // to ask while it waits makes it no longer
    before = wait;
    now += wait;
    assert_int_equal(throttle_wait("name", STR("ada"), now), 0);
  }
  assert_int_equal(before, THROTTLE_WAIT_MS);
  assert_int_equal(throttle_wait("name", STR("bob"), now), 0);
  assert_int_equal(throttle_wait("address", STR("ada"), now), 0);
}

static void it_is_forgotten(void **state) {
  (void)state;
  int64_t now = 5000000;
  for (int i = 0; i < THROTTLE_FREE + 1; i++) assert_int_equal(throttle_wait("name", STR("carol"), now), 0);
  assert_true(throttle_wait("name", STR("carol"), now) > 0);
  throttle_forget("name", STR("carol"), now);
  assert_int_equal(throttle_wait("name", STR("carol"), now), 0);
  for (int i = 0; i < THROTTLE_FREE; i++) assert_int_equal(throttle_wait("name", STR("carol"), now), 0);
  assert_true(throttle_wait("name", STR("carol"), now) > 0);
  assert_int_equal(throttle_wait("name", STR("carol"), now + THROTTLE_KEEP_MS), 0);
}

// However many names are guessed, there is room, and who was just held stays held.
static void there_is_always_room(void **state) {
  (void)state;
  int64_t now = 9000000;
  char name[32];
  for (int i = 0; i < 3 * THROTTLE_MOST; i++) {
    int n = snprintf(name, sizeof name, "name-%d", i);
    assert_int_equal(throttle_wait("name", str_make(name, (size_t)n), now + i), 0);
  }
  now += 3 * THROTTLE_MOST;
  for (int i = 0; i < THROTTLE_FREE + 1; i++) assert_int_equal(throttle_wait("name", STR("dora"), now), 0);
  assert_true(throttle_wait("name", STR("dora"), now) > 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(it_waits_longer_each_time),
      cmocka_unit_test(it_is_forgotten),
      cmocka_unit_test(there_is_always_room),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
