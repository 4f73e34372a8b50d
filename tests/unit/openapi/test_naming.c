// SPDX-License-Identifier: Apache-2.0
#include "openapi_fixture.h"

#include "base/buf.h"
#include "openapi/words.h"

enum { TEXT_MOST = 64 * 1024 };

// A document of operations "METHOD path" with all path parameters declared.
static void compile_ops(const char *const *ops, size_t count, const struct openapi_options *options) {
  struct buf b = BUF_MAX(TEXT_MOST);
  buf_add_z(&b, "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n");
  const char *path_before = "";
  for (size_t i = 0; i < count; i++) {
    const char *path = strchr(ops[i], ' ') + 1;
    if (strcmp(path, path_before) != 0) buf_printf(&b, "  \"%s\":\n", path);
    path_before = path;
    buf_add_z(&b, "    ");
    for (const char *m = ops[i]; *m != ' '; m++) buf_add_char(&b, (char)(*m | 0x20));
    buf_add_z(&b, ":\n      parameters: [");
    bool any = false;
    for (const char *p = path; (p = strchr(p, '{')); p++) {
      buf_printf(&b, "%s{name: '%.*s', in: path, required: true, schema: {type: string}}", any ? ", " : "",
                 (int)strcspn(p + 1, "}"), p + 1);
      any = true;
    }
    buf_add_z(&b, "]\n");
  }
  buf_add_char(&b, 0);
  fixture_compile(b.p, options);
  buf_free(&b);
}

static void test_names_and_classes(void **state) {
  (void)state;
  static const char *const rows[][3] = {
      {"GET /zones", "list_all_acme_zones", "list"},
      {"POST /zones", "create_a_acme_zone", "create"},
      {"DELETE /zones", "delete_all_acme_zones", "delete"},
      {"GET /zones/{zone_id}", "get_single_acme_zone_by_id", "get"},
      {"PATCH /zones/{zone_id}", "update_a_acme_zone_by_id", "update"},
      {"PUT /zones/{zone_id}", "replace_a_acme_zone_by_id", "update"},
      {"DELETE /zones/{zone_id}", "delete_a_acme_zone_by_id", "delete"},
      {"POST /zones/{zone_id}/purge_cache", "acme_zone_purge_cache", "custom"},
      {"GET /zones/{zone_id}/firewall/rules", "list_all_acme_firewall_rules", "list"},
      {"GET /zones/{zone_id}/dnssec", "get_single_acme_dnssec", "get"},
      {"PUT /zones/{zone_id}/dnssec", "update_a_acme_dnssec", "update"},
      {"GET /user", "get_single_acme_user", "get"},
      {"GET /user/tokens", "list_all_acme_user_tokens", "list"},
      {"GET /accounts/{account_id}/workers/scripts/{script_name}/versions",
       "list_all_acme_worker_script_versions", "list"},
      {"GET /api/v2/companies", "list_all_acme_companies", "list"},
      {"GET /api/v2/companies/{id}", "get_single_acme_company_by_id", "get"},
      {"POST /orders/{id}/refund", "acme_order_refund", "custom"},
      {"GET /accounts/{account_id}/pcaps/{pcap_id}/download", "get_single_acme_pcap_download", "get"},
      {"HEAD /files/{id}", "get_single_acme_file_head", "get"},
      {"OPTIONS /files/{id}", "acme_file_options", "custom"},
      {"POST /datasets/{id}/upload/{version}", "acme_dataset_upload", "custom"},
  };
  const char *ops[sizeof rows / sizeof *rows];
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) ops[i] = rows[i][0];
  compile_ops(ops, sizeof ops / sizeof *ops, NULL);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    yyjson_val *tool = fixture_tool(rows[i][0]);
    check_text(json_str(tool, "name"), rows[i][1]);
    check_text(json_str(tool, "class"), rows[i][2]);
    bool reads = strcmp(rows[i][2], "list") == 0 || strcmp(rows[i][2], "get") == 0;
    assert_int_equal(json_bool(tool, "read_only", !reads), reads);
  }
  fixture_end();
}

