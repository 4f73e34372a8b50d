// SPDX-License-Identifier: Apache-2.0
// A call of a tool of a vendor's MCP server, from arguments to what the client is told. The vendor and the
// audit are the test's own.
#include "../tool/fixture.h"

#include "audit/audit.h"
#include "base/clock.h"
#include "call/run.h"
#include "call/shape.h"
#include "data/json.h"
#include "mcp/client.h"
#include "mcp/jsonrpc.h"

static struct arena *arena;

// What the vendor does; ' stands for ".
static struct {
  struct err refuses;    // of open; code OK: it answers
  const char *events[4]; // of next, the last one is the answer; "result …", "error …", "ask", "news"
  const char *later[2];  // of a second call
  const char *listed;    // tools/list
  bool has_rate;
  int status;
  // What it got:
  size_t opened, at, closed, answered;
  struct str params, schema, principal, capabilities;
} vendor;

static struct audit_row row;

static struct str text_of(yyjson_mut_val *v) {
  size_t n = 0;
  char *text = yyjson_mut_val_write(v, 0, &n);
  struct str copy = arena_dup(arena, str_make(text, n));
  free(text);
  return copy;
}

bool __wrap_mcp_call_open(struct mcp_peer *p, const struct mcp_request *q, struct mcp_call **out,
                          struct err *err);
bool __wrap_mcp_call_open(struct mcp_peer *p, const struct mcp_request *q, struct mcp_call **out,
                          struct err *err) {
  (void)p;
  vendor.opened++;
  vendor.at = 0;
  vendor.params = text_of(q->params);
  vendor.schema = q->input_schema ? json_to_text(arena, q->input_schema) : STR_NONE;
  vendor.principal = arena_dup(arena, q->who.principal);
  vendor.capabilities = arena_dup(arena, q->who.capabilities);
  if (vendor.refuses.code != ERR_OK) {
    *err = vendor.refuses;
    return false;
  }
  *out = (struct mcp_call *)(uintptr_t)1;
  return true;
}

bool __wrap_mcp_call_next(struct mcp_call *c, struct mcp_event *out, struct err *err);
bool __wrap_mcp_call_next(struct mcp_call *c, struct mcp_event *out, struct err *err) {
  (void)c;
  const char *event = vendor.opened > 1 ? vendor.later[vendor.at++] : vendor.events[vendor.at++];
  if (!event) return err_set(err, ERR_TIMEOUT, "the vendor said nothing");
  if (!strcmp(event, "gone")) return err_set(err, ERR_CANCELED, "the client has gone");
  *out = (struct mcp_event){.kind = !strcmp(event, "ask")                ? MCP_REQUEST
                                    : !strcmp(event, "news")             ? MCP_NOTIFICATION
                                    : str_starts(str_of(event), "error") ? MCP_ERROR
                                                                         : MCP_RESULT};
  const char *json = strchr(event, ' ');
  if (!json) return true;
  out->doc = fixture_doc(arena, json + 1);
  out->value = yyjson_doc_get_root(out->doc);
  return true;
}

bool __wrap_mcp_call_answer(struct mcp_call *c, yyjson_val *id, struct str result, int code,
                            struct str message, struct err *err);
bool __wrap_mcp_call_answer(struct mcp_call *c, yyjson_val *id, struct str result, int code,
                            struct str message, struct err *err) {
  (void)c, (void)id, (void)message, (void)err;
  assert_true(!result.n && code == JSONRPC_METHOD_NOT_FOUND);
  vendor.answered++;
  return true;
}

void __wrap_mcp_call_close(struct mcp_call *c);
void __wrap_mcp_call_close(struct mcp_call *c) {
  (void)c;
  vendor.closed++;
}

bool __wrap_mcp_call_rate(const struct mcp_call *c, struct ratelimit *out);
bool __wrap_mcp_call_rate(const struct mcp_call *c, struct ratelimit *out) {
  (void)c;
  if (vendor.has_rate) *out = (struct ratelimit){.has_limit = true, .limit = 100};
  return vendor.has_rate;
}

