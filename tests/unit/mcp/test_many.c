// SPDX-License-Identifier: Apache-2.0
// Many loops, many principals, one peer: sessions are shared, forgotten, evicted and closed under way. What
// counts is that each call gets its own answer or a clear error, that nothing is left, and (under
// ThreadSanitizer) how.
#include "../support/check.h"
#include "remote_fixture.h"

enum { LOOPS = 3, FIBERS = 6, CALLS = 25, PRINCIPALS = 5 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int made, streams[4096], stream_count;
static atomic_int answered, failed, ended;

// Every so often a session is forgotten.
static bool serve_streamable(struct asked *a) {
  if (calls(a, "server/discover")) return say_status(a->fd, 404);
  if (is_get(a)) return say_status(a->fd, 405);
  if (str_is(a->http, "DELETE")) return say_status(a->fd, 405);
  if (calls(a, "initialize")) {
    char extra[64], *body;
    pthread_mutex_lock(&lock);
    snprintf(extra, sizeof extra, "Mcp-Session-Id: s%d\r\n", made++);
    pthread_mutex_unlock(&lock);
    if (asprintf(&body,
                 "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"protocolVersion\":\"2025-11-25\","
                 "\"capabilities\":{}}}",
                 a->id) < 0)
      abort();
    say_json(a->fd, 200, extra, body);
    free(body);
    return true;
  }
  if (strcmp(a->id, "null") == 0) return say_status(a->fd, 202);
  if (a->nth % 17 == 0) return say_status(a->fd, 404);
  struct str name = json_str(a->params, "name");
  if (a->nth % 2 == 0) return say_result(a, "{\"x\":\"%.*s\"}", STR_ARG(name));
  say_events(a->fd, "");
  sayf(a->fd, "data: {\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"x\":\"%.*s\"}}\n\n", a->id, STR_ARG(name));
  return false;
}

// Every so often a stream is cut.
static bool serve_sse(struct asked *a) {
  if (is_get(a)) {
    pthread_mutex_lock(&lock);
    int session = stream_count++;
    if (session >= 4096) abort();
    streams[session] = a->fd;
    say_events(a->fd, "");
    sayf(a->fd, "event: endpoint\ndata: /post?s=%d\n\n", session);
    pthread_mutex_unlock(&lock);
    wait_for_end(a->fd);
    pthread_mutex_lock(&lock);
    streams[session] = -1;
    pthread_mutex_unlock(&lock);
    return false;
  }
  const char *s = strstr(a->text, "POST /post?s=");
  int session = s ? atoi(s + 13) : -1;
  if (session < 0) return say_status(a->fd, 404);
  say_status(a->fd, 202);
  struct str name = json_str(a->params, "name");
  pthread_mutex_lock(&lock);
  int fd = streams[session];
  if (fd >= 0 && calls(a, "initialize"))
    sayf(fd,
         "data: "
         "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"protocolVersion\":\"2024-11-05\",\"capabilities\":{}}}"
         "\n\n",
         a->id);
  else if (fd >= 0 && a->nth % 61 == 0)
    shutdown(fd, SHUT_RDWR);
  else if (fd >= 0 && strcmp(a->id, "null") != 0)
    sayf(fd, "data: {\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"x\":\"%.*s\"}}\n\n", a->id, STR_ARG(name));
  pthread_mutex_unlock(&lock);
  return true;
}

static void call_in_turn(void *arg) {
  int number = (int)(intptr_t)arg;
  for (int i = 0; i < CALLS; i++) {
    char name[32], principal[16];
    struct mcp_event e;
    struct err err;
    snprintf(name, sizeof name, "n%d-%d", number, i);
    snprintf(principal, sizeof principal, "p%d", (number + i) % PRINCIPALS);
    struct mcp_request r =
        call_of((struct mcp_who){.principal = str_of(principal), .prefer = MCP_LEGACY}, name, "{}");
    if (mcp_ask(near.peer, &r, &e, &err)) {
      if (!str_is(json_str(e.value, "x"), name)) abort(); // another's answer
      mcp_event_free(&e);
      atomic_fetch_add(&answered, 1);
    } else {
      atomic_fetch_add(&failed, 1);
    }
    yyjson_mut_doc_free(r.doc);
  }
  atomic_fetch_add(&ended, 1);
}

static void start_fibers(void *arg) {
  for (int i = 0; i < FIBERS; i++)
    fiber_spawn(arg, "caller", call_in_turn, (void *)(intptr_t)((int)loop_index(arg) * FIBERS + i));
}

static bool close_early;

static void from_all_loops(void) {
  struct loop *loops[LOOPS];
  struct err err;
  must(mcp_peer_probe(near.peer, &err), &err);
  for (unsigned i = 0; i < LOOPS; i++) {
    loops[i] = loop_new("many", i, 64);
    loop_start(loops[i]);
    loop_post(loops[i], start_fibers, loops[i]);
  }
  if (close_early && fiber_sleep(150, &err)) mcp_peer_close(near.peer);
  while (atomic_load(&ended) < LOOPS * FIBERS) {
    mcp_peer_tidy(near.peer);
    if (!fiber_sleep(10, &err)) break;
  }
  for (unsigned i = 0; i < LOOPS; i++) loop_stop(loops[i]);
  for (unsigned i = 0; i < LOOPS; i++) loop_free(loops[i]);
}

static void run(remote_script *serve, const char *path) {
  made = stream_count = 0;
  atomic_store(&answered, 0);
  atomic_store(&failed, 0);
  atomic_store(&ended, 0);
  meet(serve, path, from_all_loops);
  assert_int_equal(metrics_get(METRIC_MCP_SESSIONS), 0);
  assert_int_equal(atomic_load(&answered) + atomic_load(&failed), LOOPS * FIBERS * CALLS);
}

static void streamable(void **state) {
  (void)state;
  near.options.sessions_most = PRINCIPALS;
  close_early = false;
  run(serve_streamable, "/mcp");
  assert_true(atomic_load(&answered) > LOOPS * FIBERS * CALLS * 9 / 10);
}

static void sse(void **state) {
  (void)state;
  close_early = false;
  near.limits.first_byte_ms = near.limits.stall_ms = 5000; // what is lost on purpose waits that long
  run(serve_sse, "/sse");
  assert_true(atomic_load(&answered) > LOOPS * FIBERS * CALLS * 6 / 10);
}

static void closed_under_way(void **state) {
  (void)state;
  close_early = true;
  run(serve_streamable, "/mcp");
  run(serve_sse, "/sse");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(streamable, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(sse, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(closed_under_way, near_setup, near_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
