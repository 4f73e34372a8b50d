// SPDX-License-Identifier: Apache-2.0
// Access tokens in memory: what counts without the store being asked, what is looked for there, what ends, what is written.
#include "lease_fixture.h"

#include "authority/live.h"
#include "base/map.h"

#define HERE "an address ab" // HTTP_CLIENT_KEY bytes are compared
#define THERE "elsewhere abc"

static int begin_live(void **state) {
  live_forget_all();
  return setup(state);
}

static int end_live(void **state) {
  live_forget_all();
  return teardown(state);
}

static const char *at_address(const char *name) {
  static char key[HTTP_CLIENT_KEY];
  memset(key, 0, sizeof key);
  memcpy(key, name, strlen(name) < sizeof key ? strlen(name) : sizeof key);
  return key;
}

// What is said of it; NULL: it counts.
static const char *find_from(const char *from, const char *token, int64_t now, struct live_token *out,
                             int64_t *wait) {
  struct err err;
  return live_find(store, str_of(token), at_address(from), now, arena, out, wait, &err) ? NULL
                                                                                        : err_name(err.code);
}

static bool counts(const char *token, int64_t now) {
  struct live_token out;
  int64_t wait;
  const char *why = find_from(HERE, token, now, &out, &wait);
  if (why) assert_string_equal(why, err_name(ERR_UNAUTHENTICATED));
  return !why;
}

static struct lease row_of(const struct lease_tokens *t) {
  struct lease lease;
  struct err err;
  assert_true(lease_row_find(store, t->lease.id, arena, &lease, NULL, &err));
  return lease;
}

static size_t tend(int64_t now) {
  size_t ended;
  struct err err;
  if (!live_tend(store, now, &ended, &err)) fail_msg("%s", err.text);
  return ended;
}

static void what_was_issued_here_needs_no_store(void **state) {
  (void)state;
  struct lease_tokens t = begin();
  struct live_token out;
  int64_t wait;
  live_put(&t);
  run("DELETE FROM authority_lease");
  assert_null(find_from(HERE, t.access, NOW + 1, &out, &wait));
  assert_true(str_eq(out.lease_id, t.lease.id) && str_eq(out.user_id, ada.self.id) &&
              str_eq(out.client_id, client.id));
  check_text(out.client_name, "a client");
  check_text(out.server_id, "srv_1");
  assert_int_equal(out.expires_at, NOW + HOUR);
  assert_true(counts(t.access, NOW + HOUR - 1));
  assert_false(counts(t.access, NOW + HOUR));
}

static void what_another_process_issued_is_looked_for_once(void **state) {
  (void)state;
  struct lease_tokens t = begin();
  struct live_token out;
  int64_t wait;
  assert_null(find_from(HERE, t.access, NOW, &out, &wait));
  check_text(out.client_name, "a client");
  run("DELETE FROM authority_lease");
  assert_true(counts(t.access, NOW));
}

static void what_is_none_is_refused(void **state) {
  (void)state;
  struct lease_tokens t = begin();
  char longer[TOKEN_TEXT + 32], other[TOKEN_TEXT];
  snprintf(longer, sizeof longer, "%s%s", t.access, "0123456789");
  memcpy(other, t.access, sizeof other);
  other[strlen(other) - 1] = other[strlen(other) - 1] == 'a' ? 'b' : 'a';
  assert_false(counts("", NOW));
  assert_false(counts("psa_", NOW));
  assert_false(counts(t.refresh, NOW));
  assert_false(counts(longer, NOW));
  assert_false(counts(other, NOW));
  assert_false(counts(t.access, NOW + HOUR)); // not in memory, and over
  assert_true(counts(t.access, NOW));
}

static void a_row_that_somebody_else_wrote_lets_nobody_in(void **state) {
  (void)state;
  struct lease_tokens t = begin();
  struct live_token out;
  int64_t wait;
  run("UPDATE authority_access SET expires_at = expires_at + 1");
  assert_non_null(find_from(HERE, t.access, NOW, &out, &wait));
}

static void who_guesses_waits_and_nobody_else_does(void **state) {
  (void)state;
  const int64_t later = NOW + 600 * 1000; // a window of its own
  struct lease_tokens known = begin(), fresh = begin();
  struct live_token out;
  const char *why = NULL;
  int64_t wait = 0;
  int tries = 0;
  live_put(&known);
  for (; tries < 1000 && !wait; tries++)
    why = find_from(HERE, arena_printf(arena, "psa_guess%d", tries).p, later, &out, &wait);
  assert_string_equal(why, err_name(ERR_LIMIT));
  assert_int_equal(tries, 201);
  assert_true(wait > 0 && wait <= 10 * 1000);
  // What is in memory counts for whoever has it, be he held up.
  assert_null(find_from(HERE, known.access, later, &out, &wait));
  assert_non_null(find_from(HERE, fresh.access, later, &out, &wait));
  assert_true(wait > 0);
  assert_null(find_from(THERE, fresh.access, later, &out, &wait));
  assert_int_equal(wait, 0);
}

