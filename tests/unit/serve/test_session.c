// SPDX-License-Identifier: Apache-2.0
// Session ids: what goes in comes out, for the same server and token alone, and nothing else opens.
#include "sealed.h"

#include "base/clock.h"
#include "serve/session.h"

static const struct session_place here = {{"srv_1", 5}, {"tok_1", 5}};

static struct str made(struct sealed *w, struct session *s) {
  struct str id;
  struct err err;
  if (!session_seal(w->ring, &here, s, w->arena, &id, &err)) fail_msg("%s", err.text);
  return id;
}

static void test_round_trip(void **state) {
  struct sealed *w = *state;
  struct session s = {.version = STR("2025-11-25"),
                      .capabilities = STR("{\"sampling\":{}}"),
                      .client = STR("é\"\n"),
                      .pair = true},
                 got;
  struct err err;
  struct str id = made(w, &s);
  for (size_t i = 0; i < id.n; i++) assert_true(id.p[i] > 0x20 && id.p[i] < 0x7f);
  if (!session_unseal(w->ring, &here, id, w->arena, &got, &err)) fail_msg("%s", err.text);
  assert_true(str_eq(got.key, s.key) && got.key.n == SESSION_KEY);
  assert_true(str_is(got.version, "2025-11-25"));
  assert_true(str_is(got.capabilities, "{\"sampling\":{}}"));
  assert_true(str_is(got.client, "é\"\n"));
  assert_true(got.pair);
  assert_true(got.created_at > 0 && got.created_at <= clock_now_ms());
}

static void test_two_are_never_the_same(void **state) {
  struct sealed *w = *state;
  struct session a = {.version = STR("2025-11-25")}, b = a;
  assert_false(str_eq(made(w, &a), made(w, &b)));
  assert_false(str_eq(a.key, b.key));
}

static void check_refused(struct sealed *w, const struct session_place *place, struct str id) {
  struct session got = {.created_at = -7};
  struct err err;
  if (session_unseal(w->ring, place, id, w->arena, &got, &err)) fail_msg("%.*s was taken", STR_ARG(id));
  assert_int_equal(err.code, ERR_MISSING);
  assert_int_equal(got.created_at, -7); // untouched
}

static void test_of_another_place(void **state) {
  struct sealed *w = *state;
  struct session s = {.version = STR("2025-11-25")};
  struct str id = made(w, &s);
  static const struct session_place others[] = {{{"srv_2", 5}, {"tok_1", 5}},
                                                {{"srv_1", 5}, {"tok_2", 5}},
                                                {{"srv_1", 5}, {"", 0}},
                                                {{"srv_1/tok_1", 11}, {"", 0}}};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) check_refused(w, &others[i], id);
}

static void test_changed_anywhere(void **state) {
  struct sealed *w = *state;
  struct session s = {.version = STR("2025-11-25")};
  struct str id = made(w, &s);
  for (size_t i = 0; i < id.n; i++) check_refused(w, &here, sealed_changed(w->arena, id, i));
  for (size_t n = 0; n < id.n; n++) check_refused(w, &here, str_make(id.p, n));
}

static void test_a_client_of_a_long_name(void **state) {
  struct sealed *w = *state;
  char name[500];
  memset(name, 'n', sizeof name);
  struct session s = {.version = STR("2025-11-25"), .client = {name, sizeof name}}, got;
  struct err err;
  assert_true(session_unseal(w->ring, &here, made(w, &s), w->arena, &got, &err));
  assert_int_equal(got.client.n, SESSION_CLIENT_MOST);
}

// Sealed by us for another purpose, or at another time: no session.
static void test_other_things_that_open(void **state) {
  struct sealed *w = *state;
  static const char *const plains[] = {"",
                                       "{}",
                                       "[]",
                                       "{\"key\":\"short\",\"version\":\"x\",\"at\":9999999999999}",
                                       "{\"key\":\"0123456789012345678901\",\"version\":\"x\",\"at\":1}",
                                       "{\"key\":\"0123456789012345678901\",\"at\":9999999999999}"};
  for (size_t i = 0; i < sizeof plains / sizeof *plains; i++) {
    struct str id;
    struct err err;
    assert_true(seal_close(w->ring, STR("session/srv_1/tok_1"), str_of(plains[i]), w->arena, &id, &err));
    check_refused(w, &here, id);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_round_trip, sealed_setup, sealed_teardown),
      cmocka_unit_test_setup_teardown(test_two_are_never_the_same, sealed_setup, sealed_teardown),
      cmocka_unit_test_setup_teardown(test_of_another_place, sealed_setup, sealed_teardown),
      cmocka_unit_test_setup_teardown(test_changed_anywhere, sealed_setup, sealed_teardown),
      cmocka_unit_test_setup_teardown(test_a_client_of_a_long_name, sealed_setup, sealed_teardown),
      cmocka_unit_test_setup_teardown(test_other_things_that_open, sealed_setup, sealed_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
