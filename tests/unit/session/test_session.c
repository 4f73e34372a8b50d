// SPDX-License-Identifier: Apache-2.0
// Session ids: what goes in comes out, for the same server and token alone, and nothing else opens.
#include "sealed.h"

#include "base/buf.h"
#include "base/clock.h"
#include "session/capability.h"
#include "session/session.h"

static const struct str here = {"srv_1/tok_1", 11};

static struct str made(struct sealed *w, struct session *s) {
  struct str id;
  struct err err;
  if (!session_seal(w->ring, here, s, w->arena, &id, &err)) fail_msg("%s", err.text);
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
  if (!session_unseal(w->ring, here, id, w->arena, &got, &err)) fail_msg("%s", err.text);
  assert_true(str_eq(got.key, s.key) && got.key.n == SESSION_KEY);
  assert_true(str_is(got.version, "2025-11-25"));
  assert_true(str_is(got.capabilities, "{\"sampling\":{}}"));
  assert_true(str_is(got.client, "é\"\n"));
  assert_true(got.pair);
  assert_true(got.created_at > 0 && got.created_at <= clock_now_ms());
}

// What session/capability made fits, whatever it is made of: what is escaped in it is not escaped once more.
static void test_capabilities_of_any_letters_fit(void **state) {
  struct sealed *w = *state;
  static const char *const letters[] = {"\\", "\"", "\n", "\x01", "\x7f", "/", "a", "é", "\xf0\x9f\x98\x80"};
  char client[SESSION_CLIENT_MOST + 1] = {0};
  memset(client, 1, SESSION_CLIENT_MOST);
  for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
    for (size_t n = 1; n <= 2100; n = n < 64 ? n * 8 : n + 43) {
      yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
      yyjson_mut_val *root = yyjson_mut_obj(doc);
      struct buf text = BUF_MAX(65536);
      for (size_t k = 0; k < n; k++) buf_add_z(&text, letters[i]);
      yyjson_mut_val *sampling = yyjson_mut_obj_add_obj(doc, root, "sampling");
      yyjson_mut_obj_add_strn(doc, sampling, "x", text.p, text.n);
      yyjson_mut_doc_set_root(doc, root);
      yyjson_doc *declared = yyjson_mut_doc_imut_copy(doc, NULL);
      struct session s = {.version = STR("2025-11-25"),
                          .client = str_of(client),
                          .capabilities = capability_filter(yyjson_doc_get_root(declared), w->arena)},
                     got;
      struct err err;
      if (!session_unseal(w->ring, here, made(w, &s), w->arena, &got, &err))
        fail_msg("%zu of %s: %s", n, letters[i], err.text);
      assert_true(str_eq(got.capabilities, s.capabilities));
      assert_true(str_eq(got.client, s.client));
      assert_true(n * strlen(letters[i]) > 256 || got.capabilities.n > n);
      yyjson_doc_free(declared);
      yyjson_mut_doc_free(doc);
      buf_free(&text);
    }
}

static void test_two_are_never_the_same(void **state) {
  struct sealed *w = *state;
  struct session a = {.version = STR("2025-11-25")}, b = a;
  assert_false(str_eq(made(w, &a), made(w, &b)));
  assert_false(str_eq(a.key, b.key));
}

static void check_refused(struct sealed *w, struct str holder, struct str id) {
  struct session got = {.created_at = -7};
  struct err err;
  if (session_unseal(w->ring, holder, id, w->arena, &got, &err)) fail_msg("%.*s was taken", STR_ARG(id));
  assert_int_equal(err.code, ERR_MISSING);
  assert_int_equal(got.created_at, -7); // untouched
}

static void test_of_another_place(void **state) {
  struct sealed *w = *state;
  struct session s = {.version = STR("2025-11-25")};
  struct str id = made(w, &s);
  static const char *const others[] = {"srv_2/tok_1",  "srv_1/tok_2",   "srv_1/",
                                       "srv_1/tok_1/", "srv_1/tok_1/k", ""};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) check_refused(w, str_of(others[i]), id);
}

static void test_changed_anywhere(void **state) {
  struct sealed *w = *state;
  struct session s = {.version = STR("2025-11-25")};
  struct str id = made(w, &s);
  for (size_t i = 0; i < id.n; i++) check_refused(w, here, sealed_changed(w->arena, id, i));
  for (size_t n = 0; n < id.n; n++) check_refused(w, here, str_make(id.p, n));
}

static void test_a_client_of_a_long_name(void **state) {
  struct sealed *w = *state;
  char name[500];
  memset(name, 'n', sizeof name);
  struct session s = {.version = STR("2025-11-25"), .client = {name, sizeof name}}, got;
  struct err err;
  assert_true(session_unseal(w->ring, here, made(w, &s), w->arena, &got, &err));
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
    check_refused(w, here, id);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_round_trip, sealed_setup, sealed_teardown),
      cmocka_unit_test_setup_teardown(test_capabilities_of_any_letters_fit, sealed_setup, sealed_teardown),
      cmocka_unit_test_setup_teardown(test_two_are_never_the_same, sealed_setup, sealed_teardown),
      cmocka_unit_test_setup_teardown(test_of_another_place, sealed_setup, sealed_teardown),
      cmocka_unit_test_setup_teardown(test_changed_anywhere, sealed_setup, sealed_teardown),
      cmocka_unit_test_setup_teardown(test_a_client_of_a_long_name, sealed_setup, sealed_teardown),
      cmocka_unit_test_setup_teardown(test_other_things_that_open, sealed_setup, sealed_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
