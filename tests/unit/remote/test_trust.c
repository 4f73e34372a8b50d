// SPDX-License-Identifier: Apache-2.0
// The inventories of vendors' MCP servers as they were in November 2026, tool by tool: with the connectors
// that ship, and by hints and names alone. argv[1] is the folder of connectors.
#include "../tool/fixture.h"
#include "base/verbs.h"
#include "remote/trust.h"
#include "remote/trust_name.h"

static const char *folder;

// What a vendor declares.
#define R "{'readOnlyHint':true}"
#define RD "{'readOnlyHint':true,'destructiveHint':false,'idempotentHint':true,'openWorldHint':true}"
#define W "{'readOnlyHint':false,'destructiveHint':false}"
#define D "{'readOnlyHint':false,'destructiveHint':true}"
#define N "{}"

struct row {
  const char *name, *hints;
  bool reads; // in truth
  enum tool_class class;
};

struct inventory {
  const char *connector;
  const struct row *rows;
};

static const struct row bindings[] = {{"kv_namespaces_list", R, true, TOOL_LIST},
                                      {"kv_namespace_create", W, false, TOOL_CREATE},
                                      {"kv_namespace_delete", D, false, TOOL_DELETE},
                                      {"kv_namespace_get", R, true, TOOL_GET},
                                      {"kv_namespace_update", W, false, TOOL_UPDATE},
                                      {"workers_list", R, true, TOOL_LIST},
                                      {"workers_get_worker", R, true, TOOL_GET},
                                      {"workers_get_worker_code", R, true, TOOL_GET},
                                      {"r2_buckets_list", R, true, TOOL_LIST},
                                      {"r2_bucket_create", W, false, TOOL_CREATE},
                                      {"r2_bucket_get", R, true, TOOL_GET},
                                      {"r2_bucket_delete", D, false, TOOL_DELETE},
                                      {"d1_databases_list", R, true, TOOL_LIST},
                                      {"d1_database_create", W, false, TOOL_CREATE},
                                      {"d1_database_delete", D, false, TOOL_DELETE},
                                      {"d1_database_get", R, true, TOOL_GET},
                                      {"d1_database_query", W, false, TOOL_CUSTOM},
                                      {"hyperdrive_configs_list", R, true, TOOL_LIST},
                                      {"hyperdrive_config_get", R, true, TOOL_GET},
                                      {"hyperdrive_config_delete", D, false, TOOL_DELETE},
                                      {"hyperdrive_config_edit", W, false, TOOL_UPDATE},
                                      {"search_cloudflare_documentation", R, true, TOOL_LIST},
                                      {"migrate_pages_to_workers_guide", R, true, TOOL_GET},
                                      {0}};
static const struct row observability[] = {{"query_worker_observability", N, true, TOOL_LIST},
                                           {"observability_keys", N, true, TOOL_LIST},
                                           {"observability_values", N, true, TOOL_LIST},
                                           {"workers_list", R, true, TOOL_LIST},
                                           {"workers_get_worker", R, true, TOOL_GET},
                                           {"workers_get_worker_code", R, true, TOOL_GET},
                                           {"search_cloudflare_documentation", R, true, TOOL_LIST},
                                           {"migrate_pages_to_workers_guide", R, true, TOOL_GET},
                                           {0}};
static const struct row dns[] = {{"dns_report", N, true, TOOL_GET},
                                 {"show_account_dns_settings", N, true, TOOL_GET},
                                 {"show_zone_dns_settings", N, true, TOOL_GET},
                                 {"zones_list", R, true, TOOL_LIST},
                                 {"zone_details", R, true, TOOL_GET},
                                 {0}};
static const struct row auditlogs[] = {{"auditlogs_by_account_id", N, true, TOOL_LIST}, {0}};
static const struct row graphql[] = {
    {"graphql_schema_search", N, true, TOOL_LIST}, {"graphql_schema_overview", N, true, TOOL_GET},
    {"graphql_type_details", N, true, TOOL_GET},   {"graphql_complete_schema", N, true, TOOL_GET},
    {"graphql_query", N, true, TOOL_GET},          {"zones_list", R, true, TOOL_LIST},
    {"zone_details", R, true, TOOL_GET},           {0}};
static const struct row radar[] = {
    {"get_http_data", N, true, TOOL_GET},       {"get_l7_attack_data", N, true, TOOL_GET},
    {"get_outages", N, true, TOOL_GET},         {"list_autonomous_systems", N, true, TOOL_LIST},
    {"create_url_scan", N, false, TOOL_CREATE}, {0}};
