// SPDX-License-Identifier: Apache-2.0
// The tests run in this order and build on each other, as an administrator's day does.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "admin_fixture.h"
#include "base/steady.h"

static const char *acme_id; // the account that the later tests use

static void test_health(void **state) {
  (void)state;
  expect_done(send_request("GET", "/healthz", "", NULL), 200);
  expect_done(send_request("HEAD", "/healthz", "", NULL), 200);
  expect_done(call("GET", "/readyz", NULL), 200);
  world->draining = true;
  expect_refusal(call("GET", "/readyz", NULL), 503, "", "not ready: draining");
  world->draining = false;
  struct answer a = send_request("GET", "/metrics", "", NULL);
  expect(&a, 200);
  assert_true(str_contains(a.text, STR("postern_catalog_tools")));
  assert_true(str_contains(a.head, STR("text/plain; version=0.0.4")));
  // Behind a proxy on this machine the client is another.
  expect_done(send_request("GET", "/metrics", "X-Forwarded-For: 203.0.113.9\r\n", NULL), 401);
  world->admin.metrics_token = STR("scrape");
  expect_done(send_request("GET", "/metrics", "", NULL), 401);
  expect_done(send_request("GET", "/metrics", "Authorization: Bearer scrape\r\n", NULL), 200);
  expect_done(call("GET", "/metrics", NULL), 200);
  world->admin.metrics_token = STR_NONE;
}

static void test_who_may(void **state) {
  (void)state;
  struct answer a = send_request("GET", "/integrated-account", "", NULL);
  expect(&a, 401);
  assert_true(str_contains(a.head, STR("WWW-Authenticate: Bearer realm=\"postern\"\r\n")));
  answer_free(&a);
  a = send_request("GET", "/integrated-account", "Authorization: Bearer psk_wrong\r\n", NULL);
  expect(&a, 401);
  assert_true(str_contains(a.head, STR("error=\"invalid_token\"")));
  answer_free(&a);
  a = call("POST", "/api-token", "{\"name\":\"app\",\"role\":\"client\"}");
  expect(&a, 201);
  const char *client = take(&a, "token");
  const char *headers = TEXT("Authorization: Bearer %s\r\n", client);
  expect_done(send_request("GET", "/integrated-account", headers, NULL), 403);
  expect_done(send_request("POST", "/api-token", headers, "{\"name\":\"x\",\"role\":\"admin\"}"), 403);
  a = send_request("GET", "/whoami", headers, NULL);
  expect(&a, 200);
  assert_string_equal(yyjson_get_str(yyjson_obj_get(a.body, "role")), "client");
  answer_free(&a);
  // A page elsewhere, with or without the token.
  headers = TEXT("Authorization: Bearer %s\r\nOrigin: https://evil.example\r\n", world->token);
  expect_done(send_request("GET", "/status", headers, NULL), 403);
  expect_done(send_request("GET", "/healthz", "Origin: https://evil.example\r\n", NULL), 403);
  headers = TEXT("Authorization: Bearer %s\r\nOrigin: http://127.0.0.1\r\n", world->token);
  expect_done(send_request("GET", "/status", headers, NULL), 200);
}

static void test_addresses(void **state) {
  (void)state;
  expect_done(call("GET", "/nothing", NULL), 404);
  struct answer a = call("PUT", "/integrated-account", NULL);
  expect(&a, 405);
  assert_true(str_contains(a.head, STR("Allow: GET, HEAD, POST, OPTIONS\r\n")));
  answer_free(&a);
  a = send_request("OPTIONS", "/api-token", "", NULL);
  expect(&a, 204);
  answer_free(&a);
  expect_refusal(call("GET", "/mcp-server?limt=3", NULL), 400, "query.limt", "allowed: limit, after");
  expect_refusal(call("GET", "/mcp-server?limit=1001", NULL), 400, "query.limit", "1 to 1000");
  expect_refusal(call("GET", "/status?x=1", NULL), 400, "query.x", "allowed: none");
}

