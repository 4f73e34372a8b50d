// SPDX-License-Identifier: Apache-2.0
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "io/channel.h"
#include "io/fiber.h"
#include "io/loop.h"

enum { SENDERS = 4, MESSAGES = 5000 };

static atomic_int released;

struct letter {
  int sender, number;
};

static struct letter *letter_new(int sender, int number) {
  struct letter *l = malloc(sizeof *l);
  *l = (struct letter){sender, number};
  return l;
}

static void letter_release(void *message) {
  atomic_fetch_add(&released, 1);
  free(message);
}

static void send_number(struct channel *c, int number) {
  assert_true(channel_send(c, letter_new(0, number), letter_release));
}

// -1: nothing came, and why is in *err.
static int receive_number(struct channel *c, uint64_t wait_ms, struct err *err) {
  void *message;
  if (!channel_receive(c, wait_ms, &message, err)) return -1;
  int number = ((struct letter *)message)->number;
  free(message);
  return number;
}

static void expect_failure(struct channel *c, uint64_t wait_ms, enum err_code code) {
  struct err err = {0};
  assert_int_equal(receive_number(c, wait_ms, &err), -1);
  assert_int_equal(err.code, code);
}

static void spawn(struct loop *loop, void (*run)(void *arg), void *arg) {
  assert_non_null(fiber_spawn(loop, "test", run, arg));
}

// ---- one thread

static void in_order_within_a_bound(void **state) {
  (void)state;
  struct channel *c = channel_new(3);
  struct err err;
  int on_stack;
  for (int i = 0; i < 3; i++) send_number(c, i);
  assert_false(channel_send(c, &on_stack, NULL)); // full: still ours
  assert_int_equal(channel_count(c), 3);
  assert_int_equal(receive_number(c, 0, &err), 0);
  send_number(c, 3);
  assert_false(channel_is_closed(c));
  channel_close(c);
  channel_close(c);
  assert_true(channel_is_closed(c));
  assert_false(channel_send(c, &on_stack, NULL));
  for (int i = 1; i <= 3; i++) assert_int_equal(receive_number(c, 0, &err), i); // what waits is not lost
  expect_failure(c, 0, ERR_MISSING);
  channel_unref(c);
}

static void the_last_one_frees_what_waits(void **state) {
  (void)state;
  struct channel *c = channel_ref(channel_new(3));
  atomic_store(&released, 0);
  send_number(c, 1);
  send_number(c, 2);
  channel_unref(c);
  assert_int_equal(atomic_load(&released), 0);
  channel_unref(c);
  channel_unref(NULL);
  assert_int_equal(atomic_load(&released), 2);
}

// ---- a thread without fibers

static void *send_soon(void *c) {
  usleep(2000);
  send_number(c, 7);
  return NULL;
}

static void *close_soon(void *c) {
  usleep(2000);
  channel_close(c);
  return NULL;
}

static void a_thread_waits(void **state) {
  (void)state;
  struct channel *c = channel_new(3);
  struct err err;
  pthread_t thread;
  uint64_t start = clock_mono_us();
  expect_failure(c, 5, ERR_TIMEOUT);
  assert_true(clock_mono_us() - start >= 5000);
  pthread_create(&thread, NULL, send_soon, c);
  assert_int_equal(receive_number(c, 0, &err), 7);
  pthread_join(thread, NULL);
  pthread_create(&thread, NULL, close_soon, c);
  expect_failure(c, 60000, ERR_MISSING);
  pthread_join(thread, NULL);
  channel_unref(c);
}

// ---- fibers of one loop

static struct loop *loop;
static struct channel *channel;
static struct fiber *waiter;

static int setup(void **state) {
  (void)state;
  loop = loop_new("test", 0, 100);
  channel = channel_new(100);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  loop_free(loop);
  channel_unref(channel);
  return 0;
}

static void wait_for_five(void *arg) {
  struct err err;
  for (int i = 0; i < 5; i++) assert_int_equal(receive_number(channel, 0, &err), i);
  expect_failure(channel, 0, ERR_MISSING);
  *(bool *)arg = true;
  loop_stop(loop);
}

