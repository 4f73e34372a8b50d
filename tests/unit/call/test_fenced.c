// SPDX-License-Identifier: Apache-2.0
// The judge of finished requests by itself; what a client can say of it is in the e2e suite fences.
#include "../tool/fence_fixture.h"

#include "call/check.h"
#include "call/fenced.h"
#include "data/json.h"

#define OURS "aaaaaaaa"
#define OTHER "cccccccc"
#define ONE "{'acc_1':{'zone_id':['" OURS "']}}"
#define TWO "{'acc_1':{'zone_id':['" OURS "','bbbbbbbb']}}"

#define PATH(name) "{'arg':'" name "','name':'" name "','in':'path','style':'simple','explode':false}"
#define TOOL(name, path, params, more)                                                                       \
  "{" more "'name':'" name "','class':'custom','method':'POST','path':'" path                                \
  "','read_only':false,'params':[" params                                                                    \
  "],'input':{'type':'object','properties':{'zone_id':{'type':'string'},"                                    \
  "'zone_ids':{'type':'array','items':{'type':'integer'}},'zoneId':{'type':'string'}}}}"
#define BODY(kind, type, whole)                                                                              \
  "'body':{'kind':'" kind "','type':'" type "','required':true,'open':true" whole "},"
#define JSON                                                                                                 \
  TOOL("t", "/zones/{zone_id}/x", PATH("zone_id"),                                                           \
       BODY("json", "application/json", ",'args':[['note','note']]"))
#define TEXT(type) TOOL("t", "/zones/{zone_id}/x", PATH("zone_id"), BODY("text", type, ",'whole':'q'"))

struct fixture {
  struct arena *arena;
  struct toolset *set;
  struct account account;
  struct catalog_account v;
  struct catalog_server server;
  struct catalog_tool tool;
  struct run_call call;
  yyjson_mut_doc *doc;
  yyjson_mut_val *arguments;
};

static void open(struct fixture *f, const char *fence, const char *tool, const char *arguments,
                 const char *context) {
  *f = (struct fixture){.arena = arena_new(), .doc = yyjson_mut_doc_new(NULL)};
  f->set = fixture_set(f->arena, tool);
  f->account = (struct account){
      .id = STR("acc_1"), .base_url = STR("https://api.example.com/v1"), .name = STR("acme")};
  f->account.context = context ? fixture_doc(f->arena, context) : NULL;
  f->v = (struct catalog_account){.account = &f->account, .connector = &fence_connector, .tools = f->set};
  f->server.server.filter.fences = fence_fixture(f->arena, fence);
  f->tool = (struct catalog_tool){.tool = f->set->tools, .account = &f->v, .name = f->set->tools->name};
  f->call = (struct run_call){.server = &f->server, .tool = &f->tool};
  yyjson_doc *doc = fixture_doc(f->arena, arguments);
  f->arguments = yyjson_val_mut_copy(f->doc, yyjson_doc_get_root(doc));
  yyjson_doc_free(doc);
}

static void done(struct fixture *f) {
  yyjson_doc_free(f->account.context);
  yyjson_mut_doc_free(f->doc);
  toolset_unref(f->set);
  arena_free(f->arena);
}

static bool sent(const char *tool, const char *arguments, struct err *err) {
  struct fixture f;
  struct rest_request r;
  open(&f, ONE, tool, arguments, NULL);
  fenced_fill(&f.call, f.doc, f.arguments);
  if (!rest_build(f.tool.tool, &f.account, f.arguments, f.arena, &r, err))
    fail_msg("%s: %s", arguments, err->text);
  bool ok = fenced_check_request(&f.call, &r, f.arguments, f.arena, err);
  rest_request_free(&r);
  done(&f);
  return ok;
}

static void requests(void **state) {
  (void)state;
  static const struct {
    const char *tool, *arguments;
    bool sent;
  } rows[] = {
      {JSON, "{'note':'x'}", true},
      {JSON, "{'zone_id':'" OURS "','note':'x'}", true},
      {JSON, "{'zone_id':'" OTHER "','note':'x'}", false},
      {JSON, "{'a':{'zone':'" OURS "'}}", true},
      {JSON, "{'a':{'zone':'" OTHER "'}}", false},
      {JSON, "{'note':'" OTHER "'}", true}, // a text of its own names nothing
      {JSON, "{'note':'see /zones/" OTHER "/rules'}", false},
      {JSON, "{'note':'see /zones/" OURS "/rules'}", true},
      {JSON, "{'note':'zones/europe'}", true}, // no id
      {JSON, "{'note':'account.zone." OTHER "'}", false},
      {JSON, "{'note':'%7Bzones%2F" OTHER "'}", false},
      {JSON, "{'note':'{\\'zone_id\\':\\'" OTHER "\\'}'}", false},
      {JSON, "{'note':'// x\\n{\\'zone_id\\':\\'" OTHER "\\'}'}", false},
      {JSON, "{'note':'{zone_id'}", true},
      {JSON, "{'a':[[['zone_id','eq','" OTHER "']]]}", false},
      {JSON, "{'a':{'type':'zone','id':'" OTHER "'}}", false},
      {JSON, "{'a':{'type':'host','id':'" OTHER "'}}", true},
      {JSON, "{'a':{'zones':[]}}", true},
      {JSON, "{'a':{'zone':null}}", false},
      {JSON, "{'a':{'zone':true}}", false},
      {JSON, "{'a':{'zone':12345678}}", false},
      {TEXT("application/x-ndjson"), "{'q':'{}\\n{\\'zone_id\\':\\'" OTHER "\\'}'}", false},
      {TEXT("text/plain"), "{'q':'zone_id=" OTHER "'}", true},     // a text that is no JSON is data
      {TEXT("multipart/mixed; boundary=x"), "{'q':'--x'}", false}, // parts that are not ours
      {TOOL("by_query", "/certificates",
            "{'arg':'zone_id','name':'zone_id','in':'query','style':'form','explode':true}", ""),
       "{}", true},
      {TOOL("by_query", "/certificates",
            "{'arg':'zone_id','name':'zone_id','in':'query','style':'form','explode':true}", ""),
       "{'zone_id':'" OURS "," OTHER "'}", false},
      {TOOL("by_query", "/certificates",
            "{'arg':'zone_id','name':'zone_id','in':'query','style':'form','explode':true}", ""),
       "{'zone_id':{}}", false},
      {TOOL("beyond", "/rules", "", ""), "{}", false}, // whoever called it, and however
      {TOOL("weather", "/weather", "", ""), "{}", true},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct err err = {0};
    bool ok = sent(rows[i].tool, rows[i].arguments, &err);
    if (ok != rows[i].sent)
      fail_msg("%s\n %s\n %s %s", rows[i].tool, rows[i].arguments,
               ok ? "was sent" : "was not sent:", err.text);
    if (!ok) assert_int_equal(err.code, ERR_DENIED);
    if (!ok && strstr(err.text, OTHER)) fail_msg("the answer repeats the value: %s", err.text);
  }
}

