// SPDX-License-Identifier: Apache-2.0
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "io/loop.h"

// Several senders, one loop: every letter arrives, each sender's in order.
enum { SENDERS = 4, LETTERS = 5000 };

struct sender {
  struct loop *loop;
  pthread_t thread;
  struct letter {
    struct sender *from;
    int number;
  } letters[LETTERS];
  int arrived; // loop thread only
};

static int arrived;

static void arrive(void *arg) {
  struct letter *letter = arg;
  assert_int_equal(letter->number, letter->from->arrived);
  letter->from->arrived++;
  if (++arrived == SENDERS * LETTERS) loop_stop(letter->from->loop);
}

static void *send_all(void *arg) {
  struct sender *s = arg;
  for (int i = 0; i < LETTERS; i++) {
    s->letters[i] = (struct letter){s, i};
    loop_post(s->loop, arrive, &s->letters[i]);
  }
  return NULL;
}

static void every_letter_arrives_in_order(void **state) {
  (void)state;
  static struct sender senders[SENDERS];
  struct loop *l = loop_new("test", 0, 1);
  for (int i = 0; i < SENDERS; i++) {
    senders[i].loop = l;
    pthread_create(&senders[i].thread, NULL, send_all, &senders[i]);
  }
  loop_run(l);
  for (int i = 0; i < SENDERS; i++) pthread_join(senders[i].thread, NULL);
  assert_int_equal(arrived, SENDERS * LETTERS);
  loop_free(l);
}

// A letter that posts more does not keep the loop from its other work.
static void post_again(void *arg) {
  loop_post(arg, post_again, arg);
}
static void stop(void *arg) {
  loop_stop(arg);
}

static void a_chain_of_letters_starves_nobody(void **state) {
  (void)state;
  struct loop *l = loop_new("test", 0, 1);
  struct loop_timer *t = loop_timer_new(l, stop, l);
  loop_timer_set(t, 2, 0);
  loop_post(l, post_again, l);
  loop_run(l);
  loop_timer_free(t);
  loop_free(l);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_letter_arrives_in_order),
      cmocka_unit_test(a_chain_of_letters_starves_nobody),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
