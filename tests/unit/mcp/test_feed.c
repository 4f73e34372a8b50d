// SPDX-License-Identifier: Apache-2.0
// News from a remote server: by subscription, by a session's GET stream, and over the gaps between them.
#include "../support/check.h"
#include "base/clock.h"
#include "mcp/feed.h"
#include "remote_fixture.h"

static atomic_int streams;

#define NEWS(method, params) "data: {\"jsonrpc\":\"2.0\",\"method\":\"" method "\",\"params\":" params "}\n\n"

// ---- modern

static bool listen_modern(struct asked *a) {
  int nth = atomic_fetch_add(&streams, 1);
  say_events(a->fd, "");
  sayf(a->fd,
       NEWS("notifications/subscriptions/acknowledged",
            "{\"notifications\":{\"toolsListChanged\":true},\"_meta\":{\"io.modelcontextprotocol/"
            "subscriptionId\":%s}}"),
       a->id);
  say(a->fd, NEWS("notifications/tools/list_changed",
                  "{\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":12345}}")); // another's
  sayf(a->fd,
       NEWS("notifications/tools/list_changed",
            "{\"nth\":%d,\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":%s}}"),
       nth, a->id);
  if (nth > 0) wait_for_end(a->fd);
  return false; // the first one breaks
}

static bool serve_modern(struct asked *a) {
  if (calls(a, "server/discover"))
    return say_result(
        a, "{\"resultType\":\"complete\",\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":{}}");
  if (calls(a, "subscriptions/listen")) return listen_modern(a);
  return say_error(a, 404, -32601, "unknown", "");
}

// The next event's method, and its params' "nth" (-1: none).
static int64_t next_news(struct channel *c, const char *method) {
  struct err err;
  void *message;
  must(channel_receive(c, 60000, &message, &err), &err);
  struct mcp_event *e = message;
  if (!str_is(e->method, method)) fail_msg("heard %.*s, not %s", STR_ARG(e->method), method);
  int64_t nth = json_int(e->params, "nth", -1);
  mcp_event_release(e);
  return nth;
}

static void hear_modern(void) {
  struct channel *c = channel_new(16);
  struct mcp_feed_options o = {.who = {.principal = STR("ann")}, .tools = true};
  struct mcp_feed *f = mcp_feed_open(near.peer, &o, c);
  assert_non_null(f);
  assert_int_equal(next_news(c, "notifications/tools/list_changed"), 0);
  // After the gap: what may have been missed, then what is new.
  assert_int_equal(next_news(c, "notifications/tools/list_changed"), -1);
  assert_int_equal(next_news(c, "notifications/tools/list_changed"), 1);
  assert_int_equal(metrics_get(METRIC_MCP_FEEDS), 1);
  mcp_feed_close(f);
  struct err err;
  for (int i = 0; i < WAITS && metrics_get(METRIC_MCP_FEEDS); i++)
    if (!fiber_sleep(10, &err)) break;
  assert_int_equal(metrics_get(METRIC_MCP_FEEDS), 0);
  assert_int_equal(channel_count(c), 0);
  channel_unref(c);
}

static void subscriptions(void **state) {
  (void)state;
  atomic_store(&streams, 0);
  meet(serve_modern, "/mcp", hear_modern);
  assert_int_equal(asked_with("\"notifications\":{\"toolsListChanged\":true}"), 2);
  assert_int_equal(atomic_load(&remote.left), 1);
}

// A stream that broke is refused when it is asked for again, in no words of JSON-RPC, before it comes back.
static bool serve_refusing(struct asked *a) {
  if (calls(a, "subscriptions/listen") && atomic_load(&streams) == 1) {
    atomic_fetch_add(&streams, 1);
    return say_status(a->fd, 503);
  }
  return serve_modern(a);
}

static void hear_refusing(void) {
  struct channel *c = channel_new(16);
  struct mcp_feed_options o = {.who = {.principal = STR("ann")}, .tools = true};
  struct mcp_feed *f = mcp_feed_open(near.peer, &o, c);
  assert_int_equal(next_news(c, "notifications/tools/list_changed"), 0);
  assert_int_equal(next_news(c, "notifications/tools/list_changed"), -1);
  assert_int_equal(next_news(c, "notifications/tools/list_changed"), 2);
  mcp_feed_close(f);
  channel_unref(c);
}

static void refusal(void **state) {
  (void)state;
  atomic_store(&streams, 0);
  meet(serve_refusing, "/mcp", hear_refusing);
}

// ---- legacy

static atomic_int news_at; // the GET stream's socket

