// SPDX-License-Identifier: Apache-2.0
#include "../tool/fixture.h"

#include "base/buf.h"
#include "catalog/listing.h"
#include "data/json.h"

static struct connector_context contexts[] = {{.name = {"account_id", 10}, .label = {"Account", 7}}};
static const struct connector connector = {.name = {"acme", 4}, .contexts = contexts, .context_count = 1};

#define TOOL(name, class, reads, input)                                                                      \
  "{'name':'" name                                                                                           \
  "','title':'A \\'title\\'','description':'Says.','class':'" class "','read_only':" reads                   \
                                                                    ",'method':'GET','path':'/"              \
                                                                    "x','input':" input "}"

static struct str list(struct arena *a, const char *tool, const char *context) {
  struct toolset *s = fixture_set(a, tool);
  struct account account = {.context = context ? fixture_doc(a, context) : NULL};
  struct catalog_account v = {.account = &account, .connector = &connector, .tools = s};
  struct catalog_tool t = {.tool = s->tools, .account = &v, .name = STR("shown_name")};
  struct buf out = BUF_MAX(64 * 1024);
  listing_write(&t, &out);
  struct str text = arena_dup(a, buf_str(&out));
  buf_free(&out);
  yyjson_doc_free(account.context);
  toolset_unref(s);
  return text;
}

static void writes_everything_a_client_wants(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct str got = list(
      a,
      TOOL("x", "delete", "false", "{'type':'object','properties':{'n':{'maximum':1.5}},'required':['n']}"),
      NULL);
  fixture_is(
      got,
      fixture_json(
          a,
          "{'name':'shown_name','title':'A \\'title\\'','description':'Says.','inputSchema':{'type':'object',"
          "'properties':{'n':{'maximum':1.5}},'required':['n']},'annotations':{'title':'A \\'title\\'',"
          "'readOnlyHint':false,'destructiveHint':true,'idempotentHint':true,'openWorldHint':true}}")
          .p);
  got = list(
      a, "{'name':'x','class':'get','read_only':true,'method':'GET','path':'/','input':{'type':'object'}}",
      NULL);
  fixture_is(
      got, fixture_json(
               a, "{'name':'shown_name','inputSchema':{'type':'object'},'annotations':{'title':'shown_name',"
                  "'readOnlyHint':true,'destructiveHint':false,'idempotentHint':true,'openWorldHint':true}}")
               .p);
  arena_free(a);
}

static void context_arguments_are_never_required(void **state) {
  (void)state;
  static const struct {
    const char *context, *input, *want;
  } rows[] = {
      {"{'account_id':'a1'}",
       "{'type':'object','properties':{'account_id':{'type':'string','description':'Whose.'},'b':{}},'"
       "required':['account_id','b']}",
       "{'type':'object','properties':{'account_id':{'description':'Whose. Default: set on this "
       "account.','type':'string'},'b':{}},'required':['b']}"},
      {"{}",
       "{'type':'object','properties':{'account_id':{'type':'string'}},'required':['account_id'],'$defs':{'x'"
       ":{}}}",
       "{'type':'object','$defs':{'x':{}},'properties':{'account_id':{'description':'If left out and needed, "
       "the answer lists the choices.','type':'string'}}}"},
      {NULL, "{'type':'object','properties':{'zone_id':{'type':'string'}},'required':['zone_id']}",
       "{'type':'object','properties':{'zone_id':{'type':'string'}},'required':['zone_id']}"},
      {"{'account_id':null}", "{'type':'object','properties':{'account_id':true},'required':['account_id']}",
       "{'type':'object','properties':{'account_id':true}}"},
  };
  struct arena *a = arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct str tool =
        arena_printf(a, "{'name':'x','class':'get','method':'GET','path':'/','input':%s}", rows[i].input);
    struct str want = arena_printf(a, "\"inputSchema\":%s,\"annotations\"", fixture_json(a, rows[i].want).p);
    fixture_has(list(a, tool.p, rows[i].context), want.p);
  }
  arena_free(a);
}

// What a server hides is not named by what it shows.
static void the_tool_that_gives_an_id_is_named_where_it_is_shown(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct toolset *s = fixture_set(
      a,
      "{'name':'x','class':'get','method':'GET','path':'/z/{zone_id}/r/{r}','description':'Says.','sources':{"
      "'zone_id':'list_zones'},'params':[{'arg':'zone_id','name':'zone_id','in':'path','style':'simple',"
      "'explode':false},{'arg':'r','name':'r','in':'path','style':'simple','explode':false}],'input':{'type':"
      "'object','properties':{'zone_id':{'type':'string','description':'Which.'},'r':{'type':'string'}}}}");
  struct account account = {0};
  struct catalog_account v = {.account = &account, .connector = &connector, .tools = s};
  struct map shown = {0};
  struct catalog_tool t = {.tool = s->tools, .account = &v, .name = STR("x"), .shown = &shown};
  struct buf with = BUF_MAX(4096), without = BUF_MAX(4096);
  listing_write(&t, &without);
  map_put(&shown, STR("list_zones"), &t);
  listing_write(&t, &with);
  assert_false(str_contains(buf_str(&without), STR("list_zones")));
  assert_true(str_contains(buf_str(&without), STR("Says. Needs zone_id; r.\"")));
  assert_true(str_contains(buf_str(&with), STR("Says. Needs zone_id: from list_zones; r.\"")));
  assert_true(str_contains(buf_str(&with), STR("Which. From list_zones.\"")));
  buf_free(&with);
  buf_free(&without);
  map_free(&shown);
  toolset_unref(s);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(writes_everything_a_client_wants),
      cmocka_unit_test(context_arguments_are_never_required),
      cmocka_unit_test(the_tool_that_gives_an_id_is_named_where_it_is_shown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