static void send_five(void *arg) {
  struct err err;
  (void)arg;
  for (int i = 0; i < 5; i++) {
    send_number(channel, i);
    if (i % 2) assert_true(fiber_sleep(1, &err));
  }
  channel_close(channel);
}

static void fibers_of_a_loop(void **state) {
  (void)state;
  bool done = false;
  spawn(loop, wait_for_five, &done);
  spawn(loop, send_five, NULL);
  loop_run(loop);
  assert_true(done);
}

static void wait_and_be_ended(void *arg) {
  waiter = fiber_self();
  expect_failure(channel, 60000, *(enum err_code *)arg);
  loop_stop(loop);
}

static void wait_in_vain(void *arg) {
  (void)arg;
  expect_failure(channel, 5, ERR_TIMEOUT);
  enum err_code late = ERR_TIMEOUT;
  fiber_deadline(fiber_self(), 5); // the fiber's own time counts too
  wait_and_be_ended(&late);
}

static void cancel_waiter(void *arg) {
  (void)arg;
  fiber_cancel(waiter);
}

static void waits_that_end(void **state) {
  (void)state;
  spawn(loop, wait_in_vain, NULL);
  loop_run(loop);
  enum err_code code = ERR_CANCELED;
  spawn(loop, wait_and_be_ended, &code);
  loop_post(loop, cancel_waiter, NULL);
  loop_run(loop);
  spawn(loop, wait_and_be_ended, &code);
  loop_stop(loop); // cancels, too
  loop_run(loop);
  send_number(channel, 1); // nobody was left waiting
  assert_int_equal(channel_count(channel), 1);
}

static void be_second(void *arg) {
  expect_failure(channel, 0, ERR_CONFLICT);
  send_number(channel, 3);
  *(bool *)arg = true;
}

static void be_first(void *arg) {
  struct err err;
  (void)arg;
  assert_int_equal(receive_number(channel, 0, &err), 3);
  loop_stop(loop);
}

static void one_receiver_at_a_time(void **state) {
  (void)state;
  bool done = false;
  spawn(loop, be_first, NULL);
  spawn(loop, be_second, &done);
  loop_run(loop);
  assert_true(done);
}

// ---- threads and loops

struct sender {
  pthread_t thread;
  struct channel *channel;
  int id, refused;
};

static void *send_many(void *arg) {
  struct sender *s = arg;
  for (int i = 0; i < MESSAGES; i++) {
    struct letter *l = letter_new(s->id, i);
    while (!channel_send(s->channel, l, letter_release)) {
      if (channel_is_closed(s->channel)) {
        s->refused += MESSAGES - i;
        free(l);
        return NULL;
      }
      sched_yield(); // full
    }
  }
  return NULL;
}

static void senders_start(struct sender *all) {
  for (int i = 0; i < SENDERS; i++) {
    all[i] = (struct sender){.channel = channel, .id = i};
    pthread_create(&all[i].thread, NULL, send_many, &all[i]);
  }
}

static int senders_join(struct sender *all) { // how many were never sent
  int refused = 0;
  for (int i = 0; i < SENDERS; i++) {
    pthread_join(all[i].thread, NULL);
    refused += all[i].refused;
  }
  return refused;
}

static int next_of[SENDERS], received;

static void take_in_order(void *message) {
  struct letter *l = message;
  assert_int_equal(l->number, next_of[l->sender]);
  next_of[l->sender]++;
  received++;
  free(message);
}

static void receive_all(void *arg) {
  struct err err;
  void *message;
  (void)arg;
  while (received < SENDERS * MESSAGES) {
    if (!channel_receive(channel, 0, &message, &err)) fail_msg("%s", err.text);
    take_in_order(message);
  }
  loop_stop(loop);
}

static void start_counting(void) {
  memset(next_of, 0, sizeof next_of);
  received = 0;
  atomic_store(&released, 0);
}

static void from_many_threads_to_a_fiber(void **state) {
  struct sender senders[SENDERS];
  (void)state;
  start_counting();
  senders_start(senders);
  spawn(loop, receive_all, NULL);
  loop_run(loop);
  assert_int_equal(senders_join(senders), 0);
  assert_int_equal(received, SENDERS * MESSAGES);
}

