// SPDX-License-Identifier: Apache-2.0
// Calls in the modern era: what is sent, what comes back, what is done again.
#include "../support/check.h"
#include "remote_fixture.h"

static const struct mcp_who who = {.principal = {"ann", 3}, .capabilities = {"{\"elicitation\":{}}", 18}};

static bool discover(struct asked *a) {
  return say_result(a,
                    "{\"resultType\":\"complete\",\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":{"
                    "\"tools\":{}},\"instructions\":\"be kind\",\"ttlMs\":60000,\"cacheScope\":\"private\"}");
}

static bool serve(struct asked *a) {
  if (calls(a, "server/discover")) return discover(a);
  if (!calls(a, "tools/call")) return say_error(a, 404, -32601, "unknown method", "");
  struct str name = json_str(a->params, "name");
  if (str_is(name, "silent")) return false;
  if (str_is(name, "stream")) {
    say_events(a->fd, "ratelimit-limit: 10\r\nratelimit-remaining: 3\r\nratelimit-reset: 7\r\n");
    sayf(a->fd,
         ": hello\n\nevent: message\ndata: "
         "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{"
         "\"progressToken\":%s,\"progress\":1}}\n\n",
         a->id);
    say(a->fd,
        "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":"
        "999,\"progress\":1}}\n\n"); // nobody's
    say(a->fd,
        "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{\"level\":\"info\"}}"
        "\n\n");
    sayf(a->fd,
         "data: {\"jsonrpc\":\"2.0\",\"id\":%s,\ndata: "
         "\"result\":{\"resultType\":\"complete\",\"x\":\"y\"}}\n\n",
         a->id);
    return false;
  }
  if (str_is(name, "forgiven")) return say_result(a, "{\"x\":\"fine\"}"); // without resultType
  if (str_is(name, "odd")) return say_result(a, "{\"resultType\":\"whatever\"}");
  if (str_is(name, "ask"))
    return say_result(a, "{\"resultType\":\"input_required\",\"requestState\":\"s\",\"x\":\"more\"}");
  if (str_is(name, "ask nothing")) return say_result(a, "{\"resultType\":\"input_required\"}");
  if (str_is(name, "mismatch")) return say_error(a, 400, -32020, "headers differ", "");
  return say_result(a, "{\"resultType\":\"complete\",\"x\":\"plain\"}");
}

static void each_kind_of_answer(void) {
  struct err err;
  struct mcp_hello hello;
  must(mcp_peer_hello(near.peer, &who, &hello, &err), &err);
  check_text(hello.instructions, "be kind");
  check_text(hello.version, "2026-07-28");
  assert_true(yyjson_is_obj(hello.capabilities));
  yyjson_doc_free(hello.doc);
  assert_int_equal(mcp_peer_verdict(near.peer).speaks, MCP_SPEAKS_MODERN);

  int before = asked_with("server/discover");
  must(mcp_peer_hello(near.peer, &who, &hello, &err), &err); // its ttlMs has not passed
  yyjson_doc_free(hello.doc);
  assert_int_equal(asked_with("server/discover"), before);

  expect_call(who, "any", "plain");
  expect_call(who, "stream", "y");
  expect_call(who, "forgiven", "fine");
  expect_call(who, "ask", "more");
  expect_call(who, "mismatch", "-32020");
  static const struct {
    const char *name, *part;
  } bad[] = {{"odd", "unknown type \"whatever\""}, {"ask nothing", "asks for input"}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct mcp_request r = call_of(who, bad[i].name, "{}");
    struct mcp_event e;
    must_fail(mcp_ask(near.peer, &r, &e, &err), &err, ERR_UPSTREAM, bad[i].part);
    yyjson_mut_doc_free(r.doc);
  }
  struct mcp_request r = {.who = who, .method = STR("ping")};
  struct mcp_event e;
  must_fail(mcp_ask(near.peer, &r, &e, &err), &err, ERR_INVALID, "modern era");
}

static void answers(void **state) {
  (void)state;
  meet(serve, "/mcp", each_kind_of_answer);
}

static void events_in_order(void) {
  struct mcp_request r = call_of(who, "stream", "{}");
  struct mcp_call *c;
  struct mcp_event e;
  struct err err;
  struct ratelimit rate;
  r.wants_progress = true;
  must(mcp_call_open(near.peer, &r, &c, &err), &err);
  assert_int_equal(mcp_call_status(c), 200);
  assert_true(mcp_call_rate(c, &rate));
  assert_int_equal(rate.remaining, 3);
  must(mcp_call_next(c, &e, &err), &err);
  assert_true(e.kind == MCP_NOTIFICATION && e.progress);
  mcp_event_free(&e);
  must(mcp_call_next(c, &e, &err), &err);
  check_text(e.method, "notifications/message");
  assert_false(e.progress);
  mcp_event_free(&e);
  must(mcp_call_next(c, &e, &err), &err);
  assert_int_equal(e.kind, MCP_RESULT);
  mcp_event_free(&e);
  mcp_call_close(c);
  yyjson_mut_doc_free(r.doc);
}

static void notifications_come_first(void **state) {
  (void)state;
  meet(serve, "/mcp", events_in_order);
}

// ---- what is sent

static void sends_all(void) {
  struct mcp_request r = call_of(who, "caf\xc3\xa9", "{\"region\":\"us west\",\"n\":42,\"no\":null}");
  static const char text[] =
      "{\"type\":\"object\",\"properties\":{\"region\":{\"type\":\"string\",\"x-mcp-header\":\"Region\"},"
      "\"n\":{\"type\":\"integer\",\"x-mcp-header\":\"N\"},"
      "\"no\":{\"type\":\"string\",\"x-mcp-header\":\"No\"}}}";
  yyjson_doc *schema = yyjson_read(text, sizeof text - 1, 0);
  struct mcp_event e;
  struct err err;
  assert_non_null(schema);
  r.input_schema = yyjson_doc_get_root(schema);
  r.wants_progress = true;
  r.log_level = STR("warning");
  r.traceparent = STR("00-1-2-01");
  yyjson_mut_val *meta = yyjson_mut_obj_add_obj(r.doc, r.params, "_meta");
  yyjson_mut_obj_add_str(r.doc, meta, "vendor/x", "passes");
  must(mcp_ask(near.peer, &r, &e, &err), &err);
  mcp_event_free(&e);
  yyjson_mut_doc_free(r.doc);
  yyjson_doc_free(schema);
}

static void request_and_headers(void **state) {
  (void)state;
  static const char *const parts[] = {
      "POST /mcp HTTP/1.1",
      "Content-Type: application/json\r\n",
      "Accept: application/json, text/event-stream\r\n",
      "MCP-Protocol-Version: 2026-07-28\r\n",
      "Mcp-Method: tools/call\r\n",
      "Mcp-Name: =?base64?Y2Fmw6k=?=\r\n",
      "Mcp-Param-Region: us west\r\n",
      "Mcp-Param-N: 42\r\n",
      "\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"",
      "\"io.modelcontextprotocol/clientCapabilities\":{\"elicitation\":{}}",
      "\"io.modelcontextprotocol/clientInfo\":{\"name\":\"postern-test\",\"version\":\"1\"}",
      "\"io.modelcontextprotocol/logLevel\":\"warning\"",
      "\"vendor/x\":\"passes\"",
      "\"traceparent\":\"00-1-2-01\"",
      "\"progressToken\":",
  };
  const char *sent = NULL;
  meet(serve, "/mcp", sends_all);
  for (int i = 0; i < REMOTE_LOG; i++)
    if (remote.log[i] && strstr(remote.log[i], "tools/call")) sent = remote.log[i];
  assert_non_null(sent);
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) check_has(sent, parts[i]);
  assert_null(strcasestr(sent, "mcp-param-no:"));
  assert_null(strcasestr(sent, "mcp-session-id"));
}