static const struct row cloudinary[] = {
    {"list-images", RD, true, TOOL_LIST},
    {"list-videos", RD, true, TOOL_LIST},
    {"list-files", RD, true, TOOL_LIST},
    {"search-assets", RD, true, TOOL_LIST},
    {"visual-search-assets", RD, true, TOOL_LIST},
    {"get-asset-details", RD, true, TOOL_GET},
    {"list-tags", RD, true, TOOL_LIST},
    {"search-folders", RD, true, TOOL_LIST},
    {"get-usage-details", RD, true, TOOL_GET},
    {"download-asset-backup", RD, true, TOOL_GET},
    {"get-generation-task", RD, true, TOOL_GET},
    {"get-tx-reference", RD, true, TOOL_GET},
    {"upload-asset", W, false, TOOL_CREATE},
    {"asset-rename", W, false, TOOL_UPDATE},
    {"asset-update", W, false, TOOL_UPDATE},
    {"delete-asset", D, false, TOOL_DELETE},
    {"delete-derived-assets", D, false, TOOL_DELETE},
    {"create-asset-relations", W, false, TOOL_CREATE},
    {"delete-asset-relations", D, false, TOOL_DELETE},
    {"create-folder", W, false, TOOL_CREATE},
    {"delete-folder", D, false, TOOL_DELETE},
    {"move-folder", W, false, TOOL_UPDATE},
    {"manage-asset-tags", D, false, TOOL_UPDATE},
    {"manage-asset-context", D, false, TOOL_UPDATE},
    {"manage-asset-metadata", D, false, TOOL_UPDATE},
    {"generate-archive", W, false, TOOL_CREATE},
    {"generate-image", W, false, TOOL_CREATE},
    {"generate-image-from-images", W, false, TOOL_CREATE},
    {"transform-asset", W, false, TOOL_CLASSES}, // create or update, as one sees it
    {"execute_tool", N, false, TOOL_CUSTOM},
    {0}};
static const struct row arcjet[] = {{"list-teams", N, true, TOOL_LIST},
                                    {"list-sites", N, true, TOOL_LIST},
                                    {"create-site", N, false, TOOL_CREATE},
                                    {"get-site-key", N, false, TOOL_GET}, // a reader, but of a secret
                                    {"list-requests", N, true, TOOL_LIST},
                                    {"get-request-details", N, true, TOOL_GET},
                                    {"explain-decision", N, true, TOOL_GET},
                                    {"get-site-quota", N, true, TOOL_GET},
                                    {"analyze-traffic", N, true, TOOL_GET},
                                    {"get-anomalies", N, true, TOOL_GET},
                                    {"investigate-ip", N, true, TOOL_GET},
                                    {"get-dry-run-impact", N, true, TOOL_GET},
                                    {"get-security-briefing", N, true, TOOL_GET},
                                    {"list-rules", N, true, TOOL_LIST},
                                    {"create-rule", N, false, TOOL_CREATE},
                                    {"update-rule", N, false, TOOL_UPDATE},
                                    {"delete-rule", N, false, TOOL_DELETE},
                                    {"promote-rule", N, false, TOOL_UPDATE},
                                    {0}};
