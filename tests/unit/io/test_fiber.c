// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <ucontext.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "io/fiber.h"
#include "io/loop.h"

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#define TEST_ASAN 1
#endif
#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
#include <sanitizer/tsan_interface.h>
#define TEST_TSAN 1
#endif

static struct loop *loop;
static char trail[256]; // what happened, one letter each

static void note(char c) {
  size_t n = strlen(trail);
  assert_true(n + 1 < sizeof trail);
  trail[n] = c;
  trail[n + 1] = 0;
}

static int setup(void **state) {
  (void)state;
  loop = loop_new("test", 0, 2000);
  trail[0] = 0;
  return 0;
}

static int teardown(void **state) {
  (void)state;
  loop_free(loop);
  assert_int_equal(metrics_get(METRIC_FIBERS), 0);
  assert_int_equal(metrics_get(METRIC_FIBERS_POOLED), 0);
  return 0;
}

static void stop_soon(void *arg) {
  (void)arg;
  loop_stop(loop);
}

static struct fiber *parked;

static void park_once(void *arg) {
  (void)arg;
  note('a');
  parked = fiber_self();
  struct err err;
  assert_true(fiber_park("a test", &err));
  note('c');
  loop_stop(loop);
}

static void wake_parked(void *arg) {
  (void)arg;
  note('b');
  fiber_wake(parked);
  fiber_wake(parked); // one wake
  note('-');          // it does not run inside fiber_wake
}

static void spawn_runs_at_once_and_wake_resumes(void **state) {
  (void)state;
  assert_null(fiber_self());
  assert_non_null(fiber_spawn(loop, "parks", park_once, NULL));
  assert_string_equal(trail, "a");
  assert_null(fiber_self());
  loop_post(loop, wake_parked, NULL);
  loop_run(loop);
  assert_string_equal(trail, "ab-c");
}

static void inner(void *arg) {
  (void)arg;
  struct fiber *self = fiber_self();
  note('2');
  struct err err;
  assert_true(fiber_sleep(1, &err));
  note('4');
  assert_ptr_equal(fiber_self(), self);
  loop_stop(loop);
}

static void outer(void *arg) {
  (void)arg;
  struct fiber *self = fiber_self();
  note('1');
  fiber_spawn(loop, "inner", inner, NULL);
  assert_ptr_equal(fiber_self(), self);
  note('3');
}

static void a_fiber_spawns_a_fiber(void **state) {
  (void)state;
  fiber_spawn(loop, "outer", outer, NULL);
  loop_run(loop);
  assert_string_equal(trail, "1234");
}

static enum err_code why;

static void wait_to_be_ended(void *arg) {
  (void)arg;
  parked = fiber_self();
  struct err err = {0};
  assert_false(fiber_park("the end", &err));
  why = err.code;
  assert_non_null(strstr(err.text, "the end"));
  assert_false(fiber_sleep(1000, &err)); // every park from now on
  assert_int_equal(err.code, why);
  fiber_deadline(fiber_self(), 0);
  if (why == ERR_TIMEOUT) assert_true(fiber_sleep(1, &err)); // a deadline can be taken away, a cancel cannot
  loop_stop(loop);
}

static void cancel_parked(void *arg) {
  (void)arg;
  fiber_cancel(parked);
}

static void cancel_ends_every_park(void **state) {
  (void)state;
  fiber_spawn(loop, "canceled", wait_to_be_ended, NULL);
  loop_post(loop, cancel_parked, NULL);
  loop_run(loop);
  assert_int_equal(why, ERR_CANCELED);
}

static void deadline_ends_every_park(void **state) {
  (void)state;
  fiber_spawn(loop, "late", wait_to_be_ended, NULL);
  fiber_deadline(parked, 5);
  loop_run(loop);
  assert_int_equal(why, ERR_TIMEOUT);
}

static void wait_firmly(void *arg) {
  (void)arg;
  parked = fiber_self();
  fiber_park_firmly("a loan");
  note('w');
  assert_true(fiber_canceled());
  loop_stop(loop);
}

