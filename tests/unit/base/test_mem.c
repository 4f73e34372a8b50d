// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "base/mem.h"

static void test_zeroed(void **state) {
  (void)state;
  static const size_t sizes[] = {0, 1, 7, 4096, 100000};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    char *one = mem_alloc(sizes[i]), *many = mem_array(sizes[i], 3);
    assert_non_null(one);
    for (size_t k = 0; k < sizes[i]; k++) assert_int_equal(one[k], 0);
    for (size_t k = 0; k < 3 * sizes[i]; k++) assert_int_equal(many[k], 0);
    mem_free(one);
    mem_free(many);
  }
}

static void test_copy(void **state) {
  (void)state;
  char *copy = mem_copy("ab\0c", 4), *none = mem_copy(NULL, 0);
  assert_memory_equal(copy, "ab\0c", 5); // and a NUL behind it
  assert_string_equal(none, "");
  mem_free(copy);
  mem_free(none);
}

static void test_resize(void **state) {
  (void)state;
  char *p = mem_resize(NULL, 4);
  memcpy(p, "four", 4);
  p = mem_resize(p, 10000);
  assert_memory_equal(p, "four", 4);
  p = mem_resize(p, 0);
  assert_non_null(p);
  mem_free(p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_zeroed),
      cmocka_unit_test(test_copy),
      cmocka_unit_test(test_resize),
  };
  return cmocka_run_group_tests_name("base/mem", tests, NULL, NULL);
}
