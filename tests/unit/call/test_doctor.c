// SPDX-License-Identifier: Apache-2.0
// What the doctor finds, in which order, and what its probes send. The vendor is the test's own.
#include "../tool/fixture.h"

#include <time.h>

#include "base/map.h"
#include "call/doctor.h"
#include "call/judge.h"
#include "data/json.h"
#include "fetch/transfer.h"

static struct arena *arena;

// What the vendor does.
static struct {
  struct err unreachable, refuses, gone; // code OK: it is not so
  const char *date;
  const char *answers[4]; // of tools/call, in turn; ' stands for "
  // What it got:
  size_t opened, closed, calls;
  struct str tools[4], arguments[4];
} vendor;

static struct http_header head[1];
static struct http_headers headers;

bool __wrap_transfer_open(const struct fetch_call *call, struct transfer **out, struct err *err);
bool __wrap_transfer_open(const struct fetch_call *call, struct transfer **out, struct err *err) {
  assert_int_equal(call->headers.count, 0); // no credential
  if (vendor.unreachable.code != ERR_OK) return *err = vendor.unreachable, false;
  vendor.opened++;
  *out = (struct transfer *)(uintptr_t)1;
  return true;
}

int __wrap_transfer_status(const struct transfer *t);
int __wrap_transfer_status(const struct transfer *t) {
  (void)t;
  return 401;
}

const struct http_headers *__wrap_transfer_headers(const struct transfer *t);
const struct http_headers *__wrap_transfer_headers(const struct transfer *t) {
  (void)t;
  head[0] = (struct http_header){STR("date"), str_of(vendor.date ? vendor.date : "")};
  headers = (struct http_headers){head, vendor.date ? 1 : 0};
  return &headers;
}

void __wrap_transfer_close(struct transfer *t);
void __wrap_transfer_close(struct transfer *t) {
  (void)t;
  vendor.closed++;
}

bool __wrap_mcp_peer_hello(struct mcp_peer *p, const struct mcp_who *who, struct mcp_hello *out,
                           struct err *err);
bool __wrap_mcp_peer_hello(struct mcp_peer *p, const struct mcp_who *who, struct mcp_hello *out,
                           struct err *err) {
  (void)p, (void)who;
  if (vendor.refuses.code != ERR_OK) return *err = vendor.refuses, false;
  *out = (struct mcp_hello){.version = STR("2026-07-28")};
  return true;
}

bool __wrap_call_run(const struct run_call *call, struct arena *a, struct call_answer *out, struct err *err);
bool __wrap_call_run(const struct run_call *call, struct arena *a, struct call_answer *out, struct err *err) {
  if (vendor.gone.code != ERR_OK) return *err = vendor.gone, false;
  assert_in_range(vendor.calls, 0, 3);
  vendor.tools[vendor.calls] = call->tool->tool->name;
  vendor.arguments[vendor.calls] = json_to_text(a, call->arguments);
  *out = (struct call_answer){.doc = fixture_doc(a, vendor.answers[vendor.calls++])};
  out->value = yyjson_doc_get_root(out->doc);
  judge_result(out, 0, 0);
  struct trouble_seen seen = {
      .account = call->tool->account, .arguments = call->arguments, .result = out->value};
  (void)trouble_find(&seen, a, &out->trouble);
  return true;
}

// ---- the scene: two tools, the second asks about what the first one found

static struct connector_trouble words[] = {
    {{"site_empty", 10}, {"No requests.", 12}, {"Choose the site.", 16}},
};
static struct connector_probe probes[2];
static struct connector connector = {
    .kind = CONNECTOR_MCP, .troubles = words, .trouble_count = 1, .probes = probes, .probe_count = 2};
static struct account account;
static struct catalog_account owner;
static struct tool tools[2];
static struct toolset set;
static struct account_env reach;
static yyjson_doc *context, *take, *given;
static struct doctor_report report;

