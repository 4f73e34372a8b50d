// SPDX-License-Identifier: Apache-2.0
// The network and the audit's queue are replaced at link time (--wrap): what leaves is what is checked.
#include "../tool/fixture.h"

#include "audit/audit.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "call/rest.h"
#include "call/run.h"
#include "call/shape.h"
#include "data/json.h"

bool __wrap_fetch_url(const struct fetch_call *call, struct arena *a, struct fetch_result *out,
                      struct err *err);
void __wrap_audit_add(struct audit *a, const struct audit_row *row);

static struct {
  int calls, rows;
  struct str url, method, body; // of the last call
  struct http_headers headers;
  enum err_code fail; // what the next call does
  int status;
  const char *type;
  struct str answer;
  struct audit_row row;
} net;

static struct arena *arena; // of the test

bool __wrap_fetch_url(const struct fetch_call *call, struct arena *a, struct fetch_result *out,
                      struct err *err) {
  net.calls++;
  net.url = arena_dup(arena, call->url);
  net.method = arena_dup(arena, str_of(call->method));
  net.body = call->has_body ? arena_dup(arena, call->body) : STR_NONE;
  net.headers = call->headers;
  if (net.fail) return err_set(err, net.fail, "as told");
  struct http_header *h = ARENA_ARRAY(a, 1, struct http_header);
  h[0] = (struct http_header){STR("Content-Type"), str_of(net.type)};
  *out = (struct fetch_result){.status = net.status,
                               .headers = {h, 1},
                               .body = BUF_PAID(4 << 20, budget_payer(BUDGET_UPSTREAM, STR("acc_1")))};
  buf_add(&out->body, net.answer);
  return true;
}

void __wrap_audit_add(struct audit *a, const struct audit_row *row) {
  (void)a;
  net.rows++;
  net.row = *row;
  net.row.arguments = arena_dup(arena, row->arguments);
  net.row.detail = arena_dup(arena, row->detail);
}

static struct connector_context contexts[] = {{.name = {"account_id", 10}, .label = {"Account", 7}}};
static const struct connector connector = {
    .name = {"acme", 4}, .label = {"Acme", 4}, .contexts = contexts, .context_count = 1};

#define TOOLS                                                                                                \
  "{'name':'list_zones','class':'list','read_only':true,'method':'GET','path':'/"                            \
  "zones','input':{'type':'object'}},"                                                                       \
  "{'name':'list_hidden','class':'list','read_only':true,'method':'GET','path':'/"                           \
  "h','input':{'type':'object'}},"                                                                           \
  "{'name':'change_rule','class':'update','method':'PATCH','path':'/accounts/{account_id}/zones/{zone_id}'," \
  "'params':[{'arg':'account_id','name':'account_id','in':'path','style':'simple'},"                         \
  "{'arg':'zone_id','name':'zone_id','in':'path','style':'simple'},"                                         \
  "{'arg':'limit','name':'limit','in':'query','style':'form','explode':true}],"                              \
  "'body':{'kind':'json','type':'application/json','args':[['note','note']]},"                               \
  "'sources':{'zone_id':'list_zones','rule_id':'list_hidden'},"                                              \
  "'input':{'type':'object','properties':{'account_id':{'type':'string'},'zone_id':{'type':'string','"       \
  "minLength':2},"                                                                                           \
  "'rule_id':{'type':'string'},'limit':{'type':'integer','maximum':50},'note':{'type':'string'}},"           \
  "'required':['account_id','zone_id'],'additionalProperties':false}}"

struct scene {
  struct account account;
  struct catalog_account owner;
  struct catalog_member member;
  struct catalog_server server;
  struct catalog_tool tools[2];
  struct run_env env;
  struct run_result out;
  yyjson_doc *content;
};

static void open_scene(struct scene *s, const char *context, const char *choices) {
  arena = arena_new();
  memset(&net, 0, sizeof net);
  net.status = 200, net.type = "application/json", net.answer = STR("{\"ok\":1.0}");
  *s = (struct scene){.account = {.id = STR("acc_1"), .base_url = STR("https://api.example.com")},
                      .owner = {.connector = &connector, .tools = fixture_set(arena, TOOLS)},
                      .env = {.result_bytes = 4096, .audit = (struct audit *)(uintptr_t)1}};
  s->account.context = context ? fixture_doc(arena, context) : NULL;
  s->account.choices = choices ? fixture_doc(arena, choices) : NULL;
  s->owner.account = &s->account;
  static const char *const names[] = {"change_rule", "list_zones"};
  for (size_t i = 0; i < 2; i++)
    s->tools[i] = (struct catalog_tool){.tool = map_get(&s->owner.tools->by_name, str_of(names[i])),
                                        .account = &s->owner,
                                        .name = str_of(names[i]),
                                        .shown = &s->server.by_name};
  s->member = (struct catalog_member){.alias = STR("one"), .account = &s->owner, .access = PERMIT_WRITE};
  s->server = (struct catalog_server){.server = {.id = STR("srv_1")},
                                      .members = &s->member,
                                      .member_count = 1,
                                      .tools = s->tools,
                                      .tool_count = 2};
  for (size_t i = 0; i < 2; i++) map_put(&s->server.by_name, s->tools[i].name, &s->tools[i]);
}

