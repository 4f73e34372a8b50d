// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "catalog/pace.h"

// Looks for news that never end, from `now` on; how many there are within a while. The last one's begin comes back.
static unsigned looks(struct catalog_pace *p, uint64_t *now, uint64_t while_ms, uint64_t takes_ms) {
  unsigned count = 0;
  for (uint64_t end = *now + while_ms; (*now = catalog_pace_next(p, *now)) < end; count++) {
    catalog_pace_ran(p, *now, *now + takes_ms);
    *now += takes_ms;
  }
  return count;
}

static void news_after_a_rest_are_read_at_once(void **state) {
  (void)state;
  static const uint64_t takes[] = {0, 5, 70, 400, 999};
  for (size_t i = 0; i < sizeof takes / sizeof *takes; i++) {
    struct catalog_pace p = {0};
    uint64_t now = 1000000;
    assert_int_equal(catalog_pace_next(&p, now), now);
    catalog_pace_ran(&p, now - takes[i], now); // the first look, for the account itself
    assert_int_equal(catalog_pace_next(&p, now + 300), now + 300);
    assert_int_equal(catalog_pace_next(&p, now), now + CATALOG_PACE_LEAST_MS); // and not two at a time
  }
}

static void news_all_the_time_take_a_tenth(void **state) {
  (void)state;
  static const uint64_t takes[] = {1, 20, 70, 400, 3000, 30000};
  for (size_t i = 0; i < sizeof takes / sizeof *takes; i++) {
    struct catalog_pace p = {0};
    uint64_t now = 500, hour = 3600 * 1000;
    unsigned count = looks(&p, &now, hour, takes[i]);
    uint64_t least = hour / (takes[i] + CATALOG_PACE_LEAST_MS),
             tenth = (hour + CATALOG_PACE_AHEAD_MS) / CATALOG_PACE_SHARE / takes[i];
    uint64_t most = least < tenth ? least : tenth;
    // A look that is longer than the debt counts no more than that.
    if (takes[i] * CATALOG_PACE_SHARE > CATALOG_PACE_DEBT_MS)
      most = hour / (takes[i] + CATALOG_PACE_DEBT_MS - CATALOG_PACE_AHEAD_MS);
    assert_in_range(count, most - most / 20 - 1, most + 2);
  }
}

static void what_was_used_ahead_comes_back(void **state) {
  (void)state;
  struct catalog_pace p = {0};
  uint64_t now = 0;
  unsigned first = looks(&p, &now, 5000, 100), next = looks(&p, &now, 5000, 100);
  now += CATALOG_PACE_AHEAD_MS + CATALOG_PACE_DEBT_MS;
  unsigned rested = looks(&p, &now, 5000, 100);
  assert_true(next < first);
  assert_in_range(rested, first - 1, first + 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(news_after_a_rest_are_read_at_once),
                                     cmocka_unit_test(news_all_the_time_take_a_tenth),
                                     cmocka_unit_test(what_was_used_ahead_comes_back)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
