// SPDX-License-Identifier: Apache-2.0
// Reviews over HTTP: what waits and why, page by page, decisions and their refusals, and tools read anew. The
// vendor is an MCP server of a few lines, added as a connector of the operator's own.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "admin_fixture.h"

static struct fixture *wiki;
static _Atomic(const char *) wiki_tools;
static const char *account;

#define TOOL(name, says)                                                                                     \
  "{\"name\":\"" name "\",\"description\":\"" says "\",\"inputSchema\":{\"type\":\"object\"}}"

static void wiki_answer(struct http_exchange *x, yyjson_val *id, const char *result) {
  struct buf text = BUF_MAX(64 * 1024);
  buf_printf(&text, "{\"jsonrpc\":\"2.0\",\"id\":%lld,\"result\":%s}", (long long)yyjson_get_sint(id),
             result);
  http_reply(x, 200, "application/json", buf_str(&text));
  buf_free(&text);
}

static void wiki_handle(void *ctx, struct http_exchange *x) {
  (void)ctx;
  const struct http_request *in = http_request_of(x);
  struct err err;
  yyjson_doc *doc;
  if (in->method != METHOD_POST) return http_reply_text(x, 405, "");
  if (!json_read(in->body, &JSON_LIMITS, &doc, &err)) return http_reply_text(x, 400, "");
  yyjson_val *root = yyjson_doc_get_root(doc), *id = yyjson_obj_get(root, "id");
  struct str method = json_str(root, "method");
  if (str_is(method, "initialize"))
    wiki_answer(x, id,
                "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{\"tools\":{}},"
                "\"serverInfo\":{\"name\":\"wiki\",\"version\":\"1\"}}");
  else if (str_is(method, "tools/list"))
    wiki_answer(x, id, atomic_load(&wiki_tools));
  else
    http_reply_text(x, id ? 400 : 202, "");
  yyjson_doc_free(doc);
}

static int wiki_setup(void **state) {
  struct http_options options = fixture_options();
  atomic_store(&wiki_tools,
               "{\"tools\":[" TOOL("list_pages", "Lists.") "," TOOL("ponder", "Ponders.") "," TOOL(
                   "muse", "Muses.") "," TOOL("delete_page", "Deletes.") "]}");
  wiki = fixture_start(&options, wiki_handle);
  return world_setup(state);
}

static int wiki_teardown(void **state) {
  int result = world_teardown(state);
  fixture_stop(wiki);
  return result;
}

// ---- the tests, in this order

static void test_connector(void **state) {
  (void)state;
  const char *definition =
      TEXT("{\"definition\":\"name: wiki\\nlabel: Wiki\\nkind: mcp\\n"
           "base_url: http://127.0.0.1:%u/mcp\\nauth:\\n  - {id: open, open: true}\\n\"}",
           http_server_port(wiki->server));
  struct answer a = call("POST", "/connector", definition);
  expect(&a, 201);
  assert_true(str_is(json_str(a.body, "kind"), "mcp"));
  assert_int_equal(json_int(a.body, "tools", -1), 0);
  answer_free(&a);
  expect_refusal(call("POST", "/connector", TEXT("{\"definition\":\"%s\"}", vendor_definition)), 400,
                 "document", "missing");
  a = call("POST", "/integrated-account", "{\"connector\":\"wiki\",\"name\":\"Wiki\",\"way\":\"open\"}");
  expect(&a, 201);
  account = take(&a, "id");
  expect_done(call("DELETE", "/connector/wiki", NULL), 409);
}

static void test_waiting(void **state) {
  (void)state;
  struct answer a = call("POST", "/integrated-account/Wiki/refresh", NULL);
  expect(&a, 200);
  assert_int_equal(json_int(a.body, "tools", 0), 4);
  assert_int_equal(json_int(a.body, "served", 0), 1);
  assert_int_equal(json_int(a.body, "review", 0), 2);
  assert_int_equal(json_int(a.body, "denied", 0), 1);
  answer_free(&a);
  a = call("GET", "/tool/review?limit=1", NULL);
  expect(&a, 200);
  yyjson_val *item = json_at(a.body, STR("/items/0"));
  assert_int_equal(yyjson_arr_size(yyjson_obj_get(a.body, "items")), 1);
  assert_true(str_is(json_str(item, "name"), "muse") && str_is(json_str(item, "account"), "Wiki"));
  assert_true(str_is(json_str(item, "trust"), "review") && json_str(item, "why").n > 0);
  assert_true(str_is(json_str(yyjson_obj_get(item, "definition"), "description"), "Muses."));
  const char *next = take(&a, "next");
  a = call("GET", next, NULL);
  expect(&a, 200);
  assert_true(str_is(json_text(json_at(a.body, STR("/items/0/name"))), "ponder"));
  assert_true(yyjson_is_null(yyjson_obj_get(a.body, "next")));
  answer_free(&a);
  expect_refusal(call("GET", "/tool/review?account=nobody", NULL), 404, "account", "\"nobody\"");
}