// Names from other vendors' catalogs, most of which declare something and some of which do not.
static const struct row others[] = {{"model_search", R, true, TOOL_LIST},
                                    {"dataset_search", R, true, TOOL_LIST},
                                    {"hub_repo_details", R, true, TOOL_GET},
                                    {"hf_doc_fetch", R, true, TOOL_GET},
                                    {"duplicate_space", N, false, TOOL_CREATE},
                                    {"hf_jobs", N, false, TOOL_CUSTOM},
                                    {"use_space", N, false, TOOL_CUSTOM},
                                    {"notion-search", N, true, TOOL_LIST},
                                    {"notion-create-pages", N, false, TOOL_CREATE},
                                    {"notion-move-pages", N, false, TOOL_UPDATE},
                                    {"getJiraIssue", N, true, TOOL_GET},
                                    {"editJiraIssue", N, false, TOOL_UPDATE},
                                    {"transitionJiraIssue", N, false, TOOL_UPDATE},
                                    {"getTransitionsForJiraIssue", N, true, TOOL_GET},
                                    {"searchJiraIssuesUsingJql", N, true, TOOL_LIST},
                                    {"addCommentToJiraIssue", N, false, TOOL_CREATE},
                                    {"issue_read", R, true, TOOL_GET},
                                    {"issue_write", N, false, TOOL_UPDATE},
                                    {"list_secret_scanning_alerts", R, true, TOOL_LIST},
                                    {"merge_pull_request", N, false, TOOL_UPDATE},
                                    {"push_files", N, false, TOOL_CUSTOM},
                                    {"get_file_contents", R, true, TOOL_GET},
                                    {"create_or_update_file", N, false, TOOL_CREATE},
                                    {"asana_get_task", N, true, TOOL_GET},
                                    {"asana_create_task", N, false, TOOL_CREATE},
                                    {"slack_send_message", N, false, TOOL_CREATE},
                                    {"slack_search_public", R, true, TOOL_LIST},
                                    {"gmail_archive_thread", N, false, TOOL_CLASSES},
                                    {"list_customers", R, true, TOOL_LIST},
                                    {"retrieve_balance", R, true, TOOL_GET},
                                    {"create_refund", N, false, TOOL_CREATE},
                                    {"execute_sql", N, false, TOOL_CUSTOM},
                                    {"apply_migration", N, false, TOOL_UPDATE},
                                    {"list_tables", N, true, TOOL_LIST},
                                    {"get_anon_key", N, false, TOOL_GET},
                                    {"get_connection_string", N, false, TOOL_GET},
                                    {"feature-flag-get-all", N, true, TOOL_GET},
                                    {"organization-set-active", N, false, TOOL_CLASSES},
                                    {"sites_list", N, true, TOOL_LIST},
                                    {"collections_items_create_item", N, false, TOOL_CREATE},
                                    {"resolve-library-id", R, true, TOOL_GET},
                                    {"read_wiki_structure", N, true, TOOL_GET},
                                    {"send_invoice", N, false, TOOL_CREATE},
                                    {"find_organizations", N, true, TOOL_LIST},
                                    {"whoami", N, true, TOOL_GET},
                                    {"kill_browser_session", N, false, TOOL_DELETE},
                                    {"start_crawl", N, false, TOOL_CUSTOM},
                                    {"ai_search", N, true, TOOL_LIST},
                                    {"execute", N, false, TOOL_CUSTOM},
                                    {0}};

static const struct inventory inventories[] = {
    {"cloudflare-bindings", bindings},
    {"cloudflare-observability", observability},
    {"cloudflare-dns-analytics", dns},
    {"cloudflare-auditlogs", auditlogs},
    {"cloudflare-graphql", graphql},
    {"cloudflare-radar", radar},
    {"cloudinary-assets", cloudinary},
    {"arcjet", arcjet},
    {"mcp", others},
};
enum { INVENTORIES = sizeof inventories / sizeof *inventories };

static struct arena *arena;

static int setup(void **state) {
  (void)state;
  arena = arena_new();
  return 0;
}

static int teardown(void **state) {
  (void)state;
  arena_free(arena);
  return 0;
}

// `rest`: more members of the definition, each with a comma before it.
static struct trust judge(const struct connector *c, const char *name, const char *hints, const char *rest) {
  struct str text = arena_printf(arena, "{'name':'%s','annotations':%s%s}", name, hints, rest);
  yyjson_doc *doc = fixture_doc(arena, text.p);
  struct trust t = trust_of(c, yyjson_doc_get_root(doc), arena);
  yyjson_doc_free(doc);
  return t;
}

// Whether a report is got or listed is a matter of taste.
static void check_class(const struct row *r, const struct trust *t) {
  bool reads = t->class == TOOL_LIST || t->class == TOOL_GET;
  if (r->class != TOOL_CLASSES && t->class != r->class && !(reads && r->reads) && t->trust != TOOL_REVIEW)
    fail_msg("%s is of class %s, not %s", r->name, tool_class_names[t->class], tool_class_names[r->class]);
}

