// SPDX-License-Identifier: Apache-2.0
// The form in which a program is kept: there and back, through renames, and what became of what it names.
#include "../support/check.h"
#include "../tool/fixture.h"

#include "data/json.h"
#include "program/examine.h"
#include "shelf/judge.h"

#define ZONES(name, more)                                                                                    \
  "{'name':'" name                                                                                           \
  "','operation':'zones-get','class':'list','read_only':true,'method':'GET','path':'/zones',"                \
  "'input':{'type':'object','properties':{'status':{'type':'string'}" more                                   \
  "},'additionalProperties':false}}"
#define RULES                                                                                                \
  "{'name':'list_rules','operation':'rules-get','class':'list','read_only':true,'method':'GET','path':'/"    \
  "rules',"                                                                                                  \
  "'input':{'type':'object','properties':{'zone_id':{'type':'string'}},'required':['zone_id']}}"

static struct arena *arena;
static struct account accounts[2];
static struct catalog_account owners[2], *pointers[2] = {&owners[0], &owners[1]};
static struct catalog catalog;
static struct program_env env;

static void connect(size_t i, const char *id, const char *name, const char *tools) {
  static const struct connector connector = {.name = {"acme", 4}};
  accounts[i] = (struct account){.id = str_of(id), .name = str_of(name), .connector = STR("acme")};
  owners[i] = (struct catalog_account){
      .refs = 1, .account = &accounts[i], .connector = &connector, .tools = fixture_set(arena, tools)};
  map_put(&catalog.accounts_by_id, accounts[i].id, &owners[i]);
}

static void use_tools(size_t i, const char *tools) {
  toolset_unref(owners[i].tools);
  owners[i].tools = fixture_set(arena, tools);
}

static int setup(void **state) {
  (void)state;
  struct err err;
  arena = arena_new();
  catalog = (struct catalog){.refs = 1, .accounts = pointers, .account_count = 2};
  env = (struct program_env){.limits.tables = TABLE_LIMITS, .first_weekday = 1};
  connect(0, "acc_1", "east", ZONES("list_zones", "") "," RULES);
  connect(1, "acc_2", "west", ZONES("list_zones", "") "," RULES);
  return table_start() && zone_find(STR("UTC"), &env.zone, &err) ? 0 : -1;
}

static int teardown(void **state) {
  (void)state;
  toolset_unref(owners[0].tools);
  toolset_unref(owners[1].tools);
  map_free(&catalog.accounts_by_id);
  arena_free(arena);
  return 0;
}

static struct stable_look look_new(void) {
  return (struct stable_look){.catalog = &catalog, .arena = arena};
}

static yyjson_doc *read(struct str text) {
  yyjson_doc *doc = yyjson_read(text.p, text.n, YYJSON_READ_NUMBER_AS_RAW);
  if (!doc) fail_msg("no JSON: %.*s", STR_ARG(text));
  return doc;
}

static struct str keep(const char *program) {
  struct program_faults faults = {.arena = arena};
  struct program_view view = {.catalog = &catalog};
  struct stable_look look = look_new();
  yyjson_doc *doc = read(fixture_json(arena, program));
  const struct program_examined *x =
      program_examine(&env, &view, yyjson_doc_get_root(doc), NULL, arena, &faults);
  if (!x) fail_msg("%.*s: %.*s", STR_ARG(faults.items[0].pointer), STR_ARG(faults.items[0].text));
  struct str kept = stable_make(&x->program, &x->plan, &look);
  stable_done(&look);
  yyjson_doc_free(doc);
  return kept;
}

static struct str written(struct str kept, enum stable_names names) {
  struct stable_look look = look_new();
  yyjson_doc *doc = read(kept);
  struct str out = stable_write(yyjson_doc_get_root(doc), &look, names, arena);
  stable_done(&look);
  yyjson_doc_free(doc);
  return out;
}

