// SPDX-License-Identifier: Apache-2.0
// What a URL is found to speak, whatever it answers; authorization on the way; verdicts that are no longer
// true.
#include "../support/check.h"
#include "remote_fixture.h"

static const struct mcp_who modern = {.principal = {"ann", 3}, .prefer = MCP_MODERN};
static const struct mcp_who legacy = {.principal = {"ann", 3}, .prefer = MCP_LEGACY};

#define DISCOVERED "{\"resultType\":\"complete\",\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":{}}"
#define INITIALIZED "{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},\"serverInfo\":{}}"

// How each question is answered: a status with a body, or a result, or a JSON-RPC error.
struct manner {
  int status;         // 0: 200
  const char *result; // else
  int code;           // else
  const char *data;   // of the error
  const char *type;   // Content-Type of something that is no answer
};

static struct { struct manner discover, initialize, get; } manners;

static bool behave(struct asked *a, const struct manner *m) {
  if (m->result) return say_result(a, "%s", m->result);
  if (m->code) return say_error(a, m->status ? m->status : 200, m->code, "no", m->data ? m->data : "");
  if (m->type) {
    sayf(a->fd, "HTTP/1.1 %d X\r\nContent-Type: %s\r\nContent-Length: 6\r\n\r\n<html>",
         m->status ? m->status : 200, m->type);
    return true;
  }
  return m->status ? say_status(a->fd, m->status) : false;
}

static bool serve(struct asked *a) {
  if (is_get(a)) return behave(a, &manners.get);
  if (calls(a, "server/discover")) return behave(a, &manners.discover);
  if (calls(a, "initialize")) return behave(a, &manners.initialize);
  return strcmp(a->id, "null") == 0 ? say_status(a->fd, 202) : say_result(a, "{\"x\":\"any\"}");
}

static unsigned want_speaks;
static enum err_code want_code;
static const char *want_text;

static void probe(void) {
  struct err err;
  bool ok = mcp_peer_probe(near.peer, &err);
  if (want_code) {
    must_fail(ok, &err, want_code, want_text);
    assert_int_equal(mcp_peer_verdict(near.peer).speaks, 0);
    return;
  }
  must(ok, &err);
  assert_int_equal(mcp_peer_verdict(near.peer).speaks, want_speaks);
  assert_true(mcp_peer_verdict(near.peer).at > 0);
}

enum { M = MCP_SPEAKS_MODERN, S = MCP_SPEAKS_STREAMABLE };

static void verdicts(void **state) {
  (void)state;
  static const struct {
    struct manner discover, initialize;
    unsigned speaks;
    enum err_code code;
    const char *text;
  } cases[] = {
      {{.result = DISCOVERED}, {.status = 404, .code = -32601}, .speaks = M},
      {{.result = DISCOVERED}, {.status = 400, .code = -32022}, .speaks = M},
      {{.result = DISCOVERED}, {.result = INITIALIZED}, .speaks = M | S},
      {{.result = DISCOVERED}, {.status = 500}, .speaks = M},
      {{.result = "{}"}, {.result = INITIALIZED}, .speaks = S},
      {{.result = "{\"supportedVersions\":[\"2025-06-18\"]}"}, {.result = INITIALIZED}, .speaks = S},
      {{.code = -32601}, {.result = INITIALIZED}, .speaks = S},
      {{.status = 400, .code = -32000}, {.result = INITIALIZED}, .speaks = S},
      {{.status = 400, .code = -32020}, {.result = INITIALIZED}, .speaks = S},
      {{.status = 400, .code = -32022}, {.result = INITIALIZED}, .speaks = S},
      {{.status = 400, .code = -32022, .data = "{\"supported\":[\"2025-11-25\"]}"},
       {.result = INITIALIZED},
       .speaks = S},
      {{.status = 404}, {.result = INITIALIZED}, .speaks = S},
      {{.status = 405}, {.result = INITIALIZED}, .speaks = S},
      {{.status = 202}, {.result = INITIALIZED}, .speaks = S},
      {{.type = "text/html"}, {.result = INITIALIZED}, .speaks = S},
      // never a verdict
      {{.status = 500}, {.result = INITIALIZED}, .code = ERR_UPSTREAM, .text = "status 500"},
      {{.status = 503, .code = -32000},
       {.result = INITIALIZED},
       .code = ERR_UPSTREAM,
       .text = "status 503: no"},
      {{.status = 429}, {.result = INITIALIZED}, .code = ERR_LIMIT, .text = "status 429"},
      {{.status = 401}, {.result = INITIALIZED}, .code = ERR_UNAUTHENTICATED, .text = "status 401"},
      {{.status = 403}, {.result = INITIALIZED}, .code = ERR_DENIED, .text = "status 403"},
      {{0}, {.result = INITIALIZED}, .code = ERR_UPSTREAM, .text = ""},
      {{.status = 404}, {.status = 502}, .code = ERR_UPSTREAM, .text = "status 502"},
      {{.status = 302}, {.result = INITIALIZED}, .code = ERR_UPSTREAM, .text = "redirects"},
      {{.status = 400, .code = -32022, .data = "{\"supported\":[\"2027-01-01\"]}"},
       {.result = INITIALIZED},
       .code = ERR_UPSTREAM,
       .text = "2027-01-01"},
      {{.status = 400, .code = -32022, .data = "{\"supported\":[\"2026-07-28\"]}"},
       {.result = INITIALIZED},
       .code = ERR_UPSTREAM,
       .text = "refuses the version"},
      {{.status = 404}, {.status = 404}, .code = ERR_UPSTREAM, .text = "no MCP server was found"},
      {{.type = "text/html"}, {.type = "text/html"}, .code = ERR_UPSTREAM, .text = "\"text/html\""},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    manners.discover = cases[i].discover;
    manners.initialize = cases[i].initialize;
    manners.get = (struct manner){.status = 405};
    want_speaks = cases[i].speaks;
    want_code = cases[i].code;
    want_text = cases[i].text;
    meet(serve, "/mcp", probe);
  }
}

