// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "io/loop.h"

static void stop(void *arg) {
  loop_stop(arg);
}

struct count {
  struct loop *loop;
  struct loop_timer *timer;
  int n, stop_at;
};

static void count(void *arg) {
  struct count *c = arg;
  assert_true(loop_is_here(c->loop));
  assert_ptr_equal(loop_current(), c->loop);
  if (++c->n != c->stop_at) return;
  if (c->timer) loop_timer_stop(c->timer); // a late loop may run it once more before it ends
  loop_stop(c->loop);
}

static void posts_run_on_the_loops_thread(void **state) {
  (void)state;
  struct loop *l = loop_new("test", 7, 10);
  assert_int_equal(loop_index(l), 7);
  assert_int_equal(loop_fibers_most(l), 10);
  struct count c = {.loop = l};
  loop_start(l);
  for (int i = 0; i < 1000; i++) loop_post(l, count, &c);
  assert_false(loop_is_here(l));
  assert_null(loop_current());
  loop_stop(l); // what was posted before it runs
  assert_int_equal(c.n, 1000);
  loop_stop(l); // twice is harmless
  loop_free(l);
}

static void free_stops_a_started_loop(void **state) {
  (void)state;
  struct loop *l = loop_new("test", 0, 10);
  loop_start(l);
  loop_free(l);
  loop_free(NULL);
}

static void timers_repeat_until_stopped(void **state) {
  (void)state;
  struct loop *l = loop_new("test", 0, 10);
  struct count once = {.loop = l}, often = {.loop = l, .stop_at = 5}, never = {.loop = l};
  once.timer = loop_timer_new(l, count, &once);
  often.timer = loop_timer_new(l, count, &often);
  never.timer = loop_timer_new(l, count, &never);
  loop_timer_set(once.timer, 1, 0);
  loop_timer_set(often.timer, 1, 1);
  loop_timer_set(never.timer, 2, 1);
  loop_timer_stop(never.timer);
  loop_run(l);
  assert_int_equal(once.n, 1);
  assert_int_equal(often.n, 5);
  assert_int_equal(never.n, 0);
  loop_timer_free(once.timer);
  loop_timer_free(often.timer);
  loop_timer_free(never.timer);
  loop_timer_free(NULL);
  loop_free(l);
}

static void destroy_slot(void *value) {
  ++*(int *)value;
}

static void slots_end_with_the_run(void **state) {
  (void)state;
  struct loop *l = loop_new("test", 0, 10);
  int destroyed = 0;
  assert_null(loop_slot_get(l, LOOP_SLOT_CLIENT));
  loop_slot_set(l, LOOP_SLOT_CLIENT, &destroyed, destroy_slot);
  assert_ptr_equal(loop_slot_get(l, LOOP_SLOT_CLIENT), &destroyed);
  loop_post(l, stop, l);
  loop_run(l);
  assert_int_equal(destroyed, 1);
  assert_null(loop_slot_get(l, LOOP_SLOT_CLIENT));
  loop_post(l, stop, l);
  loop_run(l); // again
  loop_free(l);
  assert_int_equal(destroyed, 1);
}

#define TEST(f) cmocka_unit_test(f)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(posts_run_on_the_loops_thread),
      TEST(free_stops_a_started_loop),
      TEST(timers_repeat_until_stopped),
      TEST(slots_end_with_the_run),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
