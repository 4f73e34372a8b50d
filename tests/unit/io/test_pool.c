// SPDX-License-Identifier: Apache-2.0
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/metrics.h"
#include "io/fiber.h"
#include "io/loop.h"
#include "io/pool.h"

static struct loop *loop;
static int left;

static int setup(void **state) {
  (void)state;
  loop = loop_new("test", 0, 3 * POOL_JOBS_MOST);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  loop_free(loop);
  assert_int_equal(metrics_get(METRIC_POOL_QUEUED), 0);
  return 0;
}

static void end_one(void) {
  if (--left == 0) loop_stop(loop);
}

static bool where_am_i(void *arg, struct err *err) {
  (void)err;
  *(pthread_t *)arg = pthread_self();
  return true;
}

static void run_elsewhere(void *arg) {
  pthread_t thread = pthread_self();
  struct err err;
  assert_true(pool_run(where_am_i, &thread, &err));
  *(bool *)arg = !pthread_equal(thread, pthread_self());
  end_one();
}

static void a_job_leaves_the_loop(void **state) {
  (void)state;
  bool elsewhere = false;
  left = 1;
  fiber_spawn(loop, "job", run_elsewhere, &elsewhere);
  loop_run(loop);
  assert_true(elsewhere);
}

static void outside_a_fiber_it_runs_here(void **state) {
  (void)state;
  pthread_t thread;
  struct err err;
  assert_true(pool_run(where_am_i, &thread, &err));
  assert_true(pthread_equal(thread, pthread_self()));
}

static bool refuse(void *arg, struct err *err) {
  (void)arg;
  return err_set(err, ERR_CONFLICT, "the row has changed");
}

static void run_failing(void *arg) {
  (void)arg;
  struct err err;
  assert_false(pool_run(refuse, NULL, &err));
  assert_int_equal(err.code, ERR_CONFLICT);
  assert_string_equal(err.text, "the row has changed");
  end_one();
}

static void a_job_reports_its_error(void **state) {
  (void)state;
  left = 1;
  fiber_spawn(loop, "job", run_failing, NULL);
  loop_run(loop);
  assert_int_equal(left, 0);
}

// A gate that jobs wait at, on the pool's threads.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t opened = PTHREAD_COND_INITIALIZER;
static bool open_gate;
static int begun;

static bool wait_at_gate(void *arg, struct err *err) {
  (void)arg, (void)err;
  pthread_mutex_lock(&lock);
  begun++;
  pthread_cond_broadcast(&opened);
  while (!open_gate) pthread_cond_wait(&opened, &lock);
  pthread_mutex_unlock(&lock);
  return true;
}

static void set_gate(bool open) {
  pthread_mutex_lock(&lock);
  open_gate = open;
  pthread_cond_broadcast(&opened);
  pthread_mutex_unlock(&lock);
}

static void wait_until_one_began(void) {
  pthread_mutex_lock(&lock);
  while (begun == 0) pthread_cond_wait(&opened, &lock);
  pthread_mutex_unlock(&lock);
}

struct outcomes {
  int ok, canceled, refused;
  struct fiber *fibers[2 * POOL_JOBS_MOST];
  int count;
};

static void run_at_gate(void *arg) {
  struct outcomes *o = arg;
  o->fibers[o->count++] = fiber_self();
  struct err err;
  if (pool_run(wait_at_gate, NULL, &err))
    o->ok++;
  else if (err.code == ERR_CANCELED)
    o->canceled++;
  else if (err.code == ERR_UNAVAILABLE)
    o->refused++;
  end_one();
}

static void open_up(void *arg) {
  (void)arg;
  set_gate(true);
}

static void cancel_all_then_open(void *arg) {
  struct outcomes *o = arg;
  wait_until_one_began();
  for (int i = 0; i < o->count; i++) fiber_cancel(o->fibers[i]);
  loop_post(loop, open_up, NULL); // a turn later: the canceled fibers have run
}

static void a_begun_job_is_waited_for(void **state) {
  (void)state;
  static struct outcomes o;
  o = (struct outcomes){0};
  begun = 0;
  set_gate(false);
  left = 50;
  for (int i = 0; i < 50; i++) fiber_spawn(loop, "job", run_at_gate, &o);
  loop_post(loop, cancel_all_then_open, &o);
  loop_run(loop);
  assert_true(o.ok >= 1);
  assert_true(o.canceled >= 1); // those that no thread had taken
  assert_int_equal(o.ok + o.canceled, 50);
  assert_int_equal(o.ok, begun);
}

static void the_queue_has_a_maximum(void **state) {
  (void)state;
  static struct outcomes o;
  o = (struct outcomes){0};
  set_gate(false);
  left = POOL_JOBS_MOST + 10;
  for (int i = 0; i < POOL_JOBS_MOST + 10; i++) fiber_spawn(loop, "job", run_at_gate, &o);
  assert_int_equal(o.refused, 10);
  assert_int_equal(metrics_get(METRIC_POOL_QUEUED), POOL_JOBS_MOST);
  loop_post(loop, open_up, NULL);
  loop_run(loop);
  assert_int_equal(o.ok, POOL_JOBS_MOST);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_job_leaves_the_loop),     TEST(outside_a_fiber_it_runs_here), TEST(a_job_reports_its_error),
      TEST(a_begun_job_is_waited_for), TEST(the_queue_has_a_maximum),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