static bool call(struct scene *s, const char *arguments, struct err *err) {
  yyjson_doc *doc = arguments ? fixture_doc(arena, arguments) : NULL;
  struct run_call c = {.env = &s->env,
                       .server = &s->server,
                       .tool = &s->tools[0],
                       .arguments = yyjson_doc_get_root(doc),
                       .request_id = STR("req_1"),
                       .by.actor = STR("tester"),
                       .traceparent = STR("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
                       .tracestate = STR("a=b\r\nX-Evil: 1")};
  struct call_answer answer;
  bool ok = call_run(&c, arena, &answer, err);
  if (ok) {
    shape_answer(&answer, s->env.result_bytes, arena, &s->out);
    call_answer_free(&answer);
    s->content = yyjson_read(s->out.content.p, s->out.content.n, 0);
  }
  yyjson_doc_free(doc);
  return ok;
}

static struct str text(const struct scene *s) {
  return json_str(yyjson_arr_get_first(yyjson_doc_get_root(s->content)), "text");
}

static void close_scene(struct scene *s) {
  yyjson_doc_free(s->content);
  buf_free(&s->out.content);
  yyjson_doc_free(s->account.context);
  yyjson_doc_free(s->account.choices);
  toolset_unref(s->owner.tools);
  map_free(&s->server.by_name);
  arena_free(arena);
}

static void a_call_goes_out_and_comes_back(void **state) {
  (void)state;
  struct scene s;
  struct err err = {0};
  open_scene(&s, "{'account_id':'a/1','unknown_here':'x'}", NULL);
  int64_t ok = metrics_get(METRIC_TOOL_CALLS_OK);
  assert_true(call(&s, "{'zone_id':'z1','limit':'20','note':'s3cret \\u00fc','account_id':null}", &err));
  fixture_is(net.url,
             "https://api.example.com/accounts/a%2F1/zones/z1?limit=20"); // default filled, "20" coerced
  fixture_is(net.method, "PATCH");
  fixture_is(net.body, "{\"note\":\"s3cret \xc3\xbc\"}");
  fixture_has(http_header_get(&net.headers, "user-agent"), "postern/");
  fixture_is(http_header_get(&net.headers, "traceparent"),
             "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  assert_int_equal(http_header_count(&net.headers, "tracestate"), 0); // holds line ends
  assert_int_equal(s.out.outcome, RUN_OK);
  assert_false(s.out.is_error);
  fixture_is(text(&s), "{\"ok\":1.0}");
  assert_int_equal(metrics_get(METRIC_TOOL_CALLS_OK), ok + 1);
  assert_int_equal(net.rows, 1);
  fixture_is(net.row.who.actor, "tester");
  fixture_is(net.row.action, "tools/call");
  fixture_is(net.row.server_id, "srv_1");
  fixture_is(net.row.account_id, "acc_1");
  fixture_is(net.row.tool, "change_rule");
  fixture_is(net.row.outcome, "ok");
  fixture_is(net.row.request_id, "req_1");
  fixture_is(
      net.row.arguments,
      "{\"zone_id\":\"string(2)\",\"limit\":\"string(2)\",\"note\":\"string(9)\",\"account_id\":\"null\"}");
  assert_int_equal(net.row.status, 200);
  close_scene(&s);
}

static void all_violations_are_told_and_nothing_is_sent(void **state) {
  (void)state;
  struct scene s;
  struct err err = {0};
  open_scene(&s, "{'account_id':'a1'}", NULL);
  assert_true(call(&s, "{'limit':99,'rule_id':[],'zome_id':'x'}", &err));
  assert_int_equal(net.calls, 0);
  assert_int_equal(s.out.outcome, RUN_INVALID);
  assert_true(s.out.is_error);
  fixture_has(text(&s), "do not fit change_rule; nothing was sent.");
  fixture_has(text(&s), "\n- /zone_id: expected ");
  fixture_has(text(&s), "Get it from list_zones.");
  fixture_has(text(&s), "\n- /limit: expected ");
  fixture_has(text(&s), "/rule_id");
  fixture_has(text(&s), "zome_id");
  fixture_lacks(text(&s), "list_hidden"); // this server does not show it
  fixture_is(net.row.outcome, "invalid");
  fixture_has(net.row.arguments, "\"…\":1"); // zome_id is not ours to repeat
  assert_int_equal(net.row.status, 0);
  close_scene(&s);
  open_scene(&s, "{'account_id':'a1'}", NULL); // no arguments at all
  assert_true(call(&s, NULL, &err));
  fixture_has(text(&s), "/zone_id");
  fixture_is(net.row.arguments, "{}");
  close_scene(&s);
  open_scene(&s, "{'account_id':'a1'}", NULL); // fits the schema, does not fit a path
  assert_true(call(&s, "{'zone_id':'..'}", &err));
  assert_int_equal(net.calls, 0);
  assert_int_equal(s.out.outcome, RUN_INVALID);
  fixture_has(text(&s), "/zone_id: stands in the path");
  close_scene(&s);
}

static void missing_context_lists_the_choices(void **state) {
  (void)state;
  struct scene s;
  struct err err = {0};
  open_scene(&s, "{}", "{'account_id':[{'id':'a1','title':'Main'},{'id':'a2','title':'Test'}]}");
  assert_true(call(&s, "{'zone_id':'z1'}", &err));
  assert_int_equal(net.calls, 0);
  assert_int_equal(s.out.outcome, RUN_INVALID);
  assert_true(str_starts(text(&s), "Account context missing: account_id is needed"));
  fixture_has(text(&s), "\n- a1 (Main)\n- a2 (Test)\n");
  fixture_has(text(&s), "PATCH /integrated-account/acc_1 with {\"context\":{\"account_id\":\"…\"}}");
  close_scene(&s);
  struct buf many = BUF_MAX(64 * 1024);
  for (int i = 0; i < 500; i++) buf_printf(&many, "%s{'id':'a%d'}", i ? "," : "{'account_id':[", i);
  buf_add(&many, str_make("]}", 3));
  open_scene(&s, "{}", many.p);
  assert_true(call(&s, "{'zone_id':'z1'}", &err));
  fixture_has(text(&s), "\n- and 480 more");
  buf_free(&many);
  close_scene(&s);
  open_scene(&s, NULL, NULL); // nothing known
  assert_true(call(&s, "{'zone_id':'z1'}", &err));
  assert_true(str_starts(text(&s), "Account context missing: account_id is needed"));
  close_scene(&s);
  open_scene(&s, NULL, NULL); // given by the caller: nothing is missing
  assert_true(call(&s, "{'zone_id':'z1','account_id':'mine'}", &err));
  fixture_is(net.url, "https://api.example.com/accounts/mine/zones/z1");
  close_scene(&s);
}

static void failures_are_results_and_cancels_are_not(void **state) {
  (void)state;
  struct scene s;
  struct err err = {0};
  open_scene(&s, "{'account_id':'a1'}", NULL);
  net.fail = ERR_TIMEOUT;
  assert_true(call(&s, "{'zone_id':'z1'}", &err));
  assert_int_equal(s.out.outcome, RUN_FAILED);
  fixture_has(text(&s), "did not answer in time: as told");
  fixture_is(net.row.outcome, "failed");
  fixture_is(net.row.detail, "timeout: as told");
  close_scene(&s);
  open_scene(&s, "{'account_id':'a1'}", NULL);
  net.fail = ERR_CANCELED;
  assert_false(call(&s, "{'zone_id':'z1'}", &err));
  assert_int_equal(err.code, ERR_CANCELED);
  assert_null(s.out.content.p);
  fixture_is(net.row.outcome, "canceled");
  close_scene(&s);
  open_scene(&s, "{'account_id':'a1'}", NULL);
  net.status = 500, net.answer = STR("oops"), net.type = "text/plain";
  assert_true(call(&s, "{'zone_id':'z1'}", &err));
  assert_int_equal(s.out.outcome, RUN_UPSTREAM_ERROR);
  fixture_has(text(&s), "Acme answered 500");
  fixture_is(net.row.outcome, "upstream_error");
  assert_int_equal(net.row.status, 500);
  close_scene(&s);
  open_scene(&s, "{'account_id':'a1'}", NULL);
  net.status = 429, net.answer = STR("");
  assert_true(call(&s, "{'zone_id':'z1'}", &err));
  assert_int_equal(net.calls, 1); // not retried
  fixture_is(net.row.outcome, "rate_limited");
  close_scene(&s);
}

// ---- the answer apart from its shaping

static bool ask(struct scene *s, bool whole, struct call_answer *answer) {
  yyjson_doc *doc = fixture_doc(arena, "{}");
  struct run_call c = {.env = &s->env,
                       .server = &s->server,
                       .tool = &s->tools[1],
                       .arguments = yyjson_doc_get_root(doc),
                       .whole = whole};
  struct err err;
  bool ok = call_run(&c, arena, answer, &err);
  yyjson_doc_free(doc);
  return ok;
}

// Whoever may only read: neither a filter nor a caller's care stands between.
static void a_tool_that_writes_is_refused_to_who_only_reads(void **state) {
  (void)state;
  struct scene s;
  struct err err;
  open_scene(&s, NULL, NULL);
  net.answer = STR("{}");
  for (size_t i = 0; i < 2; i++) {
    const struct tool *t = s.tools[i].tool;
    struct run_call c = {
        .env = &s.env, .server = &s.server, .tool = &s.tools[i], .reads_only = true, .whole = true};
    struct call_answer answer;
    int before = net.calls;
    assert_true(call_run(&c, arena, &answer, &err));
    assert_int_equal(net.calls - before, t->read_only ? 1 : 0);
    assert_int_equal(answer.outcome == RUN_DENIED, !t->read_only);
    fixture_is(net.row.outcome, t->read_only ? "ok" : "denied");
    call_answer_free(&answer);
  }
  close_scene(&s);
}

static struct str many_rows(size_t count) {
  struct buf rows = BUF_MAX(4 << 20);
  for (size_t i = 0; i < count; i++) buf_printf(&rows, "%s{\"id\":%zu.0}", i ? "," : "{\"rows\":[", i);
  buf_add_z(&rows, "]}");
  struct str text = arena_dup(arena, buf_str(&rows));
  buf_free(&rows);
  return text;
}

// Rows beyond what a client is told are all there for who takes them, and cut only in what a client is told.
static void an_answer_is_whole_and_its_shape_is_cut(void **state) {
  (void)state;
  struct scene s;
  struct call_answer answer;
  open_scene(&s, NULL, NULL);
  net.answer = many_rows(1000);
  for (int whole = 0; whole < 2; whole++) {
    assert_true(ask(&s, whole, &answer));
    assert_int_equal(answer.form, ANSWER_JSON);
    assert_int_equal(answer.status, 200);
    assert_ptr_equal(answer.tool, s.tools[1].tool);
    assert_ptr_equal(answer.account, &s.owner);
    assert_true(str_eq(buf_str(&answer.response.body), net.answer));
    yyjson_val *rows = yyjson_obj_get(answer.value, "rows");
    assert_int_equal(yyjson_arr_size(rows), 1000);
    fixture_is(json_raw_number(yyjson_obj_get(yyjson_arr_get(rows, 999), "id")), "999.0");
    shape_answer(&answer, s.env.result_bytes, arena, &s.out);
    assert_int_equal(s.out.outcome, RUN_OK);
    assert_in_range(s.out.content.n, 1, 2 * 4096);
    fixture_has(buf_str(&s.out.content), "of 1000 items shown");
    call_answer_free(&answer);
    assert_null(answer.value);
    run_result_free(&s.out);
    fixture_is(net.row.outcome, "ok");
  }
  net.answer = STR("{\"few\":[1]}"); // a tree for who reads on; for who is told it, none is made
  assert_true(ask(&s, true, &answer));
  assert_int_equal(yyjson_arr_size(yyjson_obj_get(answer.value, "few")), 1);
  call_answer_free(&answer);
  assert_true(ask(&s, false, &answer));
  assert_true(answer.form == ANSWER_JSON && !answer.value);
  call_answer_free(&answer);
  close_scene(&s);
}

// Whoever keeps an answer keeps what pays for it, the tree as well; and an answer too large for what is left is told.
static void an_answer_is_paid_for_until_it_is_freed(void **state) {
  (void)state;
  struct scene s;
  struct call_answer answer;
  open_scene(&s, NULL, NULL);
  size_t before = budget_held(BUDGET_UPSTREAM);
  net.answer = many_rows(100000);
  assert_true(ask(&s, true, &answer));
  assert_int_equal(yyjson_arr_size(yyjson_obj_get(answer.value, "rows")), 100000);
  assert_true(budget_held(BUDGET_UPSTREAM) > before + 2 * net.answer.n);
  call_answer_free(&answer);
  assert_int_equal(budget_held(BUDGET_UPSTREAM), before);
  budget_set(BUDGET_UPSTREAM, 4 << 20);
  assert_true(ask(&s, true, &answer));
  assert_true(answer.form == ANSWER_WORDS && answer.outcome == RUN_FAILED && answer.status == 200);
  fixture_has(answer.words, "too large to be cut to size now");
  fixture_is(net.row.outcome, "failed");
  call_answer_free(&answer);
  assert_int_equal(budget_held(BUDGET_UPSTREAM), before);
  budget_set(BUDGET_UPSTREAM, 0);
  close_scene(&s);
}

// The outcome is the answer's, whoever takes it, and is what the audit has.
static void the_outcome_is_judged_without_shaping(void **state) {
  (void)state;
  struct scene s;
  open_scene(&s, NULL, NULL);
  char deep[1300] = {0}, *end = deep;
  for (int i = 0; i < 600; i++) *end++ = '[';
  for (int i = 0; i < 600; i++) *end++ = ']';
  struct str large = many_rows(1000), torn = str_make(large.p, large.n - 1);
  const struct {
    int status;
    const char *type;
    struct str answer;
    enum answer_form form;
    const char *outcome, *by_whole; // NULL: the same
  } rows[] = {
      {200, "application/json", STR("{\"a\":1}"), ANSWER_JSON, "ok", NULL},
      {200, "application/json", STR("{\"a\":1"), ANSWER_BROKEN, "upstream_error", NULL},
      {200, "application/json", torn, ANSWER_BROKEN, "upstream_error", NULL},
      {200, "text/plain", torn, ANSWER_TEXT, "ok", NULL},
      {200, "text/plain", STR("[1]"), ANSWER_JSON, "ok", NULL},
      {200, "application/json", str_of(deep), ANSWER_WORDS, "failed", "ok"},
      {200, "text/csv", STR("a,b"), ANSWER_TEXT, "ok", NULL},
      {200, "text/csv", STR("\xff"), ANSWER_BINARY, "ok", NULL},
      {200, "image/png", STR("x"), ANSWER_MEDIA, "ok", NULL},
      {200, "application/zip", STR("x"), ANSWER_BINARY, "ok", NULL},
      {204, "application/json", STR(" "), ANSWER_EMPTY, "ok", NULL},
      {304, "application/json", STR(""), ANSWER_EMPTY, "ok", NULL},
      {302, "text/html", STR("x"), ANSWER_REDIRECTED, "upstream_error", NULL},
      {404, "application/json", STR("{\"no\":1}"), ANSWER_REFUSED, "upstream_error", NULL},
      {420, "text/plain", STR("slow"), ANSWER_LIMITED, "rate_limited", NULL},
      {503, "text/plain", STR("x"), ANSWER_REFUSED, "upstream_error", NULL},
  };
  for (size_t i = 0; i < 2 * (sizeof rows / sizeof *rows); i++) {
    size_t at = i / 2;
    bool whole = i % 2;
    const char *want = whole && rows[at].by_whole ? rows[at].by_whole : rows[at].outcome;
    struct call_answer answer;
    net.status = rows[at].status, net.type = rows[at].type, net.answer = rows[at].answer;
    assert_true(ask(&s, whole, &answer));
    if (answer.form != rows[at].form && !(whole && rows[at].by_whole))
      fail_msg("row %zu: %d", at, answer.form);
    if (strcmp(run_outcome_name(answer.outcome), want) != 0 || !str_is(net.row.outcome, want))
      fail_msg("row %zu: %s", at, run_outcome_name(answer.outcome));
    assert_int_equal(net.row.status, rows[at].status);
    call_answer_free(&answer);
  }
  close_scene(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_answer_is_whole_and_its_shape_is_cut),
      cmocka_unit_test(an_answer_is_paid_for_until_it_is_freed),
      cmocka_unit_test(the_outcome_is_judged_without_shaping),
      cmocka_unit_test(a_call_goes_out_and_comes_back),
      cmocka_unit_test(all_violations_are_told_and_nothing_is_sent),
      cmocka_unit_test(missing_context_lists_the_choices),
      cmocka_unit_test(a_tool_that_writes_is_refused_to_who_only_reads),
      cmocka_unit_test(failures_are_results_and_cancels_are_not),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