static int setup(void **state) {
  (void)state;
  arena = arena_new();
  memset(&vendor, 0, sizeof vendor);
  context = fixture_doc(arena, "{'team':'t1'}");
  take = fixture_doc(arena, "{'site':'/sites/0/id'}");
  given = fixture_doc(arena, "{'site':'{site}','team':'{team}','limit':5,'open':'{'}");
  probes[0] = (struct connector_probe){.tool = STR("sites"), .take = yyjson_doc_get_root(take)};
  probes[1] = (struct connector_probe){
      .tool = STR("requests"), .arguments = yyjson_doc_get_root(given), .check = STR("site_empty")};
  for (size_t i = 0; i < 2; i++)
    tools[i] = (struct tool){
        .kind = TOOL_REMOTE, .name = i ? STR("requests") : STR("sites"), .served = true, .read_only = true};
  set = (struct toolset){.tools = tools, .count = 2};
  for (size_t i = 0; i < 2; i++) map_put(&set.by_name, tools[i].name, &tools[i]);
  account = (struct account){.kind = CONNECTOR_MCP,
                             .name = STR("acme"),
                             .base_url = STR("https://mcp.example.com/mcp"),
                             .context = context,
                             .peer = (struct mcp_peer *)(uintptr_t)1};
  owner = (struct catalog_account){.account = &account, .connector = &connector, .tools = &set};
  return 0;
}

static int teardown(void **state) {
  (void)state;
  map_free(&set.by_name);
  yyjson_doc_free(context);
  yyjson_doc_free(take);
  yyjson_doc_free(given);
  arena_free(arena);
  return 0;
}

static void examine(void) {
  struct doctor d = {.account = &reach, .by.actor = STR("tester")};
  struct err err = {0};
  if (!doctor_examine(&d, &owner, arena, &report, &err)) fail_msg("not examined: %s", err.text);
  assert_int_equal(vendor.closed, vendor.opened);
}

// "address ok, clock_skew skipped, …"
static void expect(const char *want) {
  struct buf got = BUF_MAX(4096);
  for (size_t i = 0; i < report.count; i++)
    buf_printf(&got, "%s%s %s", i ? ", " : "", report.checks[i].id,
               doctor_status_name(report.checks[i].status));
  struct str line = arena_dup(arena, buf_str(&got));
  buf_free(&got);
  fixture_is(line, want);
}

static const struct doctor_check *finding(const char *id) {
  for (size_t i = 0; i < report.count; i++)
    if (!strcmp(report.checks[i].id, id)) return &report.checks[i];
  fail_msg("no finding \"%s\"", id);
  return NULL;
}

#define SITES "{'structuredContent':{'sites':[{'id':'s9'}]},'content':[]}"

// ---- tests

static void all_is_well(void **state) {
  (void)state;
  char date[64];
  time_t now = time(NULL);
  strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime(&now));
  vendor.date = date;
  vendor.answers[0] = SITES;
  vendor.answers[1] = "{'structuredContent':{'requests':[{}]},'content':[]}";
  examine();
  expect("address ok, certificate ok, clock_skew ok, credential ok, tools ok, site_empty ok");
  assert_true(report.healthy);
}

// A "{name}" is what an earlier probe took, or a default of the account; all else goes as it stands.
static void probes_hand_on_what_they_learn(void **state) {
  (void)state;
  vendor.answers[0] = SITES;
  vendor.answers[1] = "{'content':[]}";
  examine();
  assert_int_equal(vendor.calls, 2);
  fixture_is(vendor.tools[1], "requests");
  fixture_is(vendor.arguments[1], "{\"site\":\"s9\",\"team\":\"t1\",\"limit\":5,\"open\":\"{\"}");
}

// From an answer without structuredContent, too: JSON in its first text.
static void probes_read_text(void **state) {
  (void)state;
  vendor.answers[0] = "{'content':[{'type':'text','text':'{\\'sites\\':[{\\'id\\':\\'s7\\'}]}'}]}";
  vendor.answers[1] = "{'content':[]}";
  examine();
  assert_int_equal(vendor.calls, 2);
  fixture_has(vendor.arguments[1], "\"site\":\"s7\"");
}