static void test_twins_are_told_apart(void **state) {
  (void)state;
  static const char *const ops[] = {
      "GET /accounts/{a}/rulesets",     "GET /zones/{z}/rulesets",     "GET /zones/{z}/x/{p}/include",
      "GET /zones/{z}/x/include",       "GET /accounts/{a}/v1/things", "GET /accounts/{a}/v2/things",
      "GET /zones/{z}/rule/{r}",        "GET /zones/{z}/rules/{r}",    "POST /zones/{z}/polls/{id}/vote",
      "PUT /zones/{z}/polls/{id}/vote",
  };
  compile_ops(ops, sizeof ops / sizeof *ops, NULL);
  check_text(json_str(fixture_tool(ops[0]), "name"), "list_all_acme_account_rulesets");
  check_text(json_str(fixture_tool(ops[1]), "name"), "list_all_acme_zone_rulesets");
  check_text(json_str(fixture_tool(ops[4]), "name"), "list_all_acme_account_v1_things");
  check_text(json_str(fixture_tool(ops[5]), "name"), "list_all_acme_account_v2_things");
  assert_int_equal(fixture.result.tools, sizeof ops / sizeof *ops);
  yyjson_val *tool;
  size_t i, n;
  struct str before = STR("");
  yyjson_arr_foreach (yyjson_obj_get(yyjson_doc_get_root(fixture.doc), "tools"), i, n, tool) {
    assert_true(str_compare(before, json_str(tool, "name")) < 0); // sorted, so unique
    before = json_str(tool, "name");
  }
  fixture_end();
}

static void test_long_paths_make_short_unique_names(void **state) {
  (void)state;
  static const char *const ops[] = {
      "GET "
      "/configurations/organizations/applications/environments/certificates/authentication/layer3/"
      "destinations",
      "GET "
      "/configurations/organizations/applications/environments/certificates/authentication/layer7/"
      "destinations",
      "GET "
      "/supercalifragilisticexpialidociousness/pneumonoultramicroscopicsilicovolcanoconiosis/"
      "antidisestablishmentarianism",
      "GET "
      "/supercalifragilisticexpialidociousness/pneumonoultramicroscopicsilicovolcanoconioses/"
      "antidisestablishmentarianism",
  };
  compile_ops(ops, 4, NULL);
  assert_int_equal(fixture.result.tools, 4);
  for (size_t i = 0; i < 4; i++)
    for (size_t k = 0; k < i; k++)
      assert_false(str_eq(json_str(fixture_tool(ops[i]), "name"), json_str(fixture_tool(ops[k]), "name")));
  for (size_t i = 0; i < 4; i++) assert_true(json_str(fixture_tool(ops[i]), "name").n <= 60);
  assert_true(str_contains(json_str(fixture_tool(ops[0]), "name"), STR("layer3")));
  fixture_end();
}

// A later version of a document adds a twin: the one that was there keeps its name.
static void test_names_once_given_stay(void **state) {
  (void)state;
  static const char *const one[] = {"GET /zones/{z}/rules"}, *const two[] = {"GET /accounts/{a}/rules",
                                                                             "GET /zones/{z}/rules"};
  struct map given = {0};
  char name[] = "list_all_acme_rules";
  compile_ops(one, 1, NULL);
  check_text(json_str(fixture_tool(one[0]), "name"), name);
  fixture_end();
  map_put(&given, str_of(one[0]), name);
  struct openapi_options o = {.tool_bytes = 4096, .names = &given};
  compile_ops(two, 2, &o);
  check_text(json_str(fixture_tool(two[1]), "name"), name);
  check_text(json_str(fixture_tool(two[0]), "name"), "list_all_acme_account_rules");
  fixture_end();
  // Gone operations keep theirs reserved.
  compile_ops(two, 1, &o);
  check_text(json_str(fixture_tool(two[0]), "name"), "list_all_acme_account_rules");
  fixture_end();
  map_free(&given);
}