// ---- -32022 for the version that it offers all the same: once more, and no more

static bool refuse_first(struct asked *a) {
  if (calls(a, "tools/call") && asked_with("Mcp-Method: tools/call") == 1)
    return say_error(a, 400, -32022, "no", "{\"supported\":[\"2026-07-28\"],\"requested\":\"2026-07-28\"}");
  return serve(a);
}

static void called_again(void) {
  expect_call(who, "any", "plain");
}

static void a_version_refused_and_offered(void **state) {
  (void)state;
  meet(refuse_first, "/mcp", called_again);
}

// ---- cancellation is the end of the connection

static bool hang(struct asked *a) {
  if (!calls(a, "tools/call")) return serve(a);
  wait_for_end(a->fd);
  return false;
}

static void cancel_soon(void *arg) {
  struct err err;
  while (!asked_with("\"slow\""))
    if (!fiber_sleep(10, &err)) return;
  fiber_cancel(arg);
}

static void canceled_call(void *arg) {
  struct mcp_request r = call_of(who, "slow", "{}");
  struct mcp_event e;
  struct err *err = arg;
  if (mcp_ask(near.peer, &r, &e, err)) mcp_event_free(&e);
  yyjson_mut_doc_free(r.doc);
}

static void leaves(void) {
  static struct err outcome;
  struct err err;
  must(mcp_peer_probe(near.peer, &err), &err);
  struct fiber *f = fiber_spawn(near.loop, "call", canceled_call, &outcome);
  fiber_spawn(near.loop, "cancel", cancel_soon, f);
  for (int i = 0; i < WAITS && !atomic_load(&remote.left); i++)
    if (!fiber_sleep(10, &err)) break;
  assert_int_equal(outcome.code, ERR_CANCELED);
  assert_int_equal(atomic_load(&remote.left), 1);
  assert_int_equal(asked_with("notifications/cancelled"), 0);
}

static void to_cancel_is_to_hang_up(void **state) {
  (void)state;
  meet(hang, "/mcp", leaves);
}

// ---- an account is disconnected while its server is at work