int __wrap_mcp_call_status(const struct mcp_call *c);
int __wrap_mcp_call_status(const struct mcp_call *c) {
  (void)c;
  return vendor.status;
}

bool __wrap_mcp_list_all(struct mcp_peer *p, const struct mcp_list *list,
                         bool (*take)(void *arg, yyjson_val *item, struct err *err), void *arg,
                         struct err *err);
bool __wrap_mcp_list_all(struct mcp_peer *p, const struct mcp_list *list,
                         bool (*take)(void *arg, yyjson_val *item, struct err *err), void *arg,
                         struct err *err) {
  (void)p, (void)list;
  yyjson_doc *doc = fixture_doc(arena, vendor.listed);
  size_t i, n;
  yyjson_val *v;
  bool ok = true;
  yyjson_arr_foreach (yyjson_doc_get_root(doc), i, n, v) ok = ok && take(arg, v, err);
  yyjson_doc_free(doc);
  return ok;
}

void __wrap_audit_add(struct audit *a, const struct audit_row *r);
void __wrap_audit_add(struct audit *a, const struct audit_row *r) {
  (void)a;
  row = *r;
}

// ---- the scene

static struct connector_trouble troubles[] = {
    {{"context_missing", 15}, {"", 0}, {"Choose an account.", 18}},
    {{"folder_empty", 12}, {"", 0}, {"The folder matched nothing.", 27}},
    {{"dry_run", 7}, {"", 0}, {"Rules only watch.", 17}},
    {{"site_empty", 10}, {"", 0}, {"Another site is in scope.", 25}},
    {{"cloud_mismatch", 14}, {"", 0}, {"Another cloud.", 14}},
};
static struct connector connector = {.kind = CONNECTOR_MCP,
                                     .name = {"acme", 4},
                                     .label = {"Acme", 4},
                                     .troubles = troubles,
                                     .trouble_count = 5};
static struct account accounts[2];
static struct catalog_account owners[2];
static struct tool tool;
static struct catalog_choice choices[2];
static struct catalog_tool shown;
static struct run_env env;
static struct run_call the_call;
static struct run_result out;
static yyjson_doc *schema, *context, *meta;

static int setup(void **state) {
  (void)state;
  arena = arena_new();
  memset(&vendor, 0, sizeof vendor);
  memset(&row, 0, sizeof row);
  vendor.status = 200;
  env = (struct run_env){.result_bytes = 1000, .audit = (struct audit *)(uintptr_t)1};
  schema = fixture_doc(
      arena, "{'type':'object','properties':{'zone':{'type':'string'},'account_id':{'type':'string'}}}");
  context = fixture_doc(arena, "{'account_id':'a1','cloud_name':'web','other':'x'}");
  meta = fixture_doc(
      arena, "{'progressToken':7,'traceparent':'t','io.modelcontextprotocol/logLevel':'info','acme/x':1.50}");
  for (size_t i = 0; i < 2; i++) {
    accounts[i] = (struct account){.id = i ? STR("acc_2") : STR("acc_1"),
                                   .name = i ? STR("two") : STR("one"),
                                   .kind = CONNECTOR_MCP,
                                   .context = i ? NULL : context,
                                   .peer = (struct mcp_peer *)(uintptr_t)1};
    owners[i] = (struct catalog_account){.account = &accounts[i], .connector = &connector};
    choices[i] = (struct catalog_choice){i ? STR("us") : STR("eu"), &owners[i], &tool};
  }
  tool = (struct tool){
      .kind = TOOL_REMOTE, .served = true, .name = STR("zones"), .input = yyjson_doc_get_root(schema)};
  shown = (struct catalog_tool){.tool = &tool, .account = &owners[0], .name = STR("eu_zones")};
  the_call = (struct run_call){.env = &env,
                               .tool = &shown,
                               .request_id = STR("req_1"),
                               .by.actor = STR("tester"),
                               .principal = STR("p1"),
                               .capabilities = STR("{\"roots\":{}}"),
                               .meta = yyjson_doc_get_root(meta)};
  return 0;
}