static void test_bodies(void **state) {
  (void)state;
  expect_refusal(call("POST", "/api-token", "{\"name\":\"a\",\"rôle\":\"admin\"}"), 400, "rôle",
                 "allowed: name, role");
  expect_refusal(call("POST", "/api-token", "{\"name\":\"a\",\"role\":\"root\"}"), 400, "role",
                 "admin|editor|viewer|client");
  expect_refusal(call("POST", "/api-token", "{\"name\":\"a\",\"role\":\"admin\",\"role\":\"client\"}"), 400,
                 "1:29", "role");
  expect_refusal(call("POST", "/api-token", "{\"name\":\"a\""), 400, "1:12", "not valid JSON");
  struct str headers =
      arena_printf(world->arena, "Authorization: Bearer %s\r\nContent-Type: text/plain\r\n", world->token);
  struct answer a = send_request("POST", "/api-token", headers.p, NULL);
  expect_refusal(a, 415, "Content-Type", "application/json");
}

static void test_connector(void **state) {
  (void)state;
  const char *body = TEXT("{\"definition\":\"%s\",\"document\":%s}", vendor_definition, vendor_document);
  struct answer a = call("POST", "/connector", body);
  expect(&a, 201);
  assert_int_equal(json_int(a.body, "tools", 0), 4);
  assert_int_equal(json_int(a.body, "skipped", -1), 0);
  assert_string_equal(take(&a, "name"), "acme");
  a = call("GET", "/connector/acme", NULL);
  expect(&a, 200);
  assert_int_equal(json_int(a.body, "tool_count", 0), 4);
  yyjson_val *field = json_at(a.body, STR("/ways/0/fields/0"));
  assert_true(str_is(json_str(field, "name"), "token") && json_bool(field, "secret", false));
  assert_true(str_is(json_text(json_at(a.body, STR("/auth/0"))), "fields"));
  assert_true(str_is(json_str(json_at(a.body, STR("/ways/0")), "auth"), "fields"));
  assert_true(str_is(json_str(a.body, "alias"), "acme"));
  answer_free(&a);
  a = call("GET", "/connector?q=SIZES", NULL);
  expect(&a, 200);
  assert_int_equal(yyjson_arr_size(yyjson_obj_get(a.body, "items")), 1);
  answer_free(&a);
  a = call("GET", "/connector?q=absent", NULL);
  assert_int_equal(yyjson_arr_size(yyjson_obj_get(a.body, "items")), 0);
  assert_true(yyjson_is_null(yyjson_obj_get(a.body, "suggestion")));
  answer_free(&a);
  a = call("GET", "/connector?q=acmee", NULL);
  assert_true(str_is(json_str(a.body, "suggestion"), "acme"));
  answer_free(&a);
  a = call("GET", "/connector?q=acme&limit=1&after=acme", NULL); // behind the last
  expect(&a, 200);
  assert_int_equal(yyjson_arr_size(yyjson_obj_get(a.body, "items")), 0);
  assert_true(yyjson_is_null(yyjson_obj_get(a.body, "next")));
  answer_free(&a);
  expect_refusal(call("GET", "/connector/acne", NULL), 404, "name", "acne");
  expect_done(call("POST", "/connector", "{\"definition\":\"name: bad\\n\",\"document\":\"{}\"}"), 400);
}

static const char *account_body(const char *name, const char *credential) {
  return TEXT(
      "{\"connector\":\"acme\",\"name\":\"%s\",\"credential\":{\"token\":\"%s\"},\"base_url\":\"%s\"}", name,
      credential, world->base_url);
}

