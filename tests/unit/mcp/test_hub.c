// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"
#include "mcp/hub.h"

static struct message *make(const char *text) {
  struct message_rules rules = {&JSON_LIMITS, 1 << 20, NULL};
  struct message *m;
  struct err err;
  assert_true(message_read(str_of(text), &rules, &m, &err));
  return m;
}

static void dispatch(struct hub *h, const char *text) {
  struct message *m = make(text);
  assert_true(hub_dispatch(h, &m));
}

static size_t drain(struct inbox *b) {
  struct message *m;
  struct err err;
  size_t count = 0;
  while (inbox_get(b, 1, &m, &err)) {
    message_free(m);
    count++;
  }
  return count;
}

#define QUESTION "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"roots/list\"}"

// A question goes to the newest call that may still be what it is about: not to one whose answer has come, whose
// caller reads no further.
static void questions(void **state) {
  (void)state;
  struct hub h;
  struct hub_call old = {.id = 1, .inbox = inbox_new()}, new = {.id = 2, .inbox = inbox_new()};
  struct err err;
  hub_init(&h);
  assert_true(hub_add_call(&h, &old, &err) && hub_add_call(&h, &new, &err));
  dispatch(&h, QUESTION);
  assert_int_equal(drain(new.inbox), 1);
  dispatch(&h, "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{}}");
  dispatch(&h, QUESTION);
  assert_int_equal(drain(new.inbox), 1);
  assert_int_equal(drain(old.inbox), 1);
  dispatch(&h, "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":1,\"message\":\"x\"}}");
  assert_int_equal(drain(old.inbox), 1);
  struct message *m = make(QUESTION);
  assert_false(hub_dispatch(&h, &m)); // nobody is left
  message_free(m);
  hub_drop_call(&h, &new);
  hub_drop_call(&h, &old);
  hub_free(&h);
  inbox_free(new.inbox);
  inbox_free(old.inbox);
}

// Nor to one that nobody can answer for, as a list is, even where it is the newest: news still are its own.
static void questions_meanwhile(void **state) {
  (void)state;
  struct hub h;
  struct hub_call asked = {.id = 1, .inbox = inbox_new()};
  struct hub_call lists = {.id = 2, .inbox = inbox_new(), .unasked = true};
  struct err err;
  hub_init(&h);
  assert_true(hub_add_call(&h, &asked, &err) && hub_add_call(&h, &lists, &err));
  dispatch(&h, QUESTION);
  assert_int_equal(drain(asked.inbox), 1);
  dispatch(&h, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{}}");
  assert_int_equal(drain(lists.inbox), 1);
  hub_drop_call(&h, &asked);
  struct message *m = make(QUESTION);
  assert_false(hub_dispatch(&h, &m));
  message_free(m);
  hub_drop_call(&h, &lists);
  hub_free(&h);
  inbox_free(asked.inbox);
  inbox_free(lists.inbox);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(questions), cmocka_unit_test(questions_meanwhile)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