static void nothing_is_asked_without_its_arguments(void **state) {
  (void)state;
  vendor.answers[0] = "{'structuredContent':{'sites':[]},'content':[]}";
  examine();
  assert_int_equal(vendor.calls, 1);
  fixture_is(finding("site_empty")->text, "No requests."); // the first answer shows it already
  assert_string_equal(report.checks[report.count - 1].id, "site_empty");
  assert_int_equal(report.checks[report.count - 1].status, DOCTOR_SKIPPED);
}

static void a_trouble_is_told_in_the_connectors_words(void **state) {
  (void)state;
  vendor.answers[0] = SITES;
  vendor.answers[1] = "{'structuredContent':{'requests':[]},'content':[]}";
  examine();
  const struct doctor_check *c = finding("site_empty");
  assert_int_equal(c->status, DOCTOR_FAIL);
  fixture_is(c->text, "No requests.");
  fixture_is(c->remedy, "Choose the site.");
  assert_false(report.healthy);
}

// It reads only: what writes, or is not served, is not called.
static void only_reads_are_called(void **state) {
  (void)state;
  tools[0].read_only = false;
  tools[1].served = false;
  tools[1].trust = TOOL_REVIEW;
  examine();
  assert_int_equal(vendor.calls, 0);
  fixture_is(finding("site_empty")->text, "requests is not served");
  fixture_is(finding("tools")->text, "2 tools: 1 can be served, 1 wait for review, 0 are held back");
  assert_int_equal(finding("tools")->status, DOCTOR_WARN);
}

static void behind_a_closed_way_nothing_is_asked(void **state) {
  (void)state;
  err_set(&vendor.unreachable, ERR_UPSTREAM, "connection refused");
  examine();
  expect("address fail, credential skipped, tools ok");
  assert_int_equal(vendor.calls, 0);
}

static void a_failure_has_the_name_of_its_trouble(void **state) {
  (void)state;
  err_set(&vendor.unreachable, ERR_UPSTREAM, "the TLS certificate has expired");
  examine();
  expect("certificate fail, credential skipped, tools ok");
  fixture_has(finding("certificate")->remedy, "upstream_ca");
}

static void a_refused_credential(void **state) {
  (void)state;
  err_set(&vendor.refuses, ERR_UNAUTHENTICATED, "the vendor wants another key");
  vendor.answers[0] = vendor.answers[1] = "{'isError':true,'content':[]}";
  examine();
  assert_int_equal(finding("credential")->status, DOCTOR_FAIL);
  fixture_has(finding("credential")->remedy, "postern account recredential acme");
}

// RFC 9110 section 6.6.1: the vendor's clock, by its Date.
static void a_clock_that_differs(void **state) {
  (void)state;
  vendor.date = "Sun, 06 Nov 1994 08:49:37 GMT";
  vendor.answers[0] = vendor.answers[1] = "{'content':[]}";
  examine();
  assert_int_equal(finding("clock_skew")->status, DOCTOR_FAIL);
  fixture_has(finding("clock_skew")->text, "ahead of the vendor's");
}

// Who asked has gone: no report, and nothing left open.
static void a_canceled_examination(void **state) {
  (void)state;
  struct doctor d = {.account = &reach};
  struct err err = {0};
  err_set(&vendor.gone, ERR_CANCELED, "the client has gone");
  memset(&report, 0, sizeof report);
  assert_false(doctor_examine(&d, &owner, arena, &report, &err));
  assert_int_equal(err.code, ERR_CANCELED);
  assert_int_equal(report.count, 0);
  assert_int_equal(vendor.closed, vendor.opened);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(all_is_well),
      TEST(probes_hand_on_what_they_learn),
      TEST(probes_read_text),
      TEST(nothing_is_asked_without_its_arguments),
      TEST(a_trouble_is_told_in_the_connectors_words),
      TEST(only_reads_are_called),
      TEST(behind_a_closed_way_nothing_is_asked),
      TEST(a_failure_has_the_name_of_its_trouble),
      TEST(a_refused_credential),
      TEST(a_clock_that_differs),
      TEST(a_canceled_examination),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
