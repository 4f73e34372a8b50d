// SPDX-License-Identifier: Apache-2.0
// A sign-in from its code to its end, and what of it counts when: twice at a time, again after a lost answer, stolen, under
// another key, written by somebody else.
#include "lease_fixture.h"

// What came of it: "ok", or why not; *revoked: did the sign-in end by it?
static const char *turn(const char *token, int64_t now, int64_t taken, struct lease_tokens *out,
                        bool *revoked) {
  struct lease_given given = {
      .secret = arena_dup(arena, str_of(token)), .client_id = client.id, .taken = taken};
  struct lease_terms terms = at(now);
  struct lease gone;
  struct err err;
  bool ok = lease_refresh(store, &terms, &given, arena, out, &gone, &err);
  *revoked = gone.id.n > 0;
  return ok ? "ok" : err_reason_name(err.reason);
}

static bool is_there(const struct lease_tokens *t) {
  struct lease lease;
  struct lease_token token;
  struct err err;
  assert_true(lease_row_by_token(store, t->hash, arena, &lease, &token, &err));
  return lease.id.n > 0;
}

static void is_asked_again_after_a_lost_answer(void **state) {
  (void)state;
  struct lease_tokens first = begin(), second, again, third;
  bool revoked;
  assert_string_equal(turn(first.refresh, NOW + HOUR, 0, &second, &revoked), "ok");
  // The answer was lost: hours later nothing of it has been used.
  assert_string_equal(turn(first.refresh, NOW + 5 * HOUR, 0, &again, &revoked), "ok");
  assert_string_equal(again.refresh, second.refresh);
  assert_true(is_there(&again));
  assert_string_equal(turn(again.refresh, NOW + 6 * HOUR, 0, &third, &revoked), "ok");
  assert_string_not_equal(third.refresh, second.refresh);
}

static void a_thief_who_uses_what_he_got_is_found_out(void **state) {
  (void)state;
  struct lease_tokens first = begin(), thief, own;
  bool revoked;
  assert_string_equal(turn(first.refresh, NOW + HOUR, 0, &thief, &revoked), "ok");
  // Within the grace it may have been the client itself, twice at a time.
  assert_string_equal(
      turn(first.refresh, NOW + HOUR + LEASE_GRACE_MS, thief.lease.generation, &own, &revoked), "ok");
  assert_string_equal(own.refresh, thief.refresh);
  // Later, the access token that came with it having been used, it was not.
  assert_string_equal(
      turn(first.refresh, NOW + HOUR + LEASE_GRACE_MS + 1, thief.lease.generation, &own, &revoked),
      "invalid_grant");
  assert_true(revoked);
  assert_false(is_there(&first));
  assert_false(is_there(&thief));
  assert_string_equal(turn(thief.refresh, NOW + 2 * HOUR, 0, &own, &revoked), "invalid_grant");
}

static void the_store_remembers_that_something_was_used(void **state) {
  (void)state;
  struct lease_tokens first = begin(), second, own;
  bool revoked;
  struct err err;
  assert_string_equal(turn(first.refresh, NOW, 0, &second, &revoked), "ok");
  assert_true(lease_row_note_use(store, first.lease.id, NOW, second.lease.generation, &err));
  assert_true(lease_row_note_use(store, first.lease.id, NOW, 1, &err)); // an older one takes nothing back
  assert_string_equal(turn(first.refresh, NOW + HOUR, 0, &own, &revoked), "invalid_grant");
  assert_true(revoked);
}

static void an_old_one_ends_it_however_soon(void **state) {
  (void)state;
  struct lease_tokens first = begin(), second, third;
  bool revoked;
  assert_string_equal(turn(first.refresh, NOW, 0, &second, &revoked), "ok");
  assert_string_equal(turn(second.refresh, NOW, 0, &third, &revoked), "ok");
  assert_string_equal(turn(first.refresh, NOW, 0, &second, &revoked), "invalid_grant");
  assert_true(revoked);
}