static bool serve_legacy(struct asked *a) {
  if (calls(a, "server/discover")) return say_status(a->fd, 404);
  if (calls(a, "initialize")) {
    char *body;
    if (asprintf(&body,
                 "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"protocolVersion\":\"2025-11-25\","
                 "\"capabilities\":{}}}",
                 a->id) < 0)
      abort();
    say_json(a->fd, 200, "Mcp-Session-Id: s1\r\n", body);
    free(body);
    return true;
  }
  if (is_get(a)) {
    int nth = atomic_fetch_add(&streams, 1);
    say_events(a->fd, "");
    sayf(a->fd, "retry: 20\nid: g%d\n" NEWS("notifications/tools/list_changed", "{\"nth\":%d}"), nth, nth);
    if (nth == 0) return false;
    say(a->fd, NEWS("notifications/resources/updated", "{\"uri\":\"x:other\"}")); // not subscribed to
    say(a->fd, NEWS("notifications/resources/updated", "{\"uri\":\"x:mine\",\"nth\":5}"));
    say(a->fd, "data: {\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"roots/list\"}\n\n");
    atomic_store(&news_at, a->fd);
    wait_for_end(a->fd);
    return false;
  }
  if (strcmp(a->id, "null") == 0 || !a->method.n) return say_status(a->fd, 202);
  if (calls(a, "tools/call") && str_is(json_str(a->params, "name"), "ask by the other stream")) {
    say_events(a->fd, "");
    while (!atomic_load(&news_at)) usleep(1000);
    say(atomic_load(&news_at), "data: {\"jsonrpc\":\"2.0\",\"id\":10,\"method\":\"elicitation/create\"}\n\n");
    for (int i = 0; i < WAITS && !asked_with("\"id\":10,\"result\":{\"action\":\"accept\"}"); i++)
      usleep(10000);
    sayf(a->fd, "data: {\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"x\":\"heard\"}}\n\n", a->id);
    return false;
  }
  return say_result(a, "{\"x\":\"any\"}");
}

static void hear_legacy(void) {
  struct channel *c = channel_new(16);
  struct str uri = STR("x:mine");
  struct mcp_feed_options o = {.who = {.principal = STR("ann"), .prefer = MCP_LEGACY}, .tools = true};
  struct err err;
  void *message;
  o.uris = &uri;
  o.uri_count = 1;
  struct mcp_feed *f = mcp_feed_open(near.peer, &o, c);
  assert_int_equal(next_news(c, "notifications/tools/list_changed"), 0);
  assert_int_equal(next_news(c, "notifications/tools/list_changed"), 1);
  assert_int_equal(next_news(c, "notifications/resources/updated"), 5);
  must(channel_receive(c, 60000, &message, &err), &err);
  struct mcp_event *e = message;
  assert_int_equal(e->kind, MCP_REQUEST);
  must(mcp_feed_answer(f, e->id, STR("{\"roots\":[]}"), 0, STR_NONE, &err), &err);
  mcp_event_release(e);
  mcp_feed_close(f);
  for (int i = 0; i < WAITS && !asked_with("resources/unsubscribe"); i++)
    if (!fiber_sleep(10, &err)) break;
  channel_unref(c);
}

static void the_get_stream(void **state) {
  (void)state;
  atomic_store(&streams, 0);
  meet(serve_legacy, "/mcp", hear_legacy);
  assert_int_equal(asked_with("Last-Event-ID: g0"), 1);
  assert_int_equal(asked_with("resources/subscribe"), 1);
  assert_int_equal(asked_with("resources/unsubscribe"), 1);
  assert_int_equal(asked_with("\"id\":9,\"result\":{\"roots\":[]}"), 1);
}

// What a server asks by the session's stream while it is called reaches the call.
static void asked_elsewhere(void) {
  struct err err;
  struct mcp_event e;
  struct mcp_call *c;
  struct mcp_who who = {
      .principal = STR("ann"), .capabilities = STR("{\"elicitation\":{}}"), .prefer = MCP_LEGACY};
  struct mcp_request r = call_of(who, "ask by the other stream", "{}");
  must(mcp_call_open(near.peer, &r, &c, &err), &err);
  for (int kinds = 0;;) {
    must(mcp_call_next(c, &e, &err), &err);
    if (e.kind == MCP_REQUEST && json_int(yyjson_doc_get_root(e.doc), "id", 0) == 10) {
      kinds++;
      must(mcp_call_answer(c, e.id, STR("{\"action\":\"accept\"}"), 0, STR_NONE, &err), &err);
    }
    bool last = e.kind == MCP_RESULT;
    mcp_event_free(&e);
    if (!last) continue;
    assert_int_equal(kinds, 1);
    break;
  }
  mcp_call_close(c);
  yyjson_mut_doc_free(r.doc);
}

