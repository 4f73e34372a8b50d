// SPDX-License-Identifier: Apache-2.0
// Never more than the limit within sixty seconds, wherever they begin; and what is told of the wait holds.
#include "../support/check.h"

#include "limit/window.h"

enum { TRIES = 4000, LIMIT = 7 };

static unsigned next(unsigned *state) {
  return *state = *state * 1103515245u + 12345u, *state >> 16;
}

// Each that was let through stands in `at`.
static void no_minute_has_more(void **state) {
  (void)state;
  static uint64_t at[TRIES];
  struct window w = {0};
  size_t n = 0;
  unsigned seed = 7;
  uint64_t now = 1000;
  for (size_t i = 0; i < TRIES; i++) {
    now += next(&seed) % 12;
    if (!window_left(&w, LIMIT, now)) {
      int64_t wait = window_wait(&w, LIMIT, now);
      if (wait < 1 || wait > WINDOW_SECONDS) fail_msg("at %zu the wait is %lld s", i, (long long)wait);
      struct window later = w;
      if (window_left(&later, LIMIT, now + (uint64_t)wait - 1))
        fail_msg("at %zu less would do than %lld s", i, (long long)wait);
      if (!window_left(&later, LIMIT, now + (uint64_t)wait))
        fail_msg("at %zu %lld s are not enough", i, (long long)wait);
      continue;
    }
    window_add(&w, now);
    at[n++] = now;
  }
  if (n < 500) fail_msg("only %zu passed", n);
  for (size_t i = LIMIT; i < n; i++)
    if (at[i] - at[i - LIMIT] < 60)
      fail_msg("%d calls between second %llu and %llu", LIMIT + 1, (unsigned long long)at[i - LIMIT],
               (unsigned long long)at[i]);
}

static void a_clock_that_goes_back_frees_nothing(void **state) {
  (void)state;
  struct window w = {0};
  for (int i = 0; i < 3; i++) window_add(&w, 500);
  assert_int_equal(window_left(&w, 3, 100), 0);
  assert_int_equal(window_left(&w, 3, 560), 0);
  assert_int_equal(window_left(&w, 3, 561), 3);
}

static void a_lower_limit_counts_what_was(void **state) {
  (void)state;
  struct window w = {0};
  for (uint64_t s = 0; s < 10; s++) window_add(&w, 100 + s);
  assert_int_equal(window_left(&w, 4, 110), 0);
  assert_int_equal(window_wait(&w, 4, 110), 100 + 6 + 61 - 110); // seven have to go
  assert_int_equal(window_reset(&w, 110), 100 + 61 - 110);
  assert_int_equal(window_left(&w, 20, 110), 10);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(no_minute_has_more),
      cmocka_unit_test(a_clock_that_goes_back_frees_nothing),
      cmocka_unit_test(a_lower_limit_counts_what_was),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
