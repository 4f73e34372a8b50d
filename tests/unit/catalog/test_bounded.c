// SPDX-License-Identifier: Apache-2.0
#include "../tool/fence_fixture.h"

#include "catalog/bounded.h"
#include "catalog/listing.h"
#include "data/json.h"

#define TOOL(input)                                                                                          \
  "{'name':'details','class':'get','read_only':true,'method':'GET','path':'/','input':" input "}"
#define OBJECT(members) "{'type':'object'," members "}"
#define ONE "{'acc_1':{'zone_id':['7']}}"
#define TWO "{'acc_1':{'zone_id':['7','8']}}"

// A search says of it what its schema asks for.
static void needs_are(const struct catalog_tool *t, yyjson_val *schema, struct arena *a) {
  struct str needs[8];
  size_t i, n, at = t->choice_count ? 1 : 0, count = listing_needs(t, a, needs, 8);
  yyjson_val *v;
  yyjson_arr_foreach (yyjson_obj_get(schema, "required"), i, n, v) {
    assert_true(at < count);
    if (!str_eq(needs[at++], json_text(v))) fail_msg("needs %.*s", STR_ARG(needs[at - 1]));
  }
  assert_int_equal(at, count);
}

// The schema within the fence of one account; with `other`, of a tool that two share.
static void is(const char *fence, const char *other, const char *context, const char *input,
               const char *want) {
  struct arena *a = arena_new();
  struct toolset *s = fixture_set(a, arena_printf(a, TOOL("%s"), input).p);
  ((struct tool *)(uintptr_t)s->tools)->kind = TOOL_REMOTE;
  struct account account = {.id = STR("acc_1"), .context = context ? fixture_doc(a, context) : NULL};
  struct catalog_account v = {.account = &account, .connector = &fence_connector, .tools = s};
  struct fences f = fence_fixture(a, fence), g = fence_fixture(a, other ? other : "{}");
  struct catalog_choice choices[] = {{STR("a"), &v, s->tools, f.items},
                                     {STR("b"), &v, s->tools, g.count ? g.items : NULL}};
  struct catalog_tool t = {.tool = s->tools, .account = &v, .fence = f.items};
  if (other) t.choices = choices, t.choice_count = 2;
  yyjson_doc *doc = bounded_input(&t, a);
  if (!doc) fail_msg("%s: nothing is held", input);
  fixture_is(json_to_text(a, yyjson_doc_get_root(doc)), fixture_json(a, want).p);
  needs_are(&t, yyjson_doc_get_root(doc), a);
  yyjson_doc_free(doc);
  yyjson_doc_free(account.context);
  toolset_unref(s);
  arena_free(a);
}

static void one_value_is_not_shown(void **state) {
  (void)state;
  is(ONE, NULL, NULL, OBJECT("'properties':{'zoneId':{'type':'string'},'a':{}},'required':['zoneId','a']"),
     OBJECT("'properties':{'a':{}},'required':['a']"));
  is(ONE, NULL, NULL, OBJECT("'properties':{'zoneId':{'type':'string'}},'required':['zoneId']"),
     OBJECT("'properties':{}"));
  is(ONE, NULL, NULL,
     OBJECT(
         "'properties':{'zoneId':{},'x':{}},'anyOf':[{'required':['zoneId']},{'required':['x','zoneId']}]"),
     OBJECT("'properties':{'x':{}},'anyOf':[{},{'required':['x']}]"));
  is(ONE, NULL, NULL,
     OBJECT("'properties':{'zoneId':{}},'allOf':[{'properties':{'zoneId':{'minLength':3},'x':true}}]"),
     OBJECT("'properties':{},'allOf':[{'properties':{'x':true}}]"));
  is(ONE, NULL, NULL, OBJECT("'properties':{'zoneId':{'type':['string','null']}}"),
     OBJECT("'properties':{}"));
  is(ONE, NULL, NULL, OBJECT("'properties':{'zoneId':true}"), OBJECT("'properties':{}"));
}

static void several_are_an_enum(void **state) {
  (void)state;
  is(TWO, NULL, NULL,
     OBJECT("'properties':{'zoneId':{'description':'D.','type':['string','null'],'pattern':'x'}}"),
     OBJECT("'properties':{'zoneId':{'description':'D.','type':'string','enum':['7','8']}},'required':['"
            "zoneId']"));
  is(TWO, NULL, NULL, OBJECT("'properties':{'zoneId':{'type':'integer'},'zone':{}},'required':['zone']"),
     OBJECT("'properties':{'zoneId':{'type':'number','enum':[7,8]},'zone':{'type':'string','enum':['7','8']}}"
            ",'required':['zone','zoneId']"));
  is(TWO, NULL, NULL,
     OBJECT("'properties':{'zoneId':{'type':'array','items':{'type':'integer'}}},'required':['zoneId']"),
     OBJECT("'properties':{'zoneId':{'type':'array','items':{'enum':[7,8]},'minItems':1}}"));
  is(TWO, NULL, NULL, OBJECT("'properties':{'zoneId':{},'zone':{'type':'object'}}"),
     OBJECT("'properties':{'zoneId':{'type':'string','enum':['7','8']},'zone':{'type':'object'}},'required':["
            "'zoneId']"));
  is(TWO, NULL, NULL, OBJECT("'properties':{'zoneId':true},'required':[]"),
     OBJECT("'properties':{'zoneId':true},'required':['zoneId']"));
  is(TWO, NULL, "{'zoneId':'8'}", OBJECT("'properties':{'zoneId':{}},'required':['zoneId']"),
     OBJECT("'properties':{'zoneId':{'type':'string','enum':['7','8']}}"));
  is(TWO, NULL, "{'zoneId':'9'}", OBJECT("'properties':{'zoneId':{}},'required':['zoneId']"),
     OBJECT("'properties':{'zoneId':{'type':'string','enum':['7','8']}},'required':['zoneId']"));
}

// What a client must say depends on the account that it chooses; shown is what suits all.
static void accounts_that_share_a_tool(void **state) {
  (void)state;
  static const char input[] = OBJECT("'properties':{'zoneId':{'type':'string'}},'required':['zoneId']");
  is(ONE, "{'acc_1':{'zone_id':['9']}}", NULL, input, OBJECT("'properties':{}"));
  is(ONE, TWO, NULL, input,
     OBJECT("'properties':{'zoneId':{'type':'string','enum':['7','8']}},'required':['zoneId']"));
  is(ONE, "{}", NULL, input, OBJECT("'properties':{'zoneId':{'type':'string'}}"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_value_is_not_shown),
      cmocka_unit_test(several_are_an_enum),
      cmocka_unit_test(accounts_that_share_a_tool),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
