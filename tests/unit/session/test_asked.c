// SPDX-License-Identifier: Apache-2.0
// Questions to clients: answered once, by the session that was asked.
#include "../support/check.h"

#include "session/asked.h"

static yyjson_doc *answer(const char *text) {
  return yyjson_read(text, strlen(text), 0);
}

static struct asked *opened(const char *session) {
  struct asked *q;
  struct err err;
  if (!asked_open(str_of(session), &q, &err)) fail_msg("%s", err.text);
  return q;
}

static void test_answer(void **state) {
  (void)state;
  struct asked *q = opened("mine"), *other = opened("mine");
  struct asked_answer got;
  struct err err;
  assert_false(str_eq(asked_id(q), asked_id(other)));
  assert_false(asked_take(STR("theirs"), asked_id(q), answer("{\"result\":1}"), false));
  assert_false(asked_take(STR("mine"), STR("0"), answer("{}"), false));
  assert_true(asked_take(STR("mine"), asked_id(q), answer("{\"progress\":1}"), true));
  assert_true(asked_take(STR("mine"), asked_id(q), answer("{\"result\":2}"), false));
  assert_false(asked_take(STR("mine"), asked_id(q), answer("{\"result\":3}"), false));
  assert_true(asked_wait(q, 1000, &got, &err) && got.progress);
  yyjson_doc_free(got.doc);
  assert_true(asked_wait(q, 1000, &got, &err) && !got.progress);
  assert_int_equal(yyjson_get_int(yyjson_obj_get(yyjson_doc_get_root(got.doc), "result")), 2);
  yyjson_doc_free(got.doc);
  assert_false(asked_wait(other, 10, &got, &err));
  assert_int_equal(err.code, ERR_TIMEOUT);
  asked_close(q);
  asked_close(other);
}

static void test_after_the_asker_has_gone(void **state) {
  (void)state;
  struct asked *q = opened("mine");
  char id[ASKED_ID];
  memcpy(id, asked_id(q).p, ASKED_ID);
  assert_true(asked_take(STR("mine"), str_of(id), answer("{\"progress\":1}"), true)); // waits, and is freed
  asked_close(q);
  assert_false(asked_take(STR("mine"), str_of(id), answer("{\"result\":1}"), false));
}

static void test_a_session_has_a_limit(void **state) {
  (void)state;
  struct asked *all[ASKED_SESSION_MOST], *more;
  struct err err;
  for (size_t i = 0; i < ASKED_SESSION_MOST; i++) all[i] = opened("busy");
  assert_false(asked_open(STR("busy"), &more, &err));
  assert_int_equal(err.code, ERR_LIMIT);
  asked_close(opened("idle"));
  for (size_t i = 0; i < ASKED_SESSION_MOST; i++) asked_close(all[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_answer),
      cmocka_unit_test(test_after_the_asker_has_gone),
      cmocka_unit_test(test_a_session_has_a_limit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
