// SPDX-License-Identifier: Apache-2.0
// Legacy sessions over Streamable HTTP: how they are made, shared, lost, bounded and ended; and streams
// resumed.
#include "../support/check.h"
#include "remote_fixture.h"

static const struct mcp_who ann = {.principal = {"ann", 3}, .prefer = MCP_LEGACY};
static const struct mcp_who bob = {.principal = {"bob", 3}, .prefer = MCP_LEGACY};

// A server with sessions s0, s1, …: knobs say what else it does.
static struct {
  atomic_int made, deleted;
  atomic_int deleting, deleting_most; // at a time
  atomic_int forgotten;               // sessions with a lower number are unknown
  const char *version;                // answered; NULL: 2025-11-25
  const char *refused;                // versions refused with an error that offers this one
  int initialize_ms;
  atomic_bool release; // what "slow" waits for
  bool lenient_status; // 400 where 404 is due
} knobs;

static bool initialize(struct asked *a) {
  char extra[64];
  usleep((useconds_t)knobs.initialize_ms * 1000);
  if (knobs.refused && !str_is(json_str(a->params, "protocolVersion"), knobs.refused))
    return say_error(a, 200, -32602, "unsupported version", "{\"supported\":[\"2024-11-05\"]}");
  snprintf(extra, sizeof extra, "Mcp-Session-Id: s%d\r\n", atomic_fetch_add(&knobs.made, 1));
  char *body;
  if (asprintf(&body,
               "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"protocolVersion\":\"%s\",\"capabilities\":{"
               "\"tools\":{}},"
               "\"serverInfo\":{\"name\":\"old\",\"version\":\"1\"},\"instructions\":\"old ways\"}}",
               a->id, knobs.version ? knobs.version : "2025-11-25") < 0)
    abort();
  say_json(a->fd, 200, extra, body);
  free(body);
  return true;
}

static bool delete_one(struct asked *a) {
  int now = atomic_fetch_add(&knobs.deleting, 1) + 1, most = atomic_load(&knobs.deleting_most);
  while (now > most && !atomic_compare_exchange_weak(&knobs.deleting_most, &most, now)) {
  }
  usleep(1000);
  atomic_fetch_sub(&knobs.deleting, 1);
  atomic_fetch_add(&knobs.deleted, 1);
  return say_status(a->fd, 200);
}

static bool serve(struct asked *a) {
  if (calls(a, "server/discover"))
    return say_json(a->fd, 400, "",
                    "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{"
                    "\"code\":-32000,\"message\":\"Server not initialized\"}}");
  if (calls(a, "initialize")) return initialize(a);
  struct str id = header_of(a, "Mcp-Session-Id");
  int number = id.n > 1 ? atoi(id.p + 1) : -1;
  if (number < atomic_load(&knobs.forgotten))
    return say_json(
        a->fd, knobs.lenient_status ? 400 : 404, "",
        "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32001,\"message\":\"Session not found\"}}");
  if (str_is(a->http, "DELETE")) return delete_one(a);
  if (is_get(a)) return say_status(a->fd, 405);
  if (strcmp(a->id, "null") == 0) return say_status(a->fd, 202);
  if (calls(a, "tools/call") && str_is(json_str(a->params, "name"), "slow"))
    while (!atomic_load(&knobs.release)) usleep(1000);
  if (calls(a, "tools/call") && str_is(json_str(a->params, "name"), "batch")) {
    char *body;
    if (asprintf(&body,
                 "[{\"jsonrpc\":\"2.0\",\"method\":\"notifications/"
                 "message\",\"params\":{}},{\"jsonrpc\":\"2.0\",\"id\":"
                 "%s,\"result\":{\"x\":\"batched\"}}]",
                 a->id) < 0)
      abort();
    say_json(a->fd, 200, "", body);
    free(body);
    return true;
  }
  return say_result(a, "{\"x\":\"%.*s\"}", STR_ARG(id));
}

static void reset(void) {
  memset(&knobs, 0, sizeof knobs);
}

// ---- sessions

static void uses_and_loses(void) {
  struct err err;
  struct mcp_hello hello;
  must(mcp_peer_probe(near.peer, &err), &err);
  assert_int_equal(mcp_peer_verdict(near.peer).speaks, MCP_SPEAKS_STREAMABLE); // by s0, which is ended
  must(mcp_peer_hello(near.peer, &ann, &hello, &err), &err);
  check_text(hello.version, "2025-11-25");
  check_text(hello.instructions, "old ways");
  yyjson_doc_free(hello.doc);
  expect_call(ann, "any", "s1");
  expect_call(ann, "any", "s1");
  expect_call(bob, "any", "s2"); // never another principal's
  struct mcp_who more = ann;
  more.capabilities = STR("{\"roots\":{}}");
  expect_call(more, "any", "s3"); // nor one with other capabilities
  assert_int_equal(mcp_peer_sessions(near.peer), 3);
  expect_call(ann, "batch", "batched");
  atomic_store(&knobs.forgotten, 4);
  expect_call(ann, "any", "s4");
  knobs.lenient_status = true;
  atomic_store(&knobs.forgotten, 5);
  expect_call(ann, "any", "s5");
  struct mcp_request r = {.who = ann, .method = STR("server/discover")};
  struct mcp_event e;
  must_fail(mcp_ask(near.peer, &r, &e, &err), &err, ERR_INVALID, "legacy era");
}

