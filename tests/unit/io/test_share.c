// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "base/metrics.h"
#include "io/share.h"

enum { MOST = 320, CROWD = 40 };

static struct loop *loop;

static int setup(void **state) {
  (void)state;
  loop = loop_new("test", 0, MOST);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  loop_free(loop);
  assert_int_equal(metrics_get(METRIC_FIBERS), 0);
  return 0;
}

static void wait_for_ever(void *arg) {
  struct share *share = arg;
  struct err err;
  while (fiber_park("the end", &err)) continue;
  share_give(share);
}

// One more fiber of this holder. False: it has its share, or the loop is full for the rank.
static bool spawn(enum share_kind kind, struct str holder, enum fiber_rank rank, struct err *err) {
  struct share *share = share_take(kind, holder, rank, err);
  if (!share) return false;
  if (fiber_spawn_as(rank, loop, "waits", wait_for_ever, share)) return true;
  share_give(share);
  return err_set(err, ERR_UNAVAILABLE, "full");
}

static size_t spawn_all(enum share_kind kind, struct str holder, enum fiber_rank rank) {
  struct err err;
  size_t n = 0;
  while (spawn(kind, holder, rank, &err)) n++;
  assert_int_equal(err.code, ERR_UNAVAILABLE);
  return n;
}

// Holders that share no place, whatever today's key of the hash.
static struct str name_apart(enum share_kind kind, char name[32], int serial) {
  for (int tries = 0;; tries++) {
    snprintf(name, 32, "holder %d %d", serial, tries);
    if (share_count(kind, str_of(name)) == 0) return str_of(name);
  }
}

static void one_holder(void **state) {
  (void)state;
  static const struct {
    enum share_kind kind;
    enum fiber_rank rank;
    size_t most;
    enum metric refused;
  } cases[] = {
      {SHARE_ACCOUNT, FIBER_BACKGROUND, MOST * 3 / 4 * 4 / 5, METRIC_FIBERS_REFUSED_ACCOUNT},
      {SHARE_ACCOUNT, FIBER_ORDINARY, MOST * 7 / 8 * 4 / 5, METRIC_FIBERS_REFUSED_ACCOUNT},
      {SHARE_PRINCIPAL, FIBER_ORDINARY, MOST * 7 / 8 * 4 / 5, METRIC_FIBERS_REFUSED_PRINCIPAL},
      {SHARE_ADDRESS, FIBER_ORDINARY, MOST * 7 / 8 * 8 / 9, METRIC_FIBERS_REFUSED_ADDRESS},
  };
  struct loop *outer = loop;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    loop = loop_new("one", 1, MOST);
    loop_enter(loop);
    char other[32];
    int64_t refused = metrics_get(cases[i].refused);
    size_t n = spawn_all(cases[i].kind, STR("greedy"), cases[i].rank);
    if (n + 1 < cases[i].most || n > cases[i].most + 1)
      fail_msg("case %zu: %zu, not %zu", i, n, cases[i].most);
    assert_int_equal(metrics_get(cases[i].refused), refused + 1);
    assert_int_equal(share_count(cases[i].kind, STR("greedy")), n);
    struct err err;
    assert_true(spawn(cases[i].kind, name_apart(cases[i].kind, other, 1), cases[i].rank, &err));
    loop_enter(NULL);
    loop_free(loop); // every fiber unwinds, and gives back
  }
  loop = outer;
}

// However many greedy holders there are, the next one finds room; and when all that are ordinary together
// have taken everything, management and health still do.
static void many_holders_and_the_reserves(void **state) {
  (void)state;
  struct err err;
  char names[CROWD][32];
  loop_enter(loop);
  for (int i = 0; i < CROWD; i++) {
    struct str holder = name_apart(SHARE_ACCOUNT, names[i], i);
    size_t n = spawn_all(SHARE_ACCOUNT, holder, FIBER_BACKGROUND);
    if (i < 3) assert_true(n > 0);
  }
  assert_true(fiber_count(loop) <= MOST * 3 / 4);
  while (fiber_spawn_as(FIBER_ORDINARY, loop, "request", wait_for_ever, NULL)) continue;
  assert_int_equal(fiber_count(loop), MOST * 7 / 8);
  assert_false(spawn(SHARE_PRINCIPAL, STR("newcomer"), FIBER_ORDINARY, &err));
  while (fiber_spawn_as(FIBER_MANAGEMENT, loop, "manages", wait_for_ever, NULL)) continue;
  assert_int_equal(fiber_count(loop), MOST * 15 / 16);
  while (fiber_spawn_as(FIBER_HEALTH, loop, "looks", wait_for_ever, NULL)) continue;
  assert_int_equal(fiber_count(loop), MOST);
  loop_enter(NULL);
}

static void what_is_given_back_can_be_taken(void **state) {
  (void)state;
  struct err err;
  struct share *all[MOST];
  loop_enter(loop);
  for (int round = 0; round < 3; round++) {
    size_t n = 0;
    while (n < MOST && (all[n] = share_take(SHARE_PRINCIPAL, STR("busy"), FIBER_ORDINARY, &err))) n++;
    assert_int_equal(share_count(SHARE_PRINCIPAL, STR("busy")), n);
    while (n) share_give(all[--n]);
    assert_int_equal(share_count(SHARE_PRINCIPAL, STR("busy")), 0);
  }
  share_give(NULL);
  loop_enter(NULL);
}

// A loop that may have one fiber alone has one.
static void small_loops_work(void **state) {
  (void)state;
  for (size_t most = 1; most < 12; most++) {
    struct loop *small = loop_new("small", 2, most), *outer = loop;
    struct err err;
    loop = small;
    loop_enter(small);
    assert_true(spawn(SHARE_ADDRESS, STR("somebody"), FIBER_ORDINARY, &err));
    loop_enter(NULL);
    loop_free(small);
    loop = outer;
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(one_holder, setup, teardown),
      cmocka_unit_test_setup_teardown(many_holders_and_the_reserves, setup, teardown),
      cmocka_unit_test_setup_teardown(what_is_given_back_can_be_taken, setup, teardown),
      cmocka_unit_test_setup_teardown(small_loops_work, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
