// SPDX-License-Identifier: Apache-2.0
// What is known to go wrong, by its signs: one row a case, and none where a sign only looks like one.
#include "../tool/fixture.h"

#include "call/trouble.h"

// The connector has words on these; on the others Postern has its own, or says nothing.
static struct connector_trouble words[] = {
    {.id = {"folder_empty", 12}, .remedy = {"Look at the folder.", 19}},
    {.id = {"dry_run", 7}, .remedy = {"Turn the rule on.", 17}},
    {.id = {"site_empty", 10}, .remedy = {"Choose the site.", 16}},
    {.id = {"cloud_mismatch", 14}, .remedy = {"Choose the cloud.", 17}},
    {.id = {"permission", 10}, .remedy = {"Ask the owner.", 14}},
    {.remedy = {"Text only.", 10}}, // speaks of no check
};
static const struct connector knowing = {
    .kind = CONNECTOR_MCP, .troubles = words, .trouble_count = sizeof words / sizeof *words};
static const struct connector plain = {.kind = CONNECTOR_MCP};

// Returns the check that was found, "" for none; *remedy points into `a` or a literal.
static const char *find(struct arena *a, const struct connector *c, struct trouble_seen seen,
                        struct str *remedy) {
  yyjson_doc *context = fixture_doc(a, "{'cloud_name':'shop'}");
  struct account account = {.kind = CONNECTOR_MCP, .context = context};
  struct catalog_account owner = {.account = &account, .connector = c};
  struct trouble t;
  seen.account = &owner;
  bool found = trouble_find(&seen, a, &t);
  if (found && remedy) *remedy = arena_dup(a, t.remedy);
  yyjson_doc_free(context);
  return found ? t.check : "";
}

static void expect(const char *of, const char *got, const char *want) {
  if (strcmp(got, want)) fail_msg("%s\n got  \"%s\"\n want \"%s\"", of, got, want);
}

// ---- results

#define RESULT(json) "{'content':[{'type':'text','text':'" json "'}]}"
#define REFUSED(text) "{'isError':true,'content':[{'type':'text','text':'" text "'}]}"

static const struct {
  const char *arguments, *result, *want;
} results[] = {
    {"{}", REFUSED("Account_ID is required"), "context_missing"},
    {"{}", REFUSED("403 Forbidden"), "permission"},
    {"{}", REFUSED("the token is not yet valid"), "clock_skew"},
    {"{}", REFUSED("self-signed certificate in chain"), "certificate"},
    {"{}", REFUSED("Unknown cloud_name shop"), "cloud_mismatch"},
    {"{}", REFUSED("no such zone"), ""},
    // Words of an error in data that are no error: the permission of a rule, the certificate of a zone.
    {"{}", RESULT("permission: write; certificate verify: on"), ""},
    // But a result that asks for the account, whatever it calls itself.
    {"{}", RESULT("Please select an account: available_accounts a, b"), "context_missing"},

    // The cloud in an asset's address, in any case of letters.
    {"{}", RESULT("https://res.cloudinary.com/other/image/1.jpg"), "cloud_mismatch"},
    {"{}", RESULT("https://res.cloudinary.com/SHOP/image/1.jpg"), ""},
    {"{}", RESULT("https://res.cloudinary.com/"), ""},

    // Nothing was found: by a folder, or at all.
    {"{'prefix':'a/'}", "{'structuredContent':{'resources':[]}}", "folder_empty"},
    {"{'request':{'expression':'folder=a'}}", "{'structuredContent':{'total_count':0}}", "folder_empty"},
    {"{'prefix':'a/'}", "{'structuredContent':{'resources':[1]}}", ""},
    {"{'max_results':5}", "{'structuredContent':{'resources':[]}}", ""},
    {"{'prefix':'a/'}", "{'isError':true,'structuredContent':{'resources':[]}}", ""},
    // JSON in the first text, also with words behind it.
    {"{'folder':'a'}", RESULT("{\\'resources\\':[]}"), "folder_empty"},

    // One denial in a hundred requests is few; one in fifty is not.
    {"{}", "{'structuredContent':{'total_requests':1000,'denied_requests':9}}", "dry_run"},
    {"{}", "{'structuredContent':{'total_requests':1000,'denied_requests':20}}", ""},
    {"{'conclusion':'deny'}", "{'structuredContent':{'total':0}}", "dry_run"},
    {"{'conclusion':'ALLOW'}", "{'structuredContent':{'total':0}}", ""},
    // What makes them few: rules that only watch, routes that no rule is for.
    {"{}", "{'structuredContent':{'rules':[{'would_deny':0},{'would_deny':9}]}}", "dry_run"},
    {"{}", "{'structuredContent':{'rules':[{'would_deny':0},{'mode':'LIVE'},3]}}", ""},
    {"{}", RESULT("- Rules in DRY_RUN: none\\n- Routes without a rule: /legacy\\n\\nMore"), "dry_run"},
    {"{}", RESULT("- Rules in DRY_RUN: bot"), "dry_run"},
    {"{}", RESULT("- Rules in DRY_RUN: none\\n- Routes without a rule: none"), ""},
    {"{}", REFUSED("Rules in DRY_RUN: bot"), ""},

    {"{}", "{'structuredContent':{'decisions':[]}}", "site_empty"},
    {"{}", "{'structuredContent':{'total_requests':0}}", "site_empty"},
    {"{}", "{'structuredContent':{'decisions':[{}]}}", ""},
};

