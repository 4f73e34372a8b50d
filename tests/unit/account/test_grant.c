// SPDX-License-Identifier: Apache-2.0
#include "rig.h"

#include <stdatomic.h>

#include "account/grant_private.h"
#include "oauth/oauth_private.h"

static struct err err;
static struct str account_id;
static struct grant *grant;

// ---- an account with a grant, made by a person's consent

static void connect_body(void *arg) {
  struct connect_new in = {.connector = rig.connector,
                           .url = arena_printf(rig.arena, "%s/mcp", issuer.base),
                           .name = STR("One"),
                           .account_id = account_id};
  struct connect_flow f;
  struct str to, cookie, state, rest, item;
  (void)arg;
  must(connect_start(&rig.authorize, &in, rig.arena, &f, &err), err);
  rest = f.link;
  while (str_cut(&rest, '=', &item)) continue;
  must(connect_open(&rig.authorize, f.id, item, rig.arena, &to, &cookie, &err), err);
  state = str_make(strstr(to.p, "&state=") + 7, strcspn(strstr(to.p, "&state=") + 7, "&"));
  struct oauth_answer a = {.code = STR("c"), .state = state};
  must(connect_finish(&rig.authorize, &a, &(struct connect_browser){.cookie = cookie}, rig.arena, &f, &err),
       err);
  if (f.status != CONNECT_DONE) fail_msg("%.*s: %.*s", STR_ARG(f.code), STR_ARG(f.text));
  account_id = f.account_id;
}

static int setup(void **state) {
  rig_open(state);
  account_id = STR_NONE;
  rig_run(connect_body, NULL);
  must(grant_get(&rig.env, account_id, &grant, &err), err);
  return 0;
}

static int teardown(void **state) {
  grant_unref(grant);
  return rig_close(state);
}

// As if the time had come: the row says so, and memory takes it up.
static void expire(void) {
  rig_sql("UPDATE oauth_grant SET issued_at = 1000, expires_at = 2000, version = version + 1");
  must(grant_reload(&rig.env, account_id, &err), err);
}

static void refused_with(int status, const char *header, struct mcp_challenge *out) {
  *out = (struct mcp_challenge){.status = status, .www_authenticate = str_of(header), .said = STR("no")};
}

static bool ask(struct str *value) {
  return grant_authorize(grant, NULL, rig.arena, value, &err);
}

// ---- many at once

enum { CALLERS = 100, LOOPS = 2 };

static struct crowd {
  struct loop *loops[LOOPS];
  struct grant *grants[LOOPS];
  atomic_int left, good;
} crowd;

static void crowd_call(void *arg) {
  struct arena *a = arena_new();
  struct str value;
  struct err why;
  if (grant_authorize(arg, NULL, a, &value, &why) && str_is(value, "Bearer at-2"))
    atomic_fetch_add(&crowd.good, 1);
  arena_free(a);
  atomic_fetch_sub(&crowd.left, 1);
}

static void crowd_begin(void *arg) {
  size_t n = (size_t)(intptr_t)arg;
  for (int i = 0; i < CALLERS; i++)
    assert_non_null(fiber_spawn(crowd.loops[n], "caller", crowd_call, crowd.grants[n]));
}

static void crowd_run(struct grant *one, struct grant *two) {
  crowd.left = CALLERS * LOOPS;
  crowd.good = 0;
  crowd.grants[0] = one;
  crowd.grants[1] = two;
  for (size_t i = 0; i < LOOPS; i++) {
    crowd.loops[i] = loop_new("crowd", (unsigned)i, 500);
    loop_start(crowd.loops[i]);
    loop_post(crowd.loops[i], crowd_begin, (void *)(intptr_t)i);
  }
  for (int i = 0; i < 12000 && crowd.left; i++) usleep(10000);
  for (size_t i = 0; i < LOOPS; i++) {
    loop_stop(crowd.loops[i]);
    loop_free(crowd.loops[i]);
  }
}

static void two_hundred_calls_make_one_refresh(void **state) {
  (void)state;
  expire();
  ISSUER(token_delay_ms, 150);
  crowd_run(grant, grant);
  assert_int_equal(crowd.good, CALLERS * LOOPS);
  assert_int_equal(ISSUER_COUNT(refreshes), 1);
}