static void sessions(void **state) {
  (void)state;
  reset();
  meet(serve, "/mcp", uses_and_loses);
  assert_true(asked_with("notifications/initialized") >= 6);
  assert_true(asked_with("MCP-Protocol-Version: 2025-11-25\r\nMcp-Session-Id: s1") >= 2);
  assert_int_equal(metrics_get(METRIC_MCP_SESSIONS), 0);
  assert_true(metrics_get(METRIC_MCP_SESSIONS_REMADE) >= 2);
  // s0 after the probe; s2 and s3 are unknown to it by the end; s5 as the peer closes.
  assert_int_equal(atomic_load(&knobs.deleted), 2);
}

static atomic_int finished;
static void call_once(void *arg) {
  (void)arg;
  expect_call(ann, "any", "s1");
  atomic_fetch_add(&finished, 1);
}

static void many_at_once(void) {
  struct err err;
  must(mcp_peer_probe(near.peer, &err), &err);
  atomic_store(&finished, 0);
  for (int i = 0; i < 30; i++) fiber_spawn(near.loop, "one of many", call_once, NULL);
  while (atomic_load(&finished) < 30)
    if (!fiber_sleep(10, &err)) break;
}

static void one_initialize_for_all(void **state) {
  (void)state;
  reset();
  knobs.initialize_ms = 50;
  meet(serve, "/mcp", many_at_once);
  assert_int_equal(atomic_load(&knobs.made), 2);
}

static void busy_call(void *arg) {
  (void)arg;
  expect_call(ann, "slow", "s1");
  atomic_fetch_add(&finished, 1);
}

static void no_more_than_one(void) {
  struct err err;
  struct mcp_event e;
  must(mcp_peer_probe(near.peer, &err), &err);
  atomic_store(&finished, 0);
  fiber_spawn(near.loop, "busy", busy_call, NULL);
  while (!asked_with("\"slow\""))
    if (!fiber_sleep(10, &err)) return;
  struct mcp_request r = call_of(bob, "any", "{}");
  must_fail(mcp_ask(near.peer, &r, &e, &err), &err, ERR_LIMIT, "all 1 sessions");
  yyjson_mut_doc_free(r.doc);
  atomic_store(&knobs.release, true);
  while (!atomic_load(&finished))
    if (!fiber_sleep(10, &err)) break;
  int64_t before = metrics_get(METRIC_MCP_SESSIONS_EVICTED);
  expect_call(bob, "any", "s2"); // ann's is idle now
  assert_int_equal(metrics_get(METRIC_MCP_SESSIONS_EVICTED), before + 1);
  assert_int_equal(mcp_peer_sessions(near.peer), 1);
  mcp_peer_tidy(near.peer);
  assert_int_equal(mcp_peer_sessions(near.peer), 1);
  if (!fiber_sleep(60, &err)) return;
  near.options.session_idle_ms = 0;
  mcp_peer_leave(near.peer, STR("ann"));
  assert_int_equal(mcp_peer_sessions(near.peer), 1);
  mcp_peer_leave(near.peer, STR("bob"));
  assert_int_equal(mcp_peer_sessions(near.peer), 0);
}

static void a_bounded_pool(void **state) {
  (void)state;
  reset();
  near.options.sessions_most = 1;
  meet(serve, "/mcp", no_more_than_one);
  assert_int_equal(atomic_load(&knobs.deleted), 3); // the probe's, the evicted one, the one that was left
}

static void goes_idle(void) {
  struct err err;
  expect_call(ann, "any", "s1");
  if (!fiber_sleep(60, &err)) return;
  mcp_peer_tidy(near.peer);
  assert_int_equal(mcp_peer_sessions(near.peer), 0);
}

static void idle_ones_are_closed(void **state) {
  (void)state;
  reset();
  near.options.session_idle_ms = 50;
  int64_t before = metrics_get(METRIC_MCP_SESSIONS_IDLED);
  meet(serve, "/mcp", goes_idle);
  assert_int_equal(metrics_get(METRIC_MCP_SESSIONS_IDLED),
                   before + 1); // the other was left by its peer's end
  assert_int_equal(atomic_load(&knobs.deleted), 2);
}

enum { CROWD = 300 }; // more than the loop has fibers

