// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"
#include "mcp/inbox.h"

static struct message *make(const char *method, size_t padding) {
  struct buf text = BUF_MAX(64 << 20);
  struct message_rules rules = {&JSON_LIMITS, 64 << 20, NULL};
  struct message *m;
  struct err err;
  buf_printf(&text, "{\"jsonrpc\":\"2.0\",%s,\"params\":{\"pad\":\"", method);
  memset(buf_room(&text, padding + 1), 'x', padding);
  text.n += padding;
  buf_add_z(&text, "\"}}");
  assert_true(message_read(buf_str(&text), &rules, &m, &err));
  buf_free(&text);
  return m;
}

#define NOTE "\"method\":\"notifications/message\""
#define QUESTION "\"id\":1,\"method\":\"roots/list\""

static size_t drain(struct inbox *b, enum err_code code) {
  struct message *m;
  struct err err;
  size_t count = 0;
  while (inbox_get(b, 1, &m, &err)) {
    message_free(m);
    count++;
  }
  assert_int_equal(err.code, code);
  return count;
}

// However many notifications wait, what must not be lost has room.
static void many(void **state) {
  (void)state;
  struct inbox *b = inbox_new();
  for (int i = 0; i < 2 * INBOX_MOST; i++) assert_true(inbox_put(b, make(NOTE, 1)));
  for (int i = 0; i < INBOX_RESERVED; i++) assert_true(inbox_put(b, make(QUESTION, 1)));
  assert_false(inbox_put(b, make(QUESTION, 1)));
  assert_int_equal(drain(b, ERR_TIMEOUT), INBOX_MOST);
  assert_true(inbox_put(b, make(QUESTION, 1)));
  assert_int_equal(drain(b, ERR_TIMEOUT), 1);
  inbox_free(b);
}

static void large(void **state) {
  (void)state;
  struct inbox *b = inbox_new();
  enum { PART = INBOX_BYTES_MOST / 4 };
  for (int i = 0; i < 8; i++) assert_true(inbox_put(b, make(NOTE, PART))); // the rest is dropped
  for (int i = 0; i < 4; i++) assert_true(inbox_put(b, make(QUESTION, PART)));
  assert_false(inbox_put(b, make(QUESTION, 2 * PART)));
  assert_int_equal(drain(b, ERR_TIMEOUT), 3 + 4);
  assert_true(inbox_put(b, make(NOTE, PART))); // what was taken is not counted any more
  inbox_free(b);                               // frees what is left
}

// Members of a batch count by what they hold, though each was read with all the others.
static void batches(void **state) {
  (void)state;
  struct inbox *b = inbox_new();
  enum { PART = INBOX_BYTES_MOST / 4 };
  struct message_rules rules = {&JSON_LIMITS, 64 << 20, NULL};
  for (int i = 0; i < 8; i++) {
    struct buf text = BUF_MAX(64 << 20);
    struct message *m;
    struct err err;
    buf_add_z(&text, "[{\"jsonrpc\":\"2.0\"," NOTE ",\"params\":{\"pad\":\"");
    memset(buf_room(&text, PART + 1), 'x', PART);
    text.n += PART;
    buf_add_z(&text, "\"}}]");
    assert_true(message_read(buf_str(&text), &rules, &m, &err));
    assert_true(inbox_put(b, m));
    buf_free(&text);
  }
  assert_int_equal(drain(b, ERR_TIMEOUT), 3);
  assert_true(inbox_put(b, make(NOTE, PART))); // what was taken is not counted any more
  inbox_free(b);
}

static void closed(void **state) {
  (void)state;
  struct inbox *b = inbox_new();
  struct err first, second;
  err_set(&first, ERR_UPSTREAM, "first");
  err_set(&second, ERR_LIMIT, "second");
  assert_true(inbox_put(b, make(NOTE, 1)));
  inbox_close(b, &first);
  inbox_close(b, &second);
  assert_false(inbox_put(b, make(QUESTION, 1)));
  assert_true(inbox_put(b, make(NOTE, 1))); // dropped
  assert_int_equal(drain(b, ERR_UPSTREAM), 1);
  inbox_free(b);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(many), cmocka_unit_test(large),
                                     cmocka_unit_test(batches), cmocka_unit_test(closed)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