// Another program has an environment of its own, and so tokens, locks and a name of its own.
static void two_programs_make_one_refresh(void **state) {
  (void)state;
  struct account_env other = rig.env;
  struct grant *theirs;
  expire();
  must(grant_get(&other, account_id, &theirs, &err), err);
  ISSUER(token_delay_ms, 150);
  crowd_run(grant, theirs);
  assert_int_equal(crowd.good, CALLERS * LOOPS);
  assert_int_equal(ISSUER_COUNT(refreshes), 1);
  grant_unref(theirs);
}

// ---- what a refresh leaves

static void a_rotated_token_is_stored_before_it_is_used(void **state) {
  (void)state;
  struct str value;
  expire();
  rig_fill_disk("tokens");
  assert_false(ask(&value));
  check_has(err.text, "cannot be stored");
  assert_int_equal(ISSUER_COUNT(refreshes), 1);
  rig_empty_disk();
  grant->retry_at_us = 0;
  must(ask(&value), err); // what the vendor gave was kept in hand: no second refresh
  check_text(value, "Bearer at-2");
  assert_int_equal(ISSUER_COUNT(refreshes), 1);
  expire();
  must(ask(&value), err);
  check_text(value, "Bearer at-3"); // with the rotated one
}

static void kept_body(void *arg) {
  struct str value;
  (void)arg;
  assert_false(ask(&value));
  check_has(err.text, "cannot be stored");
  rig_empty_disk();
  struct str stored = rig_cell("SELECT version FROM oauth_grant");
  for (int i = 0; i < 12000 && str_eq(stored, rig_cell("SELECT version FROM oauth_grant")); i++)
    assert_true(fiber_sleep(5, &err));
  must(ask(&value), err); // at once: that the one before failed is over
  check_text(value, "Bearer at-2");
  assert_int_equal(ISSUER_COUNT(refreshes), 1);
}

static void a_rotated_token_is_stored_though_nobody_asks_again(void **state) {
  (void)state;
  expire();
  rig_fill_disk("tokens");
  rig_run(kept_body, NULL);
}

static void a_store_that_is_away_is_no_failure_of_the_vendor(void **state) {
  (void)state;
  struct str value;
  expire();
  rig_fill_disk("lease_by");
  for (int i = 0; i < 3; i++) {
    assert_false(ask(&value));
    assert_int_equal(grant->retry_ms, GRANT_RETRY_MS);
    grant->retry_at_us = 0; // later
  }
  assert_int_equal(ISSUER_COUNT(refreshes), 0);
  rig_empty_disk();
  must(ask(&value), err);
}

static void tokens_that_are_not_rotated_stay(void **state) {
  (void)state;
  struct str value;
  ISSUER(rotate, false);
  for (int i = 2; i < 5; i++) {
    expire();
    must(ask(&value), err);
    assert_true(str_eq(value, arena_printf(rig.arena, "Bearer at-%d", i)));
  }
  check_has(issuer.token_request, "refresh_token=rt-1&");
}

static void a_refused_refresh_needs_a_person(void **state) {
  (void)state;
  struct str value, link;
  expire();
  pthread_mutex_lock(&issuer.lock);
  issuer.revoked = true;
  pthread_mutex_unlock(&issuer.lock);
  assert_false(ask(&value));
  assert_int_equal(err.code, ERR_UNAUTHENTICATED);
  check_has(err.text, "invalid_grant");
  check_has(err.hint, "https://us.example/connect/acc_");
  assert_true(grant_needs_authorising(grant, rig.arena, &link));
  assert_true(str_starts(link, "https://us.example/connect/acc_"));
  check_text(rig_cell("SELECT status FROM account"), "needs_authorising");
  check_text(rig_cell("SELECT tokens FROM oauth_grant"), "");
  assert_int_equal(rig.changed, 1);
  assert_false(ask(&value)); // and nobody asks the vendor again
  assert_int_equal(ISSUER_COUNT(refreshes), 1);
  rig_run(connect_body, NULL);
  must(ask(&value), err);
  check_text(rig_cell("SELECT status FROM account"), "ok");
  assert_false(grant_needs_authorising(grant, rig.arena, &link));
}