static void a_server_without_events(void **state) {
  (void)state;
  manners.discover = (struct manner){.type = "text/event-stream"}; // says nothing that is an event, and ends
  manners.initialize = (struct manner){.status = 500};
  want_code = ERR_UPSTREAM;
  want_text = "500";
  meet(serve, "/mcp", probe);
}

// ---- a verdict that is no longer true

static void changes(void) {
  expect_call(modern, "any", "any");
  assert_int_equal(mcp_peer_verdict(near.peer).speaks, M);
}

static bool turned_modern(struct asked *a) {
  if (calls(a, "initialize")) return say_error(a, 404, -32601, "unknown method", "");
  return serve(a);
}

static void a_stale_legacy_verdict(void **state) {
  (void)state;
  manners.discover = (struct manner){.result = DISCOVERED};
  near.options.verdict = (struct mcp_verdict){.speaks = S, .at = clock_now_ms()};
  meet(turned_modern, "/mcp", changes);
}

static bool turned_legacy(struct asked *a) {
  if (calls(a, "server/discover") || header_of(a, "Mcp-Method").n)
    return say_json(a->fd, 400, "",
                    "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32000,\"message\":\"Bad "
                    "Request: Server not initialized\"}}");
  return serve(a);
}

static void falls_back(void) {
  expect_call(modern, "any", "any");
  assert_int_equal(mcp_peer_verdict(near.peer).speaks, S);
}

static void a_stale_modern_verdict(void **state) {
  (void)state;
  manners.initialize = (struct manner){.result = INITIALIZED};
  near.options.verdict = (struct mcp_verdict){.speaks = M, .at = clock_now_ms()};
  meet(turned_legacy, "/mcp", falls_back);
}

static void asks_in_each_era(void) {
  expect_call(modern, "any", "any");
  expect_call(legacy, "any", "any");
}

static void an_old_verdict_is_checked(void **state) {
  (void)state;
  manners.discover = (struct manner){.result = DISCOVERED};
  manners.initialize = (struct manner){.result = INITIALIZED};
  near.options.verdict = (struct mcp_verdict){.speaks = M | S, .at = clock_now_ms() - MCP_VERDICT_MS - 1};
  meet(serve, "/mcp", asks_in_each_era);
  assert_int_equal(asked_with("server/discover"), 1);
  near.options.verdict = (struct mcp_verdict){.speaks = M | S, .at = clock_now_ms()};
  meet(serve, "/mcp", asks_in_each_era);
  assert_int_equal(asked_with("server/discover"), 0);
}

// ---- the lender of the credential

static struct {
  int asked, refused;
  const char *good; // the token that is taken; NULL: none
  int gives_up;     // after so many refusals
} lender;

static bool lend(void *arg, const struct mcp_challenge *refused, struct arena *a, struct http_headers *out,
                 struct err *err) {
  (void)arg;
  lender.asked++;
  if (refused) {
    lender.refused++;
    assert_int_equal(refused->status, 401);
    check_text(refused->www_authenticate, "Bearer resource_metadata=\"x\"");
    check_has(refused->said.p, "no token");
    if (lender.refused == lender.gives_up) return err_set(err, ERR_UNAUTHENTICATED, "open this link");
  }
  *out = (struct http_headers){ARENA_NEW(a, struct http_header), 1};
  out->items[0] = (struct http_header){STR("Authorization"), arena_printf(a, "Bearer t%d", lender.refused)};
  return true;
}

static bool guarded(struct asked *a) {
  char want[64];
  snprintf(want, sizeof want, "Bearer %s", lender.good ? lender.good : "?");
  if (!str_is(header_of(a, "Authorization"), want))
    return say_json(a->fd, 401, "WWW-Authenticate: Bearer resource_metadata=\"x\"\r\n",
                    "{\"error\":\"invalid_token\",\"error_description\":\"no token\"}");
  return serve(a);
}

static void authorized(void) {
  expect_call(modern, "any", "any");
}

static void never_authorized(void) {
  struct err err;
  must_fail(mcp_peer_probe(near.peer, &err), &err, ERR_UNAUTHENTICATED, want_text);
}

static void credentials(void **state) {
  (void)state;
  manners.discover = (struct manner){.result = DISCOVERED};
  manners.initialize = (struct manner){.status = 404};
  near.options.auth = (struct mcp_auth){.headers = lend};
  memset(&lender, 0, sizeof lender);
  lender.good = "t2";
  meet(guarded, "/mcp", authorized);
  assert_int_equal(lender.refused, 2);

  memset(&lender, 0, sizeof lender);
  want_text = "no token";
  meet(guarded, "/mcp", never_authorized);
  assert_int_equal(lender.refused, MCP_REFUSALS_MOST);

  memset(&lender, 0, sizeof lender);
  lender.gives_up = 1;
  want_text = "open this link";
  meet(guarded, "/mcp", never_authorized);
  assert_int_equal(lender.refused, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(verdicts, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(a_server_without_events, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(a_stale_legacy_verdict, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(a_stale_modern_verdict, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(an_old_verdict_is_checked, near_setup, near_teardown),
      cmocka_unit_test_setup_teardown(credentials, near_setup, near_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