static void test_account(void **state) {
  (void)state;
  struct answer a = call("POST", "/integrated-account", account_body("Main", BAD));
  expect(&a, 422);
  assert_non_null(strstr(error_of(&a, "message"), "9109"));
  assert_false(str_contains(a.text, STR(BAD)));
  answer_free(&a);
  a = call("POST", "/integrated-account", account_body("Main", GOOD));
  expect(&a, 201);
  assert_false(str_contains(a.text, STR(GOOD)));
  assert_int_equal(json_int(a.body, "tool_count", 0), 4);
  assert_true(str_is(json_str(a.body, "status"), "ok"));
  acme_id = take(&a, "id");
  expect_done(call("POST", "/integrated-account", account_body("Main", GOOD)), 409);
  expect_refusal(call("POST", "/integrated-account", "{\"connector\":\"acme\",\"name\":\"x\"}"), 400,
                 "credential", "missing");
  expect_refusal(
      call("POST", "/integrated-account", "{\"connector\":\"none\",\"name\":\"x\",\"credential\":{}}"), 404,
      "connector", "\"none\"");
  a = call("GET", TEXT("/integrated-account/%s", acme_id), NULL);
  expect(&a, 200);
  assert_string_equal(take(&a, "name"), "Main");
  a = call("GET", "/integrated-account/Main", NULL);
  assert_string_equal(take(&a, "id"), acme_id);
  a = call("PATCH", "/integrated-account/Main",
           "{\"name\":\"Main two\",\"context\":{\"account_id\":\"a1\"}}");
  expect(&a, 200);
  assert_true(str_is(json_str(yyjson_obj_get(a.body, "context"), "account_id"), "a1"));
  assert_string_equal(take(&a, "name"), "Main two");
  expect_done(call("GET", "/integrated-account/Main", NULL), 404);
  expect_done(call("PATCH", "/integrated-account/Main%20two", "{\"credential\":{\"token\":\"" BAD "\"}}"),
              422);
  expect_done(call("PATCH", "/integrated-account/Main%20two", "{\"credential\":{\"token\":\"" OTHER "\"}}"),
              200);
  expect_refusal(call("PATCH", "/integrated-account/Main%20two", "{\"name\":\"\"}"), 400, "name", "empty");
  expect_done(call("POST", "/integrated-account/Main%20two/verify", NULL), 200);
  a = call("GET", "/integrated-account", NULL);
  expect(&a, 200);
  assert_int_equal(yyjson_arr_size(yyjson_obj_get(a.body, "items")), 1);
  answer_free(&a);
}

// A credential was given for one address: importing the connector anew does not carry it to another.
static void test_import_moves_no_credential(void **state) {
  (void)state;
  struct arena *arena = arena_new();
  struct str was = str_of(vendor_definition), at = STR("127.0.0.1:1");
  size_t cut = 0;
  while (!str_starts(str_from(was, cut), "127.0.0.1:1")) cut++;
  struct str moved =
      arena_printf(arena, "%.*s127.0.0.1:2%.*s", (int)cut, was.p, STR_ARG(str_from(was, cut + at.n)));
  const char *anew = TEXT("{\"definition\":\"%s\",\"document\":%s}", vendor_definition, vendor_document);
  const char *away = TEXT("{\"definition\":\"%.*s\",\"document\":%s}", STR_ARG(moved), vendor_document);
  expect_done(call("POST", "/connector", away), 201);
  struct answer a = call("GET", TEXT("/integrated-account/%s", acme_id), NULL);
  assert_true(str_is(json_str(a.body, "base_url"), world->base_url));
  answer_free(&a);
  expect_done(call("POST", "/connector", anew), 201);
  arena_free(arena);
}

