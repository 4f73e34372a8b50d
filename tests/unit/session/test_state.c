// SPDX-License-Identifier: Apache-2.0
// requestState: opens for the same request of the same principal alone, whatever order its params come in.
#include "sealed.h"

#include "data/json.h"
#include "session/state.h"

static const char *const params_text = "{\"name\":\"t\",\"arguments\":{\"a\":[1,{\"x\":null}],\"b\":\"é\"}}";

static yyjson_doc *read(const char *text) {
  yyjson_doc *doc;
  struct err err;
  struct json_limits limits = {64, 10000, true};
  if (!json_read(str_of(text), &limits, &doc, &err)) fail_msg("%s", err.text);
  return doc;
}

static struct state_bound bound_to(yyjson_doc *params) {
  return (struct state_bound){STR("srv_1/tok_1/k"), STR("srv_1"), STR("tools/call"),
                              yyjson_doc_get_root(params)};
}

static struct str sealed_state(struct sealed *w, const char *params, enum state_kind kind, const char *text) {
  yyjson_doc *doc = read(params);
  struct state_bound bound = bound_to(doc);
  struct state s = {kind, str_of(text)};
  struct str out;
  struct err err;
  if (!state_close(w->ring, &bound, &s, w->arena, &out, &err)) fail_msg("%s", err.text);
  yyjson_doc_free(doc);
  return out;
}

static bool opens(struct sealed *w, const char *params, struct str text, struct state *out) {
  yyjson_doc *doc = read(params);
  struct state_bound bound = bound_to(doc);
  struct err err;
  bool ok = state_open(w->ring, &bound, text, w->arena, out, &err);
  if (!ok) assert_int_equal(err.code, ERR_INVALID);
  yyjson_doc_free(doc);
  return ok;
}

static void test_round_trip(void **state) {
  struct sealed *w = *state;
  static const char *const texts[] = {"", "vendor state", " 7 x", "\"é\n"};
  for (int kind = STATE_VENDOR; kind <= STATE_LINK; kind++)
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
      struct state got;
      struct str text = sealed_state(w, params_text, (enum state_kind)kind, texts[i]);
      assert_true(opens(w, params_text, text, &got));
      assert_int_equal(got.kind, kind);
      assert_true(str_is(got.text, texts[i]));
    }
}

static void test_the_same_request_in_other_words(void **state) {
  struct sealed *w = *state;
  struct state got;
  struct str text = sealed_state(w, params_text, STATE_VENDOR, "s");
  assert_true(opens(
      w,
      "{\"requestState\":\"x\",\"arguments\":{\"b\":\"\\u00e9\",\"a\":[1,{\"x\":null}]},\"_meta\":{\"k\":1},"
      "\"inputResponses\":{\"k\":{}},\"name\":\"t\"}",
      text, &got));
}

static void test_another_request(void **state) {
  struct sealed *w = *state;
  struct str text = sealed_state(w, params_text, STATE_VENDOR, "s");
  struct state got;
  static const char *const others[] = {"{\"name\":\"u\",\"arguments\":{\"a\":[1,{\"x\":null}],\"b\":\"é\"}}",
                                       "{\"name\":\"t\",\"arguments\":{\"a\":[1,{\"x\":null}],\"b\":\"e\"}}",
                                       "{\"name\":\"t\",\"arguments\":{\"a\":[{\"x\":null},1],\"b\":\"é\"}}",
                                       "{\"name\":\"t\",\"arguments\":{\"a\":[1,{\"x\":null}]},\"b\":\"é\"}",
                                       "{\"name\":\"t\"}",
                                       "{}"};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    if (opens(w, others[i], text, &got)) fail_msg("opened for %s", others[i]);
}

static void test_another_principal_server_or_method(void **state) {
  struct sealed *w = *state;
  struct str text = sealed_state(w, params_text, STATE_KEPT, "handle");
  yyjson_doc *doc = read(params_text);
  struct err err;
  struct state got;
  for (int i = 0; i < 3; i++) {
    struct state_bound bound = bound_to(doc);
    if (i == 0) bound.principal = STR("srv_1/tok_2/k");
    if (i == 1) bound.server_id = STR("srv_2");
    if (i == 2) bound.method = STR("prompts/get");
    assert_false(state_open(w->ring, &bound, text, w->arena, &got, &err));
    assert_int_equal(err.code, ERR_INVALID);
  }
  yyjson_doc_free(doc);
}

static void test_changed_anywhere(void **state) {
  struct sealed *w = *state;
  struct state got;
  struct str text = sealed_state(w, params_text, STATE_VENDOR, "s");
  for (size_t i = 0; i < text.n; i++)
    assert_false(opens(w, params_text, sealed_changed(w->arena, text, i), &got));
  assert_false(opens(w, params_text, STR(""), &got));
  assert_false(opens(w, params_text, STR("v1.a."), &got));
}

static void test_a_vendors_state_has_a_limit(void **state) {
  struct sealed *w = *state;
  char *large = test_malloc(STATE_VENDOR_MOST + 1);
  memset(large, 'x', STATE_VENDOR_MOST + 1);
  yyjson_doc *doc = read(params_text);
  struct state_bound bound = bound_to(doc);
  struct str out;
  struct err err;
  for (size_t n = STATE_VENDOR_MOST; n <= STATE_VENDOR_MOST + 1; n++) {
    struct state s = {STATE_VENDOR, {large, n}}, got;
    bool ok = state_close(w->ring, &bound, &s, w->arena, &out, &err);
    assert_int_equal(ok, n == STATE_VENDOR_MOST);
    if (ok) assert_true(state_open(w->ring, &bound, out, w->arena, &got, &err) && got.text.n == n);
  }
  yyjson_doc_free(doc);
  test_free(large);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_round_trip, sealed_setup, sealed_teardown),
      cmocka_unit_test_setup_teardown(test_the_same_request_in_other_words, sealed_setup, sealed_teardown),
      cmocka_unit_test_setup_teardown(test_another_request, sealed_setup, sealed_teardown),
      cmocka_unit_test_setup_teardown(test_another_principal_server_or_method, sealed_setup, sealed_teardown),
      cmocka_unit_test_setup_teardown(test_changed_anywhere, sealed_setup, sealed_teardown),
      cmocka_unit_test_setup_teardown(test_a_vendors_state_has_a_limit, sealed_setup, sealed_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