static void params_of_a_remote_tool(void **state) {
  (void)state;
  static const struct {
    const char *tool, *params;
    bool sent;
  } rows[] = {
      {"details", "{'arguments':{'zoneId':'" OURS "'}}", true},
      {"details", "{'arguments':{'zoneId':'" OTHER "'}}", false},
      {"details", "{'arguments':{}}", false},
      {"details", "{}", false},
      {"details", "{'arguments':{'zoneId':'" OURS "','zone':'" OTHER "'}}", false},
      {"details", "{'arguments':{'zoneId':'" OURS "','x':{'zone_ids':['" OURS "']}}}", true},
      {"details",
       "{'arguments':{'zoneId':'" OURS "'},'inputResponses':{'q':{'content':{'zone':'" OTHER "'}}}}", false},
      {"details", "{'arguments':{'zoneId':'" OURS "'},'_meta':{'zone_id':'" OTHER "'}}", false},
      {"details", "{'arguments':{'zoneId':'" OURS "'},'requestState':'{\\'zone\\':\\'" OTHER "\\'}'}",
       true}, // the vendor's own
      {"other", "{'arguments':{'zoneId':'" OURS "'}}", false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f;
    struct err err = {0};
    struct arena *a = arena_new();
    open(&f, ONE, arena_printf(a, TOOL("%s", "/", "", ""), rows[i].tool).p, rows[i].params, NULL);
    ((struct tool *)(uintptr_t)f.tool.tool)->kind = TOOL_REMOTE;
    bool ok = fenced_check_params(&f.call, f.arguments, f.arena, &err);
    if (ok != rows[i].sent)
      fail_msg("%s %s: %s %s", rows[i].tool, rows[i].params, ok ? "was sent" : "was not sent:", err.text);
    done(&f);
    arena_free(a);
  }
}

static void what_is_filled_in_and_asked_for(void **state) {
  (void)state;
  static const struct {
    const char *fence, *tool, *given, *context, *filled, *asks;
  } rows[] = {
      {ONE, JSON, "{}", NULL, "{'zone_id':'" OURS "'}", NULL},
      {ONE, JSON, "{'zone_id':null}", NULL, "{'zone_id':'" OURS "'}", NULL},
      {ONE, JSON, "{'zone_id':'x'}", NULL, "{'zone_id':'x'}", NULL}, // not mended: it is refused
      {ONE, JSON, "{}", "{'zone_id':'" OTHER "'}", "{'zone_id':'" OURS "'}", NULL},
      {TWO, JSON, "{}", NULL, "{}", "- " OURS "\n- bbbbbbbb"},
      {TWO, JSON, "{}", "{'zone_id':'" OTHER "'}", "{}", "- " OURS "\n- bbbbbbbb"},
      {TWO, JSON, "{}", "{'zone_id':'bbbbbbbb'}", "{'zone_id':'bbbbbbbb'}", NULL},
      {"{'acc_1':{'zone_id':['7','8']}}", TOOL("by_list", "/x", "", ""), "{}", NULL, "{'zone_ids':[7,8]}",
       NULL},
      {"{'acc_2':{'zone_id':['7']}}", JSON, "{}", "{'zone_id':'" OTHER "'}", "{'zone_id':'" OTHER "'}",
       NULL}, // another's fence
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f;
    struct str asks = STR("");
    open(&f, rows[i].fence, rows[i].tool, rows[i].given, rows[i].context);
    check_fill(&f.call, f.doc, f.arguments);
    yyjson_doc *doc = yyjson_mut_val_imut_copy(f.arguments, NULL);
    fixture_is(json_to_text(f.arena, yyjson_doc_get_root(doc)), fixture_json(f.arena, rows[i].filled).p);
    assert_int_equal(fenced_asks(&f.call, f.arguments, f.arena, &asks), rows[i].asks != NULL);
    if (rows[i].asks) fixture_has(asks, rows[i].asks);
    yyjson_doc_free(doc);
    done(&f);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(requests),
      cmocka_unit_test(params_of_a_remote_tool),
      cmocka_unit_test(what_is_filled_in_and_asked_for),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