static int teardown(void **state) {
  (void)state;
  run_result_free(&out);
  yyjson_doc_free(schema);
  yyjson_doc_free(context);
  yyjson_doc_free(meta);
  arena_free(arena);
  return 0;
}

// The result, or the content that stands in its place, as text.
static struct str run(const char *arguments) {
  struct err err;
  yyjson_doc *doc = fixture_doc(arena, arguments);
  run_result_free(&out);
  the_call.arguments = yyjson_doc_get_root(doc);
  struct call_answer answer;
  bool ok = call_run(&the_call, arena, &answer, &err);
  if (ok) {
    shape_answer(&answer, env.result_bytes, arena, &out);
    call_answer_free(&answer);
  }
  yyjson_doc_free(doc);
  if (!ok) return STR("canceled");
  return out.whole ? text_of(out.whole) : out.rpc_error ? text_of(out.rpc_error) : buf_str(&out.content);
}

static void arguments_and_what_belongs_to_the_client_go_through(void **state) {
  (void)state;
  vendor.events[0] =
      "result {'content':[{'type':'text','text':'done','annotations':{'priority':1}}],'more':{'a':1.0},"
      "'_meta':{'b':2}}";
  the_call.request_state = STR("opaque");
  fixture_is(run("{'zone':'z','extra':1.0}"), "{\"more\":{\"a\":1.0},\"_meta\":{\"b\":2},\"content\":[{"
                                              "\"type\":\"text\",\"text\":\"done\",\"annotations\":{"
                                              "\"priority\":1}}]}");
  // The default of the account is filled in where the tool takes it; keys of the hop are not passed on.
  fixture_is(vendor.params,
             "{\"name\":\"zones\",\"arguments\":{\"zone\":\"z\",\"extra\":1.0,\"account_id\":\"a1\"},"
             "\"requestState\":\"opaque\",\"_meta\":{\"acme/x\":1.50}}");
  assert_true(str_is(vendor.principal, "p1") && str_is(vendor.capabilities, "{\"roots\":{}}"));
  assert_true(out.outcome == RUN_OK && !out.is_error && vendor.closed == 1);
  assert_true(str_is(row.outcome, "ok") && row.status == 200 && str_is(row.tool, "eu_zones"));
  fixture_is(row.arguments, "{\"zone\":\"string(1)\",\"…\":1}");
}

static void news_is_dropped_and_questions_are_declined_where_nobody_conducts(void **state) {
  (void)state;
  vendor.events[0] = "news", vendor.events[1] = "ask";
  vendor.events[2] = "result {'content':[]}";
  fixture_is(run("{}"), "{\"content\":[]}");
  assert_int_equal(vendor.answered, 1);
}

static void errors_of_the_vendor_stay_errors(void **state) {
  (void)state;
  vendor.events[0] = "error {'code':-32602,'message':'no such zone','data':{'a':1}}";
  fixture_is(run("{}"), "{\"code\":-32602,\"message\":\"no such zone\",\"data\":{\"a\":1}}");
  assert_true(out.outcome == RUN_UPSTREAM_ERROR && out.is_error);
  fixture_is(row.detail, "the vendor answers -32602"); // its words may repeat arguments
  vendor.opened = 0;
  vendor.events[0] = "result {'content':[{'type':'text','text':'nothing there'}],'isError':true}";
  fixture_has(run("{}"), "\"isError\":true");
  assert_true(out.outcome == RUN_UPSTREAM_ERROR && out.is_error);
}