// A parameter that is called otherwise is the same operation, as long as there is one of the shape.
static void test_names_stay_when_a_parameter_is_renamed(void **state) {
  (void)state;
  static const char *const ops[] = {"GET /zones/{zone_id}/rules/{rule}",
                                    "GET /a/{cohere_id}.json",
                                    "PUT /twins/{one}",
                                    "PUT /twins/{two}",
                                    "PUT /kept/{b}",
                                    "PUT /kept/{c}"};
  struct map given = {0};
  char first[] = "first", second[] = "second", third[] = "third", fourth[] = "fourth", again[] = "fourth";
  map_put(&given, STR("GET /zones/{z}/rules/{r}"), first);
  map_put(&given, STR("GET /a/{id}.json"), second);
  map_put(&given, STR("PUT /twins/{x}"), third);
  map_put(&given, STR("PUT /kept/{b}"), fourth);
  map_put(&given, STR("PUT /kept/{c}"), again);
  struct openapi_options o = {.tool_bytes = 4096, .names = &given};
  compile_ops(ops, 6, &o);
  check_text(json_str(fixture_tool(ops[0]), "name"), "first");
  check_text(json_str(fixture_tool(ops[1]), "name"), "second");
  assert_null(fixture_find("third")); // two could have it, so neither has
  check_text(json_str(fixture_tool(ops[4]), "name"), "fourth");
  assert_false(str_is(json_str(fixture_tool(ops[5]), "name"), "fourth"));
  fixture_end();
  map_free(&given);
}

static void test_the_document_s_own_name_comes_before_a_number(void **state) {
  (void)state;
  fixture_compile(
      "openapi: 3.1.0\npaths:\n"
      "  /endpoints/{type}/configurations/{one_id}: {put: {operationId: inference-put-one, parameters: "
      "[{name: type, "
      "in: path, schema: {type: string}}, {name: one_id, in: path, schema: {type: string}}]}}\n"
      "  /endpoints/{type}/configurations/{two_id}: {put: {operationId: acmePutTwo, parameters: [{name: "
      "type, in: "
      "path, schema: {type: string}}, {name: two_id, in: path, schema: {type: string}}]}}\n"
      "  /sites/{site_id}/rollback: {put: {operationId: rollbackSiteDeploy, parameters: [{name: site_id, in: "
      "path, "
      "schema: {type: string}}]}}\n"
      "  /sites/{site_id}/x: {put: {operationId: op1, parameters: [{name: site_id, in: path, schema: {type: "
      "string}}]}}\n",
      NULL);
  check_text(json_str(fixture_tool("PUT /endpoints/{type}/configurations/{one_id}"), "name"),
             "acme_inference_put_one");
  check_text(json_str(fixture_tool("PUT /endpoints/{type}/configurations/{two_id}"), "name"), "acme_put_two");
  yyjson_val *rollback = fixture_tool("PUT /sites/{site_id}/rollback"),
             *x = fixture_tool("PUT /sites/{site_id}/x");
  check_text(json_str(rollback, "title"), "Rollback site deploy");
  assert_true(str_starts(json_str(rollback, "description"), "Rollback site deploy."));
  check_text(json_str(x, "title"), "update_a_acme_x");
  assert_true(str_starts(json_str(x, "description"), "Calls PUT /sites/{site_id}/x."));
  fixture_end();
}

static void test_names_are_made_of_whole_words(void **state) {
  (void)state;
  static const char *const ops[] = {
      "GET /2010-04-01/Accounts/{AccountSid}/Calls.json",
      "GET /2010-04-01/Accounts/{AccountSid}/Calls/{Sid}.json",
      "GET /microscopically/interdependent/disproportionately/incomprehensibilities", "GET /things.csv"};
  compile_ops(ops, 4, NULL);
  check_text(json_str(fixture_tool(ops[0]), "name"), "list_all_acme_2010_04_01_account_calls");
  check_text(json_str(fixture_tool(ops[1]), "name"), "get_single_acme_2010_04_01_account_call_by_id");
  check_text(json_str(fixture_tool(ops[2]), "name"), "list_all_acme_microscopically_incomprehensibilities");
  check_text(json_str(fixture_tool(ops[3]), "name"), "get_single_acme_things_csv");
  fixture_is(fixture_tool(ops[1]), "/sources/Sid", "\"list_all_acme_2010_04_01_account_calls\"");
  fixture_end();
}

