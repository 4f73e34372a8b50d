// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "data/json.h"
#include "mcp/message.h"

static const struct message_rules rules = {.json = &JSON_LIMITS, .bytes_most = 100000};

static struct message *read(const char *text) {
  struct message *m;
  struct err err;
  if (!message_read(str_of(text), &rules, &m, &err)) fail_msg("%s: %s", text, err.text);
  return m;
}

#define RPC "{\"jsonrpc\":\"2.0\","

static void test_kinds(void **state) {
  (void)state;
  static const struct {
    const char *text;
    enum mcp_event_kind kind;
    const char *method;
    bool has_id;
  } rows[] = {
      {RPC "\"method\":\"notifications/progress\",\"params\":{}}", MCP_NOTIFICATION, "notifications/progress",
       false},
      {RPC "\"id\":1,\"method\":\"ping\"}", MCP_REQUEST, "ping", true},
      {RPC "\"id\":\"a\",\"result\":{}}", MCP_RESULT, "", true},
      {RPC "\"id\":1,\"error\":{\"code\":-32601,\"message\":\"no\"}}", MCP_ERROR, "", true},
      {RPC "\"id\":null,\"error\":{\"code\":-32700,\"message\":\"no\"}}", MCP_ERROR, "",
       false}, // made no sense of it
      {RPC "\"error\":{\"code\":-32700,\"message\":\"no\"}}", MCP_ERROR, "", false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct message *m = read(rows[i].text);
    assert_int_equal(m->e.kind, rows[i].kind);
    check_text(m->e.method, rows[i].method);
    assert_int_equal(m->e.id != NULL, rows[i].has_id);
    assert_null(m->next);
    message_free(m);
  }
}

static void test_refused(void **state) {
  (void)state;
  static const char *const rows[] = {
      "",
      "{",
      "7",
      "\"x\"",
      "[]",
      "{}",
      "{\"method\":\"ping\"}",
      "[7]",
      "[[]]",
      RPC "\"id\":1,\"result\":[]}",
      RPC "\"id\":1}",
      RPC "\"id\":{},\"method\":\"ping\"}",
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct message *m;
    struct err err;
    if (message_read(str_of(rows[i]), &rules, &m, &err)) fail_msg("%s is taken", rows[i]);
    assert_int_equal(err.code, ERR_UPSTREAM);
  }
  const struct message_rules small = {.json = &JSON_LIMITS, .bytes_most = 10};
  struct message *m;
  struct err err;
  assert_false(message_read(STR(RPC "\"method\":\"ping\"}"), &small, &m, &err));
  assert_int_equal(err.code, ERR_LIMIT);
}

// A vendor's batch: one bad member costs itself, and whoever waits for it is told.
static void test_bad_members(void **state) {
  (void)state;
  static const char *const nothing[] = {"1",
                                        "null",
                                        "[]",
                                        "{}",
                                        "{\"foo\":1}",
                                        RPC "\"method\":1}",
                                        RPC "\"id\":5,\"method\":\"a\",\"params\":1}",
                                        "{\"id\":null,\"result\":1}"};
  static const char *const answers[] = {RPC "\"id\":7,\"result\":1}", RPC "\"id\":7,\"error\":{}}",
                                        "{\"id\":7,\"result\":{}}", RPC "\"id\":7}"};
  char text[512];
  for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
    snprintf(text, sizeof text, "[" RPC "\"method\":\"a\"},%s," RPC "\"id\":2,\"result\":{}}]", nothing[i]);
    struct message *list = read(text);
    check_text(list->e.method, "a");
    assert_int_equal(list->next->e.kind, MCP_RESULT);
    assert_null(list->next->next);
    message_free_all(list);
  }
  for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
    snprintf(text, sizeof text, "[%s," RPC "\"id\":2,\"result\":{}}]", answers[i]);
    struct message *list = read(text);
    assert_int_equal(list->e.kind, MCP_ERROR);
    assert_true(message_id_is(list->e.id, 7));
    assert_true(yyjson_get_len(yyjson_obj_get(list->e.value, "message")) > 0);
    assert_int_equal(list->next->e.kind, MCP_RESULT);
    message_free_all(list);
  }
}