static void failures_on_the_way_say_what_to_do(void **state) {
  (void)state;
  static const struct {
    enum err_code code;
    enum err_reason reason;
    const char *text, *hint, *says;
    enum run_outcome outcome;
  } rows[] = {
      {ERR_TIMEOUT, WHY_NONE, "nothing came", "", "Ask for less", RUN_FAILED},
      {ERR_UPSTREAM, WHY_NONE, "status 503", "", "Try again later", RUN_FAILED},
      {ERR_LIMIT, WHY_RATE_LIMITED, "not so often", "", "wait, then call again", RUN_RATE_LIMITED},
      {ERR_LIMIT, WHY_NONE, "10 status 429 bytes", "", "passes a limit of this server", RUN_FAILED},
      {ERR_UNAUTHENTICATED, WHY_REFUSED, "the key is refused", "", "recredential one", RUN_FAILED},
      {ERR_DENIED, WHY_REFUSED, "status 403: insufficient_scope", "", "may not do this", RUN_UPSTREAM_ERROR},
      {ERR_DENIED, WHY_GUARDED, "10.0.0.1 is private", "add 10.0.0.1/32 to the setting upstream_allow",
       "public addresses only", RUN_DENIED},
      {ERR_UPSTREAM, WHY_CERTIFICATE, "TLS certificate of x: expired", "", "upstream_ca", RUN_FAILED},
      {ERR_MISSING, WHY_NONE, "closed", "", "Call again", RUN_FAILED},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    err_why(&vendor.refuses, rows[i].code, rows[i].reason, "%s", rows[i].text);
    if (rows[i].hint[0]) err_hint(&vendor.refuses, "%s", rows[i].hint);
    fixture_has(run("{}"), rows[i].says);
    if (out.outcome != rows[i].outcome || !out.is_error) fail_msg("row %zu: outcome %d", i, out.outcome);
    yyjson_doc *doc = yyjson_read(out.content.p, out.content.n, 0);
    if (!yyjson_is_arr(yyjson_doc_get_root(doc))) fail_msg("row %zu is not JSON", i);
    yyjson_doc_free(doc);
  }
  accounts[0].peer = NULL;
  accounts[0].status_text = STR("its address is gone");
  fixture_has(run("{}"), "its address is gone");
}

static void a_canceled_call_is_no_result(void **state) {
  (void)state;
  vendor.events[0] = "gone";
  fixture_is(run("{}"), "canceled");
  assert_true(str_is(row.outcome, "canceled") && vendor.closed == 1);
}

static void headers_that_do_not_fit_any_more_are_made_anew_once(void **state) {
  (void)state;
  vendor.events[0] = "error {'code':-32020,'message':'mismatch'}";
  vendor.listed =
      "[{'name':'other','inputSchema':{}},{'name':'zones','inputSchema':{'type':'object','x':1}}]";
  vendor.later[0] = "result {'content':[]}";
  fixture_is(run("{}"), "{\"content\":[]}");
  fixture_is(vendor.schema, "{\"type\":\"object\",\"x\":1}");
  assert_true(vendor.opened == 2 && vendor.closed == 2);
  vendor.opened = 0;
  vendor.later[0] = vendor.events[0]; // and no third time
  fixture_has(run("{}"), "-32020");
  assert_int_equal(vendor.opened, 2);
}

static void a_shared_tool_asks_which_account(void **state) {
  (void)state;
  shown.choices = choices;
  shown.choice_count = 2;
  vendor.events[0] = "result {'content':[]}";
  fixture_has(run("{'zone':'z'}"), "- eu (one)\\n- us (two)");
  assert_true(out.outcome == RUN_INVALID && vendor.opened == 0);
  fixture_has(run("{'zone':'z','account':'nobody'}"), "which account");
  fixture_has(run("{'zone':'z','account':7}"), "which account");
  assert_int_equal(vendor.opened, 0);
  run("{'zone':'z','account':'us'}");
  fixture_is(vendor.params,
             "{\"name\":\"zones\",\"arguments\":{\"zone\":\"z\"},\"_meta\":{\"acme/x\":1.50}}");
  assert_true(str_is(row.account_id, "acc_2"));
  shown.choice_count = 1; // the only one need not be named
  run("{}");
  assert_true(str_is(row.account_id, "acc_1"));
}

static void what_waits_for_the_client_is_no_error(void **state) {
  (void)state;
  vendor.events[0] = "result {'resultType':'input_required','requestState':'s','inputRequests':{'k':{}}}";
  fixture_is(run("{}"),
             "{\"resultType\":\"input_required\",\"requestState\":\"s\",\"inputRequests\":{\"k\":{}}}");
  assert_true(out.outcome == RUN_INPUT_REQUIRED && !out.is_error);
}