static void a_vendor_that_is_down_costs_nothing(void **state) {
  (void)state;
  struct str value, tokens = rig_cell("SELECT tokens FROM oauth_grant");
  expire();
  ISSUER(token_status, 503);
  assert_false(ask(&value));
  assert_int_equal(err.code, ERR_UPSTREAM);
  assert_false(ask(&value)); // told at once, without asking again
  assert_int_equal(ISSUER_COUNT(refreshes), 1);
  assert_true(str_eq(rig_cell("SELECT tokens FROM oauth_grant"), tokens));
  check_text(rig_cell("SELECT lease_until FROM oauth_grant"), "0");
  check_text(rig_cell("SELECT status FROM account"), "ok");
  ISSUER(token_status, 0);
  grant->retry_at_us = 0; // later
  must(ask(&value), err);
  check_text(value, "Bearer at-2");
}

static void a_token_is_renewed_ahead_while_it_still_works(void **state) {
  (void)state;
  struct str value;
  int64_t now = clock_now_ms();
  rig_sql(arena_printf(rig.arena,
                       "UPDATE oauth_grant SET issued_at = %lld, expires_at = %lld, version = version + 1",
                       (long long)now - 3590000, (long long)now + 10000)
              .p);
  must(grant_reload(&rig.env, account_id, &err), err);
  must(ask(&value),
       err); // outside a fiber the refresh is done before it returns, and is not waited for on one
  check_text(value, "Bearer at-1");
  must(ask(&value), err);
  check_text(value, "Bearer at-2");
  assert_int_equal(ISSUER_COUNT(refreshes), 1);
  must(grant_tend(grant, 1000, &err), err);
  assert_int_equal(ISSUER_COUNT(refreshes), 1);
  must(grant_tend(grant, 2 * 3600 * 1000, &err), err);
  assert_int_equal(ISSUER_COUNT(refreshes), 2);
}

static void renewal_is_spread(void **state) {
  (void)state;
  int64_t least = INT64_MAX, most = 0;
  for (int i = 0; i < 50; i++) {
    struct grant_state *s;
    must(grant_state_load(&rig.env, account_id, &s, &err), err);
    int64_t ahead = s->row.expires_at - s->renew_at;
    if (ahead < least) least = ahead;
    if (ahead > most) most = ahead;
    grant_state_unref(s);
  }
  assert_true(least >= GRANT_AHEAD_MS / 2 && most <= GRANT_AHEAD_MS && most - least > 10000);
}

// ---- refusals

static void a_refused_token_is_renewed_once(void **state) {
  (void)state;
  struct str value, old;
  struct mcp_challenge no;
  refused_with(401, "Bearer error=\"invalid_token\"", &no);
  must(ask(&value), err);
  old = value;
  must(grant_authorize(grant, &no, rig.arena, &value, &err), err);
  check_text(value, "Bearer at-2");
  must(grant_authorize(grant, &no, rig.arena, &old, &err), err); // a straggler with the old one
  check_text(old, "Bearer at-2");
  assert_int_equal(ISSUER_COUNT(refreshes), 1);
  // The new ones too, at once: that is tried again, within a bound.
  while (grant_authorize(grant, &no, rig.arena, &value, &err)) assert_true(ISSUER_COUNT(refreshes) < 10);
  assert_int_equal(err.code, ERR_UPSTREAM);
  assert_int_equal(ISSUER_COUNT(refreshes), GRANT_DOUBTS_MOST);
  // A vendor's bad minute costs no grant.
  check_text(rig_cell("SELECT status FROM account"), "ok");
  must(ask(&value), err);
  check_text(value, "Bearer at-3");
}

static void without_a_refresh_token_a_person_is_needed(void **state) {
  (void)state;
  struct str value;
  ISSUER(no_refresh, true);
  rig_run(connect_body, NULL);
  must(ask(&value), err);
  expire();
  assert_false(ask(&value));
  assert_int_equal(err.code, ERR_UNAUTHENTICATED);
  assert_int_equal(ISSUER_COUNT(refreshes), 0);
}

static void a_forbidden_call_is_no_matter_of_the_grant(void **state) {
  (void)state;
  struct str value;
  struct mcp_challenge no;
  refused_with(403, "", &no);
  must(ask(&value), err);
  assert_false(grant_authorize(grant, &no, rig.arena, &value, &err));
  assert_int_equal(err.code, ERR_DENIED);
  check_text(rig_cell("SELECT status FROM account"), "ok");
  must(ask(&value), err);
}