static void what_ends_here_ends_at_once(void **state) {
  (void)state;
  struct lease_tokens t = begin(), other = begin();
  live_put(&t);
  assert_true(counts(t.access, NOW));
  assert_false(live_has_ended(t.lease.id));
  live_end(t.lease.id);
  assert_true(live_has_ended(t.lease.id));
  assert_false(counts(t.access, NOW));
  assert_true(counts(other.access, NOW));
}

// A request that read the row before it went comes to memory after its end.
static void what_has_ended_is_not_taken_from_an_older_row(void **state) {
  (void)state;
  struct lease_tokens t = begin();
  live_end(t.lease.id);
  assert_true(live_has_ended(t.lease.id));
  assert_false(counts(t.access, NOW));
}

static void a_use_is_written_and_not_each_one(void **state) {
  (void)state;
  struct lease_tokens t = begin();
  live_put(&t);
  assert_int_equal(live_use(t.lease.id).taken, 0);
  assert_int_equal(live_use(t.lease.id).at, 0);
  assert_int_equal(tend(NOW), 0);
  assert_int_equal(row_of(&t).used_at, 0);
  assert_true(counts(t.access, NOW + 5));
  assert_int_equal(live_use(t.lease.id).taken, 1);
  assert_int_equal(live_use(t.lease.id).at, NOW + 5);
  assert_int_equal(row_of(&t).used_at, 0);
  assert_int_equal(tend(NOW + 6), 0);
  assert_int_equal(row_of(&t).used_at, NOW + 5);
  assert_int_equal(row_of(&t).taken, 1);
  assert_true(counts(t.access, NOW + 7));
  tend(NOW + 8);
  assert_int_equal(row_of(&t).used_at, NOW + 5);
  assert_int_equal(live_use(t.lease.id).at, NOW + 7);
  assert_true(counts(t.access, NOW + 70 * 1000));
  tend(NOW + 70 * 1000);
  assert_int_equal(row_of(&t).used_at, NOW + 70 * 1000);
}

static void what_has_gone_from_the_store_has_ended(void **state) {
  (void)state;
  struct lease_tokens t = begin(), stays = begin();
  struct err err;
  live_put(&t);
  live_put(&stays);
  assert_true(lease_row_delete(store, t.lease.id, &err));
  assert_true(counts(t.access, NOW)); // nobody has said so here
  assert_int_equal(tend(NOW), 1);
  assert_false(counts(t.access, NOW));
  assert_true(counts(stays.access, NOW));
  assert_int_equal(tend(NOW), 0);
}

static void a_store_that_fails_ends_nothing(void **state) {
  (void)state;
  struct lease_tokens t = begin();
  size_t ended = 7;
  struct err err;
  live_put(&t);
  run("ALTER TABLE authority_lease RENAME TO elsewhere");
  assert_false(live_tend(store, NOW, &ended, &err));
  assert_int_equal(ended, 0);
  assert_true(counts(t.access, NOW));
}

// When it is full, all is forgotten, and what the store knows is found there again.
static void a_full_memory_forgets_and_asks_again(void **state) {
  (void)state;
  struct lease_tokens t = begin();
  live_put(&t);
  for (size_t i = 1; i < LIVE_MOST; i++) {
    struct lease_tokens made = {.lease = {.id = arena_printf(arena, "sgn_%zu", i)}, .expires_at = NOW + HOUR};
    memcpy(made.hash, &i, sizeof i);
    live_put(&made);
  }
  assert_true(counts(t.access, NOW));
  assert_int_equal(live_use(t.lease.id).taken, 1);
  struct lease_tokens one_more = begin();
  live_put(&one_more);
  assert_int_equal(live_use(t.lease.id).taken, 0);
  assert_true(counts(one_more.access, NOW));
  assert_true(counts(t.access, NOW));
}

int main(void) {
  const struct CMUnitTest tests[] = {
#define LIVE(name) cmocka_unit_test_setup_teardown(name, begin_live, end_live)
      LIVE(what_was_issued_here_needs_no_store),
      LIVE(what_another_process_issued_is_looked_for_once),
      LIVE(what_is_none_is_refused),
      LIVE(a_row_that_somebody_else_wrote_lets_nobody_in),
      LIVE(who_guesses_waits_and_nobody_else_does),
      LIVE(what_ends_here_ends_at_once),
      LIVE(what_has_ended_is_not_taken_from_an_older_row),
      LIVE(a_use_is_written_and_not_each_one),
      LIVE(what_has_gone_from_the_store_has_ended),
      LIVE(a_store_that_fails_ends_nothing),
      LIVE(a_full_memory_forgets_and_asks_again),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