static void test_words_of_the_connector(void **state) {
  (void)state;
  static const char word[] =
      "{\"rename_parameters\":{\"zone_identifier\":\"zone_id\"},\"tags\":[{\"path\":\"/zones/*/firewall/"
      "**\",\"add\":[\"Security Stuff\"]}],"
      "\"operations\":{\"GET "
      "/zones/{any}/firewall/rules\":{\"name\":\"my_rules\",\"permission\":\"WAF\",\"returns\":\"the "
      "rules\"},"
      "\"POST /graphql\":{\"class\":\"list\",\"read_only\":true,\"resource\":\"analytic\"},\"GET "
      "/secret\":{\"skip\":true},"
      "\"GET /bad\":{\"name\":\"no spaces please\"}}}";
  static const char *const ops[] = {"GET /zones/{zone_identifier}/firewall/rules", "POST /graphql",
                                    "GET /secret", "GET /bad", "GET /zones/{identifier}"};
  yyjson_doc *doc = yyjson_read(word, sizeof word - 1, 0);
  assert_non_null(doc);
  struct openapi_options o = {
      .connector = STR("my-acme"), .tool_bytes = 4096, .word = yyjson_doc_get_root(doc)};
  compile_ops(ops, 5, &o);
  yyjson_val *rules = fixture_tool(ops[0]), *query = fixture_tool(ops[1]);
  check_text(json_str(rules, "name"), "my_rules");
  check_text(json_str(rules, "permission"), "WAF");
  fixture_is(rules, "/tags", "[\"security-stuff\"]");
  fixture_is(rules, "/params",
             "[{\"arg\":\"zone_id\",\"name\":\"zone_identifier\",\"in\":\"path\",\"style\":\"simple\","
             "\"explode\":false}]");
  assert_true(str_contains(json_str(rules, "description"), STR("the rules")));
  check_text(json_str(query, "class"), "list");
  assert_true(json_bool(query, "read_only", false));
  check_text(json_str(query, "name"), "list_all_my_acme_analytics");
  assert_true(fixture_noted(OPENAPI_SKIPPED, "GET /secret", "leaves it out"));
  assert_true(fixture_noted(OPENAPI_WARNING, "GET /bad", "no spaces"));
  // A bare `identifier` behind `zones` is the zone's.
  check_text(json_text(fixture_at(fixture_tool(ops[4]), "/params/0/arg")), "zone_id");
  fixture_end();
  yyjson_doc_free(doc);
}

static void test_sources(void **state) {
  (void)state;
  static const char *const ops[] = {"GET /zones", "GET /zones/{zone_id}/rulesets",
                                    "GET /accounts/{a}/rulesets",
                                    "GET /zones/{zid}/rulesets/{ruleset_id}/x/{odd}"};
  compile_ops(ops, 4, NULL);
  yyjson_val *deep = fixture_tool(ops[3]);
  fixture_is(deep, "/sources",
             "{\"zid\":\"list_all_acme_zones\",\"ruleset_id\":\"list_all_acme_zone_rulesets\"}");
  check_text(json_str(fixture_tool(ops[0]), "gives"), "zone_id");
  check_text(json_str(fixture_tool(ops[1]), "gives"), "ruleset_id");
  fixture_end();
}

