// SPDX-License-Identifier: Apache-2.0
#include "fixture.h"

#include "tool/policy.h"

// clang-format off
#define TOOL(name, class, reads, tags) "{'name':'" name "','class':'" class "','read_only':" reads ",'tags':[" tags \
  "],'method':'GET','path':'/','input':{'type':'object'}}"
#define SET \
  TOOL("list_zones", "list", "true", "'zones'") "," \
  TOOL("get_zone", "get", "true", "'zones'") "," \
  TOOL("list_unproven", "list", "false", "'zones'") "," \
  TOOL("create_zone", "create", "false", "'zones'") "," \
  TOOL("update_rule", "update", "false", "'security','firewall'") "," \
  TOOL("delete_rule", "delete", "false", "'security'") "," \
  TOOL("run_query", "custom", "false", "'d1'") "," \
  TOOL("ask_graph", "custom", "true", "'analytics'") "," \
  TOOL("List_Zones", "list", "true", "")
// clang-format on

static struct str allowed(const struct policy_filter *f, const struct toolset *s, struct arena *a) {
  struct str out = STR("");
  for (size_t i = 0; i < s->count; i++)
    if (policy_allows(f, &s->tools[i]))
      out = arena_printf(a, "%.*s%.*s ", STR_ARG(out), STR_ARG(s->tools[i].name));
  return str_trim(out);
}

static const struct {
  const char *config, *tools, *written;
} filter_rows[] = {
    {"{}",
     "list_zones get_zone list_unproven create_zone update_rule delete_rule run_query ask_graph List_Zones",
     "{'require_api_token_auth':false}"},
    // Read goes by evidence: the unproven list and the custom tool that may write are out.
    {"{'methods':['read']}", "list_zones get_zone ask_graph List_Zones",
     "{'methods':['read'],'require_api_token_auth':false}"},
    {"{'methods':['write']}", "create_zone update_rule delete_rule",
     "{'methods':['write'],'require_api_token_auth':false}"},
    {"{'methods':['delete','update','create']}", "create_zone update_rule delete_rule",
     "{'methods':['write'],'require_api_token_auth':false}"},
    {"{'methods':['custom']}", "run_query ask_graph",
     "{'methods':['custom'],'require_api_token_auth':false}"},
    {"{'methods':['get','delete']}", "get_zone delete_rule",
     "{'methods':['get','delete'],'require_api_token_auth':false}"},
    {"{'methods':['read','update']}", "list_zones get_zone update_rule ask_graph List_Zones",
     "{'methods':['read','update'],'require_api_token_auth':false}"},
    {"{'tags':['firewall','d1']}", "update_rule run_query",
     "{'tags':['firewall','d1'],'require_api_token_auth':false}"},
    {"{'tools':['list_*','get_?one']}", "list_zones get_zone list_unproven",
     "{'tools':['list_*','get_?one'],'require_api_token_auth':false}"},
    {"{'record_arguments':true}",
     "list_zones get_zone list_unproven create_zone update_rule delete_rule run_query ask_graph List_Zones",
     "{'require_api_token_auth':false,'record_arguments':true}"},
    {"{'limits':{'each':{'writes_per_day':5},'calls_per_minute':60}}",
     "list_zones get_zone list_unproven create_zone update_rule delete_rule run_query ask_graph List_Zones",
     "{'require_api_token_auth':false,'limits':{'calls_per_minute':60,'each':{'writes_per_day':5}}}"},
    {"{'approval':'destroy'}",
     "list_zones get_zone list_unproven create_zone update_rule delete_rule run_query ask_graph List_Zones",
     "{'require_api_token_auth':false,'approval':'destroy'}"},
    {"{'approval':'none'}",
     "list_zones get_zone list_unproven create_zone update_rule delete_rule run_query ask_graph List_Zones",
     "{'require_api_token_auth':false}"},
    {"{'limits':{'each':{}}}",
     "list_zones get_zone list_unproven create_zone update_rule delete_rule run_query ask_graph List_Zones",
     "{'require_api_token_auth':false}"},
    {"{'paused':true}",
     "list_zones get_zone list_unproven create_zone update_rule delete_rule run_query ask_graph List_Zones",
     "{'require_api_token_auth':false,'paused':true}"},
    {"{'record_arguments':false}",
     "list_zones get_zone list_unproven create_zone update_rule delete_rule run_query ask_graph List_Zones",
     "{'require_api_token_auth':false}"},
    {"{'methods':['read'],'tags':['zones'],'tools':['list_*'],'require_api_token_auth':true}", "list_zones",
     "{'methods':['read'],'tags':['zones'],'tools':['list_*'],'require_api_token_auth':true}"},
    {"{'methods':['write'],'tags':['zones'],'tools':['delete_*']}", "",
     "{'methods':['write'],'tags':['zones'],'tools':['delete_*'],'require_api_token_auth':false}"},
};

static void filters(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct toolset *s = fixture_set(a, SET);
  for (size_t i = 0; i < sizeof filter_rows / sizeof *filter_rows; i++) {
    struct policy_filter f, again;
    struct err err = {0};
    yyjson_doc *doc = fixture_doc(a, filter_rows[i].config);
    if (!policy_filter_read(yyjson_doc_get_root(doc), s, a, &f, &err)) fail_msg("row %zu: %s", i, err.text);
    yyjson_doc_free(doc); // the filter keeps its own texts
    fixture_is(allowed(&f, s, a), filter_rows[i].tools);
    struct str written = policy_filter_write(&f, a);
    fixture_is(written, fixture_json(a, filter_rows[i].written).p);
    doc = yyjson_read(written.p, written.n, 0);
    assert_true(policy_filter_read(yyjson_doc_get_root(doc), NULL, a, &again, &err));
    fixture_is(allowed(&again, s, a), filter_rows[i].tools);
    yyjson_doc_free(doc);
  }
  toolset_unref(s);
  arena_free(a);
}

