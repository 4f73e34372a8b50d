// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "fetch/backoff.h"

// Doubled each time up to the most, and in the upper half of that.
static void test_grows(void **state) {
  (void)state;
  static const struct {
    unsigned failures;
    uint64_t whole;
  } rows[] = {{0, 100}, {1, 200}, {2, 400}, {5, 3200}, {6, 5000}, {7, 5000}, {4000000000u, 5000}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (int k = 0; k < 100; k++) {
      uint64_t ms = backoff_ms(rows[i].failures, 100, 5000);
      if (ms < rows[i].whole / 2 || ms > rows[i].whole)
        fail_msg("after %u failures: %llu ms", rows[i].failures, (unsigned long long)ms);
    }
}

static void test_scatters(void **state) {
  (void)state;
  uint64_t first = backoff_ms(9, 1000, 60000);
  int others = 0;
  for (int i = 0; i < 50; i++) others += backoff_ms(9, 1000, 60000) != first;
  assert_true(others > 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_grows), cmocka_unit_test(test_scatters)};
  return cmocka_run_group_tests_name("mcp/backoff", tests, NULL, NULL);
}
