// SPDX-License-Identifier: Apache-2.0
// Approvals as rows: one row for one call, each step once, a word that nobody else wrote, and an end by time.
#include "../support/fresh_store.h"

#include "approval/approval_row.h"
#include "crypto/seal.h"

#define KEY "k1 1111111111111111111111111111111111111111111111111111111111111111\n"
enum { HOUR = 3600000 };

static struct seal_ring *ring;

static int setup(void **state) {
  struct err err;
  if (fresh_store_open(state) != 0 || !seal_ring_from_text(STR(KEY), &ring, &err)) return -1;
  store_set_ring(store, ring);
  fresh_store_account("acc_1", "a", "tiny");
  fresh_store_sql("INSERT INTO server (id, name, share, config, require_api_token, token_hash, created_at, "
                  "updated_at, expires_at, version) VALUES ('srv_1', 's', 0, '{}', 0, 'h', 0, 0, 0, 1)");
  return 0;
}

static int teardown(void **state) {
  seal_ring_free(ring);
  return fresh_store_close(state);
}

static struct approval wanted(const char *asker, const char *arguments, int64_t now) {
  return (struct approval){.asker = str_of(asker),
                           .asked_by = STR("usr_asker"),
                           .server_id = STR("srv_1"),
                           .account_id = STR("acc_1"),
                           .tool = STR("drop"),
                           .arguments = str_of(arguments),
                           .digest = approval_digest(STR("drop"), str_of(arguments), arena),
                           .created_at = now,
                           .expires_at = now + HOUR,
                           .reason = STR("")};
}

static struct approval ask(const char *asker, const char *arguments, int64_t now, bool want_fresh) {
  struct approval w = wanted(asker, arguments, now), out;
  struct err err;
  bool fresh;
  if (!approval_ask(store, &w, arena, &out, &fresh, &err)) fail_msg("%s", err.text);
  assert_int_equal(fresh, want_fresh);
  return out;
}

static bool step(struct str id, enum approval_state from, enum approval_state to, int64_t now,
                 struct err *err) {
  struct approval_step s = {.id = id, .from = from, .to = to, .now = now};
  struct approval out;
  if (to == APPROVAL_APPROVED || to == APPROVAL_REFUSED) s.by = STR("usr_second"), s.by_name = STR("second");
  return approval_step(store, &s, arena, &out, err);
}

static void one_call_is_one_row(void **state) {
  (void)state;
  struct approval a = ask("x", "{\"id\":1}", 1000, true), b = ask("x", "{\"id\":1}", 2000, false);
  check_text(b.id, arena_z(arena, a.id));
  check_text(b.arguments, "{\"id\":1}");
  ask("x", "{\"id\":2}", 1000, true);
  ask("y", "{\"id\":1}", 1000, true);
  ask("x", "{\"id\":1}", 1000 + HOUR, true); // the first is over
}

static void each_step_once(void **state) {
  (void)state;
  struct err err;
  struct approval a = ask("x", "{}", 1000, true);
  assert_false(step(a.id, APPROVAL_APPROVED, APPROVAL_RUNNING, 1500, &err));
  assert_int_equal(err.code, ERR_CONFLICT);
  assert_true(step(a.id, APPROVAL_WAITING, APPROVAL_APPROVED, 2000, &err));
  assert_false(step(a.id, APPROVAL_WAITING, APPROVAL_REFUSED, 2000, &err));
  assert_true(step(a.id, APPROVAL_APPROVED, APPROVAL_RUNNING, 3000, &err));
  assert_false(step(a.id, APPROVAL_APPROVED, APPROVAL_RUNNING, 3000, &err));
  ask("x", "{}", 4000, false); // it runs: asked for again, it is this one
  assert_true(step(a.id, APPROVAL_RUNNING, APPROVAL_DONE, 5000, &err));
  ask("x", "{}", 6000, true);
}

