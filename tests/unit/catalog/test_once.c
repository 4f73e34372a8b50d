// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/mem.h"
#include "catalog/once.h"

enum { THREADS = 8 };

struct workshop {
  atomic_int made, dropped, failing;
};
static struct workshop shop;

static void *shop_make(void *arg, struct err *err) {
  atomic_fetch_add(&shop.made, 1);
  if (!atomic_load(&shop.failing)) return mem_copy(arg, 1);
  err_set(err, ERR_LIMIT, "too much");
  return NULL;
}

static void shop_drop(void *value) {
  atomic_fetch_add(&shop.dropped, 1);
  mem_free(value);
}

static struct once_made *take(struct once *o, const char *key) {
  struct err err;
  return once_take(o, key, &(struct once_maker){shop_make, shop_drop, (void *)key}, &err);
}

static int shop_open(void **state) {
  shop = (struct workshop){0};
  *state = once_new();
  return 0;
}

static int shop_close(void **state) {
  once_free(*state);
  assert_int_equal(shop.made, shop.dropped); // nothing is lost, nothing twice
  return 0;
}

static void each_view_has_its_own(void **state) {
  static const char wide[] = "w", narrow[] = "n";
  struct once_made *a = take(*state, wide), *b = take(*state, narrow), *c = take(*state, wide),
                   *d = once_take(*state, NULL, &(struct once_maker){shop_make, shop_drop, "x"}, NULL);
  assert_int_equal(*(const char *)once_value(a), 'w');
  assert_int_equal(*(const char *)once_value(b), 'n');
  assert_int_equal(*(const char *)once_value(d), 'x'); // no key is one too: that of all accounts
  assert_ptr_equal(a, c);
  assert_int_equal(shop.made, 3);
  once_release(a);
  once_release(b);
  once_release(c);
  once_release(d);
}

static void *take_once(void *arg) {
  static const char key[] = "k";
  struct once_made *held = take(arg, key);
  assert_int_equal(*(const char *)once_value(held), 'k');
  once_release(held);
  return NULL;
}

static void many_at_once_make_it_once(void **state) {
  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, take_once, *state), 0);
  for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  assert_int_equal(shop.made, 1);
  assert_int_equal(shop.dropped, 0);
}

static void the_oldest_goes_when_nobody_holds_it(void **state) {
  static const char keys[ONCE_MOST + 2];
  struct once_made *first = take(*state, keys);
  for (int i = 1; i <= ONCE_MOST; i++) once_release(take(*state, keys + i));
  assert_int_equal(shop.dropped, 0); // it is held still
  once_release(first);
  assert_int_equal(shop.dropped, 1);
  once_release(take(*state, keys)); // made anew, in the place of the second
  assert_int_equal(shop.made, ONCE_MOST + 2);
  assert_int_equal(shop.dropped, 2);
}

static void what_is_held_outlives_its_snapshot(void **state) {
  static const char key[] = "k";
  struct once_made *held = take(*state, key);
  once_free(*state);
  *state = NULL;
  assert_int_equal(*(const char *)once_value(held), 'k');
  once_release(held);
}

static void a_failure_is_tried_again(void **state) {
  static const char key[] = "k";
  struct err err;
  struct once_maker maker = {shop_make, shop_drop, (void *)key};
  shop.failing = 1;
  assert_null(once_take(*state, key, &maker, &err));
  assert_int_equal(err.code, ERR_LIMIT);
  shop.failing = 0;
  struct once_made *held = once_take(*state, key, &maker, &err);
  assert_non_null(held);
  once_release(held);
  assert_int_equal(shop.made, 2);
  shop.made--; // the one that failed left nothing
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, shop_open, shop_close)

int main(void) {
  const struct CMUnitTest tests[] = {
      EACH(each_view_has_its_own),
      EACH(many_at_once_make_it_once),
      EACH(the_oldest_goes_when_nobody_holds_it),
      EACH(what_is_held_outlives_its_snapshot),
      EACH(a_failure_is_tried_again),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