static void goes_idle_in_a_crowd(void) {
  struct err err;
  for (int i = 1; i <= CROWD; i++) {
    char name[16], session[16];
    snprintf(name, sizeof name, "p%d", i);
    snprintf(session, sizeof session, "s%d", i);
    expect_call((struct mcp_who){.principal = str_of(name), .prefer = MCP_LEGACY}, "any", session);
  }
  if (!fiber_sleep(5, &err)) return;
  mcp_peer_tidy(near.peer);
  assert_int_equal(mcp_peer_sessions(near.peer), 0);
  for (int i = 0; i < WAITS && atomic_load(&knobs.deleted) <= CROWD; i++)
    if (!fiber_sleep(10, &err)) return;
}

static void a_crowd_is_closed_a_few_at_a_time(void **state) {
  (void)state;
  reset();
  near.options.sessions_most = CROWD;
  near.options.session_idle_ms = 1;
  meet(serve, "/mcp", goes_idle_in_a_crowd);
  assert_int_equal(atomic_load(&knobs.deleted), CROWD + 1); // and the probe's
  assert_true(atomic_load(&knobs.deleting_most) <= 8);
}

static void closed_peer(void) {
  struct err err;
  struct mcp_event e;
  expect_call(ann, "any", "s1");
  mcp_peer_close(near.peer);
  struct mcp_request r = call_of(ann, "any", "{}");
  must_fail(mcp_ask(near.peer, &r, &e, &err), &err, ERR_MISSING, "disconnected");
  yyjson_mut_doc_free(r.doc);
}

static void after_close_nothing_is_sent(void **state) {
  (void)state;
  reset();
  meet(serve, "/mcp", closed_peer);
  assert_int_equal(atomic_load(&knobs.deleted), 2);
  assert_int_equal(asked_with("tools/call"), 1);
}

// ---- versions

static void oldest_version(void) {
  struct err err;
  struct mcp_hello hello;
  must(mcp_peer_hello(near.peer, &ann, &hello, &err), &err);
  check_text(hello.version, "2024-11-05");
  yyjson_doc_free(hello.doc);
}

static void unknown_version(void) {
  struct err err;
  must_fail(mcp_peer_probe(near.peer, &err), &err, ERR_UPSTREAM, "\"1999-01-01\"");
}

static void versions(void **state) {
  (void)state;
  reset();
  knobs.version = "2024-11-05";
  meet(serve, "/mcp", oldest_version);
  reset();
  knobs.version = knobs.refused = "2024-11-05";
  meet(serve, "/mcp", oldest_version);
  reset();
  knobs.version = "1999-01-01";
  meet(serve, "/mcp", unknown_version);
}

// ---- a broken stream is resumed

static atomic_int gets;

static bool cut(struct asked *a) {
  if (is_get(a)) {
    struct str last = header_of(a, "Last-Event-ID");
    int nth = atomic_fetch_add(&gets, 1);
    if (!last.n) return say_status(a->fd, 405);
    say_events(a->fd, "");
    if (nth == 0) { // and it breaks once more, after news
      say(a->fd,
          "id: e2\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{}}\n\n");
      return false;
    }
    sayf(a->fd, "id: e3\ndata: {\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"x\":\"after %.*s\"}}\n\n",
         strstr(remote.path, "wrong") ? "77777" : "4", STR_ARG(last));
    return false;
  }
  if (!calls(a, "tools/call")) return serve(a);
  say_events(a->fd, "");
  say(a->fd, "retry: 50\nid: e1\ndata: \n\n");
  return false;
}

static void read_over_the_cut(void) {
  struct err err;
  uint64_t begun = clock_mono_us();
  must(mcp_peer_probe(near.peer, &err), &err); // ids 1 and 2; the session's is 3
  expect_call(ann, "any", "after e2");
  assert_true(clock_mono_us() - begun > 90000); // twice the retry time
}

static void resumed(void **state) {
  (void)state;
  reset();
  atomic_store(&gets, 0);
  meet(cut, "/mcp", read_over_the_cut);
  assert_int_equal(atomic_load(&gets), 2);
  assert_int_equal(asked_with("Last-Event-ID: e1"), 1);
}

static bool always_cut(struct asked *a) {
  if (is_get(a)) {
    atomic_fetch_add(&gets, 1);
    say_events(a->fd, "");
    return false;
  }
  return cut(a);
}

static void gives_up(void) {
  struct err err;
  struct mcp_event e;
  struct mcp_request r = call_of(ann, "any", "{}");
  must_fail(mcp_ask(near.peer, &r, &e, &err), &err, ERR_UPSTREAM, "without a result");
  yyjson_mut_doc_free(r.doc);
}

static void resumed_in_vain(void **state) {
  (void)state;
  reset();
  atomic_store(&gets, 0);
  meet(always_cut, "/mcp", gives_up);
  assert_in_range(atomic_load(&gets), 2, 8);
}