static void no_write_is_served_and_readers_are(void **state) {
  (void)state;
  struct connector_set *set;
  struct err err;
  size_t readers = 0, served = 0;
  if (!connector_set_load(folder, &set, &err)) fail_msg("%s %s", err.field, err.text);
  for (size_t i = 0; i < INVENTORIES; i++) {
    const struct connector *c = connector_find(set, str_of(inventories[i].connector));
    if (!c) fail_msg("there is no connector %s", inventories[i].connector);
    for (const struct row *r = inventories[i].rows; r->name; r++) {
      struct trust t = judge(c, r->name, r->hints, "");
      if (!r->reads && t.trust == TOOL_ALLOW)
        fail_msg("%s: %s would be served: %.*s", inventories[i].connector, r->name, STR_ARG(t.why));
      if (t.trust == TOOL_ALLOW && !t.read_only) fail_msg("%s is served as a write", r->name);
      if (r->reads && t.trust != TOOL_ALLOW) print_message("not served: %s: %.*s\n", r->name, STR_ARG(t.why));
      check_class(r, &t);
      readers += r->reads;
      served += r->reads && t.trust == TOOL_ALLOW;
    }
  }
  connector_set_free(set);
  print_message("%zu of %zu readers are served\n", served, readers);
  assert_true(served * 100 >= readers * 90);
}

static void hints_and_names_alone_serve_no_write_either(void **state) {
  (void)state;
  for (size_t i = 0; i < INVENTORIES; i++)
    for (const struct row *r = inventories[i].rows; r->name; r++) {
      struct trust hinted = judge(NULL, r->name, r->hints, ""), bare = judge(NULL, r->name, N, "");
      if (!r->reads && (hinted.trust == TOOL_ALLOW || bare.trust == TOOL_ALLOW))
        fail_msg("%s would be served", r->name);
      if (hinted.trust == TOOL_ALLOW) check_class(r, &hinted);
    }
}