static void a_missing_scope_is_asked_for_three_times(void **state) {
  (void)state;
  struct str value, link;
  struct mcp_challenge no;
  refused_with(403, "Bearer error=\"insufficient_scope\", scope=\"read write\"", &no);
  for (int round = 0; round < GRANT_ROUNDS_MOST; round++) {
    for (int calls = 0; calls < 3; calls++) { // many calls find it, one consent is asked for
      must(ask(&value), err);                 // what needs no more goes on
      assert_false(grant_authorize(grant, &no, rig.arena, &value, &err));
      assert_int_equal(err.code, ERR_UNAUTHENTICATED);
      check_has(err.hint, "/connect/acc_");
    }
    assert_true(grant_needs_authorising(grant, rig.arena, &link));
    check_text(rig_cell("SELECT wanted FROM oauth_grant"), "read write");
    check_text(rig_cell("SELECT status FROM account"), "needs_authorising");
    // The person consents, and the vendor is not content.
    rig_sql("UPDATE oauth_grant SET needs = '', version = version + 1");
    must(grant_reload(&rig.env, account_id, &err), err);
  }
  must(ask(&value), err);
  assert_false(grant_authorize(grant, &no, rig.arena, &value, &err));
  assert_int_equal(err.code, ERR_DENIED);
  check_has(err.text, "after 3 consents");
}

// ---- crashes, and other programs

// It was seen first so many ms ago, by our steady clock.
static void lease_of_another(int64_t until, uint64_t age_ms) {
  rig_sql(arena_printf(rig.arena, "UPDATE oauth_grant SET lease_by = 'gone', lease_until = %lld",
                       (long long)until)
              .p);
  snprintf(grant->theirs.by, sizeof grant->theirs.by, "gone");
  grant->theirs.until = until;
  grant->theirs.since_us = clock_mono_us() - age_ms * 1000;
  grant->theirs.seen_us = clock_mono_us();
}

static void another_programs_lease_is_waited_for(void **state) {
  (void)state;
  struct str value;
  expire();
  uint64_t began = clock_mono_us();
  lease_of_another(clock_now_ms() - 1000,
                   GRANT_LEASE_MS - 400); // that its own clock says otherwise is nothing
  must(ask(&value), err); // it was killed: its lease stands still, and the old token is still good
  assert_true(clock_mono_us() - began >= 400 * 1000);
  check_text(value, "Bearer at-2");
  assert_int_equal(ISSUER_COUNT(refreshes), 1);
}

// Whatever time stands in it: whose it is may have another clock, or have set it back by days.
static void a_lease_from_the_future_holds_nothing_up(void **state) {
  (void)state;
  struct str value;
  static const int64_t days[] = {1, 200, 36500};
  for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
    expire();
    lease_of_another(clock_now_ms() + days[i] * 24 * 3600 * 1000, GRANT_LEASE_MS);
    must(ask(&value), err);
    assert_int_equal(ISSUER_COUNT(refreshes), (int)i + 1);
  }
}

static void hang_body(void *arg) {
  struct str value;
  (void)arg;
  (void)ask(&value);
}

static void unseen_body(void *arg) {
  (void)arg;
  fiber_spawn(fiber_loop(fiber_self()), "caller", hang_body, NULL);
  assert_true(fiber_sleep(500, &err)); // it looks within a moment
  assert_int_equal(ISSUER_COUNT(refreshes), 0);
  rig_sql("UPDATE oauth_grant SET lease_until = 0");
  for (int i = 0; i < 12000 && !ISSUER_COUNT(refreshes); i++) assert_true(fiber_sleep(5, &err));
  assert_int_equal(ISSUER_COUNT(refreshes), 1);
}

// The database was away: its holder may have new tokens in hand that it could not store either.
static void a_lease_that_nobody_looked_at_is_watched_anew(void **state) {
  (void)state;
  expire();
  lease_of_another(clock_now_ms(), 2 * GRANT_LEASE_MS);
  grant->theirs.seen_us = clock_mono_us() - GRANT_LOOK_MS * 1000ull;
  rig_run(unseen_body, NULL);
}

