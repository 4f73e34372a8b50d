// SPDX-License-Identifier: Apache-2.0
// Streams that a server breaks and keeps open. Whatever it does, and however often we come back: a session
// has one stream at a time, one that failed is closed at once, and none is left once the session has ended,
// or the loop, the peer being there still.
#include "../support/check.h"
#include "remote_fixture.h"

enum { COMES_BACK = 3, TWINS = 2 };

// Until the client leaves, however long that is; what it sends meanwhile is not read.
static void hold_open(int fd) {
  struct pollfd p = {.fd = fd, .events = POLLRDHUP};
  while (poll(&p, 1, 60000) == 0) continue;
}

static void say_endlessly(int fd, const char *text) {
  while (send(fd, text, strlen(text), MSG_NOSIGNAL) > 0) usleep(2000);
}

#define SSE "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nretry: 20\n\n"

// How a server may spoil its GET stream. Each is tried again by us for as long as the session lives, but for
// those that say that there is no such stream.
static const struct spoilt {
  const char *name, *said;
  const char *endless; // and then this again and again; NULL: silence
  bool closes;         // it ends the connection by itself
  int comes;           // how often we do, at least; 0: COMES_BACK; and where it is 1, at most
} spoilt[] = {
    {"broken JSON", SSE "data: {broken\n\n", NULL, false, 0},
    {"broken JSON, then more of it", SSE "data: {broken\n\n", "data: {broken\n\n", false, 0},
    {"no message", SSE "data: {\"hello\":1}\n\n", NULL, false, 0},
    {"a list of nonsense", SSE "data: [1,[2]]\n\n", NULL, false, 0},
    {"an event too large",
     SSE "data: ", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", false, 0},
    {"a page", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>", NULL, false, 0},
    {"an endless page", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", "<p>", false, 0},
    {"no type", "HTTP/1.1 200 OK\r\n\r\n", NULL, false, 0},
    // It says that it closes: a request that goes out on a kept connection in that moment is lost, and POST
    // is not sent again.
    {"nothing", "HTTP/1.1 204 X\r\nConnection: close\r\n\r\n", NULL, true, 0},
    {"accepted", "HTTP/1.1 202 X\r\nContent-Length: 10\r\n\r\n", NULL, false, 0},
    {"trouble without end", "HTTP/1.1 500 X\r\nContent-Type: text/plain\r\n\r\n", "trouble ", false, 0},
    {"trouble and silence", "HTTP/1.1 503 X\r\nContent-Length: 100\r\n\r\n", NULL, false, 0},
    {"half a head", "HTTP/1.1 200 OK\r\nContent-Type: text/ev", NULL, false, 2},
    {"an endless head", "HTTP/1.1 200 OK\r\n", "A: b\r\n", false, 2},
    {"a redirect", "HTTP/1.1 307 X\r\nLocation: /other\r\n\r\n", "x", false, 0},
    {"ends in the middle", SSE "data: {\"jsonrpc\":", NULL, true, 0},
    {"ends at once", SSE, NULL, true, 0},
    {"no retry pause", "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nretry: 0\nid: 1\n\n", NULL,
     true, 0},
    {"events without data", SSE "id: 7\n\n", ": nothing\n\nevent: message\n\n", false, 1},
    {"an open JSON body", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"a\":", " ", false, 1},
    {"not found, without end", "HTTP/1.1 404 X\r\n\r\n", "no ", false, 1},
    {"not allowed, and silence", "HTTP/1.1 405 X\r\nContent-Length: 10\r\n\r\n", NULL, false, 1},
};
enum { SPOILT = sizeof spoilt / sizeof *spoilt, SESSIONS = SPOILT * TWINS, PROBES = 1 };

static atomic_int sessions; // made; the first is only to see whether one can be made
static struct {
  atomic_int gets, open, most; // most: at a time
} seen[SESSIONS + PROBES];

static const struct spoilt *way_of(int session) {
  return &spoilt[(session - PROBES + SESSIONS) % SPOILT];
}

static bool spoil(int fd, int session) {
  const struct spoilt *way = way_of(session);
  int now = atomic_fetch_add(&seen[session].open, 1) + 1, most = atomic_load(&seen[session].most);
  while (now > most && !atomic_compare_exchange_weak(&seen[session].most, &most, now)) continue;
  atomic_fetch_add(&seen[session].gets, 1);
  say(fd, way->said);
  if (way->endless) say_endlessly(fd, way->endless);
  if (!way->closes && !way->endless) hold_open(fd);
  atomic_fetch_sub(&seen[session].open, 1);
  return false;
}

static bool serve(struct asked *a) {
  if (calls(a, "server/discover")) return say_error(a, 404, -32601, "unknown", "");
  struct str id = header_of(a, "Mcp-Session-Id");
  if (is_get(a)) return spoil(a->fd, atoi(id.p + 1));
  if (calls(a, "initialize")) {
    char *body, extra[64];
    snprintf(extra, sizeof extra, "Mcp-Session-Id: s%d\r\n", atomic_fetch_add(&sessions, 1));
    if (asprintf(&body,
                 "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"protocolVersion\":\"2025-11-25\","
                 "\"capabilities\":{},\"serverInfo\":{\"name\":\"s\",\"version\":\"1\"}}}",
                 a->id) < 0)
      abort();
    say_json(a->fd, 200, extra, body);
    free(body);
    return true;
  }
  if (strcmp(a->id, "null") == 0 || !a->method.n) return say_status(a->fd, 202);
  return say_result(a, "{\"x\":\"fine\"}");
}

// What the server sees comes in its own time.
static void await(int session, const char *what, atomic_int *counter, int least, int most) {
  struct err unused;
  for (int i = 0; i < 6000; i++) {
    int now = atomic_load(counter);
    if (now >= least && now <= most) return;
    if (fiber_self() && !fiber_sleep(10, &unused)) break;
    if (!fiber_self()) usleep(10000);
  }
  fail_msg("%s: %d %s, wanted %d to %d", way_of(session)->name, atomic_load(counter), what, least, most);
}

// All at the same time, since we come back with pauses.
static void make_sessions(void) {
  char name[32];
  for (int i = 0; i < SESSIONS; i++) {
    snprintf(name, sizeof name, "person %d", i);
    expect_call((struct mcp_who){.principal = str_of(name),
                                 .capabilities = STR("{\"elicitation\":{}}"),
                                 .prefer = MCP_LEGACY},
                "any", "fine");
  }
  assert_int_equal(atomic_load(&sessions), SESSIONS + PROBES);
  for (int i = PROBES; i < SESSIONS + PROBES; i++) {
    int comes = way_of(i)->comes ? way_of(i)->comes : COMES_BACK;
    await(i, "streams opened", &seen[i].gets, comes, comes == 1 ? 1 : INT_MAX);
  }
}

// One that failed is closed before the next is opened; the server may learn of it a little late.
static void expect_one_a_session(void) {
  for (int i = PROBES; i < SESSIONS + PROBES; i++)
    if (atomic_load(&seen[i].most) > 2)
      fail_msg("%s: %d streams of one session at a time", way_of(i)->name, atomic_load(&seen[i].most));
}

static void expect_none_left(void) {
  for (int i = PROBES; i < SESSIONS + PROBES; i++) await(i, "streams open", &seen[i].open, 0, 0);
}

static int spoilt_setup(void **state) {
  int failed = near_setup(state);
  near.limits.first_byte_ms = 3000; // for a head that does not come
  near.options.sessions_most = SESSIONS;
  atomic_store(&sessions, 0);
  memset(seen, 0, sizeof seen);
  return failed;
}

static void leave(void) {
  char name[32];
  make_sessions();
  expect_one_a_session();
  for (int i = 0; i < SESSIONS; i++) {
    snprintf(name, sizeof name, "person %d", i);
    mcp_peer_leave(near.peer, str_of(name));
  }
  expect_none_left(); // while peer and loop go on
}

static void one_a_session_and_none_after_it(void **state) {
  (void)state;
  meet(serve, "/mcp", leave);
}

// ---- the program ends: the loop first, the peer with its sessions after it

static void stop_in_the_middle(void *arg) {
  (void)arg;
  make_sessions();
  loop_stop(near.loop);
}

static void none_after_the_loop(void **state) {
  (void)state;
  remote_start(serve, "/mcp");
  near.loop = loop_new("near", 0, 256);
  snprintf(near.url, sizeof near.url, "http://127.0.0.1:%u/mcp", remote.port);
  near.options.url = str_of(near.url);
  near.peer = mcp_peer_new(&near.options);
  assert_non_null(fiber_spawn(near.loop, "test", stop_in_the_middle, NULL));
  loop_run(near.loop);
  expect_none_left();
  loop_free(near.loop); // earlier than the program does it: nothing may come back to it
  mcp_peer_close(near.peer);
  mcp_peer_unref(near.peer);
  remote_stop();
  expect_one_a_session();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(one_a_session_and_none_after_it, spoilt_setup, near_teardown),
      cmocka_unit_test_setup_teardown(none_after_the_loop, spoilt_setup, near_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
