// SPDX-License-Identifier: Apache-2.0
// Who has what is done for all: one at a time, spread over those that live, and taken over from the dead.
#include "node/duty.h"

#include "../support/fresh_store.h"
#include "base/clock.h"

static struct err err;
static struct roster roster;

static void lives(const char *id, bool live) {
  struct roster_node *n = NULL;
  for (size_t i = 0; i < roster.count; i++)
    if (strcmp(roster.items[i].id, id) == 0) n = &roster.items[i];
  if (!n) n = &roster.items[roster.count++];
  snprintf(n->id, sizeof n->id, "%s", id);
  n->live = live;
  n->ours = true;
}

static int setup(void **state) {
  roster = (struct roster){0};
  return fresh_store_open(state);
}

static int teardown(void **state) {
  duty_on_change(NULL, NULL);
  duty_end();
  return fresh_store_close(state);
}

// A round of the node's; how many it has.
static int64_t round_of(const char *node) {
  struct store_rows rows;
  duty_begin(str_of(node));
  if (!duty_look(store, &roster, clock_mono_us(), &err)) fail_msg("%s", err.text);
  if (!store_query(store, "SELECT count(*) FROM duty WHERE node = $1", &STORE_TEXT(str_of(node)), 1, arena,
                   &rows, &err))
    fail_msg("%s", err.text);
  return store_cell(&rows, 0, 0)->number;
}

enum { ALL = 3 + 2 * DUTY_PARTS };

static void alone_all_are_ours(void **state) {
  (void)state;
  assert_true(duty_is_ours(DUTY_HOUSE, STR_NONE));
  assert_true(duty_is_ours(DUTY_TILES, STR("any")));
}

static void they_are_spread_and_taken_over(void **state) {
  (void)state;
  lives("a", true);
  assert_int_equal(round_of("a"), ALL);
  lives("b", true);
  assert_int_equal(round_of("b"), 0); // nobody takes what another has
  int64_t left = round_of("a");       // it hands over what is meant for b
  assert_true(left > 0 && left < ALL);
  assert_int_equal(round_of("b"), ALL - left);
  lives("a", false);
  assert_int_equal(round_of("b"), ALL);
}

static void of_two_that_want_it_one_has_it(void **state) {
  (void)state;
  lives("a", true);
  round_of("a");
  lives("a", false);
  lives("b", true);
  round_of("b");
  lives("a", true); // it was only slow: it finds what others have
  lives("b", false);
  fresh_store_sql("UPDATE duty SET fence = fence + 1");
  assert_int_equal(round_of("a"), ALL);
}

static void who_cannot_beat_begins_nothing(void **state) {
  (void)state;
  lives("a", true);
  duty_begin(STR("a"));
  assert_true(duty_look(store, &roster, clock_mono_us() - (DUTY_HOLDS_MS + 1) * 1000ull, &err));
  assert_false(duty_is_ours(DUTY_HOUSE, STR_NONE));
}

static void what_is_given_back_is_nobodys(void **state) {
  (void)state;
  lives("a", true);
  round_of("a");
  assert_true(duty_leave(store, &err));
  assert_false(duty_is_ours(DUTY_HOUSE, STR_NONE));
  lives("b", true);
  lives("a", false);
  assert_int_equal(round_of("b"), ALL);
}

static void changed(void *arg) {
  ++*(int *)arg;
}

static void a_change_is_told(void **state) {
  (void)state;
  int times = 0;
  duty_on_change(changed, &times);
  lives("a", true);
  round_of("a");
  assert_int_equal(times, 1);
  assert_true(duty_look(store, &roster, clock_mono_us(), &err));
  assert_int_equal(times, 2); // what came is in force
  assert_true(duty_look(store, &roster, clock_mono_us(), &err));
  assert_int_equal(times, 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(alone_all_are_ours, setup, teardown),
      cmocka_unit_test_setup_teardown(they_are_spread_and_taken_over, setup, teardown),
      cmocka_unit_test_setup_teardown(of_two_that_want_it_one_has_it, setup, teardown),
      cmocka_unit_test_setup_teardown(who_cannot_beat_begins_nothing, setup, teardown),
      cmocka_unit_test_setup_teardown(what_is_given_back_is_nobodys, setup, teardown),
      cmocka_unit_test_setup_teardown(a_change_is_told, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