static void hang_stop(void *arg) {
  loop_stop(arg);
}

// Killed while the vendor was answering: the answer is lost, the grant is not, as long as the vendor takes
// the token that it has not seen replaced.
static void a_kill_in_the_middle_leaves_the_grant(void **state) {
  (void)state;
  struct str value;
  ISSUER(rotate, false);
  ISSUER(token_delay_ms, 800);
  expire();
  struct loop *loop = loop_new("killed", 0, 10);
  fiber_spawn(loop, "caller", hang_body, NULL);
  struct loop_timer *t = loop_timer_new(loop, hang_stop, loop);
  loop_timer_set(t, 300, 0);
  loop_run(loop);
  loop_timer_free(t);
  loop_free(loop);
  assert_int_equal(ISSUER_COUNT(refreshes), 1);
  ISSUER(token_delay_ms, 0);
  grant_unref(grant); // the program starts again
  must(grant_get(&rig.env, account_id, &grant, &err), err);
  rig_sql("UPDATE oauth_grant SET lease_until = 0"); // its lease has run out by then
  must(ask(&value), err);
  assert_true(str_starts(value, "Bearer at-"));
  assert_int_equal(ISSUER_COUNT(refreshes), 2);
  check_text(rig_cell("SELECT status FROM account"), "ok");
}

static struct fiber *leaver;

static void leave_body(void *arg) {
  leaver = fiber_self();
  hang_body(arg);
  leaver = NULL;
}

static void stay_body(void *arg) {
  struct str value;
  (void)arg;
  fiber_spawn(fiber_loop(fiber_self()), "leaver", leave_body, NULL);
  for (int i = 0; i < 12000 && !ISSUER_COUNT(refreshes); i++) assert_true(fiber_sleep(5, &err));
  assert_non_null(leaver);
  fiber_cancel(leaver); // its client has gone
  for (int i = 0; i < 12000 && leaver; i++) assert_true(fiber_sleep(5, &err));
  assert_null(leaver);
  must(ask(&value), err);
  check_text(value, "Bearer at-2");
}

static void who_leaves_does_not_end_the_refresh(void **state) {
  (void)state;
  expire();
  ISSUER(token_delay_ms, 200);
  rig_run(stay_body, NULL);
  assert_int_equal(ISSUER_COUNT(refreshes), 1);
}

// ---- the end

static void delete_body(void *arg) {
  (void)arg;
  must(account_delete(&rig.env, account_id, &err), err);
}

static void disconnecting_revokes_and_destroys(void **state) {
  (void)state;
  struct str value;
  expire();
  rig_run(delete_body, NULL);
  assert_int_equal(ISSUER_COUNT(revocations), 1);
  check_text(rig_cell("SELECT count(*) FROM oauth_grant"), "0");
  check_text(rig_cell("SELECT count(*) FROM account"), "0");
  assert_false(ask(&value)); // a call that still holds it
  assert_int_equal(err.code, ERR_MISSING);
  assert_int_equal(ISSUER_COUNT(refreshes), 0);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
  const struct CMUnitTest tests[] = {
      T(two_hundred_calls_make_one_refresh),
      T(two_programs_make_one_refresh),
      T(a_rotated_token_is_stored_before_it_is_used),
      T(a_rotated_token_is_stored_though_nobody_asks_again),
      T(a_store_that_is_away_is_no_failure_of_the_vendor),
      T(tokens_that_are_not_rotated_stay),
      T(a_refused_refresh_needs_a_person),
      T(a_vendor_that_is_down_costs_nothing),
      T(a_token_is_renewed_ahead_while_it_still_works),
      T(renewal_is_spread),
      T(a_refused_token_is_renewed_once),
      T(without_a_refresh_token_a_person_is_needed),
      T(a_forbidden_call_is_no_matter_of_the_grant),
      T(a_missing_scope_is_asked_for_three_times),
      T(another_programs_lease_is_waited_for),
      T(a_lease_from_the_future_holds_nothing_up),
      T(a_lease_that_nobody_looked_at_is_watched_anew),
      T(a_kill_in_the_middle_leaves_the_grant),
      T(who_leaves_does_not_end_the_refresh),
      T(disconnecting_revokes_and_destroys),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
