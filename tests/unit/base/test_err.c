// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "base/err.h"

static void test_set(void **state) {
  (void)state;
  struct err err;
  memset(&err, 'x', sizeof err);
  assert_false(err_set(&err, ERR_LIMIT, "%d too many", 3));
  assert_int_equal(err.code, ERR_LIMIT);
  assert_string_equal(err.text, "3 too many");
  assert_string_equal(err.field, "");
  assert_string_equal(err.hint, "");
  err_hint(&err, "send %s", "less");
  assert_string_equal(err.hint, "send less");
  assert_false(err_at(&err, ERR_INVALID, "/name", "empty"));
  assert_string_equal(err.field, "/name");
  assert_string_equal(err.hint, "");
}

// What an error was before does not cling to it: neither its reason nor what a JSON-RPC client was to be told.
static void test_reason(void **state) {
  (void)state;
  struct err err;
  struct err_rpc rpc = {.code = -1};
  assert_false(err_why(&err, ERR_DENIED, WHY_GUARDED, "%s is private", "10.0.0.1"));
  assert_int_equal(err.reason, WHY_GUARDED);
  assert_string_equal(err_reason_name(err.reason), "guard_blocked");
  assert_string_equal(err.field, "");
  err.rpc = &rpc;
  assert_false(err_wrap(&err, "asking"));
  assert_true(err.reason == WHY_GUARDED && err.rpc == &rpc);
  err_set(&err, ERR_DENIED, "no");
  assert_true(err.reason == WHY_NONE && !err.rpc);
  assert_string_equal(err_reason_name(WHY_NONE), "");
  for (enum err_reason a = WHY_NONE; a <= WHY_INVALID_TARGET; a++) // each has a word of its own
    assert_int_equal(err_reason_named(str_of(err_reason_name(a))), a);
  assert_int_equal(err_reason_named(STR("of another version")), WHY_NONE);
}

static void test_wrap(void **state) {
  (void)state;
  struct err err;
  err_at(&err, ERR_MISSING, "/x", "not there");
  err_hint(&err, "look again");
  assert_false(err_wrap(&err, "file %s", "a.yaml"));
  assert_string_equal(err.text, "file a.yaml: not there");
  assert_string_equal(err.field, "/x");
  assert_string_equal(err.hint, "look again");
  assert_int_equal(err.code, ERR_MISSING);
  for (int i = 0; i < 100; i++) assert_false(err_wrap(&err, "around and around %d", i));
  assert_true(strlen(err.text) < sizeof err.text);
}

static void test_from_itself(void **state) {
  (void)state;
  struct err err;
  err_set(&err, ERR_INVALID, "the inner reason");
  err_set(&err, ERR_UPSTREAM, "outer: %s", err.text);
  assert_string_equal(err.text, "outer: the inner reason");
  err_at(&err, ERR_UPSTREAM, err.text, "at %s", err.text);
  assert_string_equal(err.text, "at outer: the inner reason");
  assert_string_equal(err.field, "outer: the inner reason");
}

static void test_long_text_is_cut(void **state) {
  (void)state;
  struct err err;
  err_at(&err, ERR_INVALID, "", "%01000d", 1);
  assert_int_equal(strlen(err.text), sizeof err.text - 1);
}

static void test_table(void **state) {
  (void)state;
  for (unsigned code = ERR_OK; code <= ERR_INTERNAL; code++) {
    assert_true(strlen(err_name((enum err_code)code)) > 1);
    assert_in_range(err_http_status((enum err_code)code), 200, 599);
  }
  assert_string_equal(err_name(ERR_DENIED), "denied");
  assert_int_equal(err_http_status(ERR_MISSING), 404);
  assert_int_equal(err_rpc_code(ERR_INVALID), -32602);
  assert_int_equal(err_exit_code(ERR_TIMEOUT), 7);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_set),
      cmocka_unit_test(test_reason),
      cmocka_unit_test(test_wrap),
      cmocka_unit_test(test_from_itself),
      cmocka_unit_test(test_long_text_is_cut),
      cmocka_unit_test(test_table),
  };
  return cmocka_run_group_tests_name("base/err", tests, NULL, NULL);
}
