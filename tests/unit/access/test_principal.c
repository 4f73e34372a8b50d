// SPDX-License-Identifier: Apache-2.0
// Who a request comes from, by its URL and its bearer; and what is kept apart by that.
#include "../support/check.h"

#include "access/principal.h"

enum { NOW = 1000 };

struct world {
  struct arena *arena;
  struct access_token tokens[3];
  struct map by_hash;
};

static void add(struct world *w, size_t i, const char *text, const struct access_token *t) {
  w->tokens[i] = *t;
  token_hash(str_of(text), w->tokens[i].hash);
  map_put(&w->by_hash, str_make((const char *)w->tokens[i].hash, TOKEN_HASH), &w->tokens[i]);
}

static int setup(void **state) {
  struct world *w = test_calloc(1, sizeof *w);
  w->arena = arena_new();
  add(w, 0, "psk_admin",
      &(struct access_token){.id = STR("tok_a"), .name = STR("ops"), .role = ACCESS_ADMIN});
  add(w, 1, "psk_client",
      &(struct access_token){.id = STR("tok_c"), .role = ACCESS_CLIENT, .expires_at = NOW + 1});
  add(w, 2, "psk_old", &(struct access_token){.id = STR("tok_o"), .role = ACCESS_ADMIN, .expires_at = NOW});
  *state = w;
  return 0;
}

static int teardown(void **state) {
  struct world *w = *state;
  map_free(&w->by_hash);
  arena_free(w->arena);
  test_free(w);
  return 0;
}

static const char *const challenges[] = {"Bearer realm=\"postern\"",
                                         "Bearer realm=\"postern\", error=\"invalid_token\""};

static const struct {
  const char *authorization, *server;
  bool guarded;
  const char *key, *name; // key NULL: refused
  enum principal_kind kind;
  enum access_role role;
  const char *words; // of the refusal
  int challenge;     // which one
} rows[] = {
    {NULL, "srv_1", false, "srv_1/", "", PRINCIPAL_URL, ACCESS_CLIENT, NULL, 0},
    // Nobody asked for it, so it makes nobody of whoever sends it.
    {"Bearer psk_admin", "srv_1", false, "srv_1/", "", PRINCIPAL_URL, ACCESS_CLIENT, NULL, 0},
    {"Bearer psk_admin", "srv_1", true, "srv_1/tok_a", "tok_a", PRINCIPAL_TOKEN, ACCESS_ADMIN, NULL, 0},
    {"bEARER   psk_client\t", "srv_1", true, "srv_1/tok_c", "tok_c", PRINCIPAL_TOKEN, ACCESS_CLIENT, NULL, 0},
    {"Bearer psk_admin", "", true, "/tok_a", "tok_a", PRINCIPAL_TOKEN, ACCESS_ADMIN, NULL, 0},
    {NULL, "srv_1", true, NULL, NULL, PRINCIPAL_NONE, ACCESS_CLIENT, "as well as its URL", 0},
    {NULL, "", true, NULL, NULL, PRINCIPAL_NONE, ACCESS_CLIENT, "an API token is needed", 0},
    {"Basic psk_admin", "", true, NULL, NULL, PRINCIPAL_NONE, ACCESS_CLIENT, "an API token is needed", 0},
    {"Bearer", "", true, NULL, NULL, PRINCIPAL_NONE, ACCESS_CLIENT, "an API token is needed", 0},
    {"Bearer ", "srv_1", true, NULL, NULL, PRINCIPAL_NONE, ACCESS_CLIENT, "as well as its URL", 0},
    {"Bearer   \t ", "srv_1", true, NULL, NULL, PRINCIPAL_NONE, ACCESS_CLIENT, "as well as its URL", 0},
    {"Bearer psk_admi", "srv_1", true, NULL, NULL, PRINCIPAL_NONE, ACCESS_CLIENT, "unknown, revoked", 1},
    {"Bearer psk_admin psk_admin", "", true, NULL, NULL, PRINCIPAL_NONE, ACCESS_CLIENT, "unknown", 1},
    {"Bearer psk_old", "srv_1", true, NULL, NULL, PRINCIPAL_NONE, ACCESS_CLIENT, "or expired", 1},
    {"Bearer psk_old", "", true, NULL, NULL, PRINCIPAL_NONE, ACCESS_CLIENT, "or expired", 1},
};