static void questions_by_the_get_stream(void **state) {
  (void)state;
  atomic_store(&streams, 1);
  atomic_store(&news_at, 0);
  meet(serve_legacy, "/mcp", asked_elsewhere);
}

// ---- a server that has nothing of the kind is left alone

static bool serve_mute(struct asked *a) {
  if (is_get(a)) {
    atomic_fetch_add(&streams, 1);
    return say_status(a->fd, 405);
  }
  return serve_legacy(a);
}

static void hear_nothing(void) {
  struct channel *c = channel_new(16);
  struct mcp_feed_options o = {.who = {.principal = STR("ann"), .prefer = MCP_LEGACY}, .tools = true};
  struct err err;
  void *message;
  struct mcp_feed *f = mcp_feed_open(near.peer, &o, c);
  while (!atomic_load(&streams)) must(fiber_sleep(10, &err), &err);
  must_fail(channel_receive(c, 400, &message, &err), &err, ERR_TIMEOUT, "");
  mcp_feed_close(f);
  channel_unref(c);
}

static void a_mute_server(void **state) {
  (void)state;
  atomic_store(&streams, 0);
  meet(serve_mute, "/mcp", hear_nothing);
  assert_int_equal(atomic_load(&streams), 1);
}

// A server that ends each stream at once and wants it back without a pause does not get it that fast.
static bool serve_hurry(struct asked *a) {
  if (!is_get(a)) return serve_legacy(a);
  int nth = atomic_fetch_add(&streams, 1);
  say_events(a->fd, "");
  sayf(a->fd, "retry: 0\nid: h%d\n" NEWS("notifications/tools/list_changed", "{}"), nth);
  return false;
}

enum { PAUSE_LEAST_MS = 20 };

static void hear_hurry(void) {
  struct channel *c = channel_new(16);
  struct mcp_feed_options o = {.who = {.principal = STR("ann"), .prefer = MCP_LEGACY}, .tools = true};
  struct err err;
  uint64_t begun = clock_mono_us();
  struct mcp_feed *f = mcp_feed_open(near.peer, &o, c);
  while (atomic_load(&streams) < 8) must(fiber_sleep(10, &err), &err);
  assert_true(clock_mono_us() - begun >= 7 * PAUSE_LEAST_MS * 1000);
  mcp_feed_close(f);
  channel_unref(c);
}

static void a_server_in_a_hurry(void **state) {
  (void)state;
  atomic_store(&streams, 0);
  meet(serve_hurry, "/mcp", hear_hurry);
}

// News that are large are none: many may wait.
static bool serve_flood(struct asked *a) {
  if (!is_get(a)) return serve_legacy(a);
  enum { LARGE = 2 << 20 };
  char *pad = malloc(LARGE + 1);
  memset(pad, 'x', LARGE);
  pad[LARGE] = 0;
  say_events(a->fd, "");
  sayf(a->fd, NEWS("notifications/message", "{\"data\":\"%s\"}"), pad);
  say(a->fd, NEWS("notifications/tools/list_changed", "{\"nth\":7}"));
  free(pad);
  wait_for_end(a->fd);
  return false;
}

static void hear_flood(void) {
  struct channel *c = channel_new(16);
  struct mcp_feed_options o = {.who = {.principal = STR("ann"), .prefer = MCP_LEGACY}, .tools = true};
  struct mcp_feed *f = mcp_feed_open(near.peer, &o, c);
  assert_int_equal(next_news(c, "notifications/tools/list_changed"), 7);
  mcp_feed_close(f);
  channel_unref(c);
}

static void large_news(void **state) {
  (void)state;
  near.options.message_bytes = 4 << 20;
  meet(serve_flood, "/mcp", hear_flood);
}

// 404 right after initialize means that there is no stream, not that the session is gone.
static bool serve_404(struct asked *a) {
  if (is_get(a)) return say_status(a->fd, 404);
  return serve_legacy(a);
}

static void calls_go_on(void) {
  struct mcp_who who = {
      .principal = STR("ann"), .capabilities = STR("{\"elicitation\":{}}"), .prefer = MCP_LEGACY};
  expect_call(who, "any", "any");
  expect_call(who, "any", "any");
}

static void no_stream_at_all(void **state) {
  (void)state;
  meet(serve_404, "/mcp", calls_go_on);
  assert_int_equal(asked_with("\"method\":\"initialize\""), 2); // the probe's, and the one session
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(subscriptions, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(refusal, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(the_get_stream, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(questions_by_the_get_stream, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(a_mute_server, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(no_stream_at_all, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(a_server_in_a_hurry, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(large_news, near_setup, near_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