static void firm_parks_outlast_cancel(void **state) {
  (void)state;
  fiber_spawn(loop, "firm", wait_firmly, NULL);
  fiber_cancel(parked);
  fiber_deadline(parked, 1);
  loop_post(loop, wake_parked, NULL);
  loop_run(loop);
  assert_string_equal(trail, "b-w");
}

static void sleep_forever(void *arg) {
  struct err err;
  if (!fiber_sleep(3600 * 1000, &err)) ++*(int *)arg;
}

static void the_loop_cancels_what_is_left(void **state) {
  (void)state;
  int ended = 0;
  for (int i = 0; i < 5; i++) fiber_spawn(loop, "sleeper", sleep_forever, &ended);
  loop_post(loop, stop_soon, NULL);
  loop_run(loop);
  assert_int_equal(ended, 5);
}

static void listing_and_limit(void **state) {
  (void)state;
  struct loop *small = loop_new("small", 0, 3);
  int ended = 0;
  for (int i = 0; i < 3; i++) assert_non_null(fiber_spawn(small, "sleeper", sleep_forever, &ended));
  assert_null(fiber_spawn(small, "one too many", sleep_forever, &ended));
  struct fiber_info info[8];
  assert_int_equal(fiber_list(small, info, 8), 3);
  assert_string_equal(info[0].name, "sleeper");
  assert_string_equal(info[0].reason, "sleep");
  assert_int_equal(fiber_list(small, info, 2), 2);
  assert_int_equal(metrics_get(METRIC_FIBERS), 3);
  loop_free(small);
  assert_int_equal(ended, 3);
}

// More fibers at once than the pool keeps, twice: warm, cold and unmapped stacks are all used again.
enum { CROWD = 1500 };
static int crowd_done;

static void use_stack_and_sleep(void *arg) {
  volatile char page[16 * 1024];
  for (size_t i = 0; i < sizeof page; i += 512) page[i] = (char)i;
  struct err err;
  assert_true(fiber_sleep(1 + (uintptr_t)arg % 7, &err));
  for (size_t i = 0; i < sizeof page; i += 512) assert_int_equal(page[i], (char)i);
  if (++crowd_done == CROWD) loop_stop(loop);
}

static void a_crowd_reuses_stacks(void **state) {
  (void)state;
  for (int round = 0; round < 2; round++) {
    crowd_done = 0;
    for (uintptr_t i = 0; i < CROWD; i++)
      assert_non_null(fiber_spawn(loop, "one of many", use_stack_and_sleep, (void *)i));
    loop_run(loop);
    assert_int_equal(crowd_done, CROWD);
  }
}

static struct fiber *ping;
static int pings;

static void be_woken_often(void *arg) {
  int times = *(int *)arg;
  ping = fiber_self();
  struct err err;
  for (int i = 0; i < times; i++) {
    assert_true(fiber_park("a ping", &err));
    pings++;
  }
  ping = NULL;
  loop_stop(loop);
}

static void wake_often(void *arg) {
  (void)arg;
  struct err err;
  while (ping) {
    fiber_wake(ping);
    assert_true(fiber_sleep(0, &err));
  }
}

static void many_switches(void **state) {
  (void)state;
  int times = 20000;
  pings = 0;
  fiber_spawn(loop, "pinged", be_woken_often, &times);
  fiber_spawn(loop, "pings", wake_often, NULL);
  loop_run(loop);
  assert_int_equal(pings, times);
}

// A fiber that is always ready must not keep others from their turn.
static void wake_myself(void *arg) {
  (void)arg;
  fiber_wake(parked);
}

static void spin(void *arg) {
  (void)arg;
  parked = fiber_self();
  struct err err;
  while (loop_post(loop, wake_myself, NULL), fiber_park("another turn", &err)) continue;
}

static void a_busy_fiber_starves_nobody(void **state) {
  (void)state;
  fiber_spawn(loop, "busy", spin, NULL);
  struct loop_timer *t = loop_timer_new(loop, stop_soon, NULL);
  loop_timer_set(t, 5, 0);
  loop_run(loop);
  loop_timer_free(t);
}