static void results_show_it(void **state) {
  (void)state;
  struct arena *a = arena_new();
  for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
    yyjson_doc *arguments = fixture_doc(a, results[i].arguments);
    yyjson_doc *result = fixture_doc(a, results[i].result);
    struct trouble_seen seen = {.arguments = yyjson_doc_get_root(arguments),
                                .result = yyjson_doc_get_root(result)};
    expect(results[i].result, find(a, &knowing, seen, NULL), results[i].want);
    yyjson_doc_free(arguments);
    yyjson_doc_free(result);
  }
  arena_free(a);
}

// A connector that has no row for them: emptiness is no trouble, a refused permission still is.
static void only_what_somebody_has_words_for(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct str remedy = STR_NONE;
  yyjson_doc *empty = fixture_doc(a, "{'structuredContent':{'decisions':[]}}");
  yyjson_doc *denied = fixture_doc(a, REFUSED("access denied"));
  struct trouble_seen seen = {.result = yyjson_doc_get_root(empty)};
  expect("decisions", find(a, &plain, seen, NULL), "");
  seen.result = yyjson_doc_get_root(denied);
  expect("denied", find(a, &plain, seen, &remedy), "permission");
  fixture_has(remedy, "Authorize again");
  expect("denied", find(a, &knowing, seen, &remedy), "permission");
  fixture_is(remedy, "Ask the owner.");
  yyjson_doc_free(empty);
  yyjson_doc_free(denied);
  arena_free(a);
}

// ---- failures

static void failures_show_it(void **state) {
  (void)state;
  static const struct {
    enum err_code code;
    enum err_reason reason;
    const char *text, *want;
  } rows[] = {
      {ERR_DENIED, WHY_GUARDED, "10.0.0.1 is private", "guard_blocked"},
      {ERR_UPSTREAM, WHY_NONE, "add upstream_allow to the setting upstream_allow",
       ""}, // words are a vendor's
      {ERR_UPSTREAM, WHY_CERTIFICATE, "it is of yesterday", "certificate"},
      {ERR_UPSTREAM, WHY_NONE, "the certificate has expired", "certificate"},
      {ERR_UPSTREAM, WHY_REGISTRATION_REFUSED, "no", "registration_refused"},
      {ERR_UPSTREAM, WHY_NONE, "registration_refused", ""},
      {ERR_UNAUTHENTICATED, WHY_REFUSED, "token used before issued", "clock_skew"},
      {ERR_UNAUTHENTICATED, WHY_REFUSED, "another key", ""},
      {ERR_DENIED, WHY_REFUSED, "no", "permission"},
      {ERR_UPSTREAM, WHY_NONE, "insufficient_scope", "permission"},
      {ERR_TIMEOUT, WHY_NONE, "no answer within 30 s", ""},
  };
  struct arena *a = arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct err why = {0};
    err_why(&why, rows[i].code, rows[i].reason, "%s", rows[i].text);
    expect(rows[i].text, find(a, &plain, (struct trouble_seen){.failed = &why}, NULL), rows[i].want);
  }
  arena_free(a);
}

// The words of a JSON-RPC error stand in its message or in its data.
static void protocol_errors_show_it(void **state) {
  (void)state;
  static const char *const rows[][2] = {
      {"{'code':-32602,'message':'organization_id is required'}", "context_missing"},
      {"{'code':-32000,'message':'no','data':{'reason':'Insufficient scope'}}", "permission"},
      {"{'code':-32601,'message':'Method not found'}", ""},
  };
  struct arena *a = arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    yyjson_doc *doc = fixture_doc(a, rows[i][0]);
    struct trouble_seen seen = {.rpc_error = yyjson_doc_get_root(doc)};
    expect(rows[i][0], find(a, &plain, seen, NULL), rows[i][1]);
    yyjson_doc_free(doc);
  }
  arena_free(a);
}

// A long result is data: its words are not read, whatever they are.
static void long_results_are_data(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct buf text = BUF_MAX(128 * 1024);
  buf_add_z(&text, "{'content':[{'type':'text','text':'select an account ");
  for (int i = 0; i < 5000; i++) buf_add_char(&text, 'x');
  buf_add_z(&text, "'}]}");
  yyjson_doc *doc = fixture_doc(a, arena_z(a, buf_str(&text)));
  struct trouble_seen seen = {.result = yyjson_doc_get_root(doc)};
  expect("5000 characters", find(a, &plain, seen, NULL), "");
  yyjson_doc_free(doc);
  buf_free(&text);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(results_show_it),       cmocka_unit_test(only_what_somebody_has_words_for),
      cmocka_unit_test(failures_show_it),      cmocka_unit_test(protocol_errors_show_it),
      cmocka_unit_test(long_results_are_data),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