// ---- limits

static const char *big(const char *format, size_t n) {
  char *filler = arena_alloc(arena, n + 1);
  memset(filler, 'x', n);
  char *text = arena_alloc(arena, n + 200);
  snprintf(text, n + 200, format, filler);
  return text;
}

static void texts_are_cut_and_say_so(void **state) {
  (void)state;
  vendor.events[0] =
      big("result {'content':[{'type':'text','text':'%s','_meta':{'k':1}},{'type':'text','text':'second'}]}",
          5000);
  struct str got = run("{}");
  assert_true(got.n < 2500);
  fixture_has(got, "of 5000 bytes of text shown");
  fixture_has(got, "\"_meta\":{\"k\":1}");
  fixture_lacks(got, "second");
  fixture_has(got, "1 more blocks are left out");
  assert_false(out.is_error);
}

static void rows_are_cut_between(void **state) {
  (void)state;
  struct buf rows = BUF_MAX(1 << 16);
  for (size_t i = 0; i < 200; i++) buf_printf(&rows, "%s{\\'id\\':%zu}", i ? "," : "", i);
  struct str text = arena_printf(arena, "result {'content':[{'type':'text','text':'{\\'rows\\':[%.*s]}'}]}",
                                 STR_ARG(buf_str(&rows)));
  buf_free(&rows);
  vendor.events[0] = text.p;
  struct str got = run("{}");
  fixture_has(got, "of 200 items shown");
  fixture_has(got, "{\\\"rows\\\":[{\\\"id\\\":0}");
}

static void large_blocks_and_data_are_replaced_by_words(void **state) {
  (void)state;
  vendor.events[0] = big("result {'content':[{'type':'image','data':'%s','mimeType':'image/png'},"
                         "{'type':'text','text':'small'}]}",
                         5000);
  struct str got = run("{}");
  fixture_has(got, "a block of type image");
  fixture_has(got, "small");
  fixture_lacks(got, "xxxx");
  assert_false(out.is_error);
  vendor.opened = 0;
  vendor.events[0] = big("result {'content':[],'structuredContent':{'a':'%s'},'_meta':{'keep':1}}", 5000);
  got = run("{}");
  assert_true(out.is_error && out.outcome == RUN_FAILED);
  fixture_has(got, "the structured result");
  fixture_has(got, "\"isError\":true");
  fixture_has(got, "\"keep\":1");
  fixture_lacks(got, "structuredContent");
}

// For who takes it as it came nothing is too large, neither text nor data, and so it has not failed.
static void an_answer_is_whole(void **state) {
  (void)state;
  yyjson_doc *none = fixture_doc(arena, "{}");
  the_call.arguments = yyjson_doc_get_root(none);
  for (int whole = 0; whole < 2; whole++) {
    struct call_answer answer;
    struct err err;
    vendor.opened = 0;
    vendor.events[0] = big("result {'content':[{'type':'text','text':'%s'}],'structuredContent':{'a':1.50},"
                           "'isError':false}",
                           5000);
    the_call.whole = whole;
    assert_true(call_run(&the_call, arena, &answer, &err));
    assert_true(answer.form == ANSWER_RESULT && answer.outcome == RUN_OK && answer.account == &owners[0]);
    assert_int_equal(json_str(yyjson_arr_get_first(yyjson_obj_get(answer.value, "content")), "text").n, 5000);
    call_answer_free(&answer);
    vendor.opened = 0;
    vendor.events[0] = big("result {'content':[],'structuredContent':{'a':'%s'}}", 5000);
    assert_true(call_run(&the_call, arena, &answer, &err));
    assert_int_equal(answer.outcome, whole ? RUN_OK : RUN_FAILED);
    fixture_is(row.outcome, whole ? "ok" : "failed");
    assert_int_equal(json_str(yyjson_obj_get(answer.value, "structuredContent"), "a").n, 5000);
    call_answer_free(&answer);
  }
  yyjson_doc_free(none);
}