static ucontext_t there, back;
static void plain_context(void) {
  for (;;) swapcontext(&there, &back);
}

static void spawn_nothing(void *arg) {
  ++*(int *)arg;
}

// Prints what the choice in fiber.c rests on; asserts only that the work was done.
static void cost_of_a_switch(void **state) {
  (void)state;
  enum { TIMES = 100000 };
  int count = 0;
  uint64_t start = clock_mono_us();
  for (int i = 0; i < TIMES; i++) fiber_spawn(loop, "nothing", spawn_nothing, &count);
  uint64_t ours = clock_mono_us() - start;
  assert_int_equal(count, TIMES);
  char *stack = mem_alloc(FIBER_STACK);
  getcontext(&there);
  there.uc_stack.ss_sp = stack;
  there.uc_stack.ss_size = FIBER_STACK;
  makecontext(&there, plain_context, 0);
#if !defined(TEST_ASAN) && !defined(TEST_TSAN)
  start = clock_mono_us();
  for (int i = 0; i < TIMES; i++) swapcontext(&back, &there);
  print_message("round trip: spawn, run and end %.0f ns; two swapcontext alone %.0f ns\n",
                (double)ours * 1e3 / TIMES, (double)(clock_mono_us() - start) * 1e3 / TIMES);
#else
  (void)ours;
#endif
  mem_free(stack);
}

#ifdef TEST_ASAN
// Without __sanitizer_start/finish_switch_fiber the runtime takes a local of a fiber for heap or wild memory.
static void look_at_own_stack(void *arg) {
  (void)arg;
  char name[32];
  void *region;
  size_t size;
  volatile int local = 1;
  for (int i = 0; i < 2; i++) {
    assert_string_equal(__asan_locate_address((void *)(uintptr_t)&local, name, sizeof name, &region, &size),
                        "stack");
    struct err err;
    assert_true(fiber_sleep(1, &err));
  }
  loop_stop(loop);
}

static void asan_knows_our_stacks(void **state) {
  volatile int local = 1;
  char name[32];
  void *region;
  size_t size;
  (void)state;
  fiber_spawn(loop, "looks", look_at_own_stack, NULL);
  assert_string_equal(__asan_locate_address((void *)(uintptr_t)&local, name, sizeof name, &region, &size),
                      "stack");
  loop_run(loop);
}
#endif

#ifdef TEST_TSAN
// Without __tsan_switch_to_fiber all fibers look like one, and switches unbalance its call stack.
static void remember_tsan(void *arg) {
  void *mine = __tsan_get_current_fiber();
  *(void **)arg = mine;
  struct err err;
  assert_true(fiber_sleep(1, &err));
  assert_ptr_equal(__tsan_get_current_fiber(), mine);
  note('t');
  if (strlen(trail) == 2) loop_stop(loop);
}

static void tsan_tells_fibers_apart(void **state) {
  (void)state;
  void *here = __tsan_get_current_fiber(), *one = NULL, *two = NULL;
  fiber_spawn(loop, "one", remember_tsan, &one);
  fiber_spawn(loop, "two", remember_tsan, &two);
  assert_ptr_equal(__tsan_get_current_fiber(), here);
  assert_true(one != two && one != here && two != here);
  loop_run(loop);
  assert_ptr_equal(__tsan_get_current_fiber(), here);
}
#endif

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(spawn_runs_at_once_and_wake_resumes),
      TEST(a_fiber_spawns_a_fiber),
      TEST(cancel_ends_every_park),
      TEST(deadline_ends_every_park),
      TEST(firm_parks_outlast_cancel),
      TEST(the_loop_cancels_what_is_left),
      TEST(listing_and_limit),
      TEST(a_crowd_reuses_stacks),
      TEST(many_switches),
      TEST(a_busy_fiber_starves_nobody),
      TEST(cost_of_a_switch),
#ifdef TEST_ASAN
      TEST(asan_knows_our_stacks),
#endif
#ifdef TEST_TSAN
      TEST(tsan_tells_fibers_apart),
#endif
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