// The receiver's place goes round between two loops and comes back; each wait ends in one of all ways.
static struct loop *loops[2];
static struct fiber *latest[2]; // of each loop
static atomic_int cancels, conflicts;

static void receive_now_and_then(void *arg) {
  struct err err;
  void *message;
  uint64_t wait_ms = 1 + (uintptr_t)arg % 3;
  for (;;) {
    if (channel_receive(channel, wait_ms, &message, &err)) {
      letter_release(message);
      continue;
    }
    if (err.code == ERR_CONFLICT) atomic_fetch_add(&conflicts, 1);
    if (err.code == ERR_MISSING) return;
    if (err.code == ERR_CANCELED || !fiber_sleep(1, &err)) break;
  }
  atomic_fetch_add(&cancels, 1);
}

static void spawn_receiver(void *arg) {
  struct loop *l = arg;
  latest[loop_index(l)] = fiber_spawn(l, "receiver", receive_now_and_then, (void *)(uintptr_t)loop_index(l));
}

static void cancel_receiver(void *arg) {
  fiber_cancel(latest[loop_index(arg)]);
}

static void *send_in_bursts(void *arg) {
  struct sender *s = arg;
  for (int i = 0; i < 400; i++) {
    struct letter *l = letter_new(s->id, i);
    if (!channel_send(s->channel, l, letter_release)) letter_release(l);
    if (i % 8 == 0) usleep((useconds_t)(300 * (s->id + 1)));
  }
  return NULL;
}

static void receivers_take_turns(void **state) {
  struct sender senders[SENDERS];
  (void)state;
  atomic_store(&released, 0);
  for (unsigned i = 0; i < 2; i++) {
    loops[i] = loop_new("turns", i, 100);
    loop_start(loops[i]);
  }
  for (int i = 0; i < SENDERS; i++) {
    senders[i] = (struct sender){.channel = channel, .id = i};
    pthread_create(&senders[i].thread, NULL, send_in_bursts, &senders[i]);
  }
  for (unsigned i = 0; i < 6; i++) loop_post(loops[i % 2], spawn_receiver, loops[i % 2]);
  usleep(10000);
  for (int i = 0; i < 2; i++) loop_post(loops[i], cancel_receiver, loops[i]);
  senders_join(senders);
  channel_close(channel);
  for (int i = 0; i < 2; i++) loop_free(loops[i]);
  channel_unref(channel);
  channel = channel_new(1);
  assert_int_equal(atomic_load(&released), SENDERS * 400); // each message once, whoever freed it
  assert_true(atomic_load(&conflicts) > 0);
  assert_true(atomic_load(&cancels) >= 2);
}

// A loop ends in the middle of receiving, while others go on to send.
static void receive_until_ended(void *arg) {
  struct err err;
  void *message;
  while (channel_receive(channel, 0, &message, &err)) letter_release(message);
  *(enum err_code *)arg = err.code;
}

static void a_loop_ends_under_fire(void **state) {
  (void)state;
  for (int round = 0; round < 50; round++) {
    struct sender senders[SENDERS];
    enum err_code why = ERR_OK;
    struct loop *l = loop_new("short", 0, 10);
    atomic_store(&released, 0);
    spawn(l, receive_until_ended, &why);
    loop_start(l);
    senders_start(senders);
    usleep((useconds_t)(round * 20));
    loop_stop(l);
    assert_int_equal(why, ERR_CANCELED);
    loop_free(l);
    channel_close(channel);
    int refused = senders_join(senders);
    channel_unref(channel);
    assert_int_equal(atomic_load(&released) + refused, SENDERS * MESSAGES);
    channel = channel_new(100);
  }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(in_order_within_a_bound),
      cmocka_unit_test(the_last_one_frees_what_waits),
      cmocka_unit_test(a_thread_waits),
      TEST(fibers_of_a_loop),
      TEST(waits_that_end),
      TEST(one_receiver_at_a_time),
      TEST(from_many_threads_to_a_fiber),
      TEST(receivers_take_turns),
      TEST(a_loop_ends_under_fire),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