// Left out and said to be none are two things: a change that leaves it out must not take it away.
static void own_accounts(void **state) {
  (void)state;
  static const struct {
    const char *config, *written;
    size_t count;
  } rows[] = {
      {"{}", "{'require_api_token_auth':false}", 0},
      {"{'own_accounts':[]}", "{'require_api_token_auth':false}", 0},
      {"{'own_accounts':['acc_1','acc_2']}",
       "{'require_api_token_auth':false,'own_accounts':['acc_1','acc_2']}", 2},
  };
  struct arena *a = arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct policy_filter f;
    struct err err = {0};
    yyjson_doc *doc = fixture_doc(a, rows[i].config);
    if (!policy_filter_read(yyjson_doc_get_root(doc), NULL, a, &f, &err))
      fail_msg("row %zu: %s", i, err.text);
    yyjson_doc_free(doc);
    assert_int_equal(f.own_count, rows[i].count);
    assert_int_equal(policy_is_own(&f, STR("acc_2")), rows[i].count == 2);
    assert_false(policy_is_own(&f, STR("acc_3")));
    fixture_is(policy_filter_write(&f, a), fixture_json(a, rows[i].written).p);
  }
  arena_free(a);
}

static void mistakes_name_field_value_and_what_is_allowed(void **state) {
  (void)state;
  static const struct {
    const char *config, *field, *text, *hint;
  } rows[] = {
      {"[]", "config", "object", ""},
      {"{'method':['read']}", "config", "\"method\"", "\"methods\""},
      {"{'methods':'read'}", "config.methods", "array", ""},
      {"{'methods':[]}", "config.methods", "empty", ""},
      {"{'methods':['list','raed']}", "config.methods[1]",
       "\"raed\" is not known here; allowed: read, write, custom, list, get, create, update, delete",
       "\"read\""},
      {"{'methods':['READ']}", "config.methods[0]", "\"READ\"", "\"read\""},
      {"{'tags':['ZONES']}", "config.tags[0]", "\"ZONES\"", "\"zones\""},
      {"{'methods':[1]}", "config.methods[0]", "string", ""},
      {"{'tags':['zone']}", "config.tags[0]",
       "\"zone\" is not known here; allowed: analytics, d1, firewall, security, zones", "\"zones\""},
      {"{'tags':['']}", "config.tags[0]", "empty", ""},
      {"{'tools':{}}", "config.tools", "array", ""},
      {"{'tools':['a',null]}", "config.tools[1]", "string", ""},
      {"{'require_api_token_auth':'yes'}", "config.require_api_token_auth", "true or false", ""},
  };
  struct arena *a = arena_new();
  struct toolset *s = fixture_set(a, SET);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct policy_filter f;
    struct err err = {0};
    yyjson_doc *doc = fixture_doc(a, rows[i].config);
    assert_false(policy_filter_read(yyjson_doc_get_root(doc), s, a, &f, &err));
    assert_int_equal(err.code, ERR_INVALID);
    assert_string_equal(err.field, rows[i].field);
    fixture_has(str_of(err.text), rows[i].text);
    if (rows[i].hint[0])
      fixture_has(str_of(err.hint), rows[i].hint);
    else
      assert_string_equal(err.hint, "");
    yyjson_doc_free(doc);
  }
  toolset_unref(s);
  arena_free(a);
}

static void unknown_tags_of_a_long_list_stay_short(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct str tools = STR("");
  for (int i = 0; i < 300; i++)
    tools = arena_printf(
        a, "%.*s%s{'name':'t%d','class':'get','tags':['tag-number-%d'],'method':'GET','path':'/','input':{}}",
        STR_ARG(tools), i ? "," : "", i, i);
  struct toolset *s = fixture_set(a, tools.p);
  struct policy_filter f;
  struct err err = {0};
  yyjson_doc *doc = fixture_doc(a, "{'tags':['nothing like it']}");
  assert_false(policy_filter_read(yyjson_doc_get_root(doc), s, a, &f, &err));
  fixture_has(str_of(err.text), " more");
  yyjson_doc_free(doc);
  toolset_unref(s);
  arena_free(a);
}

static void hints(void **state) {
  (void)state;
  static const struct {
    const char *name;
    bool read_only, destructive, idempotent;
  } rows[] = {
      {"list_zones", true, false, true},    {"list_unproven", false, true, false},
      {"create_zone", false, false, false}, {"update_rule", false, true, true},
      {"delete_rule", false, true, true},   {"run_query", false, true, false},
      {"ask_graph", true, false, true},
  };
  struct arena *a = arena_new();
  struct toolset *s = fixture_set(a, SET);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct policy_hints h = policy_hints(map_get(&s->by_name, str_of(rows[i].name)));
    assert_int_equal(h.read_only, rows[i].read_only);
    assert_int_equal(h.destructive, rows[i].destructive);
    assert_int_equal(h.idempotent, rows[i].idempotent);
    assert_true(h.open_world);
  }
  toolset_unref(s);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(filters),
      cmocka_unit_test(own_accounts),
      cmocka_unit_test(mistakes_name_field_value_and_what_is_allowed),
      cmocka_unit_test(unknown_tags_of_a_long_list_stay_short),
      cmocka_unit_test(hints),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
