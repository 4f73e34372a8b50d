// SPDX-License-Identifier: Apache-2.0
// Servers that stall, dribble, flood, send too much or nonsense: each is a clear error within a limit.
#include "../support/check.h"
#include "remote_fixture.h"

static const struct mcp_who who = {.principal = {"ann", 3}};

enum { BIG = 256 * 1024 };

static void say_much(int fd, size_t n) {
  char bytes[4096];
  memset(bytes, 'x', sizeof bytes);
  for (size_t sent = 0; sent < n; sent += sizeof bytes)
    if (send(fd, bytes, sizeof bytes, MSG_NOSIGNAL) <= 0) break;
}

static bool flood(struct asked *a) {
  static const char note[] =
      "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{\"level\":\"info\"}}\n\n";
  say_events(a->fd, "");
  for (int i = 0; i < 20000 && send(a->fd, note, sizeof note - 1, MSG_NOSIGNAL) > 0; i++) continue;
  return false;
}

static bool dribble(struct asked *a) {
  sayf(a->fd, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n");
  while (send(a->fd, " ", 1, MSG_NOSIGNAL) > 0) usleep(20000);
  return false;
}

static bool many_large(struct asked *a) {
  say_events(a->fd, "");
  for (int i = 0; i < 100; i++) {
    say(a->fd, "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{\"data\":\"");
    say_much(a->fd, 48 * 1024);
    say(a->fd, "\"}}\n\n");
  }
  return false;
}

static bool nonsense(struct asked *a, const char *body) {
  say_json(a->fd, 200, "", body);
  return true;
}

static bool serve(struct asked *a) {
  if (calls(a, "server/discover"))
    return say_result(
        a, "{\"resultType\":\"complete\",\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":{}}");
  if (!calls(a, "tools/call")) return say_error(a, 404, -32601, "unknown", "");
  struct str name = json_str(a->params, "name");
  if (str_is(name, "flood")) return flood(a);
  if (str_is(name, "dribble")) return dribble(a);
  if (str_is(name, "many large")) return many_large(a);
  if (str_is(name, "stall")) return wait_for_end(a->fd), false;
  if (str_is(name, "quiet stream")) return say_events(a->fd, ""), wait_for_end(a->fd), false;
  if (str_is(name, "big")) {
    sayf(a->fd, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", BIG);
    return say_much(a->fd, BIG), false;
  }
  if (str_is(name, "endless line"))
    return say_events(a->fd, ""), say(a->fd, "data: "), say_much(a->fd, BIG), false;
  if (str_is(name, "cut")) {
    sayf(a->fd,
         "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{\"jsonrpc\":");
    return false;
  }
  if (str_is(name, "empty stream")) return say_events(a->fd, ": nothing\n\n"), false;
  if (str_is(name, "page")) {
    say(a->fd, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>");
    return true;
  }
  if (str_is(name, "redirect")) {
    say(a->fd, "HTTP/1.1 307 X\r\nLocation: https://elsewhere.example/mcp?k=1\r\nContent-Length: 0\r\n\r\n");
    return true;
  }
  if (str_is(name, "asks")) {
    say_events(a->fd, "");
    say(a->fd, "data: {\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"sampling/createMessage\"}\n\n");
    return false;
  }
  if (str_is(name, "accepts")) return say_status(a->fd, 202);
  if (str_is(name, "busy"))
    return say_json(a->fd, 429, "Retry-After: 7\r\n", "{\"error\":{\"message\":\"slow down\",\"code\":1}}");
  if (str_is(name, "broken")) return say_json(a->fd, 502, "", "<html>nginx</html>");
  if (str_is(name, "words")) return say_json(a->fd, 500, "", "database is\nlocked");
  if (str_is(name, "error at 500")) return say_error(a, 500, -32603, "it failed", "");
  if (str_is(name, "wrong id")) return nonsense(a, "{\"jsonrpc\":\"2.0\",\"id\":77777,\"result\":{}}");
  if (str_is(name, "half json")) return nonsense(a, "{\"jsonrpc\":\"2.0\",\"id\":");
  if (str_is(name, "no message")) return nonsense(a, "{\"hello\":\"world\"}");
  if (str_is(name, "list result")) return say_result(a, "[1,2]");
  if (str_is(name, "twice")) return say_result(a, "{\"a\":1,\"a\":2}");
  if (str_is(name, "empty batch")) return nonsense(a, "[]");
  if (str_is(name, "deep")) {
    char body[1024];
    memset(body, '[', 500);
    memset(body + 500, ']', 500);
    body[1000] = 0;
    return say_result(a, "{\"a\":%s}", body);
  }
  return say_result(a, "{\"resultType\":\"complete\",\"x\":\"plain\"}");
}

static const struct {
  const char *name;
  enum err_code code;
  const char *text;
} cases[] = {
    {"flood", ERR_LIMIT, "more than 10000 notifications"},
    {"dribble", ERR_TIMEOUT, ""},
    {"many large", ERR_LIMIT, ""},
    {"stall", ERR_TIMEOUT, ""},
    {"quiet stream", ERR_TIMEOUT, ""},
    {"big", ERR_LIMIT, "passes 65536 bytes"},
    {"endless line", ERR_LIMIT, "passes 6555"},
    {"cut", ERR_UPSTREAM, ""},
    {"empty stream", ERR_UPSTREAM, "without a result"},
    {"page", ERR_UPSTREAM, "\"text/html\""},
    {"redirect", ERR_UPSTREAM, "redirects (status 307) to https://elsewhere.example/mcp, and"},
    {"asks", ERR_UPSTREAM, "sent a request (sampling/createMessage)"},
    {"accepts", ERR_UPSTREAM, "status 202"},
    {"busy", ERR_LIMIT, "status 429: slow down"},
    {"broken", ERR_UPSTREAM, "status 502"},
    {"words", ERR_UPSTREAM, "status 500: database is locked"},
    {"wrong id", ERR_UPSTREAM, "answered another request"},
    {"half json", ERR_UPSTREAM, "broken message"},
    {"no message", ERR_UPSTREAM, "broken message"},
    {"list result", ERR_UPSTREAM, "not an object"},
    {"twice", ERR_UPSTREAM, "broken message"},
    {"empty batch", ERR_UPSTREAM, "batch of 0"},
    {"deep", ERR_LIMIT, "broken message"},
};

static void each(void) {
  struct err err;
  struct mcp_event e;
  must(mcp_peer_probe(near.peer, &err), &err);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct mcp_request r = call_of(who, cases[i].name, "{}");
    must_fail(mcp_ask(near.peer, &r, &e, &err), &err, cases[i].code, cases[i].text);
    assert_null(strstr(err.text, "k=1"));
    yyjson_mut_doc_free(r.doc);
  }
  expect_call(who, "error at 500", "-32603");
  expect_call(who, "fine", "plain"); // and it still works
}

static void every_kind(void **state) {
  (void)state;
  near.limits.first_byte_ms = near.limits.stall_ms = 1500; // time for all that do answer
  near.limits.total_ms = 3000;
  meet(serve, "/mcp", each);
}

// The rate and the status are there also where the answer is an error.
static void rate(void) {
  struct err err;
  struct mcp_event e;
  struct mcp_call *c;
  struct ratelimit found;
  struct mcp_request r = call_of(who, "busy", "{}");
  must(mcp_call_open(near.peer, &r, &c, &err), &err);
  must_fail(mcp_call_next(c, &e, &err), &err, ERR_LIMIT, "429");
  assert_int_equal(mcp_call_status(c), 429);
  assert_true(mcp_call_rate(c, &found));
  assert_int_equal(ratelimit_wait(&found), 7);
  mcp_call_close(c);
  yyjson_mut_doc_free(r.doc);
}

static void rates_of_errors(void **state) {
  (void)state;
  meet(serve, "/mcp", rate);
}

// ---- one who ends each session as soon as it is used

static bool forgetful(struct asked *a) {
  if (calls(a, "server/discover")) return say_status(a->fd, 404);
  if (calls(a, "initialize")) {
    char *body;
    if (asprintf(&body,
                 "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"protocolVersion\":\"2025-06-18\","
                 "\"capabilities\":{}}}",
                 a->id) < 0)
      abort();
    say_json(a->fd, 200, "Mcp-Session-Id: s\r\n", body);
    free(body);
    return true;
  }
  return calls(a, "tools/call") ? say_status(a->fd, 404) : say_status(a->fd, 202);
}

static void once_and_no_more(void) {
  struct err err;
  struct mcp_event e;
  struct mcp_request r =
      call_of((struct mcp_who){.principal = STR("ann"), .prefer = MCP_LEGACY}, "any", "{}");
  must_fail(mcp_ask(near.peer, &r, &e, &err), &err, ERR_UPSTREAM, "status 404");
  yyjson_mut_doc_free(r.doc);
}

static void sessions_that_never_last(void **state) {
  (void)state;
  meet(forgetful, "/mcp", once_and_no_more);
  assert_int_equal(asked_with("tools/call"), 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(every_kind, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(rates_of_errors, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(sessions_that_never_last, near_setup, near_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