static void test_tools(void **state) {
  (void)state;
  const char *tools = TEXT("/integrated-account/%s/tools", acme_id);
  struct answer a = call("GET", TEXT("%s?limit=3", tools), NULL);
  expect(&a, 200);
  assert_int_equal(yyjson_arr_size(yyjson_obj_get(a.body, "items")), 3);
  assert_int_equal(json_int(a.body, "total", 0), 4);
  const char *next = take(&a, "next");
  a = call("GET", next, NULL);
  expect(&a, 200);
  assert_int_equal(yyjson_arr_size(yyjson_obj_get(a.body, "items")), 1);
  assert_true(yyjson_is_null(yyjson_obj_get(a.body, "next")));
  answer_free(&a);
  a = call("GET", TEXT("%s?methods=read&tags=things", tools), NULL);
  assert_int_equal(json_int(a.body, "total", 0), 2);
  answer_free(&a);
  expect_refusal(call("GET", TEXT("%s?methods=reed", tools), NULL), 400, "config.methods[0]", "\"reed\"");
  expect_refusal(call("GET", TEXT("%s?tags=thinks", tools), NULL), 400, "config.tags[0]", "things");
  a = call("GET", TEXT("%s/list_all_acme_things", tools), NULL);
  expect(&a, 200);
  assert_true(json_bool(yyjson_obj_get(a.body, "annotations"), "readOnlyHint", false));
  answer_free(&a);
  a = call("GET", TEXT("%s/list_all_acme_thing", tools), NULL);
  expect(&a, 404);
  assert_non_null(strstr(error_of(&a, "hint"), "list_all_acme_things"));
  answer_free(&a);
}

static void test_call(void **state) {
  (void)state;
  const char *tool = TEXT("/integrated-account/%s/tools/get_single_acme_thing_by_id/call", acme_id);
  struct answer a = call("POST", tool, "{\"arguments\":{\"thing_id\":\"t1\"}}");
  expect(&a, 200);
  assert_true(str_is(json_str(a.body, "outcome"), "ok"));
  assert_true(str_contains(a.text, STR("12.50"))); // numbers stay as they are
  assert_int_equal(json_int(yyjson_obj_get(a.body, "rate_limit"), "remaining", 0), 99);
  answer_free(&a);
  a = call("POST", tool, "{}");
  expect(&a, 200);
  assert_true(json_bool(a.body, "is_error", false));
  assert_true(str_is(json_str(a.body, "outcome"), "invalid"));
  answer_free(&a);
  expect_refusal(call("POST", tool, "{\"arguments\":[]}"), 400, "arguments", "must be an object");
}

// What the MCP endpoint itself says of a URL: 404 when it is dead.
static int mcp_status(const char *url) {
  const char *path = strstr(url, "/mcp/");
  struct answer a = send_request("POST", path, "Accept: application/json, text/event-stream\r\n",
                                 "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}");
  if (a.status != 404 && a.status != 200) fail_msg("%.*s", STR_ARG(a.text));
  answer_free(&a);
  return a.status;
}

static void test_server(void **state) {
  (void)state;
  const char *under = TEXT("/integrated-account/%s/mcp", acme_id);
  struct answer a = call(
      "POST", under,
      "{\"name\":\"Readers\",\"config\":{\"methods\":[\"read\"]},\"expires_at\":\"2999-01-01T00:00:00Z\"}");
  expect(&a, 201);
  assert_int_equal(json_int(a.body, "tool_count", 0), 2);
  assert_true(str_starts(json_str(a.body, "url"), "http://127.0.0.1/mcp/pst_"));
  const char *url = arena_z(world->arena, json_str(a.body, "url")), *id = take(&a, "id");
  assert_int_equal(mcp_status(url), 200);
  a = call("GET", TEXT("/mcp-server/%s", id), NULL);
  expect(&a, 200);
  assert_false(str_contains(a.text, STR("pst_")));
  answer_free(&a);
  expect_done(call("GET", TEXT("%s/%s", under, id), NULL), 200);
  a = call("POST", TEXT("/mcp-server/%s/rotate", id), NULL);
  expect(&a, 200);
  const char *fresh = take(&a, "url");
  assert_int_equal(mcp_status(url), 404);
  assert_int_equal(mcp_status(fresh), 200);
  a = call("PATCH", TEXT("/mcp-server/%s", id),
           "{\"config\":{\"methods\":null,\"tags\":null,\"tools\":[\"delete_*\"]},\"expires_at\":null}");
  expect(&a, 200);
  assert_int_equal(json_int(a.body, "tool_count", 0), 1);
  assert_true(yyjson_is_null(yyjson_obj_get(a.body, "expires_at")));
  answer_free(&a);
  a = call("PATCH", TEXT("%s/%s", under, id), "{\"name\":\"Deleters\"}");
  expect(&a, 200);
  assert_int_equal(json_int(a.body, "tool_count", 0), 1);
  assert_string_equal(take(&a, "name"), "Deleters");
  expect_done(call("DELETE", TEXT("%s/%s", under, id), NULL), 204);
  assert_int_equal(mcp_status(fresh), 404);
  expect_done(call("DELETE", TEXT("/mcp-server/%s", id), NULL), 404);
}

