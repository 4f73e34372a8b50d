// SPDX-License-Identifier: Apache-2.0
// How often one address may ask: its window, its wait, and what it shares with others.
#include "../support/check.h"

#include "authority/pace.h"
#include "base/arena.h"
#include "base/map.h"

enum { WINDOW = 1000, MOST = 3, NOW = 5000000 };

static void a_window_has_room_for_so_many(void **state) {
  (void)state;
  struct pace p = PACE(WINDOW);
  for (int i = 0; i < MOST; i++) assert_int_equal(pace_wait(&p, MOST, STR("here"), NOW + i), 0);
  // The window began with the first; who is held up is told when it ends, and does not move that.
  assert_int_equal(pace_wait(&p, MOST, STR("here"), NOW + 10), WINDOW - 10);
  assert_int_equal(pace_wait(&p, MOST, STR("here"), NOW + WINDOW - 1), 1);
  for (int i = 0; i < MOST; i++) assert_int_equal(pace_wait(&p, MOST, STR("here"), NOW + WINDOW), 0);
  assert_int_equal(pace_wait(&p, MOST, STR("here"), NOW + WINDOW), WINDOW);
}

static void none_at_all_is_a_wait_for_ever(void **state) {
  (void)state;
  struct pace p = PACE(WINDOW);
  for (int i = 0; i < 3; i++) assert_true(pace_wait(&p, 0, STR("here"), NOW + i * WINDOW) > 0);
}

static void a_clock_set_back_keeps_nobody_waiting(void **state) {
  (void)state;
  struct pace p = PACE(WINDOW);
  for (int i = 0; i <= MOST; i++) (void)pace_wait(&p, MOST, STR("here"), NOW);
  assert_int_equal(pace_wait(&p, MOST, STR("here"), NOW - 3600 * 1000), 0);
}

// Where an address is counted.
static size_t place(const char *from) {
  return map_hash(str_of(from)) % PACE_ASKERS;
}

static void others_are_not_held_up_but_by_their_share(void **state) {
  (void)state;
  struct pace p = PACE(WINDOW);
  struct arena *a = arena_new();
  const char *other = NULL, *shares = NULL;
  for (int i = 0; !other || !shares; i++) {
    const char *from = arena_printf(a, "address %d", i).p;
    if (place(from) == place("here"))
      shares = from;
    else
      other = from;
  }
  for (int i = 0; i < MOST; i++) (void)pace_wait(&p, MOST, STR("here"), NOW);
  assert_int_equal(pace_wait(&p, MOST, str_of(other), NOW), 0);
  assert_int_equal(pace_wait(&p, MOST, str_of(shares), NOW), WINDOW);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_window_has_room_for_so_many),
      cmocka_unit_test(none_at_all_is_a_wait_for_ever),
      cmocka_unit_test(a_clock_set_back_keeps_nobody_waiting),
      cmocka_unit_test(others_are_not_held_up_but_by_their_share),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