static bool hang_in_stream(struct asked *a) {
  if (!calls(a, "tools/call")) return serve(a);
  say_events(a->fd, "");
  say(a->fd, ": still at it\n\n");
  wait_for_end(a->fd);
  return false;
}

static struct {
  atomic_int ended;
  struct err outcome[3];
} disconnected;

static void call_that_is_cut(void *arg) {
  canceled_call(arg);
  atomic_fetch_add(&disconnected.ended, 1);
}

static void disconnects(void) {
  struct err err;
  memset(&disconnected, 0, sizeof disconnected);
  must(mcp_peer_probe(near.peer, &err), &err);
  for (int i = 0; i < 3; i++) fiber_spawn(near.loop, "call", call_that_is_cut, &disconnected.outcome[i]);
  while (asked_with("\"slow\"") < 3) must(fiber_sleep(10, &err), &err);
  must(fiber_sleep(50, &err), &err);
  assert_int_equal(atomic_load(&disconnected.ended), 0);
  mcp_peer_close(near.peer);
  for (int i = 0; i < WAITS && atomic_load(&disconnected.ended) < 3; i++) must(fiber_sleep(10, &err), &err);
  assert_int_equal(atomic_load(&disconnected.ended), 3);
  for (int i = 0; i < 3; i++)
    must_fail(false, &disconnected.outcome[i], ERR_MISSING, "the account was disconnected"); // not TIMEOUT
  for (int i = 0; i < WAITS && atomic_load(&remote.left) < 3; i++) must(fiber_sleep(10, &err), &err);
  assert_int_equal(atomic_load(&remote.left), 3); // the server sees it
  canceled_call(&err);                            // and later ones are not even sent
  must_fail(false, &err, ERR_MISSING, "the account was disconnected");
}

static void a_closed_peer_ends_its_calls_at_once(void **state) {
  (void)state;
  meet(hang, "/mcp", disconnects);
}

static void a_closed_peer_ends_their_streams(void **state) {
  (void)state;
  meet(hang_in_stream, "/mcp", disconnects);
}

// ---- lists

static bool list(struct asked *a) {
  if (calls(a, "server/discover")) return discover(a);
  if (!calls(a, "tools/list")) return say_error(a, 404, -32601, "unknown method", "");
  struct str cursor = json_str(a->params, "cursor");
  bool endless = strstr(remote.path, "endless");
  if (!cursor.p)
    return say_result(
        a, "{\"resultType\":\"complete\",\"tools\":[{\"name\":\"a\"}],\"nextCursor\":\"\",\"ttlMs\":"
           "9000,\"cacheScope\":\"public\"}");
  if (endless) return say_result(a, "{\"resultType\":\"complete\",\"tools\":[],\"nextCursor\":\"\"}");
  return say_result(
      a, "{\"resultType\":\"complete\",\"tools\":[{\"name\":\"b\"},{\"name\":\"c\"}],\"ttlMs\":5000,"
         "\"cacheScope\":\"public\"}");
}

static bool note_name(void *arg, yyjson_val *item, struct err *err) {
  struct buf *names = arg;
  (void)err;
  buf_add(names, json_str(item, "name"));
  return true;
}

static void whole_list(void) {
  struct buf names = BUF_MAX(64);
  struct mcp_freshness fresh;
  struct mcp_list l = {
      .who = who, .method = "tools/list", .member = "tools", .items_most = 3, .bytes_most = 4096};
  struct err err;
  l.freshness = &fresh;
  must(mcp_list_all(near.peer, &l, note_name, &names, &err), &err);
  check_text(buf_str(&names), "abc");
  assert_int_equal(fresh.ttl_ms, 5000);
  assert_true(fresh.is_public);
  l.items_most = 2;
  must_fail(mcp_list_all(near.peer, &l, note_name, &names, &err), &err, ERR_LIMIT, "more than 2 entries");
  l.items_most = 3;
  l.bytes_most = 200;
  must_fail(mcp_list_all(near.peer, &l, note_name, &names, &err), &err, ERR_LIMIT, "passes 200 bytes");
  l.method = "prompts/list";
  must_fail(mcp_list_all(near.peer, &l, note_name, &names, &err), &err, ERR_MISSING, "refuses prompts/list");
  buf_free(&names);
}

static void endless_list(void) {
  struct buf names = BUF_MAX(64);
  struct mcp_list l = {
      .who = who, .method = "tools/list", .member = "tools", .items_most = 99, .bytes_most = 1 << 20};
  struct err err;
  must_fail(mcp_list_all(near.peer, &l, note_name, &names, &err), &err, ERR_UPSTREAM, "repeats a cursor");
  buf_free(&names);
}

static void lists(void **state) {
  (void)state;
  meet(list, "/mcp", whole_list);
  meet(list, "/endless", endless_list);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(answers, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(notifications_come_first, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(request_and_headers, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(a_version_refused_and_offered, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(to_cancel_is_to_hang_up, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(a_closed_peer_ends_its_calls_at_once, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(a_closed_peer_ends_their_streams, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(lists, near_setup, near_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