// "state step: why"
static struct str judged(struct str kept) {
  struct stable_look look = look_new();
  yyjson_doc *doc = read(kept);
  struct shelf_verdict v = shelf_judge(&env, yyjson_doc_get_root(doc), &look);
  struct str out =
      arena_printf(arena, "%s %.*s: %.*s", shelf_state_name(v.state), STR_ARG(v.step), STR_ARG(v.why));
  stable_done(&look);
  yyjson_doc_free(doc);
  return out;
}

#define ONE                                                                                                  \
  "{'version':1,'title':'T','parameters':{'n':12345678901234567890.5},'steps':[{'id':'z','account':'east','" \
  "tool':"                                                                                                   \
  "'list_zones','arguments':{'status':'active'},'pages':3},{'id':'r','account':['east','west'],'tool':'"     \
  "list_rules',"                                                                                             \
  "'for_each':'SELECT id AS zone_id FROM "                                                                   \
  "z','arguments':{'zone_id':{'$':'zone_id'}}}],'results':{'n':{'query':"                                    \
  "'SELECT count(*) FROM r','chart':{'mark':'bar'}},'m':'SELECT 1'}}"

static void test_there_and_back(void **state) {
  (void)state;
  struct str kept = keep(ONE);
  check_has(kept.p, "\"keys\":[{\"account\":\"acc_1\",\"name\":\"east\",\"connector\":\"acme\",\"operation\":"
                    "\"zones-get\"");
  check_text(written(kept, STABLE_NAMES), fixture_json(arena, ONE).p); // to the digit
  check_has(written(kept, STABLE_IDS).p, "\"account\":[\"acc_1\",\"acc_2\"],\"tool\":\"list_rules\"");
  check_text(keep(written(kept, STABLE_NAMES).p), kept.p);
  check_text(judged(kept), "ok : ");
}

static void test_renamed(void **state) {
  (void)state;
  struct str kept = keep(ONE);
  accounts[0].name = STR("orient");
  check_has(written(kept, STABLE_NAMES).p, "\"account\":\"orient\"");
  check_has(written(kept, STABLE_NAMES).p, "[\"orient\",\"west\"]");
  accounts[1].name = STR("east"); // what the other was called
  check_has(written(kept, STABLE_IDS).p, "\"account\":\"acc_1\",\"tool\":\"list_zones\"");
  check_text(judged(kept), "ok : ");
}

static void test_renamed_tool(void **state) {
  (void)state;
  struct str kept = keep(ONE);
  use_tools(0, ZONES("all_zones", "") "," RULES);
  check_has(written(kept, STABLE_NAMES).p, "\"tool\":\"all_zones\"");
  check_text(judged(kept), "ok : ");
  use_tools(0, "{'name':'list_zones','operation':'zones-other','class':'list','read_only':true,'method':'GET'"
               ",'path':'/z',"
               "'input':{'type':'object'}}," RULES); // the name alone is not the tool
  check_text(judged(kept), "gone z: the account 'east' has no tool 'list_zones' any more");
}

static void test_account_not_named(void **state) {
  (void)state;
  use_tools(1, RULES);
  struct str kept =
      keep("{'version':1,'steps':[{'id':'z','tool':'list_zones'}],'results':{'n':'SELECT count(*) FROM z'}}");
  use_tools(1, ZONES("list_zones", "")); // now there are two
  check_has(written(kept, STABLE_NAMES).p, "\"account\":\"east\"");
  check_text(judged(kept), "ok : ");
}

static void test_account_gone(void **state) {
  (void)state;
  struct str kept = keep(ONE);
  map_remove(&catalog.accounts_by_id, STR("acc_2"));
  check_text(judged(kept), "gone r: there is no account 'west' (acc_2) any more");
  check_text(written(kept, STABLE_NAMES), fixture_json(arena, ONE).p); // by the name that it had
}

