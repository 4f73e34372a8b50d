// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "http/deadline.h"

static void test_order(void **state) {
  (void)state;
  struct deadline_list l;
  struct deadline a = {0}, b = {0}, c = {0};
  deadline_list_init(&l, 100);
  assert_true(deadline_first(&l) == UINT64_MAX);
  assert_null(deadline_due(&l, UINT64_MAX));
  deadline_set(&l, &a, 1000);
  deadline_set(&l, &b, 1010);
  deadline_set(&l, &c, 1010);
  assert_int_equal(deadline_first(&l), 1100);
  assert_null(deadline_due(&l, 1099));
  assert_ptr_equal(deadline_due(&l, 1100), &a);
  assert_ptr_equal(deadline_due(&l, 1200), &a); // until it is cleared or set again
  deadline_set(&l, &a, 1100);
  assert_ptr_equal(deadline_due(&l, 1200), &b);
  deadline_clear(&b);
  assert_ptr_equal(deadline_due(&l, 1200), &c);
  deadline_clear(&c);
  assert_ptr_equal(deadline_due(&l, 1200), &a);
  deadline_clear(&a);
  deadline_clear(&a); // of one that does not wait: nothing
  assert_null(deadline_due(&l, UINT64_MAX));
}

static void test_from_one_list_to_another(void **state) {
  (void)state;
  struct deadline_list header, idle;
  struct deadline d = {0};
  deadline_list_init(&header, 10);
  deadline_list_init(&idle, 1000);
  deadline_set(&header, &d, 0);
  deadline_set(&idle, &d, 5);
  assert_true(deadline_first(&header) == UINT64_MAX);
  assert_int_equal(deadline_first(&idle), 1005);
  deadline_clear(&d);
  assert_true(deadline_first(&idle) == UINT64_MAX);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_order),
      cmocka_unit_test(test_from_one_list_to_another),
  };
  return cmocka_run_group_tests_name("http/deadline", tests, NULL, NULL);
}
