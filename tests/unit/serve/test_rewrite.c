// SPDX-License-Identifier: Apache-2.0
// Names and URIs of several members: there and back, never one for another, wherever MCP puts them.
#include "../support/check.h"

#include "data/json.h"
#include "serve/rewrite.h"

static struct catalog_member members[] = {
    {.alias = {"gh", 2}}, {.alias = {"gh_ent", 6}}, {.alias = {"cf", 2}}};
static const struct catalog_server several = {.members = members, .member_count = 3};
static struct catalog_member alone[] = {{.alias = {"", 0}}};
static const struct catalog_server single = {.members = alone, .member_count = 1};
// Made over several, of which one is left.
static const struct catalog_server last = {.members = members, .member_count = 1};

static int setup(void **state) {
  *state = arena_new();
  return 0;
}

static int teardown(void **state) {
  arena_free(*state);
  return 0;
}

static void test_uris_there_and_back(void **state) {
  struct arena *a = *state;
  static const char *const rows[][2] = {{"file:///a", "cf+file:///a"},
                                        {"ui://panel/x", "ui://cf+panel/x"},
                                        {"skill://pdf/SKILL.md", "skill://cf+/pdf/SKILL.md"},
                                        {"skill:///a", "skill://cf+//a"},
                                        {"skill://{name}/SKILL.md", "skill://cf+/{name}/SKILL.md"},
                                        {"a+b://c", "cf+a+b://c"},
                                        {"test://{id}/data", "cf+test://{id}/data"},
                                        {"x", "cf+x"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct str own, shown = rewrite_uri(a, STR("cf"), str_of(rows[i][0]));
    check_text(shown, rows[i][1]);
    assert_ptr_equal(rewrite_find_uri(&several, shown, a, &own), &members[2]);
    check_text(own, rows[i][0]);
  }
}

static void test_uris_of_nobody(void **state) {
  static const char *const rows[] = {"",
                                     "file:///a",
                                     "c+file:///a",
                                     "cff+a:b",
                                     "cf+",
                                     "ui://cf",
                                     "ui://cf+",
                                     "ui://x+y",
                                     "+a",
                                     "CF+a:b",
                                     "skill://cf+",
                                     "skill://cf+/",
                                     "skill://cf/a",
                                     "skill://cf+a",
                                     "skill://x+/a",
                                     "cf+"};
  struct str own;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (rewrite_find_uri(&several, str_of(rows[i]), *state, &own)) fail_msg("%s was found", rows[i]);
}

static void test_names_there_and_back(void **state) {
  struct arena *a = *state;
  struct str own;
  check_text(rewrite_name(a, STR("gh"), STR("review")), "gh_review");
  assert_ptr_equal(rewrite_find_name(&several, STR("gh_review"), &own), &members[0]);
  check_text(own, "review");
  // One alias begins another: the longer one counts.
  assert_ptr_equal(rewrite_find_name(&several, STR("gh_ent_review"), &own), &members[1]);
  check_text(own, "review");
  assert_null(rewrite_find_name(&several, STR("review"), &own));
  assert_null(rewrite_find_name(&several, STR("gh_"), &own));
}

static void test_one_member_keeps_its_names(void **state) {
  struct str own;
  assert_ptr_equal(rewrite_find_uri(&single, STR("file:///a"), *state, &own), &alone[0]);
  check_text(own, "file:///a");
  assert_ptr_equal(rewrite_find_name(&single, STR("gh_review"), &own), &alone[0]);
  check_text(own, "gh_review");
  assert_ptr_equal(rewrite_find_name(&last, STR("gh_review"), &own), &members[0]);
  check_text(own, "review");
  assert_null(rewrite_find_uri(&last, STR("file:///a"), *state, &own));
  check_text(rewrite_uri(*state, STR_NONE, STR("ui://x")), "ui://x");
}

static void check_result(const char *before, const char *after) {
  struct err err;
  yyjson_doc *doc;
  assert_true(json_read(str_of(before), &JSON_LIMITS, &doc, &err));
  yyjson_mut_doc *copy = yyjson_doc_mut_copy(doc, NULL);
  rewrite_result(copy, yyjson_mut_doc_get_root(copy), STR("cf"));
  char *text = yyjson_mut_write(copy, 0, NULL);
  assert_string_equal(text, after);
  free(text);
  yyjson_mut_doc_free(copy);
  yyjson_doc_free(doc);
}

static void test_results(void **state) {
  (void)state;
  check_result(
      "{\"content\":[{\"type\":\"resource_link\",\"uri\":\"a:b\"},{\"type\":\"text\",\"uri\":\"a:b\"},"
      "{\"type\":\"resource\",\"resource\":{\"uri\":\"c:d\"}}],\"structuredContent\":{\"uri\":\"e:f\"}}",
      "{\"content\":[{\"type\":\"resource_link\",\"uri\":\"cf+a:b\"},{\"type\":\"text\",\"uri\":\"a:b\"},"
      "{\"type\":\"resource\",\"resource\":{\"uri\":\"cf+c:d\"}}],\"structuredContent\":{\"uri\":\"e:f\"}}");
  check_result("{\"contents\":[{\"uri\":\"ui://a\",\"_meta\":{\"ui\":{\"csp\":{}}}}]}",
               "{\"contents\":[{\"uri\":\"ui://cf+a\",\"_meta\":{\"ui\":{\"csp\":{}}}}]}");
  check_result("{\"messages\":[{\"content\":{\"type\":\"resource\",\"resource\":{\"uri\":\"a:b\"}}}]}",
               "{\"messages\":[{\"content\":{\"type\":\"resource\",\"resource\":{\"uri\":\"cf+a:b\"}}}]}");
  check_result(
      "{\"resources\":[{\"uri\":\"a:b\",\"name\":\"n\"}],\"resourceTemplates\":[{\"uriTemplate\":\"a:{b}\"}],"
      "\"prompts\":[{\"name\":\"p\"}]}",
      "{\"resources\":[{\"uri\":\"cf+a:b\",\"name\":\"n\"}],\"resourceTemplates\":[{\"uriTemplate\":"
      "\"cf+a:{b}\"}],\"prompts\":[{\"name\":\"cf_p\"}]}");
  check_result(
      "{\"skills\":[{\"uri\":\"skill://p/SKILL.md\",\"resources\":[{\"uri\":\"skill://p/a\"},7]},"
      "{\"uri\":\"a:b\",\"resources\":\"dynamic\"}],\"skill\":{\"uri\":\"a:b\"}}",
      "{\"skills\":[{\"uri\":\"skill://cf+/p/SKILL.md\",\"resources\":[{\"uri\":\"skill://cf+/p/a\"},7]},"
      "{\"uri\":\"cf+a:b\",\"resources\":\"dynamic\"}],\"skill\":{\"uri\":\"cf+a:b\"}}");
  check_result(
      "{\"uri\":\"a:b\",\"_meta\":{\"ui\":{\"resourceUri\":\"ui://a\"},\"ui/resourceUri\":\"ui://a\"}}",
      "{\"uri\":\"cf+a:b\",\"_meta\":{\"ui\":{\"resourceUri\":\"ui://cf+a\"},"
      "\"ui/resourceUri\":\"ui://cf+a\"}}");
  // What is not as MCP has it stays, and breaks nothing.
  check_result(
      "{\"content\":7,\"contents\":{},\"messages\":[1,null,{\"content\":[[]]}],\"uri\":[],\"_meta\":\"x\"}",
      "{\"content\":7,\"contents\":{},\"messages\":[1,null,{\"content\":[[]]}],\"uri\":[],\"_meta\":\"x\"}");
}

static void check_params(const char *params, const char *expected) {
  yyjson_doc *read = params ? yyjson_read(params, strlen(params), 0) : NULL;
  yyjson_mut_doc *doc = rewrite_params(yyjson_doc_get_root(read), STR("cf"));
  char *text = yyjson_mut_write(doc, 0, NULL);
  assert_string_equal(text, expected);
  free(text);
  yyjson_mut_doc_free(doc);
  yyjson_doc_free(read);
}

static void test_params(void **state) {
  (void)state;
  check_params(NULL, "{}");
  check_params("{\"uri\":\"a:b\",\"_meta\":{\"x\":1,\"io.modelcontextprotocol/subscriptionId\":7}}",
               "{\"uri\":\"cf+a:b\",\"_meta\":{\"x\":1}}");
  check_params("{\"_meta\":\"x\"}", "{\"_meta\":\"x\"}");
}

// A definition's links for a server whose alias is this: as they are shown; NULL: nothing changes.
static void check_view(const char *meta, const char *alias, const char *expected) {
  struct arena *a = arena_new();
  struct str text = arena_printf(a, "{\"_meta\":%s}", meta);
  yyjson_doc *read = yyjson_read(text.p, text.n, 0);
  if (rewrite_moves_view(yyjson_doc_get_root(read), str_of(alias)) != (expected != NULL))
    fail_msg("%s behind '%s' %s", meta, alias, expected ? "stays" : "moves");
  yyjson_mut_doc *doc = yyjson_doc_mut_copy(read, NULL);
  rewrite_view(doc, yyjson_mut_doc_get_root(doc), str_of(alias));
  char *shown = yyjson_mut_val_write(yyjson_mut_obj_get(yyjson_mut_doc_get_root(doc), "_meta"), 0, NULL);
  assert_string_equal(shown, expected ? expected : meta);
  free(shown);
  yyjson_mut_doc_free(doc);
  yyjson_doc_free(read);
  arena_free(a);
}

static void test_views(void **state) {
  (void)state;
  check_view("{\"x\":1}", "", NULL);
  check_view("{\"x\":1}", "cf", NULL);
  check_view("{\"ui\":{\"resourceUri\":\"ui://a\"}}", "", NULL);
  check_view("{\"ui\":{\"resourceUri\":\"ui://a\"}}", "cf", "{\"ui\":{\"resourceUri\":\"ui://cf+a\"}}");
  check_view("{\"ui/resourceUri\":\"ui://a\"}", "cf", "{\"ui/resourceUri\":\"ui://cf+a\"}");
  // What is ours is claimed by nobody: taken off, or behind the alias another one.
  check_view("{\"ui\":{\"resourceUri\":\"ui://postern/a\",\"x\":1}}", "", "{\"ui\":{\"x\":1}}");
  check_view("{\"openai/outputTemplate\":\"ui://postern/a\",\"x\":1}", "", "{\"x\":1}");
  check_view("{\"ui\":{\"resourceUri\":\"ui://postern/a\"}}", "cf",
             "{\"ui\":{\"resourceUri\":\"ui://cf+postern/a\"}}");
  check_view("{\"ui\":{\"resourceUri\":\"ui://posterns/a\"}}", "", NULL);
  check_view("{\"ui\":\"ui://postern/a\"}", "", NULL);
  check_view("{\"ui\":{\"resourceUri\":5}}", "", NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_uris_there_and_back, setup, teardown),
      cmocka_unit_test_setup_teardown(test_uris_of_nobody, setup, teardown),
      cmocka_unit_test_setup_teardown(test_names_there_and_back, setup, teardown),
      cmocka_unit_test_setup_teardown(test_one_member_keeps_its_names, setup, teardown),
      cmocka_unit_test_setup_teardown(test_results, setup, teardown),
      cmocka_unit_test(test_params),
      cmocka_unit_test(test_views),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