static void ends_by_age_and_by_idleness(void **state) {
  (void)state;
  struct lease_tokens t = begin(), next;
  bool revoked;
  assert_int_equal(t.expires_at, NOW + HOUR);
  for (int64_t now = NOW; now < NOW + 99 * HOUR; now += 9 * HOUR, t = next)
    assert_string_equal(turn(t.refresh, now, 0, &next, &revoked), "ok");
  assert_true(t.expires_at <= NOW + 100 * HOUR);
  assert_string_equal(turn(t.refresh, NOW + 100 * HOUR, 0, &next, &revoked), "invalid_grant");
  assert_false(revoked); // nobody did wrong
  t = begin();
  assert_string_equal(turn(t.refresh, NOW + 10 * HOUR, 0, &next, &revoked), "invalid_grant");
}

static void outlives_a_change_of_keys(void **state) {
  (void)state;
  struct lease_tokens first = begin(), second, again;
  struct seal_ring *two;
  bool revoked;
  struct err err;
  assert_true(seal_ring_from_text(
      STR(KEY "k2 2222222222222222222222222222222222222222222222222222222222222222\n"), &two, &err));
  store_set_ring(store, two);
  assert_string_equal(turn(first.refresh, NOW, 0, &second, &revoked),
                      "ok"); // and is sealed by the new key now
  assert_string_equal(turn(first.refresh, NOW, 0, &again, &revoked), "ok");
  assert_string_equal(again.refresh, second.refresh);
  store_set_ring(store, ring);
  seal_ring_free(two);
}

static void lets_nobody_in_who_writes_to_the_database(void **state) {
  (void)state;
  static const char *const changes[] = {
      "UPDATE authority_lease SET user_id = 'usr_2'",
      "UPDATE authority_lease SET server_id = 'srv_2'",
      "UPDATE authority_lease SET ends_at = ends_at + 1",
      "UPDATE authority_lease SET generation = 1, turned_at = turned_at + 1",
      "UPDATE authority_access SET expires_at = expires_at + 1",
      "UPDATE authority_access SET stamp = ''"};
  run("INSERT INTO console_user (id, name, role, created_at, stamp) VALUES ('usr_2', 'eve', 'admin', 1, '')");
  run("INSERT INTO server (id, name, share, config, require_api_token, token_hash, created_at, updated_at, "
      "expires_at, "
      "version, stamp) VALUES ('srv_2', 'two', 0, '{}', 0, 'h2', 1, 1, 0, 1, '')");
  for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
    struct lease_tokens t = begin();
    assert_true(is_there(&t));
    run(changes[i]);
    if (is_there(&t)) fail_msg("lets in after: %s", changes[i]);
    run("DELETE FROM authority_lease");
  }
}

static void clients_end_at_their_number_and_unused_ones_go(void **state) {
  (void)state;
  struct authority_client first, made, none;
  struct err err;
  struct lease_tokens t = begin(); // somebody has let this one in
  assert_false(authority_client_register(store, &client, 1, arena, &made, &err));
  assert_int_equal(err.code, ERR_LIMIT);
  assert_true(authority_client_register(store, &client, 2, arena, &first, &err));
  assert_true(authority_client_register(store, &client, 2, arena, &made, &err)); // in place of the first
  assert_false(authority_client_find(store, first.id, arena, &none, &err));
  assert_true(authority_client_find(store, made.id, arena, &none, &err));
  assert_true(authority_client_purge(store, made.created_at + 1, &err));
  assert_false(authority_client_find(store, made.id, arena, &none, &err));
  assert_true(authority_client_find(store, client.id, arena, &none, &err));
  assert_true(authority_client_delete(store, client.id, &err));
  assert_false(is_there(&t));
}

#define LEASE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      LEASE_TEST(is_asked_again_after_a_lost_answer),
      LEASE_TEST(a_thief_who_uses_what_he_got_is_found_out),
      LEASE_TEST(the_store_remembers_that_something_was_used),
      LEASE_TEST(an_old_one_ends_it_however_soon),
      LEASE_TEST(ends_by_age_and_by_idleness),
      LEASE_TEST(outlives_a_change_of_keys),
      LEASE_TEST(lets_nobody_in_who_writes_to_the_database),
      LEASE_TEST(clients_end_at_their_number_and_unused_ones_go),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
