// SPDX-License-Identifier: Apache-2.0
// Who lives, by an observer's own clock.
#include "node/roster.h"

#include <stdio.h>

#include "../support/check.h"

static struct roster roster;
static struct node_row rows[4];

static int clear(void **state) {
  (void)state;
  roster = (struct roster){0};
  for (size_t i = 0; i < 4; i++) rows[i] = (struct node_row){.beat = 1, .ours = true};
  rows[0].id = STR("a");
  rows[1].id = STR("b");
  return 0;
}

// At so many seconds of the observer's.
static void look(size_t count, uint64_t s) {
  roster_look(&roster, &(struct node_rows){rows, count, 10}, s * 1000000);
}

static bool lives(const char *id) {
  const struct roster_node *n = roster_find(&roster, str_of(id));
  return n && n->live;
}

static void a_beat_that_stands_still_is_dead(void **state) {
  (void)state;
  for (uint64_t s = 100; s <= 108; s += 2) {
    rows[0].beat++;
    look(2, s);
    assert_true(lives("a"));
    assert_int_equal(lives("b"), s < 107);
  }
  rows[1].beat = 7; // it was only slow
  look(2, 110);
  assert_true(lives("b"));
}

static void who_could_not_look_knows_nothing_new(void **state) {
  (void)state;
  look(1, 100);
  look(1, 130); // the store was away: for others, too
  assert_true(lives("a"));
  look(1, 132);
  assert_true(lives("a"));
  look(1, 134);
  assert_false(lives("a"));
}

static void a_row_goes_long_after(void **state) {
  (void)state;
  for (uint64_t s = 100; s <= 128; s += 2) {
    look(1, s);
    assert_false(roster_is_over(&roster.items[0], s * 1000000));
  }
  assert_true(roster_is_over(&roster.items[0], 130u * 1000000));
  look(0, 132);
  assert_null(roster_find(&roster, STR("a")));
}

static void what_is_long_or_ahead_is_harmless(void **state) {
  (void)state;
  char text[600];
  memset(text, 'x', sizeof text);
  struct str much = str_make(text, sizeof text);
  rows[0] = (struct node_row){.id = STR("a"), .host = much, .version = much, .url = much, .seen = 40};
  look(1, 1);
  const struct roster_node *n = roster_find(&roster, STR("a"));
  assert_int_equal(strlen(n->host), ROSTER_HOST - 1);
  assert_int_equal(strlen(n->url), 0); // half an address is another one
  assert_int_equal(n->lag, 0);
  rows[0].seen = 4;
  look(1, 3);
  assert_int_equal(roster_find(&roster, STR("a"))->lag, 6);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(a_beat_that_stands_still_is_dead, clear),
      cmocka_unit_test_setup(who_could_not_look_knows_nothing_new, clear),
      cmocka_unit_test_setup(a_row_goes_long_after, clear),
      cmocka_unit_test_setup(what_is_long_or_ahead_is_harmless, clear),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
