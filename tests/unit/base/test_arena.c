// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "base/arena.h"

static void test_alignment_and_zero(void **state) {
  (void)state;
  struct arena *a = arena_new();
  for (size_t n = 0; n < 300; n++) {
    unsigned char *p = arena_alloc(a, n);
    assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
    for (size_t i = 0; i < n; i++) assert_int_equal(p[i], 0);
    memset(p, 0xa5, n); // the next one must not see this
  }
  arena_free(a);
}

static void test_big_and_small(void **state) {
  (void)state;
  struct arena *a = arena_new();
  char *small = arena_z(a, STR("before"));
  char *big = arena_alloc(a, 1024 * 1024);
  big[1024 * 1024 - 1] = 1;
  char *after = arena_z(a, STR("after"));
  assert_string_equal(small, "before");
  assert_string_equal(after, "after");
  assert_true(arena_bytes(a) >= 1024 * 1024);
  arena_free(a);
}

static void test_reset_keeps_the_first_block(void **state) {
  (void)state;
  struct arena *a = arena_new();
  size_t empty = arena_bytes(a);
  void *first = arena_alloc(a, 16);
  for (int i = 0; i < 1000; i++) (void)arena_alloc(a, 1000);
  assert_true(arena_bytes(a) > empty);
  arena_reset(a);
  assert_int_equal(arena_bytes(a), empty);
  assert_ptr_equal(arena_alloc(a, 16), first);
  arena_free(a);
}

static void test_text(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct str copy = arena_dup(a, str_make("abcdef", 3));
  check_text(copy, "abc");
  assert_int_equal(copy.p[3], 0);
  check_text(arena_dup(a, STR_NONE), "");
  check_text(arena_printf(a, "%s-%d", "x", 7), "x-7");
  struct str longer = arena_printf(a, "%05000d", 1);
  assert_int_equal(longer.n, 5000);
  assert_int_equal(longer.p[5000], 0);
  arena_free(a);
  arena_free(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_alignment_and_zero),
      cmocka_unit_test(test_big_and_small),
      cmocka_unit_test(test_reset_keeps_the_first_block),
      cmocka_unit_test(test_text),
  };
  return cmocka_run_group_tests_name("base/arena", tests, NULL, NULL);
}
