// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include <pthread.h>

#include "base/budget.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/metrics.h"

enum { MOST = 1 << 20, CROWD = 50 };

// Payers that share no place, whatever today's key of the hash.
static struct payer *upstream(int who) {
  static struct payer *all[CROWD];
  char name[32];
  for (int tries = 0; !all[who]; tries++) {
    snprintf(name, sizeof name, "payer %d %d", who, tries);
    struct payer *p = budget_payer(BUDGET_UPSTREAM, str_of(name));
    bool taken = false;
    for (int i = 0; i < CROWD; i++) taken = taken || all[i] == p;
    if (!taken) all[who] = p;
  }
  return all[who];
}

// Takes in steps until it is refused; what it got.
static size_t take_all(struct payer *p, size_t step) {
  size_t got = 0;
  while (payer_take(p, step)) got += step;
  return got;
}

static void one_has_a_part_and_leaves_the_rest(void **state) {
  (void)state;
  budget_set(BUDGET_UPSTREAM, MOST);
  struct payer *greedy = upstream(0), *late = upstream(1);
  int64_t refusals = metrics_get(METRIC_UPSTREAM_STARVED);
  size_t got = take_all(greedy, 1024);
  assert_int_equal(got, MOST / 2);
  assert_int_equal(metrics_get(METRIC_UPSTREAM_STARVED), refusals + 1);
  assert_int_equal(metrics_get(METRIC_UPSTREAM_HELD), MOST / 2);
  assert_true(payer_take(late, MOST / 4)); // as much as is left then
  assert_false(payer_take(late, 1024));
  struct err err;
  assert_false(payer_explain(greedy, &err));
  assert_int_equal(err.code, ERR_LIMIT);
  assert_non_null(strstr(err.hint, "upstream_memory"));
  payer_give(greedy, got);
  assert_true(payer_take(late, MOST / 4));
  payer_give(late, MOST / 2);
  assert_int_equal(budget_held(BUDGET_UPSTREAM), 0);
  assert_int_equal(payer_held(late), 0);
}

// However many take all they can, in any step, who comes next finds something, and the whole is never passed.
static void any_number_of_greedy_ones_leaves_something(void **state) {
  (void)state;
  static const size_t steps[] = {1, 100, 4096};
  for (size_t s = 0; s < sizeof steps / sizeof *steps; s++) {
    size_t got[CROWD];
    budget_set(BUDGET_UPSTREAM, MOST);
    for (int i = 0; i < CROWD; i++) {
      got[i] = take_all(upstream(i), steps[s]);
      assert_true(budget_held(BUDGET_UPSTREAM) < MOST);
      if (i < 6) assert_true(got[i] > 0);
    }
    for (int i = 0; i < CROWD; i++) payer_give(upstream(i), got[i]);
    assert_int_equal(budget_held(BUDGET_UPSTREAM), 0);
  }
}

static void budgets_are_apart(void **state) {
  (void)state;
  budget_set(BUDGET_UPSTREAM, MOST);
  budget_set(BUDGET_CLIENTS, MOST);
  struct payer *client = budget_payer(BUDGET_CLIENTS, STR("same"));
  struct payer *vendor = budget_payer(BUDGET_UPSTREAM, STR("same"));
  size_t got = take_all(client, 1024);
  assert_int_equal(got, MOST / 5 * 4 / 1024 * 1024); // one address: four of five
  assert_int_equal(budget_held(BUDGET_UPSTREAM), 0);
  assert_true(payer_take(vendor, MOST / 2));
  payer_give(vendor, MOST / 2);
  payer_give(client, got);
}

static void absurd_sizes_and_no_payer(void **state) {
  (void)state;
  budget_set(BUDGET_UPSTREAM, MOST);
  struct payer *p = upstream(0);
  assert_false(payer_take(p, SIZE_MAX));
  assert_false(payer_take(p, MOST + 1));
  assert_true(payer_take(p, 0));
  assert_int_equal(payer_held(p), 0);
  assert_true(payer_take(NULL, SIZE_MAX));
  payer_give(NULL, SIZE_MAX);
  budget_set(BUDGET_UPSTREAM, 0); // unlimited again, and still counted
  assert_true(payer_take(p, (size_t)MOST * 16));
  assert_int_equal(budget_held(BUDGET_UPSTREAM), (size_t)MOST * 16);
  payer_give(p, (size_t)MOST * 16);
}

static void a_buffer_pays_while_it_grows(void **state) {
  (void)state;
  budget_set(BUDGET_UPSTREAM, MOST);
  struct payer *p = upstream(0);
  struct buf b = BUF_PAID(16 * MOST, p), moved;
  while (!b.full) buf_add(&b, STR("0123456789abcdef"));
  assert_true(b.starved);
  assert_int_equal(payer_held(p), b.cap);
  assert_int_equal(b.cap, MOST / 2);
  buf_clear(&b); // what it has it keeps
  assert_false(b.full || b.starved);
  assert_int_equal(payer_held(p), b.cap);
  moved = b; // the payer goes with the bytes
  buf_free(&moved);
  assert_int_equal(payer_held(p), 0);
  buf_add(&moved, STR("again"));
  assert_true(payer_held(p) > 0);
  mem_free(buf_take(&moved, NULL));
  assert_int_equal(payer_held(p), 0);
  struct buf small = BUF_PAID(4, p); // its own maximum is another matter
  buf_add(&small, STR("12345"));
  assert_true(small.full);
  assert_false(small.starved);
  buf_free(&small);
  assert_int_equal(budget_held(BUDGET_UPSTREAM), 0);
}

static void *take_and_give(void *arg) {
  struct payer *p = arg;
  for (int i = 0; i < 20000; i++)
    if (payer_take(p, 4096)) payer_give(p, 4096);
  return NULL;
}

static void threads_leave_nothing_behind(void **state) {
  (void)state;
  pthread_t threads[4];
  budget_set(BUDGET_UPSTREAM, 16 * 4096);
  for (int i = 0; i < 4; i++)
    assert_int_equal(pthread_create(&threads[i], NULL, take_and_give, upstream(i % 2)), 0);
  for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
  assert_int_equal(budget_held(BUDGET_UPSTREAM), 0);
  assert_int_equal(payer_held(upstream(0)) + payer_held(upstream(1)), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_has_a_part_and_leaves_the_rest),
      cmocka_unit_test(any_number_of_greedy_ones_leaves_something),
      cmocka_unit_test(budgets_are_apart),
      cmocka_unit_test(absurd_sizes_and_no_payer),
      cmocka_unit_test(a_buffer_pays_while_it_grows),
      cmocka_unit_test(threads_leave_nothing_behind),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