static void evidence_counts_in_order(void **state) {
  (void)state;
  static const struct {
    const char *name, *hints;
    enum tool_trust trust;
    bool read_only;
    const char *why;
  } rows[] = {
      {"list_zones", "{}", TOOL_ALLOW, true, "list"},
      {"list_zones", "{'title':'Zones','openWorldHint':true}", TOOL_ALLOW, true, "list"},
      {"zones", "{'readOnlyHint':true}", TOOL_ALLOW, true, "declared read-only"},
      {"zones", "{}", TOOL_REVIEW, false, "does not say"},
      // A name raises nothing that is declared otherwise.
      {"list_zones", "{'readOnlyHint':false}", TOOL_REVIEW, false, "readOnlyHint false"},
      {"list_zones", "{'destructiveHint':true}", TOOL_REVIEW, false, "destructiveHint true"},
      {"list_zones", "{'destructiveHint':false}", TOOL_REVIEW, false, "hints"},
      {"zones", "{'readOnlyHint':false}", TOOL_DENY, false, "readOnlyHint false"},
      {"zones", "{'destructiveHint':true}", TOOL_DENY, false, "destructiveHint true"},
      {"list_zones", "{'readOnlyHint':true,'destructiveHint':true}", TOOL_REVIEW, false, "at once"},
      // And lowers what is declared to read.
      {"delete_zones", "{'readOnlyHint':true}", TOOL_REVIEW, true, "delete"},
      {"asset-rename", "{'readOnlyHint':true}", TOOL_REVIEW, true, "rename"},
      {"delete_zones", "{}", TOOL_DENY, false, "delete"},
      {"get_or_create_zone", "{}", TOOL_DENY, false, "create"},
      {"get_and_archive_zone", "{}", TOOL_DENY, false, "archive"},
      {"search_replace", "{}", TOOL_REVIEW, false, "does not say"},
      {"deletezone", "{}", TOOL_DENY, false, "delete"},
      {"mark_read", "{}", TOOL_DENY, false, "mark"},
      {"DeleteDNSRecord", "{}", TOOL_DENY, false, "delete"},
      {"dns.records.list", "{}", TOOL_ALLOW, true, "list"},
      // Secrets, however they are declared.
      {"get_api_key", "{}", TOOL_DENY, false, "secrets"},
      {"get_api_key", "{'readOnlyHint':true}", TOOL_DENY, false, "secrets"},
      {"listAccessTokens", "{'readOnlyHint':true}", TOOL_DENY, false, "secrets"},
      {"show_password", "{}", TOOL_DENY, false, "secrets"},
      {"get_public_key", "{}", TOOL_ALLOW, true, "get"},
      {"get_token_usage", "{}", TOOL_ALLOW, true, "get"},
      {"signing_key", "{}", TOOL_REVIEW, false, "does not say"},
      {"", "{}", TOOL_REVIEW, false, "does not say"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct trust t = judge(NULL, rows[i].name, rows[i].hints, "");
    if (t.trust != rows[i].trust || t.read_only != rows[i].read_only ||
        !str_contains(t.why, str_of(rows[i].why)))
      fail_msg("%s %s: trust %d, read-only %d, %.*s", rows[i].name, rows[i].hints, t.trust, t.read_only,
               STR_ARG(t.why));
  }
}

static void what_takes_a_program_is_not_known_by_its_name(void **state) {
  (void)state;
  const char *sql = ",'inputSchema':{'type':'object','properties':{'sql':{'type':'string'}}}";
  assert_int_equal(judge(NULL, "search_rows", N, sql).trust, TOOL_REVIEW);
  assert_int_equal(judge(NULL, "search_rows", R, sql).trust, TOOL_ALLOW); // the vendor's word for it
}

static const char acme[] =
    "name: acme\nlabel: Acme\nkind: mcp\nbase_url: https://mcp.example.com\n"
    "auth:\n  - {id: open, label: Open, open: true}\n"
    "words:\n"
    "  - {tools: [zones], trust: allow, class: list, tags: [dns], why: it lists zones}\n"
    "  - {tools: ['get_*'], trust: deny}\n";

static void the_connectors_word_comes_first(void **state) {
  (void)state;
  struct connector_set *set;
  struct err err;
  assert_true(connector_set_load(NULL, &set, &err));
  if (!connector_set_add(set, str_of(acme), &err)) fail_msg("%s %s", err.field, err.text);
  const struct connector *c = connector_find(set, STR("acme"));
  struct trust t = judge(c, "zones", W, "");
  assert_int_equal(t.trust, TOOL_ALLOW);
  assert_int_equal(t.class, TOOL_LIST);
  assert_true(t.tag_count == 1 && str_is(t.tags[0], "dns"));
  fixture_has(t.why, "it lists zones");
  assert_int_equal(judge(c, "zones", D, "").trust, TOOL_REVIEW); // said to destroy since
  assert_int_equal(judge(c, "get_zone", R, "").trust, TOOL_DENY);
  connector_set_free(set);
}

static void hints_are_true_to_the_class(void **state) {
  (void)state;
  struct trust read = judge(NULL, "list_zones", N, ""),
               drop = judge(NULL, "delete_zone", "{'destructiveHint':false,'openWorldHint':false}", ""),
               make = judge(NULL, "create_zone", D, "");
  assert_true(read.read_only && !read.destructive && read.idempotent && read.open_world);
  assert_true(!drop.read_only && drop.destructive && drop.idempotent && !drop.open_world);
  assert_true(!make.read_only && make.destructive && !make.idempotent);
}

static void tags_come_from_the_nouns_of_the_name(void **state) {
  (void)state;
  struct trust t = judge(NULL, "kv_namespaces_list", N, "");
  assert_int_equal(t.tag_count, 2);
  assert_true(str_is(t.tags[0], "kv") && str_is(t.tags[1], "namespaces"));
}

static void the_verbs_are_in_order(void **state) {
  (void)state;
  for (size_t i = 1; i < verb_count; i++)
    if (strcmp(verbs[i - 1].word, verbs[i].word) >= 0)
      fail_msg("\"%s\" stands before \"%s\"", verbs[i - 1].word, verbs[i].word);
}

static void long_and_odd_names_are_read(void **state) {
  (void)state;
  static const char *const names[] = {"____", "a--b..c", "HTTPServerGet", "1_2_3", "\xc3\xa4_list"};
  char name[400];
  struct trust_name n;
  memset(name, 'a', sizeof name);
  for (size_t i = 1; i < sizeof name; i += 2) name[i] = '_';
  trust_name_read(str_make(name, sizeof name), &n);
  assert_int_equal(n.count, TRUST_NAME_WORDS);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) trust_name_read(str_of(names[i]), &n);
  trust_name_read(STR("HTTPServerGet2"), &n);
  assert_int_equal(n.count, 3);
  assert_true(str_is(n.words[0], "http") && str_is(n.words[1], "server") && str_is(n.words[2], "get2"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      TEST(no_write_is_served_and_readers_are),
      TEST(hints_and_names_alone_serve_no_write_either),
      TEST(evidence_counts_in_order),
      TEST(what_takes_a_program_is_not_known_by_its_name),
      TEST(the_connectors_word_comes_first),
      TEST(hints_are_true_to_the_class),
      TEST(tags_come_from_the_nouns_of_the_name),
      TEST(the_verbs_are_in_order),
      TEST(long_and_odd_names_are_read),
  };
  folder = argc > 1 ? argv[1] : "connectors";
  return cmocka_run_group_tests(tests, NULL, NULL);
}