static void test_decisions(void **state) {
  (void)state;
  const char *under = TEXT("/integrated-account/%s/tools", account);
  expect_refusal(call("POST", TEXT("%s/approve", under), "{}"), 400, "names", "all");
  expect_refusal(call("POST", TEXT("%s/approve", under), "{\"names\":[\"muse\"],\"all\":true}"), 400, "names",
                 "all");
  struct answer a = call("POST", TEXT("%s/approve", under), "{\"names\":[\"muse\",\"gone\"]}");
  expect(&a, 404);
  assert_non_null(strstr(error_of(&a, "message"), "gone"));
  answer_free(&a);
  a = call("GET", TEXT("%s/muse", under), NULL); // all or none
  assert_false(json_bool(a.body, "served", true));
  answer_free(&a);
  a = call("POST", TEXT("%s/muse/approve", under), NULL);
  expect(&a, 200);
  assert_int_equal(json_int(a.body, "changed", 0), 1);
  answer_free(&a);
  a = call("GET", TEXT("%s/muse", under), NULL);
  assert_true(json_bool(a.body, "served", false));
  answer_free(&a);
  a = call("POST", TEXT("%s/deny", under), "{\"all\":true}");
  expect(&a, 200);
  assert_int_equal(json_int(a.body, "changed", 0), 1);
  answer_free(&a);
  a = call("GET", "/tool/review", NULL);
  assert_int_equal(yyjson_arr_size(yyjson_obj_get(a.body, "items")), 0);
  answer_free(&a);
}

static void test_changes(void **state) {
  (void)state;
  atomic_store(&wiki_tools, "{\"tools\":[" TOOL("list_pages", "Lists.") "," TOOL("muse", "Burns.") "]}");
  expect_done(call("POST", "/integrated-account/Wiki/refresh", NULL), 200);
  struct answer a = call("GET", TEXT("/tool/review?account=%s", account), NULL);
  expect(&a, 200);
  yyjson_val *item = json_at(a.body, STR("/items/0"));
  assert_true(str_is(json_str(item, "name"), "muse"));
  assert_true(str_contains(json_str(item, "diff"), STR("Muses.")));
  assert_true(str_contains(json_str(item, "diff"), STR("Burns.")));
  answer_free(&a);
  a = call("GET", TEXT("/integrated-account/%s/tools/muse", account), NULL);
  assert_false(json_bool(a.body, "served", true));
  answer_free(&a);
  atomic_store(&wiki_tools, "{}"); // no list: what is pinned stays
  a = call("POST", "/integrated-account/Wiki/refresh", NULL);
  assert_true(a.status >= 400);
  answer_free(&a);
  a = call("GET", TEXT("/integrated-account/%s/tools/list_pages", account), NULL);
  assert_true(json_bool(a.body, "served", false));
  answer_free(&a);
}

// Tools of an API description need no review.
static void test_rest_has_none(void **state) {
  (void)state;
  expect_done(call("POST", "/connector",
                   TEXT("{\"definition\":\"%s\",\"document\":%s}", vendor_definition, vendor_document)),
              201);
  expect_done(call("POST", "/integrated-account",
                   TEXT("{\"connector\":\"acme\",\"name\":\"Rest\",\"credential\":{\"token\":\"%s\"},"
                        "\"base_url\":\"%s\"}",
                        GOOD, world->base_url)),
              201);
  expect_refusal(call("POST", "/integrated-account/Rest/tools/deny", "{\"all\":true}"), 422, "",
                 "need no review");
}

static void test_server_over_both(void **state) {
  (void)state;
  struct answer a = call("POST", "/mcp-server", "{\"name\":\"One\",\"accounts\":[\"Wiki\"]}");
  expect(&a, 201);
  const char *server = TEXT("/mcp-server/%s", take(&a, "id"));
  a = call("PATCH", server, "{\"accounts\":[\"Wiki\",{\"account\":\"Rest\",\"alias\":\"api\"}]}");
  expect(&a, 200);
  assert_true(str_is(json_text(json_at(a.body, STR("/accounts/0/alias"))), "wiki"));
  assert_true(str_is(json_text(json_at(a.body, STR("/accounts/1/alias"))), "api"));
  assert_int_equal(json_int(a.body, "tool_count", 0), 5);
  answer_free(&a);
  a = call("PATCH", server, "{\"accounts\":[\"Rest\"]}");
  expect(&a, 200);
  assert_true(str_is(json_text(json_at(a.body, STR("/accounts/0/alias"))), "api")); // and so its names stay
  answer_free(&a);
  expect_refusal(call("PATCH", server, "{\"accounts\":[]}"), 400, "accounts", "1 to");
  expect_refusal(call("PATCH", server, "{\"accounts\":[\"Rest\",\"nobody\"]}"), 422, "accounts[1]",
                 "\"nobody\"");
  expect_refusal(call("PATCH", server, "{\"share\":true}"), 422, "share", "same connector");
  a = call("GET", server, NULL);
  assert_int_equal(yyjson_arr_size(yyjson_obj_get(a.body, "accounts")), 1);
  answer_free(&a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_connector),     cmocka_unit_test(test_waiting),
      cmocka_unit_test(test_decisions),     cmocka_unit_test(test_changes),
      cmocka_unit_test(test_rest_has_none), cmocka_unit_test(test_server_over_both),
  };
  return cmocka_run_group_tests(tests, wiki_setup, wiki_teardown);
}
