// SPDX-License-Identifier: Apache-2.0
// lease_fixture: an empty store with a person, a client and a server, and a sign-in that has just begun. Example:
//   cmocka_unit_test_setup_teardown(a_test, setup, teardown);
//   struct lease_tokens first = begin();
#ifndef POSTERN_TESTS_UNIT_AUTHORITY_LEASE_FIXTURE_H
#define POSTERN_TESTS_UNIT_AUTHORITY_LEASE_FIXTURE_H

#include "../support/fresh_store.h"

#include "access/user.h"
#include "authority/client.h"
#include "authority/lease.h"
#include "base/codec.h"
#include "crypto/seal.h"

#define KEY "k1 1111111111111111111111111111111111111111111111111111111111111111\n"
#define VERIFIER "a verifier of these tests, which is long enough"
enum { NOW = 1000000, HOUR = 3600 * 1000 };

static struct seal_ring *ring;
static struct access_user ada;
static struct authority_client client;

static inline void run(const char *sql) {
  struct err err;
  if (!store_run(store, sql, NULL, 0, NULL, &err)) fail_msg("%s: %s", sql, err.text);
}

static inline int setup(void **state) {
  static const struct str redirect = {"https://app.example/cb", sizeof "https://app.example/cb" - 1};
  struct err err;
  if (fresh_store_open(state) != 0 || !seal_ring_from_text(STR(KEY), &ring, &err)) return -1;
  store_set_ring(store, ring);
  run("INSERT INTO server (id, name, share, config, require_api_token, token_hash, created_at, updated_at, "
      "expires_at, "
      "version, stamp) VALUES ('srv_1', 'one', 0, '{}', 0, 'h', 1, 1, 0, 1, '')");
  struct authority_client wanted = {.name = STR("a client"), .redirects = &redirect, .redirect_count = 1};
  return user_create(store, STR("ada"), ACCESS_VIEWER, arena, &ada, &err) &&
                 authority_client_register(store, &wanted, 10, arena, &client, &err)
             ? 0
             : -1;
}

static inline int teardown(void **state) {
  int closed = fresh_store_close(state);
  seal_ring_free(ring);
  return closed;
}

static inline struct str challenge(void) {
  unsigned char hash[TOKEN_HASH];
  token_hash(STR(VERIFIER), hash);
  return codec_base64_url(arena, str_make((const char *)hash, sizeof hash));
}

static inline struct lease_terms at(int64_t now) {
  return (struct lease_terms){.access_ms = HOUR, .idle_ms = 10 * HOUR, .age_ms = 100 * HOUR, .now = now};
}

static inline struct lease_tokens begin(void) {
  struct lease_code code = {ada.self.id, client.id, STR("srv_1"), STR("https://app.example/cb"), challenge()};
  struct lease_given given = {
      .client_id = client.id, .redirect_uri = code.redirect_uri, .verifier = STR(VERIFIER)};
  struct lease_terms terms = at(NOW);
  struct lease_tokens tokens;
  struct lease revoked;
  char text[TOKEN_TEXT];
  struct err err;
  assert_true(lease_code(store, &code, NOW, arena, text, &err));
  given.secret = arena_dup(arena, str_of(text));
  if (!lease_redeem(store, &terms, &given, arena, &tokens, &revoked, &err)) fail_msg("%s", err.text);
  return tokens;
}

#endif
