// SPDX-License-Identifier: Apache-2.0
// The deprecated HTTP+SSE (2024-11-05): one stream for all answers, posts that are only accepted.
#include "../support/check.h"
#include "remote_fixture.h"

static const struct mcp_who ann = {.principal = {"ann", 3}, .prefer = MCP_LEGACY};

static struct {
  const char *endpoint;
  bool silent; // the stream says nothing at all
  pthread_mutex_t lock;
  int streams[16]; // by session
  int count;
} sse = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void send_event(int session, const char *id, const char *result) {
  pthread_mutex_lock(&sse.lock);
  sayf(sse.streams[session], "event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":%s}\n\n", id,
       result);
  pthread_mutex_unlock(&sse.lock);
}

static bool stream(struct asked *a) {
  pthread_mutex_lock(&sse.lock);
  int session = sse.count++;
  sse.streams[session] = a->fd;
  say_events(a->fd, "");
  if (!sse.silent)
    sayf(a->fd, sse.endpoint ? sse.endpoint : "event: endpoint\ndata: /post?s=%d\n\n", session);
  pthread_mutex_unlock(&sse.lock);
  wait_for_end(a->fd);
  return false;
}

// "first" is answered once "second" was asked, and after it.
static struct {
  char id[64];
  int session;
} first;

static bool first_was_asked(void) {
  pthread_mutex_lock(&sse.lock);
  bool asked = first.id[0] != 0;
  pthread_mutex_unlock(&sse.lock);
  return asked;
}

static bool serve(struct asked *a) {
  if (is_get(a)) return stream(a);
  if (strstr(a->text, "POST /sse")) return say_status(a->fd, 404);
  const char *s = strstr(a->text, "?s=");
  int session = s ? atoi(s + 3) : -1;
  pthread_mutex_lock(&sse.lock);
  bool known = session >= 0 && session < sse.count;
  pthread_mutex_unlock(&sse.lock);
  if (!known) return say_status(a->fd, 404);
  sayf(a->fd, "HTTP/1.1 202 Accepted\r\nContent-Length: 8\r\n\r\nAccepted");
  struct str name = json_str(a->params, "name");
  if (calls(a, "initialize")) {
    send_event(session, a->id, "{\"protocolVersion\":\"2024-11-05\",\"capabilities\":{},\"serverInfo\":{}}");
  } else if (str_is(name, "first")) {
    pthread_mutex_lock(&sse.lock);
    snprintf(first.id, sizeof first.id, "%s", a->id);
    first.session = session;
    pthread_mutex_unlock(&sse.lock);
  } else if (str_is(name, "second")) {
    char id[sizeof first.id];
    pthread_mutex_lock(&sse.lock);
    int of = first.session;
    memcpy(id, first.id, sizeof id);
    pthread_mutex_unlock(&sse.lock);
    send_event(session, a->id, "{\"x\":\"2\"}");
    send_event(of, id, "{\"x\":\"1\"}");
  } else if (str_is(name, "hang up")) {
    pthread_mutex_lock(&sse.lock);
    shutdown(sse.streams[session], SHUT_RDWR);
    pthread_mutex_unlock(&sse.lock);
  } else if (a->method.n && strcmp(a->id, "null") != 0) {
    send_event(session, a->id, "{\"x\":\"any\"}");
  }
  return true;
}

static void reset(void) {
  sse.count = 0;
  sse.endpoint = NULL;
  sse.silent = false;
  first.id[0] = 0;
}

// ---- answers reach whoever waits for them, on any loop

static atomic_int finished;

static void ask_first(void *arg) {
  (void)arg;
  expect_call(ann, "first", "1");
  atomic_fetch_add(&finished, 1);
}

static void ask_second(void *arg) {
  expect_call(ann, "second", "2");
  atomic_fetch_add(&finished, 1);
  loop_stop(arg);
}

static void start_second(void *arg) {
  fiber_spawn(arg, "second", ask_second, arg);
}

static void out_of_order(void) {
  struct err err;
  must(mcp_peer_probe(near.peer, &err), &err);
  assert_int_equal(mcp_peer_verdict(near.peer).speaks, MCP_SPEAKS_SSE);
  expect_call(ann, "any", "any");
  atomic_store(&finished, 0);
  fiber_spawn(near.loop, "first", ask_first, NULL);
  while (!first_was_asked())
    if (!fiber_sleep(10, &err)) return;
  struct loop *other = loop_new("other", 1, 16);
  loop_start(other);
  loop_post(other, start_second, other);
  while (atomic_load(&finished) < 2)
    if (!fiber_sleep(10, &err)) break;
  loop_stop(other);
  loop_free(other);
  assert_int_equal(mcp_peer_sessions(near.peer), 1);

  struct mcp_request r = call_of(ann, "hang up", "{}");
  struct mcp_event e;
  must_fail(mcp_ask(near.peer, &r, &e, &err), &err, ERR_UPSTREAM, "event stream");
  yyjson_mut_doc_free(r.doc);
  expect_call(ann, "any", "any"); // by a new one
}

static void answers(void **state) {
  (void)state;
  reset();
  meet(serve, "/sse", out_of_order);
  assert_int_equal(sse.count, 3); // the probe's, the first, the one after the hang-up
  assert_int_equal(metrics_get(METRIC_MCP_SESSIONS), 0);
}

// ---- what the endpoint event says is not believed blindly

static const char *expected;
static enum err_code expected_code;

static void refused(void) {
  struct err err;
  must_fail(mcp_peer_probe(near.peer, &err), &err, expected_code, expected);
}

static void endpoints(void **state) {
  (void)state;
  static const struct {
    const char *endpoint, *text;
  } bad[] = {{"event: endpoint\ndata: http://127.0.0.2:9/post\n\n", "leads to another origin (127.0.0.2)"},
             {"event: endpoint\ndata: https://evil.example/\n\n", "leads to another origin"},
             {"event: endpoint\ndata: \n\n", "has no address"},
             {"data: {}\n\n", "does not begin with an endpoint event"}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    reset();
    sse.endpoint = bad[i].endpoint;
    expected = bad[i].text;
    expected_code = ERR_UPSTREAM;
    meet(serve, "/sse", refused);
    assert_int_equal(asked_with("POST /post"), 0);
  }
}

static void a_silent_stream(void **state) {
  (void)state;
  reset();
  sse.silent = true;
  near.limits.first_byte_ms = near.limits.connect_ms = 1000;
  expected = "does not say where to post";
  expected_code = ERR_TIMEOUT;
  meet(serve, "/sse", refused);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(answers, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(endpoints, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(a_silent_stream, near_setup, near_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
