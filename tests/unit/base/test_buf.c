// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "base/buf.h"
#include "base/mem.h"

static void test_grows(void **state) {
  (void)state;
  struct buf b = BUF_MAX(100000);
  for (int i = 0; i < 10000; i++) buf_printf(&b, "%d,", i % 10);
  assert_false(b.full);
  assert_int_equal(b.n, 20000);
  assert_memory_equal(b.p + 19996, "8,9,", 4);
  buf_free(&b);
  assert_null(b.p);
  assert_int_equal(b.max, 100000);
}

static void test_stops_at_its_maximum(void **state) {
  (void)state;
  struct buf b = BUF_MAX(5);
  buf_add(&b, STR("abcde"));
  assert_false(b.full);
  buf_add_char(&b, 'f');
  assert_true(b.full);
  buf_add(&b, STR(""));
  buf_add_z(&b, "g");
  check_text(buf_str(&b), "abcde");
  buf_clear(&b);
  assert_false(b.full);
  buf_printf(&b, "%s", "123456");
  assert_true(b.full);
  assert_int_equal(b.n, 0);
  assert_null(buf_room(&b, 1));
  buf_free(&b);
}

static void test_without_a_maximum(void **state) {
  (void)state;
  struct buf b = BUF_MAX(SIZE_MAX);
  buf_add(&b, STR("abc"));
  assert_false(b.full);
  check_text(buf_str(&b), "abc");
  assert_null(buf_room(&b, SIZE_MAX - 1));
  buf_free(&b);
}

static void test_drop_and_take(void **state) {
  (void)state;
  struct buf b = BUF_MAX(64);
  check_text(buf_str(&b), "");
  buf_add_z(&b, "one two");
  buf_drop(&b, 4);
  check_text(buf_str(&b), "two");
  size_t n;
  char *taken = buf_take(&b, &n);
  assert_string_equal(taken, "two");
  assert_int_equal(n, 3);
  mem_free(taken);
  taken = buf_take(&b, NULL); // of nothing: an empty string
  assert_string_equal(taken, "");
  mem_free(taken);
  buf_add_z(&b, "x");
  buf_drop(&b, 100);
  assert_int_equal(b.n, 0);
  buf_free(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_grows),
      cmocka_unit_test(test_stops_at_its_maximum),
      cmocka_unit_test(test_without_a_maximum),
      cmocka_unit_test(test_drop_and_take),
  };
  return cmocka_run_group_tests_name("base/buf", tests, NULL, NULL);
}