static void a_word_comes_too_late(void **state) {
  (void)state;
  struct err err;
  struct approval a = ask("x", "{}", 1000, true);
  assert_false(step(a.id, APPROVAL_WAITING, APPROVAL_APPROVED, 1000 + HOUR, &err));
  check_has(err.text, "expired");
  struct approval *gone;
  size_t count;
  assert_true(approval_sweep(store, 1000 + HOUR, arena, &gone, &count, &err));
  assert_int_equal(count, 1);
  assert_int_equal(gone[0].state, APPROVAL_EXPIRED);
  assert_true(approval_sweep(store, 1000 + APPROVAL_KEPT_MS + 1, arena, &gone, &count, &err));
  assert_false(approval_get(store, a.id, arena, &a, &err));
  assert_int_equal(err.code, ERR_MISSING);
}

static void what_was_cut_off_is_not_made_again(void **state) {
  (void)state;
  struct err err;
  struct approval a = ask("x", "{}", 1000, true), *gone;
  size_t count;
  assert_true(step(a.id, APPROVAL_WAITING, APPROVAL_APPROVED, 2000, &err));
  assert_true(step(a.id, APPROVAL_APPROVED, APPROVAL_RUNNING, 3000, &err));
  assert_true(approval_sweep(store, 3000 + APPROVAL_RUN_MS, arena, &gone, &count, &err));
  assert_int_equal(gone[0].state, APPROVAL_CUT);
  assert_false(step(a.id, APPROVAL_APPROVED, APPROVAL_RUNNING, 4000, &err));
}

// Each of these would let a call through, or another one, or by another hand.
static void rows_of_others_count_for_nothing(void **state) {
  (void)state;
  static const char *const forged[] = {
      "state = 'approved', decided_by = 'usr_second'",
      "state = 'approved'",
      "digest = 'another'",
      "tool = 'other'",
      "asker = 'y'",
      "asked_by = ''",
      "expires_at = 9000000000000",
  };
  struct err err;
  for (size_t i = 0; i < sizeof forged / sizeof *forged; i++) {
    struct approval a = ask("x", arena_printf(arena, "{\"n\":%zu}", i).p, 1000, true), out;
    fresh_store_sql(
        arena_printf(arena, "UPDATE approval SET %s WHERE id = '%.*s'", forged[i], STR_ARG(a.id)).p);
    if (approval_get(store, a.id, arena, &out, &err)) fail_msg("%s is taken for ours", forged[i]);
    assert_int_equal(err.code, ERR_DENIED);
    fresh_store_sql("DELETE FROM approval");
  }
}

static void few_wait_at_a_time(void **state) {
  (void)state;
  struct err err;
  struct approval out;
  bool fresh;
  for (int i = 0; i < APPROVAL_ASKER_MOST; i++) ask("x", arena_printf(arena, "{\"n\":%d}", i).p, 1000, true);
  struct approval w = wanted("x", "{}", 1000);
  assert_false(approval_ask(store, &w, arena, &out, &fresh, &err));
  assert_int_equal(err.code, ERR_LIMIT);
  ask("y", "{}", 1000, true);
  w = wanted("x", "{}", 1000 + HOUR);
  assert_true(approval_ask(store, &w, arena, &out, &fresh, &err));
}

static void says_what_changed_and_who_may(void **state) {
  (void)state;
  struct approval_marks then = {STR("s"), STR("a"), STR("t")}, now = then;
  assert_null(approval_names_change(&then, &now));
  now.tool = STR("u");
  assert_string_equal(approval_names_change(&then, &now), "the tool");
  now.account = STR("b");
  assert_string_equal(approval_names_change(&then, &now), "the account");
  struct approval a = wanted("x", "{}", 0);
  assert_null(approval_bars(&a, STR("usr_second")));
  assert_non_null(approval_bars(&a, STR("usr_asker")));
  assert_non_null(approval_bars(&a, STR("")));
}

int main(void) {
#define ROWS(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
  const struct CMUnitTest tests[] = {
      ROWS(one_call_is_one_row),
      ROWS(each_step_once),
      ROWS(a_word_comes_too_late),
      ROWS(what_was_cut_off_is_not_made_again),
      ROWS(rows_of_others_count_for_nothing),
      ROWS(few_wait_at_a_time),
      ROWS(says_what_changed_and_who_may),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
