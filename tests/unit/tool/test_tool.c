// SPDX-License-Identifier: Apache-2.0
#include "fixture.h"

#include "base/buf.h"
#include "base/clock.h"

#define ONE                                                                                                  \
  "{'name':'list_all_acme_zones','title':'List zones','description':'All.','class':'list','tags':['zones']," \
  "'operation':'GET /zones/{zone_id}','method':'GET','path':'/zones/{zone_id}','read_only':true,"            \
  "'params':[{'arg':'zone_id','name':'zid','in':'path','style':'simple','explode':false},"                   \
  "{'arg':'ids','name':'ids','in':'query','style':'spaceDelimited','explode':true}],"                        \
  "'body':{'kind':'json','type':'application/json','required':true,'args':[['name','Name']]},"               \
  "'input':{'type':'object'},'gives':'zone_id','sources':{'zone_id':'list_all_acme_zones'},"                 \
  "'permission':'Zone Read','deprecated':true,'paging':{'page':'page','size':'per_page'}}"

static void reads_every_member(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct toolset *s = fixture_set(a, ONE);
  assert_int_equal(s->count, 1);
  fixture_is(s->connector, "acme");
  fixture_is(s->base_url, "https://api.example.com/v1");
  const struct tool *t = map_get(&s->by_name, STR("list_all_acme_zones"));
  assert_ptr_equal(t, s->tools);
  fixture_is(t->title, "List zones");
  fixture_is(t->description, "All.");
  fixture_is(t->operation, "GET /zones/{zone_id}");
  fixture_is(t->method, "GET");
  fixture_is(t->permission, "Zone Read");
  assert_int_equal(t->class, TOOL_LIST);
  assert_true(t->read_only && t->deprecated);
  assert_int_equal(t->tag_count, 1);
  fixture_is(t->tags[0], "zones");
  assert_int_equal(t->param_count, 2);
  fixture_is(t->params[0].arg, "zone_id");
  fixture_is(t->params[0].name, "zid");
  assert_int_equal(t->params[0].in, TOOL_IN_PATH);
  assert_int_equal(t->params[1].style, TOOL_SPACE);
  assert_true(t->params[1].explode && !t->params[0].explode);
  assert_int_equal(t->body, TOOL_BODY_JSON);
  assert_true(t->body_required);
  assert_int_equal(t->body_arg_count, 1);
  fixture_is(t->body_args[0].property, "Name");
  assert_true(yyjson_is_obj(t->input) && t->sources && t->paging);
  toolset_ref(s);
  toolset_unref(s);
  toolset_unref(s);
  toolset_unref(NULL);
  arena_free(a);
}

// A corrupt row is an error that names the member, never a crash.
static void refuses_what_compile_does_not_make(void **state) {
  (void)state;
  static const struct {
    const char *text, *field;
  } rows[] = {
      {"", ""},
      {"null", "toolset"},
      {"{'toolset':2,'connector':'a','tools':[]}", "toolset"},
      {"{'toolset':1,'tools':[]}", "connector"},
      {"{'toolset':1,'connector':'a'}", "tools"},
      {"{'toolset':1,'connector':'a','tools':[1]}", "name"},
      {"{'toolset':1,'connector':'a','tools':[{'name':''}]}", "name"},
      {"{'toolset':1,'connector':'a','tools':[{'name':'x','method':'GET','path':'/"
       "','class':'read','input':{}}]}",
       "class"},
      {"{'toolset':1,'connector':'a','tools':[{'name':'x','method':'CONNECT','path':'/"
       "','class':'get','input':{}}]}",
       "method"},
      {"{'toolset':1,'connector':'a','tools':[{'name':'x','method':'GET','path':'y','class':'get','input':{}}"
       "]}",
       "path"},
      {"{'toolset':1,'connector':'a','tools':[{'name':'x','method':'GET','path':'/','class':'get'}]}",
       "input"},
      {"{'toolset':1,'connector':'a','tools':[{'name':'x','method':'GET','path':'/','class':'get','input':{},"
       "'read_only':1}]}",
       "read_only"},
      {"{'toolset':1,'connector':'a','tools':[{'name':'x','method':'GET','path':'/','class':'get','input':{},"
       "'tags':[1]}]}",
       "tags"},
      {"{'toolset':1,'connector':'a','tools':[{'name':'x','method':'GET','path':'/','class':'get','input':{},"
       "'params':[{'arg':'a','name':'a','in':'body','style':'form'}]}]}",
       "in"},
      {"{'toolset':1,'connector':'a','tools':[{'name':'x','method':'GET','path':'/','class':'get','input':{},"
       "'params':[{'arg':'a','name':'a','in':'query','style':'odd'}]}]}",
       "style"},
      {"{'toolset':1,'connector':'a','tools':[{'name':'x','method':'GET','path':'/','class':'get','input':{},"
       "'body':{'kind':'xml'}}]}",
       "kind"},
      {"{'toolset':1,'connector':'a','tools':[{'name':'x','method':'GET','path':'/','class':'get','input':{},"
       "'body':{'kind':'json','args':[['a']]}}]}",
       "args"},
      {"{'toolset':1,'connector':'a','tools':[{'name':'x','method':'GET','path':'/','class':'get','input':{},"
       "'sources':{'a':1}}]}",
       "sources"},
      {"{'toolset':1,'connector':'a','tools':[{'name':'x','method':'GET','path':'/"
       "','class':'get','input':{}},"
       "{'name':'x','method':'GET','path':'/','class':'get','input':{}}]}",
       "name"},
  };
  struct arena *a = arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct toolset *s = NULL;
    struct err err = {0};
    if (toolset_read(fixture_json(a, rows[i].text), &s, &err)) fail_msg("row %zu was accepted", i);
    assert_null(s);
    assert_int_equal(err.code, ERR_INTERNAL);
    assert_string_equal(err.field, rows[i].field);
    assert_true(err.text[0]);
  }
  arena_free(a);
}

static void refuses_every_cut(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct str whole = fixture_json(a, "{'toolset':1,'connector':'acme','tools':[" ONE "]}");
  for (size_t n = 0; n < whole.n; n++) {
    struct toolset *s = NULL;
    struct err err = {0};
    assert_false(toolset_read(str_make(whole.p, n), &s, &err));
  }
  arena_free(a);
}

static void reads_thousands_quickly(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct buf b = BUF_MAX(64 * 1024 * 1024);
  for (int i = 0; i < 1533; i++) {
    buf_printf(
        &b,
        "%s{'name':'t%04d','class':'get','method':'GET','path':'/x','input':{'type':'object','properties':{",
        i ? "," : "", i);
    for (int j = 0; j < 20; j++)
      buf_printf(&b, "%s'p%d':{'type':'string','description':'One of many.'}", j ? "," : "", j);
    buf_add_z(&b, "}}}");
  }
  buf_add_char(&b, 0);
  uint64_t start = clock_mono_us();
  struct toolset *s = fixture_set(a, b.p);
  uint64_t took = clock_mono_us() - start;
  assert_int_equal(s->count, 1533);
  print_message("1,533 tools in %u us\n", (unsigned)took);
  toolset_unref(s);
  buf_free(&b);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reads_every_member),
      cmocka_unit_test(refuses_what_compile_does_not_make),
      cmocka_unit_test(refuses_every_cut),
      cmocka_unit_test(reads_thousands_quickly),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
