// SPDX-License-Identifier: Apache-2.0
// What a client declared, as it is passed on, and what it may be asked.
#include "../support/check.h"

#include "data/json.h"
#include "session/capability.h"
#include "session/session.h"

static int setup(void **state) {
  *state = arena_new();
  return 0;
}

static int teardown(void **state) {
  arena_free(*state);
  return 0;
}

static yyjson_doc *read(const char *text) {
  yyjson_doc *doc;
  struct err err;
  if (!json_read(str_of(text), &JSON_LIMITS, &doc, &err)) fail_msg("%s", err.text);
  return doc;
}

static void test_filter(void **state) {
  static const char *const rows[][2] = {
      {"{}", "{}"},
      {"[]", "{}"},
      {"{\"sampling\":{\"tools\":{}},\"elicitation\":{}}",
       "{\"elicitation\":{},\"sampling\":{\"tools\":{}}}"},
      {"{\"elicitation\":{},\"sampling\":{\"tools\":{}}}",
       "{\"elicitation\":{},\"sampling\":{\"tools\":{}}}"},
      {"{\"roots\":true,\"experimental\":{\"x\":1},\"tasks\":{}}", "{}"},
      {"{\"extensions\":{\"a.b/ui\":{\"k\":1},\"io.modelcontextprotocol/tasks\":{}}}",
       "{\"extensions\":{\"a.b/ui\":{\"k\":1}}}"},
      {"{\"roots\":{\"listChanged\":true},\"extensions\":{\"io.modelcontextprotocol/tasks\":{}}}",
       "{\"roots\":{\"listChanged\":true}}"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    yyjson_doc *doc = read(rows[i][0]);
    struct str text = capability_filter(yyjson_doc_get_root(doc), *state);
    if (!str_is(text, rows[i][1])) fail_msg("%s: %.*s", rows[i][0], STR_ARG(text));
    yyjson_doc_free(doc);
  }
}

// What does not fit is left out, and what is left is JSON.
static void test_large(void **state) {
  for (size_t n = SESSION_CAPABILITIES_MOST - 100; n < SESSION_CAPABILITIES_MOST + 20; n++) {
    char *filler = test_malloc(n + 1);
    memset(filler, 'x', n);
    filler[n] = 0;
    for (int kind = 0; kind < 2; kind++) {
      struct str text = arena_printf(*state,
                                     kind ? "{\"sampling\":{},\"extensions\":{\"a\":{\"%s\":1}}}"
                                          : "{\"sampling\":{\"%s\":1},\"extensions\":{\"a\":{}}}",
                                     filler);
      yyjson_doc *doc = read(text.p);
      struct str kept = capability_filter(yyjson_doc_get_root(doc), *state);
      assert_true(kept.n <= SESSION_CAPABILITIES_MOST);
      yyjson_doc_free(doc);
      yyjson_doc_free(read(arena_z(*state, kept)));
      if (kind) assert_true(str_starts(kept, "{\"sampling\":{}"));
    }
    test_free(filler);
  }
}

static void test_allows(void **state) {
  (void)state;
  static const struct {
    const char *declared, *method, *params;
    bool allowed;
  } rows[] = {
      {"{}", "sampling/createMessage", NULL, false},
      {"{\"sampling\":{}}", "sampling/createMessage", NULL, true},
      {"{\"sampling\":{}}", "roots/list", NULL, false},
      {"{\"roots\":{}}", "roots/list", NULL, true},
      {"{\"elicitation\":{}}", "elicitation/create", "{}", true},
      {"{\"elicitation\":{}}", "elicitation/create", "{\"mode\":\"form\"}", true},
      {"{\"elicitation\":{}}", "elicitation/create", "{\"mode\":\"url\"}", false},
      {"{\"elicitation\":{\"url\":{}}}", "elicitation/create", "{\"mode\":\"url\"}", true},
      {"{\"elicitation\":{\"url\":{}}}", "elicitation/create", "{}", false},
      {"{\"elicitation\":{\"form\":{},\"url\":{}}}", "elicitation/create", "{}", true},
      {"{\"sampling\":{},\"roots\":{},\"elicitation\":{}}", "tools/call", NULL, false},
      {"", "roots/list", NULL, false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    yyjson_doc *params = rows[i].params ? read(rows[i].params) : NULL;
    if (capability_allows(str_of(rows[i].declared), str_of(rows[i].method), yyjson_doc_get_root(params)) !=
        rows[i].allowed)
      fail_msg("%s for %s", rows[i].declared, rows[i].method);
    yyjson_doc_free(params);
  }
  assert_false(capability_takes_url(STR("{\"elicitation\":{}}")));
  assert_true(capability_takes_url(STR("{\"elicitation\":{\"url\":{}}}")));
}

static void test_takes_view(void **state) {
  (void)state;
  static const struct {
    const char *declared;
    bool takes;
  } rows[] = {
      {"{\"extensions\":{\"io.modelcontextprotocol/ui\":{\"mimeTypes\":[\"text/html;profile=mcp-app\"]}}}",
       true},
      {"{\"extensions\":{\"io.modelcontextprotocol/ui\":{\"mimeTypes\":[1,\"a\",\"text/"
       "html;profile=mcp-app\"]}}}",
       true},
      {"{\"extensions\":{\"io.modelcontextprotocol/ui\":{\"mimeTypes\":[\"text/html\"]}}}", false},
      {"{\"extensions\":{\"io.modelcontextprotocol/ui\":{\"mimeTypes\":\"text/html;profile=mcp-app\"}}}",
       false},
      {"{\"extensions\":{\"io.modelcontextprotocol/ui\":{}}}", false},
      {"{\"io.modelcontextprotocol/ui\":{\"mimeTypes\":[\"text/html;profile=mcp-app\"]}}", false},
      {"{\"extensions\":[]}", false},
      {"{}", false},
      {"", false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (capability_takes_view(str_of(rows[i].declared)) != rows[i].takes) fail_msg("%s", rows[i].declared);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_filter, setup, teardown),
      cmocka_unit_test_setup_teardown(test_large, setup, teardown),
      cmocka_unit_test_setup_teardown(test_allows, setup, teardown),
      cmocka_unit_test(test_takes_view),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