static void results_of_a_wrong_form_do_no_harm(void **state) {
  (void)state;
  static const char *const bad[] = {
      "result {}",
      "result {'content':'text'}",
      "result {'content':[1,null,'x',[],{}]}",
      "result {'content':[{'type':'text'}],'isError':'yes'}",
      "result {'content':[{'type':7,'text':[]}],'structuredContent':7,'_meta':null}",
      "result []",
      "error 7"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    vendor.opened = 0;
    vendor.events[0] = bad[i];
    struct str got = run("{}");
    if (out.whole) fixture_has(got, "\"content\":[");
  }
}

static void the_vendors_rates_are_told(void **state) {
  (void)state;
  vendor.events[0] = "result {'content':[],'_meta':{'headers':{'x-featureratelimit-limit':'500',"
                     "'x-featureratelimit-remaining':499,'x-request-id':'r'}}}";
  run("{}");
  assert_true(out.has_rate && out.rate.limit == 500 && out.rate.remaining == 499);
  vendor.has_rate = true; // of the answer's own headers: these count
  vendor.opened = 0;
  run("{}");
  assert_true(out.has_rate && out.rate.limit == 100);
}

// ---- known trouble

static void known_trouble_comes_with_its_remedy(void **state) {
  (void)state;
  static const struct {
    const char *arguments, *result, *remedy; // NULL: none
  } rows[] = {
      {"{}", "'content':[{'type':'text','text':'account_id is required because …'}],'isError':true",
       "Choose an account."},
      {"{}", "'content':[{'type':'text','text':'cloud_name mismatch'}],'isError':true", "Another cloud."},
      {"{}", "'content':[{'type':'text','text':'see res.cloudinary.com/retail/x.png'}]", "Another cloud."},
      {"{}", "'content':[{'type':'text','text':'see res.cloudinary.com/web/x.png'}]", NULL},
      {"{'prefix':'a/'}", "'content':[],'structuredContent':{'resources':[],'total_count':0}",
       "The folder matched nothing."},
      {"{}", "'content':[],'structuredContent':{'resources':[]}", NULL},
      {"{}", "'content':[],'structuredContent':{'total_requests':1000,'denied_requests':2}",
       "Rules only watch."},
      {"{}", "'content':[],'structuredContent':{'total_requests':1000,'denied_requests':200}", NULL},
      {"{'conclusion':'DENY'}", "'content':[],'structuredContent':{'requests':[],'total':0}",
       "Rules only watch."},
      {"{}", "'content':[],'structuredContent':{'requests':[],'total':0}", "Another site is in scope."},
      {"{}", "'content':[{'type':'text','text':'Forbidden'}],'isError':true", "may not do this"},
      {"{}", "'content':[{'type':'text','text':'a page on permissions'}]", NULL},
      {"{}", "'content':[{'type':'text','text':'token used before issued'}],'isError':true", "clock"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    vendor.opened = 0;
    vendor.events[0] = arena_printf(arena, "result {%s}", rows[i].result).p;
    struct str got = run(rows[i].arguments);
    if (rows[i].remedy ? !str_contains(got, str_of(rows[i].remedy)) : str_contains(got, STR("[postern]")))
      fail_msg("row %zu: %.*s", i, STR_ARG(got));
  }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(arguments_and_what_belongs_to_the_client_go_through),
      TEST(news_is_dropped_and_questions_are_declined_where_nobody_conducts),
      TEST(errors_of_the_vendor_stay_errors),
      TEST(failures_on_the_way_say_what_to_do),
      TEST(a_canceled_call_is_no_result),
      TEST(headers_that_do_not_fit_any_more_are_made_anew_once),
      TEST(a_shared_tool_asks_which_account),
      TEST(what_waits_for_the_client_is_no_error),
      TEST(texts_are_cut_and_say_so),
      TEST(rows_are_cut_between),
      TEST(large_blocks_and_data_are_replaced_by_words),
      TEST(an_answer_is_whole),
      TEST(results_of_a_wrong_form_do_no_harm),
      TEST(the_vendors_rates_are_told),
      TEST(known_trouble_comes_with_its_remedy),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