static void a_request_says_on_whose_behalf(void **state) {
  struct world *w = *state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct http_header header = {STR("Authorization"),
                                 rows[i].authorization ? str_of(rows[i].authorization) : STR_NONE};
    struct http_request in = {.headers = {&header, rows[i].authorization ? 1 : 0}};
    struct principal_door door = {
        .server = str_of(rows[i].server), .guarded = rows[i].guarded, .tokens = &w->by_hash, .now = NOW};
    struct principal who = {.kind = PRINCIPAL_NONE};
    struct err err;
    bool ok = principal_of(&in, &door, w->arena, &who, &err);
    if (ok != (rows[i].key != NULL)) fail_msg("row %zu: %s", i, ok ? "let in" : err.text);
    assert_int_equal(who.kind, rows[i].kind);
    assert_int_equal(who.role, rows[i].role);
    if (!ok) {
      assert_int_equal(err.code, ERR_UNAUTHENTICATED);
      check_has(err.text, rows[i].words);
      check_has(err.hint, "postern token create");
      check_text(principal_challenge(&in), challenges[rows[i].challenge]);
      continue;
    }
    check_text(who.key, rows[i].key);
    check_text(principal_holder(&who), rows[i].key);
    check_text(who.server, rows[i].server);
    check_text(who.name, rows[i].name);
    check_text(who.token.id, rows[i].name);
    check_text(who.session, "");
  }
}

// What the second credential of a server opens, by its role and by whose the server is.
static void roles_at_a_guarded_server(void **state) {
  struct world *w = *state;
  static const struct {
    enum access_role role;
    const char *owner;
    bool in;
  } doors[] = {
      {ACCESS_CLIENT, "", true},       {ACCESS_CLIENT, "tok_a", true}, {ACCESS_VIEWER, "", false},
      {ACCESS_VIEWER, "tok_a", false}, {ACCESS_EDITOR, "", false},     {ACCESS_EDITOR, "tok_b", false},
      {ACCESS_EDITOR, "tok_a", true},  {ACCESS_ADMIN, "", true},       {ACCESS_ADMIN, "tok_b", true}};
  struct http_header header = {STR("Authorization"), STR("Bearer psk_admin")};
  struct http_request in = {.headers = {&header, 1}};
  for (size_t i = 0; i < sizeof doors / sizeof *doors; i++) {
    struct principal_door door = {.server = STR("srv_1"),
                                  .owner = str_of(doors[i].owner),
                                  .guarded = true,
                                  .tokens = &w->by_hash,
                                  .now = NOW};
    struct principal who;
    struct err err;
    w->tokens[0].role = doors[i].role;
    bool in_it = principal_of(&in, &door, w->arena, &who, &err);
    if (in_it != doors[i].in) fail_msg("row %zu: %s", i, in_it ? "let in" : err.text);
    door.server = door.owner = STR(""); // the management API takes each of them, and judges by its routes
    assert_true(principal_of(&in, &door, w->arena, &who, &err));
    assert_int_equal(who.role, doors[i].role);
  }
}

static struct principal made(struct world *w, const char *server, const char *token, const char *session) {
  struct principal p = {.kind = token[0] ? PRINCIPAL_TOKEN : PRINCIPAL_URL,
                        .server = str_of(server),
                        .token = {.id = str_of(token)}};
  p = principal_copy(&p, w->arena);
  if (session[0]) principal_begin_session(&p, str_of(session), w->arena);
  return p;
}

// Upstream sessions are found by the key.
static void no_two_have_the_same_key(void **state) {
  struct world *w = *state;
  static const char *const parts[] = {"", "a", "aa", "b"};
  enum { N = 4 };
  struct principal all[N * N * N];
  for (size_t i = 0; i < N * N * N; i++) all[i] = made(w, parts[i % N], parts[i / N % N], parts[i / N / N]);
  for (size_t i = 0; i < N * N * N; i++) {
    check_text(all[i].server, parts[i % N]);
    check_text(all[i].token.id, parts[i / N % N]);
    check_text(all[i].session, parts[i / N / N]);
    for (size_t k = 0; k < i; k++) {
      assert_false(str_eq(all[i].key, all[k].key));
      assert_int_equal(str_eq(principal_holder(&all[i]), principal_holder(&all[k])),
                       i % (N * N) == k % (N * N)); // a session has no share of its own
    }
  }
}

static void a_session_is_of_whom_it_was(void **state) {
  struct world *w = *state;
  struct principal p = made(w, "srv_1", "tok_1", "first");
  check_text(p.key, "srv_1/tok_1/first");
  principal_begin_session(&p, STR("second"), w->arena);
  check_text(p.key, "srv_1/tok_1/second");
  struct arena *other = arena_new();
  struct principal copy =
      principal_copy(&(struct principal){.server = STR("srv_1"), .session = STR("k")}, other);
  check_text(copy.key, "srv_1//k");
  check_text(principal_holder(&copy), "srv_1/");
  arena_free(other);
}