static void test_batch(void **state) {
  (void)state;
  struct message *list =
      read("[" RPC "\"method\":\"a\"}," RPC "\"id\":1,\"method\":\"b\"}," RPC "\"id\":2,\"result\":{}}]");
  check_text(list->e.method, "a");
  check_text(list->next->e.method, "b");
  assert_int_equal(list->next->next->e.kind, MCP_RESULT);
  assert_null(list->next->next->next);
  struct message_queue q = {0};
  message_queue_add(&q, list);
  message_queue_add(&q, read(RPC "\"method\":\"c\"}"));
  static const char *const order[] = {"a", "b", "", "c"};
  for (size_t i = 0; i < 4; i++) {
    struct message *m = message_queue_take(&q);
    assert_null(m->next);
    check_text(m->e.method, order[i]);
    message_free(m);
  }
  assert_null(message_queue_take(&q));
  message_queue_add(&q, read(RPC "\"method\":\"d\"}")); // once more after it was empty
  message_free(message_queue_take(&q));

  struct buf many = BUF_MAX(100000);
  for (int i = 0; i <= MESSAGE_BATCH_MOST; i++)
    buf_add_z(&many, i ? "," RPC "\"method\":\"x\"}" : "[" RPC "\"method\":\"x\"}");
  buf_add_char(&many, ']');
  struct err err;
  assert_false(message_read(buf_str(&many), &rules, &list, &err));
  check_has(err.text, "257 messages");
  buf_free(&many);
}

// A copy has a document of its own; an event that is taken outlives its message.
static void test_owners(void **state) {
  (void)state;
  struct message *m = read(RPC "\"method\":\"a\",\"params\":{\"x\":1}}"), *copy = message_copy(m);
  message_free(m);
  struct mcp_event e;
  message_take(copy, &e);
  check_text(e.method, "a");
  assert_non_null(yyjson_obj_get(e.params, "x"));
  mcp_event_free(&e);
  assert_null(e.doc);
  message_free(NULL);
}

static void test_news(void **state) {
  (void)state;
  struct message *m = message_news("notifications/resources/updated", STR("a\"b"));
  assert_int_equal(m->e.kind, MCP_NOTIFICATION);
  check_text(json_str(m->e.params, "uri"), "a\"b");
  message_free(m);
  m = message_news("notifications/tools/list_changed", STR_NONE);
  assert_null(m->e.params);
  message_free(m);
  char *endless = calloc(1, MESSAGE_NEWS_MOST);
  memset(endless, 'u', MESSAGE_NEWS_MOST);
  assert_null(message_news("x", str_make(endless, MESSAGE_NEWS_MOST)));
  free(endless);
}

static void test_ids(void **state) {
  (void)state;
  static const struct {
    const char *id;
    bool is;
  } rows[] = {{"7", true},   {"8", false},  {"\"7\"", true}, {"\"x7\"", false},
              {"-7", false}, {"7.0", true}, {"7.5", false},  {"null", false}};
  for (int raw = 0; raw < 2; raw++)
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
      yyjson_doc *doc = yyjson_read(rows[i].id, strlen(rows[i].id), raw ? YYJSON_READ_NUMBER_AS_RAW : 0);
      if (message_id_is(yyjson_doc_get_root(doc), 7) != rows[i].is) fail_msg("%s, raw %d", rows[i].id, raw);
      yyjson_doc_free(doc);
    }
  assert_false(message_id_is(NULL, 0));
}

static void test_results(void **state) {
  (void)state;
  static const struct {
    const char *result;
    bool modern, legacy;
  } rows[] = {
      {"{}", true, true},
      {"{\"resultType\":\"complete\"}", true, true},
      {"{\"resultType\":\"task\"}", true, false},
      {"{\"resultType\":\"input_required\",\"inputRequests\":{}}", true, false},
      {"{\"resultType\":\"input_required\",\"requestState\":\"s\"}", true, false},
      {"{\"resultType\":\"input_required\"}", false, false},
      {"{\"resultType\":\"other\"}", false, false},
      {"{\"resultType\":7}", false, false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    yyjson_doc *doc = yyjson_read(rows[i].result, strlen(rows[i].result), 0);
    struct err err;
    if (message_check_result(yyjson_doc_get_root(doc), MCP_MODERN, &err) != rows[i].modern ||
        message_check_result(yyjson_doc_get_root(doc), MCP_LEGACY, &err) != rows[i].legacy)
      fail_msg("%s", rows[i].result);
    yyjson_doc_free(doc);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_kinds),       cmocka_unit_test(test_refused), cmocka_unit_test(test_batch),
      cmocka_unit_test(test_bad_members), cmocka_unit_test(test_owners),  cmocka_unit_test(test_news),
      cmocka_unit_test(test_ids),         cmocka_unit_test(test_results),
  };
  return cmocka_run_group_tests_name("mcp/message", tests, NULL, NULL);
}
