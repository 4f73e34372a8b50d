// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include <sys/resource.h>

#include "base/descriptors.h"

static void what_is_left_is_shared(void **state) {
  (void)state;
  for (size_t loops = 1; loops <= 64; loops *= 2) {
    size_t before = 0, least = DESCRIPTORS_OWN + loops * DESCRIPTORS_LOOP;
    for (size_t limit = least; limit < 100000; limit = limit * 3 / 2) {
      struct err err;
      assert_true(descriptors_check(limit, loops, &err));
      size_t clients = descriptors_for_clients(limit, loops);
      assert_true(clients >= loops && clients >= before);
      // Half of what a loop has is for its first connections, so the least is enough.
      assert_true(clients + DESCRIPTORS_OWN + loops * DESCRIPTORS_LOOP / 2 <= limit);
      before = clients;
    }
  }
  assert_true(descriptors_for_clients(SIZE_MAX, 64) > 1000000);
  assert_in_range(descriptors_for_clients(1048576, 8), 700000, 1048576);
}

static void too_few_are_refused_saying_how_many_it_takes(void **state) {
  (void)state;
  struct err err = {0};
  for (size_t limit = 0; limit < DESCRIPTORS_OWN + 2 * DESCRIPTORS_LOOP; limit++) {
    assert_false(descriptors_check(limit, 2, &err));
    assert_int_equal(err.code, ERR_UNAVAILABLE);
  }
  check_has(err.text, "at most 51 files may be open, and with 2 loops it takes 52");
  check_has(err.hint, "LimitNOFILE");
}

static void the_soft_limit_is_raised(void **state) {
  (void)state;
  struct rlimit before, after;
  getrlimit(RLIMIT_NOFILE, &before);
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &(struct rlimit){100, before.rlim_max}), 0);
  assert_true(descriptors_raise() == (before.rlim_max == RLIM_INFINITY ? SIZE_MAX : before.rlim_max));
  getrlimit(RLIMIT_NOFILE, &after);
  assert_true(after.rlim_cur == before.rlim_max);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_left_is_shared),
      cmocka_unit_test(too_few_are_refused_saying_how_many_it_takes),
      cmocka_unit_test(the_soft_limit_is_raised),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