// Who has another URL of the server is somebody else, in all that goes by the key.
static void another_url_is_somebody_else(void **state) {
  struct world *w = *state;
  static const struct {
    const char *tag, *token, *session, *key, *holder;
  } cases[] = {
      {"", "", "", "srv_1/", "srv_1/"},
      {"0123", "", "", "srv_1.0123/", "srv_1.0123/"},
      {"0123", "tok_1", "", "srv_1.0123/tok_1", "srv_1.0123/tok_1"},
      {"0123", "", "s", "srv_1.0123//s", "srv_1.0123/"},
      {"0123", "tok_1", "s", "srv_1.0123/tok_1/s", "srv_1.0123/tok_1"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct principal p = {
        .server = STR("srv_1"), .tag = str_of(cases[i].tag), .token.id = str_of(cases[i].token)};
    p = principal_copy(&p, w->arena);
    if (cases[i].session[0]) principal_begin_session(&p, str_of(cases[i].session), w->arena);
    p = principal_copy(&p, w->arena);
    check_text(p.key, cases[i].key);
    check_text(principal_holder(&p), cases[i].holder);
    check_text(p.server, "srv_1");
    check_text(p.tag, cases[i].tag);
    check_text(p.token.id, cases[i].token);
    check_text(p.session, cases[i].session);
  }
}

static void a_person_by_a_sign_in_is_known_by_it(void **state) {
  struct world *w = *state;
  struct access_token ada = {.id = STR("usr_1"), .name = STR("ada"), .role = ACCESS_VIEWER};
  struct principal_signin by = {STR("sgn_1"), STR("cli_1"), STR("Some client"), 17};
  struct principal p, other;
  principal_of_person(&ada, STR("srv_1"), &by, w->arena, &p);
  assert_true(principal_is_person(&p));
  assert_true(str_is(p.key, "srv_1.sgn_1/usr_1"));
  assert_true(str_is(p.token.id, "usr_1"));
  assert_true(str_is(p.name, "usr_1"));
  assert_true(str_is(p.signin.client_name, "Some client"));
  assert_true(str_is(principal_holder(&p), "srv_1.sgn_1/usr_1"));
  by.id = STR("sgn_2"); // another client of hers keeps its own calls and sessions
  principal_of_person(&ada, STR("srv_1"), &by, w->arena, &other);
  assert_false(str_eq(p.key, other.key));
  principal_introduce(&p, STR("root"), w->arena); // what a client calls itself makes nobody of it
  assert_true(str_is(p.name, "usr_1"));
  principal_begin_session(&p, STR("s"), w->arena);
  assert_true(str_is(p.key, "srv_1.sgn_1/usr_1/s"));
  assert_true(str_is(p.signin.id, "sgn_1"));
}

static void a_client_names_itself_where_nobody_vouches(void **state) {
  struct world *w = *state;
  struct principal by_url = made(w, "srv_1", "", ""), by_token = made(w, "srv_1", "tok_1", "");
  by_token.name = by_token.token.id;
  principal_introduce(&by_url, STR_NONE, w->arena);
  check_text(by_url.name, "");
  principal_introduce(&by_url, STR("inspector"), w->arena);
  principal_introduce(&by_token, STR("tok_admin"), w->arena);
  check_text(by_url.name, "client:inspector");
  check_text(by_token.name, "tok_1");
  char longest[200];
  memset(longest, 'x', sizeof longest);
  principal_introduce(&by_url, str_make(longest, sizeof longest), w->arena);
  assert_int_equal(by_url.name.n, strlen("client:") + PRINCIPAL_CLIENT_MOST);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_request_says_on_whose_behalf, setup, teardown),
      cmocka_unit_test_setup_teardown(roles_at_a_guarded_server, setup, teardown),
      cmocka_unit_test_setup_teardown(no_two_have_the_same_key, setup, teardown),
      cmocka_unit_test_setup_teardown(a_session_is_of_whom_it_was, setup, teardown),
      cmocka_unit_test_setup_teardown(another_url_is_somebody_else, setup, teardown),
      cmocka_unit_test_setup_teardown(a_person_by_a_sign_in_is_known_by_it, setup, teardown),
      cmocka_unit_test_setup_teardown(a_client_names_itself_where_nobody_vouches, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
