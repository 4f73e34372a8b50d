// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "base/arena.h"
#include "base/map.h"

enum { MANY = 5000 };

static void test_put_get_replace(void **state) {
  (void)state;
  struct map m = {0};
  int one, two;
  assert_null(map_get(&m, STR("a")));
  assert_null(map_remove(&m, STR("a")));
  map_put(&m, STR("a"), &one);
  map_put(&m, STR(""), &two);
  assert_ptr_equal(map_get(&m, STR("a")), &one);
  assert_ptr_equal(map_get(&m, STR_NONE), &two);
  map_put(&m, STR("a"), &two);
  assert_int_equal(m.count, 2);
  assert_ptr_equal(map_get(&m, STR("a")), &two);
  map_free(&m);
  assert_int_equal(m.count, 0);
}

// Removal closes gaps in probe runs: whatever goes, the rest must still be found.
static void test_many_with_removals(void **state) {
  (void)state;
  static int values[MANY];
  static bool gone[MANY];
  struct arena *a = arena_new();
  struct str *keys = ARENA_ARRAY(a, MANY, struct str);
  struct map m = {0};
  unsigned seed = 7;
  for (int i = 0; i < MANY; i++) {
    keys[i] = arena_printf(a, "key-%d", i);
    map_put(&m, keys[i], &values[i]);
  }
  for (int round = 0; round < 2 * MANY; round++) {
    seed = seed * 1103515245 + 12345;
    int i = (int)(seed >> 8) % MANY;
    if (gone[i])
      map_put(&m, keys[i], &values[i]);
    else
      assert_ptr_equal(map_remove(&m, keys[i]), &values[i]);
    gone[i] = !gone[i];
  }
  size_t left = 0;
  for (int i = 0; i < MANY; i++) {
    assert_ptr_equal(map_get(&m, keys[i]), gone[i] ? NULL : &values[i]);
    left += !gone[i];
  }
  assert_int_equal(m.count, left);
  size_t visited = 0, at = 0;
  while (map_next(&m, &at)) visited++;
  assert_int_equal(visited, left);
  map_free(&m);
  arena_free(a);
}

static void test_hash(void **state) {
  (void)state;
  char text[32] = "abcdefghijklmnopqrstuvwxyz";
  for (size_t n = 0; n < 26; n++) { // each length, and each byte of it, matters
    uint64_t hash = map_hash(str_make(text, n));
    assert_true(hash == map_hash(str_make(text, n)));
    assert_true(hash != map_hash(str_make(text, n + 1)));
    for (size_t i = 0; i < n; i++) {
      text[i] ^= 1;
      assert_true(hash != map_hash(str_make(text, n)));
      text[i] ^= 1;
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_put_get_replace),
      cmocka_unit_test(test_many_with_removals),
      cmocka_unit_test(test_hash),
  };
  return cmocka_run_group_tests_name("base/map", tests, NULL, NULL);
}