static void test_server_refusals(void **state) {
  (void)state;
  static const struct {
    const char *body;
    int status;
    const char *field, *words;
  } rows[] = {
      {"{\"name\":\"x\",\"config\":{\"methods\":[\"reed\"]}}", 400, "config.methods[0]", "read"},
      {"{\"name\":\"x\",\"config\":{\"tags\":[\"dns\"]}}", 400, "config.tags[0]", "things"},
      {"{\"name\":\"x\",\"config\":{\"method\":[\"read\"]}}", 400, "config.method", "\"method\""},
      {"{\"name\":\"x\",\"config\":{\"tools\":[\"zzz*\"]}}", 422, "config.tools", "4 tools"},
      {"{\"name\":\"x\",\"config\":{\"methods\":[\"custom\"]}}", 422, "config.methods",
       "4 tools of the account"},
      {"{\"name\":\"x\",\"config\":{\"methods\":[\"delete\"],\"tags\":[\"making\"]}}", 422, "config.tags",
       "1 tools"},
      {"{\"name\":\"x\",\"expires_at\":\"2020-01-01T00:00:00Z\"}", 400, "expires_at", "in the past"},
      {"{\"name\":\"x\",\"expires_at\":1767225600}", 400, "expires_at", "RFC 3339"},
      {"{\"config\":{}}", 400, "name", "required"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    expect_refusal(call("POST", TEXT("/integrated-account/%s/mcp", acme_id), rows[i].body), rows[i].status,
                   rows[i].field, rows[i].words);
}

static void test_pages(void **state) {
  (void)state;
  for (int i = 0; i < 5; i++)
    expect_done(call("POST", TEXT("/integrated-account/%s/mcp", acme_id), TEXT("{\"name\":\"s%d\"}", i)),
                201);
  const char *next = "/mcp-server?limit=2";
  size_t seen = 0, pages = 0;
  while (*next) {
    struct answer a = call("GET", next, NULL);
    expect(&a, 200);
    seen += yyjson_arr_size(yyjson_obj_get(a.body, "items"));
    pages++;
    next = take(&a, "next");
  }
  assert_int_equal(seen, 5);
  assert_int_equal(pages, 3);
}

static void test_tokens(void **state) {
  (void)state;
  struct answer a = call("GET", "/api-token", NULL);
  expect(&a, 200);
  const char *first = NULL;
  size_t i, n;
  yyjson_val *item;
  yyjson_arr_foreach (yyjson_obj_get(a.body, "items"), i, n, item)
    if (str_is(json_str(item, "name"), "first")) first = arena_z(world->arena, json_str(item, "id"));
  answer_free(&a);
  assert_non_null(first);
  expect_refusal(call("DELETE", TEXT("/api-token/%s", first), NULL), 409, "token_id", "last admin token");
  a = call("POST", "/api-token",
           "{\"name\":\"second\",\"role\":\"admin\",\"expires_at\":\"2999-01-01T00:00:00Z\"}");
  expect(&a, 201);
  const char *token = arena_z(world->arena, json_str(a.body, "token")), *id = take(&a, "id");
  const char *headers = TEXT("Authorization: Bearer %s\r\n", token);
  expect_done(send_request("GET", "/status", headers, NULL), 200);
  expect_refusal(call("DELETE", TEXT("/api-token/%s", first), NULL), 409, "token_id", "does not expire");
  expect_done(call("DELETE", TEXT("/api-token/%s", id), NULL), 204);
  expect_done(send_request("GET", "/status", headers, NULL), 401);
  expect_done(call("DELETE", TEXT("/api-token/%s", id), NULL), 404);
  char text[TOKEN_TEXT];
  MUST(admin_first_token(world->store, text, &err)); // there is one
  assert_string_equal(text, "");
}

// What another program wrote is in the catalog once the house was kept, and is told once.
static void test_recovered_token(void **state) {
  (void)state;
  char text[TOKEN_TEXT];
  MUST(admin_recover_token(world->store, STR("found"), text, &err));
  const char *headers = TEXT("Authorization: Bearer %s\r\n", text);
  expect_done(send_request("GET", "/status", headers, NULL), 401);
  MUST(admin_heed_recovery(&world->admin, &err));
  expect_done(send_request("GET", "/status", headers, NULL), 200);
  struct answer a = call("GET", "/audit?action=token.recover", NULL);
  assert_int_equal(yyjson_arr_size(yyjson_obj_get(a.body, "items")), 1);
  answer_free(&a);
  struct store_rows rows;
  MUST(store_query(world->store, "SELECT value FROM meta WHERE key = 'recovered'", NULL, 0, world->arena,
                   &rows, &err));
  assert_int_equal(rows.count, 0);
}

static void test_key(void **state) {
  (void)state;
  struct answer a = call("POST", "/key/rotate", NULL);
  expect(&a, 200);
  assert_int_equal(json_int(a.body, "resealed", 0), 1);
  const char *key = take(&a, "key");
  a = call("GET", "/status", NULL);
  expect(&a, 200);
  assert_string_equal(take(&a, "key"), key);
  // It opens as before, after a start too.
  expect_done(call("POST", TEXT("/integrated-account/%s/verify", acme_id), NULL), 200);
  struct seal_ring *again;
  MUST(seal_ring_load(world->key_file, &again, &err));
  assert_true(str_is(seal_ring_current_id(again), key));
  seal_ring_free(again);
  world->admin.key_file = STR_NONE;
  expect_done(call("POST", "/key/rotate", NULL), 409);
  world->admin.key_file = str_of(world->key_file);
}

static void test_audit_log(void **state) {
  (void)state;
  audit_flush(world->audit);
  struct answer a = call("GET", "/audit?action=account.create&limit=1", NULL);
  expect(&a, 200);
  assert_int_equal(yyjson_arr_size(yyjson_obj_get(a.body, "items")), 1);
  const char *next = take(&a, "next");
  assert_non_null(strstr(next, "before="));
  a = call("GET", "/audit?limit=1000", NULL);
  expect(&a, 200);
  static const char *const secrets[] = {GOOD, OTHER, BAD, "pst_", "psk_"};
  for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
    if (str_contains(a.text, str_of(secrets[i])))
      fail_msg("a secret stands in the audit log: %s", secrets[i]);
  static const char *const actions[] = {"account.create",   "account.change", "account.verify",
                                        "connector.import", "server.create",  "server.change",
                                        "server.rotate",    "server.delete",  "token.create",
                                        "token.revoke",     "key.rotate"};
  for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
    if (!str_contains(a.text, arena_printf(world->arena, "\"%s\"", actions[i])))
      fail_msg("no row of %s", actions[i]);
  answer_free(&a);
  a = call("GET", "/audit?outcome=unprocessable&action=account.create", NULL);
  assert_true(yyjson_arr_size(yyjson_obj_get(a.body, "items")) == 1); // a refusal leaves a row too
  assert_true(str_contains(json_text(json_at(a.body, STR("/items/0/detail"))), STR("9109")));
  answer_free(&a);
  a = call("GET", "/audit?until=2001-01-01T00:00:00Z", NULL);
  assert_int_equal(yyjson_arr_size(yyjson_obj_get(a.body, "items")), 0);
  answer_free(&a);
  expect_refusal(call("GET", "/audit?since=yesterday", NULL), 400, "query.since", "RFC 3339");
  expect_refusal(call("GET", "/audit?outcome=refused", NULL), 400, "query.outcome", "no row has");
  expect_refusal(call("GET", "/audit?action=acount.create", NULL), 400, "query.action", "no row has");
  expect_done(call("GET", "/audit?action=resources/read&outcome=rate_limited", NULL), 200);
}

static void test_purge(void **state) {
  (void)state;
  struct answer a = call("POST", TEXT("/integrated-account/%s/mcp", acme_id), "{\"name\":\"brief\"}");
  expect(&a, 201);
  const char *url = arena_z(world->arena, json_str(a.body, "url")), *id = take(&a, "id");
  assert_int_equal(mcp_status(url), 200);
  char soon[CLOCK_TEXT];
  clock_rfc3339(clock_now_ms() + 1000, soon);
  a = call("PATCH", TEXT("/mcp-server/%s", id), TEXT("{\"expires_at\":\"%s\"}", soon));
  expect(&a, 200);
  answer_free(&a);
  while (mcp_status(url) == 200) usleep(50 * 1000); // before anything was purged
  assert_int_equal(mcp_status(url), 404);
  MUST(admin_purge(&world->admin, &err));
  expect_done(call("GET", TEXT("/mcp-server/%s", id), NULL), 404);
}

// The audit log goes by age, and what is younger stays.
static void test_retention(void **state) {
  (void)state;
  int64_t now = clock_now_ms();
  const struct audit_row rows[] = {
      {.at = now - 3600 * 1000, .action = STR("aged/row"), .outcome = STR("ok")},
      {.at = now, .action = STR("young/row"), .outcome = STR("ok")},
  };
  for (size_t i = 0; i < 2; i++) audit_add(world->audit, &rows[i]);
  audit_flush(world->audit);
  for (int kept = 1; kept >= 0; kept--) {
    world->admin.audit_keep_ms = kept ? 0 : 60 * 1000; // 0 keeps all
    MUST(admin_purge(&world->admin, &err));
    struct answer a = call("GET", "/audit?action=aged/row", NULL);
    assert_int_equal(yyjson_arr_size(yyjson_obj_get(a.body, "items")), kept);
    answer_free(&a);
    a = call("GET", "/audit?action=young/row", NULL);
    assert_int_equal(yyjson_arr_size(yyjson_obj_get(a.body, "items")), 1);
    answer_free(&a);
  }
  world->admin.audit_keep_ms = 0;
}

static int64_t count_of(const char *sql) {
  struct store_rows rows;
  MUST(store_query(world->store, sql, NULL, 0, world->arena, &rows, &err));
  return store_cell(&rows, 0, 0)->number;
}

// As after a leap of the clock, or a start with a wrong one: what has ended is refused, but it and what is
// old stay until the clock is known to be right. And the next start knows how far this one had come.
static void test_unsteady_clock(void **state) {
  (void)state;
  static const char *const rows[] = {"SELECT count(*) FROM server WHERE name = 'ended'",
                                     "SELECT count(*) FROM api_token WHERE name = 'ended'",
                                     "SELECT count(*) FROM audit WHERE action = 'bygone'"};
  int64_t now = clock_now_ms(), day = 24 * 3600 * 1000;
  struct answer a = call("POST", TEXT("/integrated-account/%s/mcp", acme_id), "{\"name\":\"ended\"}");
  expect(&a, 201);
  const char *url = take(&a, "url");
  a = call("POST", "/api-token", "{\"name\":\"ended\",\"role\":\"client\"}");
  expect(&a, 201);
  answer_free(&a);
  audit_add(world->audit,
            &(struct audit_row){.at = now - 90 * day, .action = STR("bygone"), .outcome = STR("ok")});
  audit_flush(world->audit);
  const struct store_value ended[] = {STORE_INT(now - day)};
  MUST(store_run(world->store,
                 "UPDATE server SET expires_at = $1, version = version + 1 WHERE name = 'ended'", ended, 1,
                 NULL, &err));
  MUST(store_run(world->store, "UPDATE api_token SET expires_at = $1 WHERE name = 'ended'", ended, 1, NULL,
                 &err));
  MUST(catalog_reload(&world->catalog, &err));
  world->admin.audit_keep_ms = 60 * day;
  steady_begin(now - 100 * day);
  for (int round = 0; round < 3; round++) {
    MUST(admin_purge(&world->admin, &err));
    assert_int_equal(mcp_status(url), 404);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
      if (count_of(rows[i]) != 1) fail_msg("%s: gone", rows[i]);
  }
  MUST(admin_begin_time(world->store, &err)); // a restart
  assert_in_range(steady_now_ms(), now - 100 * day, now - 99 * day);
  steady_begin(0);
  MUST(admin_purge(&world->admin, &err));
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (count_of(rows[i]) != 0) fail_msg("%s: still there", rows[i]);
  MUST(admin_begin_time(world->store, &err));
  assert_in_range(steady_now_ms(), now, now + day);
  // A store of before this was noted: its newest row of the audit tells.
  MUST(store_run(world->store, "DELETE FROM meta WHERE key = 'seen'", NULL, 0, NULL, &err));
  MUST(store_run(world->store, "UPDATE audit SET at = at - $1", &STORE_INT(200 * day), 1, NULL, &err));
  MUST(store_run(world->store, "UPDATE audit_span SET first_at = first_at - $1, last_at = last_at - $1",
                 &STORE_INT(200 * day), 1, NULL, &err));
  MUST(admin_begin_time(world->store, &err));
  assert_in_range(steady_now_ms(), now - 300 * day, now - 199 * day);
  steady_begin(0);
  world->admin.audit_keep_ms = 0;
}

static void test_end(void **state) {
  (void)state;
  expect_refusal(call("DELETE", "/connector/acme", NULL), 409, "name", "Main two");
  struct answer a = call("POST", TEXT("/integrated-account/%s/mcp", acme_id), "{\"name\":\"last\"}");
  const char *url = take(&a, "url");
  expect_done(call("DELETE", TEXT("/integrated-account/%s", acme_id), NULL), 204);
  assert_int_equal(mcp_status(url), 404);
  expect_done(call("DELETE", TEXT("/integrated-account/%s", acme_id), NULL), 404);
  expect_done(call("DELETE", "/connector/acme", NULL), 204);
  expect_done(call("DELETE", "/connector/acme", NULL), 404);
  a = call("GET", "/status", NULL);
  expect(&a, 200);
  assert_int_equal(json_int(yyjson_obj_get(a.body, "catalog"), "servers", -1), 0);
  answer_free(&a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_health),
      cmocka_unit_test(test_who_may),
      cmocka_unit_test(test_addresses),
      cmocka_unit_test(test_bodies),
      cmocka_unit_test(test_connector),
      cmocka_unit_test(test_account),
      cmocka_unit_test(test_import_moves_no_credential),
      cmocka_unit_test(test_tools),
      cmocka_unit_test(test_call),
      cmocka_unit_test(test_server),
      cmocka_unit_test(test_server_refusals),
      cmocka_unit_test(test_pages),
      cmocka_unit_test(test_tokens),
      cmocka_unit_test(test_recovered_token),
      cmocka_unit_test(test_key),
      cmocka_unit_test(test_audit_log),
      cmocka_unit_test(test_purge),
      cmocka_unit_test(test_retention),
      cmocka_unit_test(test_unsteady_clock),
      cmocka_unit_test(test_end),
  };
  return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
