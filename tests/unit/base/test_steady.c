// SPDX-License-Identifier: Apache-2.0
// Days pass here by table: what the clocks say is given, and what may be deleted by is asked.
#include "../support/check.h"

#include "base/clock.h"
#include "base/steady.h"

#define SECOND INT64_C(1000)
#define HOUR (3600 * SECOND)
#define DAY (24 * HOUR)

enum { ROUND_MS = 20000 };
static const int64_t noon = 1796000000000;

struct day {
  struct steady s;
  int64_t wall, pace;
  enum steady_news news;
};

static struct day begun(int64_t last, int64_t wall) {
  struct day d = {.wall = wall, .pace = 5000000};
  steady_start(&d.s, last, d.wall, d.pace);
  return d;
}

// Both clocks go on by `ms`, the wall clock by `leap` more, and the one who keeps house looks.
static void pass(struct day *d, int64_t ms, int64_t leap) {
  d->pace += ms;
  d->wall += ms + leap;
  d->news = steady_see(&d->s, d->wall, d->pace);
}

static int64_t steady_of(const struct day *d) {
  return d->pace + d->s.ahead_ms;
}

static void is_later_than_no_clock(const struct day *d) {
  if (steady_of(d) > d->wall)
    fail_msg("%lld ms ahead of the wall clock", (long long)(steady_of(d) - d->wall));
}

static void a_clock_that_is_right_is_followed(void **state) {
  (void)state;
  static const int64_t drifts[] = {0,   1,    -1,   10,   -10,
                                   150, -150, 1900, -1900}; // a round, as by NTP or by hand
  for (size_t i = 0; i < sizeof drifts / sizeof *drifts; i++) {
    struct day d = begun(0, noon);
    for (int round = 0; round < 1000; round++) {
      pass(&d, ROUND_MS, drifts[i]);
      assert_int_equal(steady_of(&d), d.wall);
      assert_int_equal(d.news, STEADY_SAME);
    }
  }
}

static void a_clock_that_is_wrong_for_a_while_deletes_nothing(void **state) {
  (void)state;
  static const int64_t leaps[] = {3 * SECOND, HOUR, DAY, 200 * DAY, 36500 * DAY};
  static const int rounds[] = {1, 2, 3, 10, 179}; // of wrong time: below an hour
  for (size_t i = 0; i < sizeof leaps / sizeof *leaps; i++)
    for (size_t k = 0; k < sizeof rounds / sizeof *rounds; k++) {
      struct day d = begun(0, noon);
      int64_t right = noon;
      for (int round = 0; round < 5; round++) pass(&d, ROUND_MS, 0), right += ROUND_MS;
      for (int round = 0; round < rounds[k]; round++) {
        pass(&d, ROUND_MS, round ? 0 : leaps[i]), right += ROUND_MS;
        assert_int_equal(d.news, round ? STEADY_SAME : STEADY_JUMPED);
        assert_int_equal(steady_of(&d), right); // goes on as if nothing were, so what is due still goes
      }
      pass(&d, ROUND_MS, -leaps[i]), right += ROUND_MS;
      assert_int_equal(d.news, STEADY_JUMPED);
      assert_int_equal(d.wall, right);
      assert_int_equal(steady_of(&d), right);
    }
}

static void a_clock_that_leaps_again_and_again_is_never_followed(void **state) {
  (void)state;
  struct day d = begun(0, noon);
  int64_t right = noon;
  for (int round = 0; round < 5000; round++) {
    pass(&d, ROUND_MS, round % 100 ? 0 : DAY), right += ROUND_MS;
    assert_int_equal(steady_of(&d), right);
  }
}

static void a_clock_that_held_for_an_hour_is_followed(void **state) {
  (void)state;
  struct day d = begun(0, noon);
  pass(&d, ROUND_MS, 3 * DAY);
  int64_t leapt_at = d.pace;
  while (d.news != STEADY_FOLLOWS) {
    assert_true(d.wall - steady_of(&d) == 3 * DAY);
    pass(&d, ROUND_MS, 0);
    if (d.pace - leapt_at > 2 * STEADY_HOLD_MS) fail_msg("never followed");
  }
  assert_true(d.pace - leapt_at >= STEADY_HOLD_MS);
  assert_int_equal(steady_of(&d), d.wall);
  pass(&d, ROUND_MS, -3 * DAY); // it had been wrong all the same: less goes from now on
  assert_int_equal(steady_of(&d), d.wall);
}

static void a_start_goes_on_where_the_last_run_was(void **state) {
  (void)state;
  static const struct {
    int64_t last, wall, steady;
  } rows[] = {
      {0, noon, noon},                            // the first start
      {noon, noon + 1500, noon + 1500},           // at once again
      {noon, noon + 10 * SECOND, noon},           // after a while
      {noon, noon + 200 * DAY, noon},             // with a wrong clock, or after a long while
      {noon, noon - 200 * DAY, noon - 200 * DAY}, // the clock has not been set yet
      {noon, 0, 0},                               // by a battery that is empty
      {noon + 200 * DAY, noon, noon},             // what was kept came from a wrong clock
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct day d = begun(rows[i].last, rows[i].wall);
    assert_int_equal(steady_of(&d), rows[i].steady);
    int64_t lag = d.wall - steady_of(&d), begun_at = d.pace;
    pass(&d, ROUND_MS, 0);
    is_later_than_no_clock(&d);
    assert_int_equal(d.wall - steady_of(&d), lag);
    while (d.pace - begun_at < STEADY_HOLD_MS) pass(&d, ROUND_MS, 0);
    assert_int_equal(steady_of(&d), d.wall);
  }
}

static void a_clock_set_right_after_the_start_is_waited_for(void **state) {
  (void)state;
  struct day d = begun(noon, 0); // 1970, and thirty seconds later NTP
  pass(&d, ROUND_MS, 0);
  pass(&d, 10000, noon);
  assert_int_equal(d.news, STEADY_JUMPED);
  assert_true(steady_of(&d) < DAY);
  for (int64_t from = d.pace; d.pace - from < STEADY_HOLD_MS;) {
    is_later_than_no_clock(&d);
    pass(&d, ROUND_MS, 0);
  }
  assert_int_equal(steady_of(&d), d.wall);
}

static void the_process_s_own_is_the_wall_clock_where_that_is_right(void **state) {
  (void)state;
  int64_t before = clock_now_ms(), unbegun = steady_now_ms(), after = clock_now_ms();
  assert_in_range(unbegun, before, after);
  steady_begin(0);
  assert_int_equal(steady_look(), STEADY_SAME);
  assert_in_range(steady_now_ms(), before, clock_now_ms());
  steady_begin(noon - 1000 * DAY); // as after a run long ago
  assert_int_equal(steady_look(), STEADY_SAME);
  assert_in_range(steady_now_ms(), noon - 1000 * DAY, noon - 999 * DAY);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_clock_that_is_right_is_followed),
      cmocka_unit_test(a_clock_that_is_wrong_for_a_while_deletes_nothing),
      cmocka_unit_test(a_clock_that_leaps_again_and_again_is_never_followed),
      cmocka_unit_test(a_clock_that_held_for_an_hour_is_followed),
      cmocka_unit_test(a_start_goes_on_where_the_last_run_was),
      cmocka_unit_test(a_clock_set_right_after_the_start_is_waited_for),
      cmocka_unit_test(the_process_s_own_is_the_wall_clock_where_that_is_right),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