static void test_sources_by_noun(void **state) {
  (void)state;
  static const char *const ops[] = {"GET /user/repos",
                                    "GET /user/orgs",
                                    "GET /repos/{owner}/{repo}/issues",
                                    "GET /repos/{owner}/{repo}/issues/{issue_number}",
                                    "GET /orgs/{org}/members",
                                    "GET /things/{thing}/x/{name}",
                                    "GET /a/names",
                                    "GET /widgets",
                                    "GET /b/widgets",
                                    "GET /c/{widget_id}"};
  compile_ops(ops, 10, NULL);
  fixture_is(fixture_tool(ops[2]), "/sources",
             "{\"owner\":\"list_all_acme_user_repos\",\"repo\":\"list_all_acme_user_repos\"}");
  fixture_is(fixture_tool(ops[3]), "/sources/issue_number", "\"list_all_acme_issues\"");
  fixture_is(fixture_tool(ops[4]), "/sources", "{\"org\":\"list_all_acme_user_orgs\"}");
  fixture_is(fixture_tool(ops[5]), "/sources", "{}"); // "name" says nothing
  fixture_is(fixture_tool(ops[9]), "/sources", "{}"); // two lists of widgets
  fixture_end();
}

static void test_what_has_no_source(void **state) {
  (void)state;
  fixture_compile(
      "openapi: 3.1.0\npaths:\n"
      "  /zones: {get: {summary: List zones, parameters: [{name: plan_id, in: query, required: true, schema: "
      "{type: string}}]}}\n"
      "  /zones/{zone_id}: {get: {parameters: [{name: zone_id, in: path, schema: {type: string}}]}}\n"
      "  /plans: {get: {summary: List plans, parameters: [{name: zone_id, in: query, required: true, schema: "
      "{type: string}}]}}\n"
      "  /plans/{plan_id}: {get: {parameters: [{name: plan_id, in: path, schema: {type: string}}]}}\n"
      "  /x: {get: {parameters: [{name: zone_id, in: query, schema: {type: boolean}}]}}\n"
      "  /y: {get: {parameters: [{name: zone_id, in: query, schema: {type: string, enum: [a, b]}}]}}\n"
      "  /z: {get: {parameters: [{name: zone_id, in: query, schema: {type: string}}]}}\n",
      NULL);
  fixture_is(fixture_tool("GET /zones"), "/sources", "{}"); // a zone's plan, by a plan's zone
  fixture_is(fixture_tool("GET /plans"), "/sources", "{}");
  fixture_is(fixture_tool("GET /x"), "/sources", "{}");
  fixture_is(fixture_tool("GET /y"), "/sources", "{}");
  fixture_is(fixture_tool("GET /z"), "/sources", "{\"zone_id\":\"list_all_acme_zones\"}");
  fixture_end();
}

static void test_number_of_nouns(void **state) {
  (void)state;
  static const char *const rows[][2] = {
      {"zone", "zones"},      {"policy", "policies"}, {"address", "addresses"},   {"index", "indexes"},
      {"person", "people"},   {"dns", "dns"},         {"analytics", "analytics"}, {"key", "keys"},
      {"branch", "branches"}, {"box", "boxes"},       {"status", "statuses"},     {"cache", "caches"}};
  struct arena *a = arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    check_text(words_plural(a, str_of(rows[i][0])), rows[i][1]);
    check_text(words_singular(a, str_of(rows[i][1])), rows[i][0]);
    check_text(words_plural(a, str_of(rows[i][1])), rows[i][1]);
    check_text(words_singular(a, str_of(rows[i][0])), rows[i][0]);
  }
  struct words w = {0};
  words_add(&w, a, STR("dnsRecords HTTPServer-v2_x@cf"));
  check_text(words_join(&w, a), "dns_records_http_server_v2_x_cf");
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_names_and_classes),
      cmocka_unit_test(test_twins_are_told_apart),
      cmocka_unit_test(test_long_paths_make_short_unique_names),
      cmocka_unit_test(test_names_once_given_stay),
      cmocka_unit_test(test_names_stay_when_a_parameter_is_renamed),
      cmocka_unit_test(test_the_document_s_own_name_comes_before_a_number),
      cmocka_unit_test(test_names_are_made_of_whole_words),
      cmocka_unit_test(test_words_of_the_connector),
      cmocka_unit_test(test_sources),
      cmocka_unit_test(test_sources_by_noun),
      cmocka_unit_test(test_what_has_no_source),
      cmocka_unit_test(test_number_of_nouns),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