// ---- requests of the server, and leaving

static bool asks(struct asked *a) {
  if (!calls(a, "tools/call")) return serve(a);
  say_events(a->fd, "");
  say(a->fd, "data: {\"jsonrpc\":\"2.0\",\"id\":\"p\",\"method\":\"ping\"}\n\n");
  say(a->fd, "data: {\"jsonrpc\":\"2.0\",\"id\":\"q\",\"method\":\"elicitation/create\",\"params\":{}}\n\n");
  for (int i = 0; i < WAITS && !asked_with("\"id\":\"q\",\"result\":{\"action\":\"accept\"}") &&
                  !asked_with("notifications/cancelled");
       i++)
    usleep(10000);
  sayf(a->fd, "data: {\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"x\":\"heard\"}}\n\n", a->id);
  return false;
}

static void answers_it(void) {
  struct err err;
  struct mcp_event e;
  struct mcp_call *c;
  struct mcp_request r = call_of(ann, "any", "{}");
  must(mcp_call_open(near.peer, &r, &c, &err), &err);
  must(mcp_call_next(c, &e, &err), &err);
  assert_int_equal(e.kind, MCP_REQUEST);
  must(mcp_call_answer(c, e.id, STR("{\"action\":\"accept\"}"), 0, STR_NONE, &err), &err);
  mcp_event_free(&e);
  must(mcp_call_next(c, &e, &err), &err);
  assert_int_equal(e.kind, MCP_RESULT);
  check_text(json_str(e.value, "x"), "heard");
  mcp_event_free(&e);
  mcp_call_close(c);
  yyjson_mut_doc_free(r.doc);
}

static void asked_in_a_call(void **state) {
  (void)state;
  reset();
  meet(asks, "/mcp", answers_it);
  assert_int_equal(asked_with("{\"jsonrpc\":\"2.0\",\"id\":\"p\",\"result\":{}}"), 1);
  assert_int_equal(asked_with("notifications/cancelled"), 0);
}

static void leaves_in_the_middle(void) {
  struct err err;
  struct mcp_call *c;
  struct mcp_event e;
  struct mcp_request r = call_of(ann, "any", "{}");
  must(mcp_call_open(near.peer, &r, &c, &err), &err);
  must(mcp_call_next(c, &e, &err), &err);
  mcp_event_free(&e);
  mcp_call_close(c);
  yyjson_mut_doc_free(r.doc);
  for (int i = 0; i < WAITS && !asked_with("notifications/cancelled"); i++)
    if (!fiber_sleep(10, &err)) break;
}

static void to_cancel_is_told(void **state) {
  (void)state;
  reset();
  meet(asks, "/mcp", leaves_in_the_middle);
  assert_int_equal(asked_with("\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":4,"), 1);
}

// ---- detached: another loop goes on

static struct {
  struct mcp_call *call;
  atomic_bool done;
} handed;

static void go_on_elsewhere(void *arg) {
  struct err err;
  struct mcp_event e;
  must(mcp_call_next(handed.call, &e, &err), &err);
  assert_int_equal(e.kind, MCP_REQUEST);
  must(mcp_call_answer(handed.call, e.id, STR("{\"action\":\"accept\"}"), 0, STR_NONE, &err), &err);
  mcp_event_free(&e);
  must(mcp_call_next(handed.call, &e, &err), &err);
  assert_int_equal(e.kind, MCP_RESULT);
  mcp_event_free(&e);
  mcp_call_close(handed.call);
  atomic_store(&handed.done, true);
  loop_stop(arg);
}

static void start_elsewhere(void *arg) {
  fiber_spawn(arg, "elsewhere", go_on_elsewhere, arg);
}

static void hands_over(void) {
  struct err err;
  struct mcp_request r = call_of(ann, "any", "{}");
  must(mcp_call_open(near.peer, &r, &handed.call, &err), &err);
  must(mcp_call_detach(handed.call, &err), &err);
  yyjson_mut_doc_free(r.doc);
  struct loop *other = loop_new("other", 1, 16);
  loop_start(other);
  loop_post(other, start_elsewhere, other);
  while (!atomic_load(&handed.done))
    if (!fiber_sleep(10, &err)) break;
  loop_stop(other);
  loop_free(other);
}

static void detached(void **state) {
  (void)state;
  reset();
  atomic_store(&handed.done, false);
  meet(asks, "/mcp", hands_over);
  assert_true(atomic_load(&handed.done));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(sessions, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(one_initialize_for_all, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(a_bounded_pool, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(idle_ones_are_closed, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(a_crowd_is_closed_a_few_at_a_time, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(after_close_nothing_is_sent, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(versions, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(resumed, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(resumed_in_vain, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(asked_in_a_call, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(to_cancel_is_told, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(detached, near_setup, near_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
