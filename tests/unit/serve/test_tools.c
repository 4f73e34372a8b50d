// SPDX-License-Identifier: Apache-2.0
// tools/list page by page, over a server made by hand.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/codec.h"
#include "data/json.h"
#include "serve/tools.h"

enum { TOOLS = 5, PAGE = 2 };

static const char *const names[TOOLS] = {"a_tool", "b_tool", "c_tool", "d_tool", "e_tool"};

struct world {
  struct arena *arena;
  struct tool tools[TOOLS];
  struct account account;
  struct connector connector;
  struct catalog_account owner;
  struct catalog_tool shown[TOOLS];
  struct catalog_server server;
  struct catalog_url url;
  struct serve_env env;
  struct serve_request request;
  yyjson_doc *input;
};

static int setup(void **state) {
  struct world *w = test_calloc(1, sizeof *w);
  struct err err;
  w->arena = arena_new();
  if (!json_read(STR("{\"type\":\"object\"}"), &JSON_LIMITS, &w->input, &err)) return -1;
  w->owner = (struct catalog_account){.account = &w->account, .connector = &w->connector};
  for (size_t i = 0; i < TOOLS; i++) {
    w->tools[i] = (struct tool){.name = str_of(names[i]), .input = yyjson_doc_get_root(w->input)};
    w->shown[i] = (struct catalog_tool){.tool = &w->tools[i], .account = &w->owner, .name = w->tools[i].name};
  }
  w->server.tools = w->shown;
  w->server.tool_count = TOOLS;
  w->env.list_page = PAGE;
  static const struct server_url first = {.name = {URL_ROW_FIRST, sizeof URL_ROW_FIRST - 1}};
  w->url = (struct catalog_url){.server = &w->server, .row = &first};
  w->request = (struct serve_request){.env = &w->env,
                                      .url = &w->url,
                                      .server = &w->server,
                                      .discovery = POLICY_FULL,
                                      .arena = w->arena,
                                      .transport.era = MCP_LEGACY};
  *state = w;
  return 0;
}

static int teardown(void **state) {
  struct world *w = *state;
  yyjson_doc_free(w->input);
  arena_free(w->arena);
  test_free(w);
  return 0;
}

// One page; `cursor` is JSON, or NULL for none. NULL: refused.
static yyjson_doc *page(struct world *w, const char *cursor) {
  struct err err;
  yyjson_doc *params = NULL, *listed = NULL;
  struct str text = arena_printf(w->arena, cursor ? "{\"cursor\":%s}" : "{}", cursor);
  assert_true(json_read(text, &JSON_LIMITS, &params, &err));
  struct buf out = BUF_MAX(1 << 16);
  bool ok = tools_list(&w->request, yyjson_doc_get_root(params), &out, &err);
  if (ok)
    assert_true(json_read(buf_str(&out), &JSON_LIMITS, &listed, &err));
  else
    assert_int_equal(err.code, ERR_INVALID);
  buf_free(&out);
  yyjson_doc_free(params);
  return listed;
}

// Adds a page's names to `seen`; its nextCursor as JSON, or NULL.
static const char *take(struct world *w, yyjson_doc *listed, struct buf *seen) {
  size_t i, n;
  yyjson_val *tool, *root = yyjson_doc_get_root(listed);
  yyjson_arr_foreach (yyjson_obj_get(root, "tools"), i, n, tool)
    buf_printf(seen, "%.*s ", STR_ARG(json_str(tool, "name")));
  struct str next = json_str(root, "nextCursor");
  const char *cursor = next.n ? arena_printf(w->arena, "\"%.*s\"", STR_ARG(next)).p : NULL;
  yyjson_doc_free(listed);
  return cursor;
}

static void check_seen(struct buf *seen, const char *wanted) {
  if (!str_is(buf_str(seen), wanted))
    fail_msg("expected \"%s\", got \"%.*s\"", wanted, STR_ARG(buf_str(seen)));
  buf_free(seen);
}

static void every_tool_comes_once_in_order(void **state) {
  struct world *w = *state;
  struct buf seen = BUF_MAX(1024);
  size_t pages = 0;
  const char *cursor = NULL;
  do {
    yyjson_doc *listed = page(w, cursor);
    assert_non_null(listed);
    cursor = take(w, listed, &seen);
    pages++;
  } while (cursor);
  assert_int_equal(pages, 3);
  check_seen(&seen, "a_tool b_tool c_tool d_tool e_tool ");
}

static void a_tool_that_goes_between_pages_moves_no_other(void **state) {
  struct world *w = *state;
  struct buf seen = BUF_MAX(1024);
  const char *cursor = take(w, page(w, NULL), &seen); // up to b_tool, which goes now
  memmove(&w->shown[1], &w->shown[2], 3 * sizeof *w->shown);
  w->server.tool_count = TOOLS - 1;
  cursor = take(w, page(w, cursor), &seen);
  take(w, page(w, cursor), &seen);
  check_seen(&seen, "a_tool b_tool c_tool d_tool e_tool ");
}

static void what_is_not_listed_takes_no_place_on_a_page(void **state) {
  struct world *w = *state;
  struct buf seen = BUF_MAX(1024);
  w->request.discovery = POLICY_FEATURED;
  w->shown[0].featured = w->shown[2].featured = w->shown[3].featured = true;
  const char *cursor = take(w, page(w, NULL), &seen);
  check_seen(&seen, "a_tool c_tool ");
  assert_null(take(w, page(w, cursor), &seen)); // nothing is behind d_tool that would be listed
  check_seen(&seen, "d_tool postern_search_tools postern_describe_tools ");
}

static void an_empty_cursor_is_the_start_and_others_are_refused(void **state) {
  struct world *w = *state;
  struct buf seen = BUF_MAX(1024);
  take(w, page(w, "\"\""), &seen);
  check_seen(&seen, "a_tool b_tool ");
  static const char *const bad[] = {"1",       "null",         "[]",         "\"x\"",
                                    "\"%%%\"", "\"YV90b29s\"", "\"MWEgYg\"", "\"MQo\""};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    yyjson_doc *listed = page(w, bad[i]);
    if (listed) fail_msg("the cursor %s was taken", bad[i]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(every_tool_comes_once_in_order, setup, teardown),
      cmocka_unit_test_setup_teardown(a_tool_that_goes_between_pages_moves_no_other, setup, teardown),
      cmocka_unit_test_setup_teardown(what_is_not_listed_takes_no_place_on_a_page, setup, teardown),
      cmocka_unit_test_setup_teardown(an_empty_cursor_is_the_start_and_others_are_refused, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