// Another form that still fits is no reason to stop; one that does not is.
static void test_other_form(void **state) {
  (void)state;
  struct str kept = keep(ONE);
  use_tools(0, ZONES("list_zones", ",'page':{'type':'integer'}") "," RULES);
  check_text(judged(kept), "ok : ");
  use_tools(0, "{'name':'list_zones','operation':'zones-get','class':'list','read_only':true,'method':'GET','"
               "path':'/zones',"
               "'input':{'type':'object','properties':{'state':{'type':'string'}},'additionalProperties':"
               "false}}," RULES);
  check_text(judged(kept), "changed z: 'list_zones' takes no argument 'status'");
}

static void test_writes_now(void **state) {
  (void)state;
  struct str kept = keep(ONE);
  use_tools(0, "{'name':'list_zones','operation':'zones-get','class':'create','method':'POST','path':'/"
               "zones','input':{'type':'object'}}," RULES);
  check_text(judged(kept), "changed z: 'list_zones' of the account 'east' does more than read now");
}

// A vendor's MCP server: by name, and a pin of what was approved.
static void test_remote(void **state) {
  (void)state;
  struct tool *t = &owners[0].tools->tools[0]; // list_rules
  if (!str_is(t->name, "list_rules")) t++;
  yyjson_doc *before = fixture_doc(arena, "{'name':'list_rules','description':'Lists.'}"),
             *after = fixture_doc(arena, "{'name':'list_rules','description':'Lists, and more.'}");
  t->kind = TOOL_REMOTE;
  t->definition = yyjson_doc_get_root(before);
  struct str kept =
      keep("{'version':1,'steps':[{'id':'r','account':'east','tool':'list_rules','arguments':{'zone_id':"
           "'z'}}],'results':{'n':'SELECT 1 FROM r'}}");
  check_has(kept.p, "\"pin\":");
  assert_null(strstr(kept.p, "operation"));
  check_text(judged(kept), "ok : ");
  t->served = false;
  t->why = STR("it changed since it was approved");
  check_text(judged(kept),
             "held r: 'list_rules' of the account 'east' is not served: it changed since it was approved");
  t->served = true;
  t->definition = yyjson_doc_get_root(after);
  check_text(
      judged(kept),
      "changed r: 'list_rules' of the account 'east' is defined otherwise than when the program was saved");
  yyjson_doc_free(before);
  yyjson_doc_free(after);
}

static void test_on_a_server(void **state) {
  (void)state;
  struct str kept = keep(ONE);
  struct stable_look look = look_new();
  yyjson_doc *doc = read(kept);
  struct catalog_tool tools[4];
  size_t n = 0;
  for (size_t i = 0; i < 2; i++)
    for (size_t k = 0; k < 2; k++)
      tools[n++] = (struct catalog_tool){.tool = &owners[i].tools->tools[k], .account = &owners[i]};
  struct catalog_server server = {.server.name = STR("narrow"), .tools = tools, .tool_count = n};
  assert_int_equal(shelf_judge_on(&server, yyjson_doc_get_root(doc), &look).state, SHELF_OK);
  server.tool_count = 2; // the first account's alone
  struct shelf_verdict v = shelf_judge_on(&server, yyjson_doc_get_root(doc), &look);
  check_text(v.step, "r");
  check_text(v.why, "the server 'narrow' does not show 'list_rules' of the account 'west'");
  stable_done(&look);
  yyjson_doc_free(doc);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_there_and_back, setup, teardown),
      cmocka_unit_test_setup_teardown(test_renamed, setup, teardown),
      cmocka_unit_test_setup_teardown(test_renamed_tool, setup, teardown),
      cmocka_unit_test_setup_teardown(test_account_not_named, setup, teardown),
      cmocka_unit_test_setup_teardown(test_account_gone, setup, teardown),
      cmocka_unit_test_setup_teardown(test_other_form, setup, teardown),
      cmocka_unit_test_setup_teardown(test_writes_now, setup, teardown),
      cmocka_unit_test_setup_teardown(test_remote, setup, teardown),
      cmocka_unit_test_setup_teardown(test_on_a_server, setup, teardown),
  };
  return cmocka_run_group_tests_name("shelf/stable", tests, NULL, NULL);
}
