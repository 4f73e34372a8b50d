// SPDX-License-Identifier: Apache-2.0
// What a connector of kind mcp may say, and what those that ship say of the vendors' tools.
#include "../support/temp.h"

#include "connector/connector.h"
#include "connector/paging.h"
#include "set_fixture.h"

static const char whole[] =
    "name: tiny-mcp\n"
    "label: Tiny\n"
    "kind: mcp\n"
    "category: tests\n"
    "docs: https://docs.example.com\n"
    "base_url: https://mcp.example.com/mcp/?login\n"
    "alias: tiny\n"
    "tags: [one, two-b]\n"
    "reads: Nothing.\n"
    "auth:\n"
    "  - id: oauth\n"
    "    oauth: {scope: a b, register_at: https://console.example.com, no_refresh: true}\n"
    "  - id: own\n"
    "    fields: [{name: name}, {name: value, secret: true}]\n"
    "    send: [{in: header, name: \"{name}\", value: \"{value}\"}]\n"
    "  - {id: open, label: Open, open: true}\n"
    "context: [{name: account_id, header: x-account-id}]\n"
    "words:\n"
    "  - {tools: [get-key, \"get-*-secret\"], trust: deny, class: get, why: secret}\n"
    "  - {tools: [\"get-*\"], trust: allow, class: get, tags: [x, y]}\n"
    "  - {tools: [run], trust: review, class: update}\n"
    "troubles:\n"
    "  - {check: dry_run, symptom: few, remedy: more}\n"
    "  - {symptom: odd, remedy: even}\n"
    "probes:\n"
    "  - {tool: list-sites, take: {site: /sites/0/id}}\n"
    "  - {tool: list-rules, arguments: {site: \"{site}\"}, check: dry_run}\n"
    "synonyms:\n"
    "  - {noun: zone, also: [domain, site]}\n"
    "  - {tag: x, also: [ex]}\n"
    "  - {tool: \"get-*\", also: [fetch]}\n"
    "featured: [list-sites, \"get-*-key\"]\n"
    "paging:\n"
    "  - {tools: [list-sites, \"list-a*\"], cursor: c, size: /request/n, initial: 5, most: 9, next: /n, "
    "total: /t, "
    "more: /m}\n"
    "  - {tools: [\"list-*\"], page: p, first: 0}\n"
    "  - {tools: [\"all-*\"], single: true}\n"
    "questions: [Why?, How?]\n";

static void everything_is_read(void **state) {
  (void)state;
  struct connector_set *set = empty();
  struct err err = {0};
  if (!connector_set_add(set, str_of(whole), &err)) fail_msg("%s %s", err.field, err.text);
  const struct connector *c = connector_find(set, STR("tiny-mcp"));
  assert_int_equal(c->kind, CONNECTOR_MCP);
  assert_true(str_is(c->base_url, "https://mcp.example.com/mcp/?login")); // to the letter
  assert_true(str_is(c->alias, "tiny") && str_is(c->reads, "Nothing."));
  assert_int_equal(c->tag_count, 2);
  assert_int_equal(c->question_count, 2);
  assert_int_equal(c->way_count, 3);
  assert_int_equal(c->ways[0].auth, CONNECTOR_AUTH_OAUTH);
  assert_true(str_is(c->ways[0].oauth.scope, "a b") && c->ways[0].oauth.no_refresh);
  assert_true(str_is(c->ways[0].oauth.register_at, "https://console.example.com"));
  assert_int_equal(c->ways[1].auth, CONNECTOR_AUTH_FIELDS);
  assert_true(str_is(c->ways[1].sends[0].name, "{name}"));
  assert_int_equal(c->ways[2].auth, CONNECTOR_AUTH_OPEN);
  assert_true(str_is(c->contexts[0].header, "x-account-id"));
  assert_int_equal(c->word_count, 4);
  assert_true(str_is(c->words[1].why, "secret") && str_is(c->words[2].tags[1], "y"));
  assert_true(connector_word_find(c, STR("get-key")) == &c->words[0]); // the first that matches
  assert_true(connector_word_find(c, STR("get-a-secret")) == &c->words[1]);
  assert_true(connector_word_find(c, STR("get-site")) == &c->words[2]);
  assert_null(connector_word_find(c, STR("list")));
  assert_true(str_is(c->troubles[0].id, "dry_run") && !c->troubles[1].id.n);
  assert_int_equal(c->synonym_count, 3);
  assert_true(c->synonyms[0].of == CONNECTOR_NOUN && str_is(c->synonyms[0].what, "zone"));
  assert_true(c->synonyms[0].count == 2 && str_is(c->synonyms[0].also[1], "site"));
  assert_true(c->synonyms[1].of == CONNECTOR_TAG && c->synonyms[2].of == CONNECTOR_TOOL);
  assert_true(connector_features(c, STR("list-sites")) && connector_features(c, STR("get-site-key")));
  assert_false(connector_features(c, STR("list-rules")) || connector_features(NULL, STR("list-sites")));
  assert_int_equal(c->paging_count, 4);
  const struct connector_paging *p = connector_paging_find(c, STR("list-all"));
  assert_true(p == &c->pagings[1] && str_is(p->cursor, "c") && str_is(p->size, "/request/n"));
  assert_true(p->initial == 5 && p->most == 9 && p->first == -1 && !p->single);
  assert_true(str_is(p->next, "/n") && str_is(p->total, "/t") && str_is(p->more, "/m"));
  p = connector_paging_find(c, STR("list-others"));
  assert_true(str_is(p->page, "p") && p->first == 0 && !p->cursor.n);
  assert_true(connector_paging_find(c, STR("all-of-it"))->single);
  assert_null(connector_paging_find(c, STR("get-one")));
  assert_int_equal(c->probe_count, 2);
  assert_true(str_is(c->probes[0].tool, "list-sites") && yyjson_obj_size(c->probes[0].take) == 1);
  assert_true(str_is(c->probes[1].check, "dry_run") && yyjson_obj_size(c->probes[1].arguments) == 1);
  connector_set_free(set);
}

static void the_alias_comes_from_the_name(void **state) {
  (void)state;
  struct connector_set *set = empty();
  struct err err = {0};
  assert_true(connector_set_add(
      set, STR("name: a-b-c\nlabel: X\nkind: mcp\nauth: [{id: oauth, oauth: {}}]\n"), &err));
  const struct connector *c = connector_find(set, STR("a-b-c"));
  assert_true(str_is(c->alias, "a_b_c"));
  assert_int_equal(c->base_url.n, 0); // the account names it
  connector_set_free(set);
}

static void people_may_name_one_by_its_alias(void **state) {
  (void)state;
  struct connector_set *set = empty();
  struct err err = {0};
  assert_true(connector_set_add(
      set, STR("name: a-b\nalias: c\nlabel: X\nkind: mcp\nauth: [{id: oauth, oauth: {}}]\n"), &err));
  assert_ptr_equal(connector_named(set, STR("c")), connector_find(set, STR("a-b")));
  assert_null(connector_named(set, STR("d")));
  assert_true(connector_set_add(
      set, STR("name: c\nalias: d\nlabel: X\nkind: mcp\nauth: [{id: oauth, oauth: {}}]\n"), &err));
  assert_ptr_equal(connector_named(set, STR("c")),
                   connector_find(set, STR("c"))); // a name goes before an alias
  connector_set_free(set);
}

static void slips_name_line_and_key(void **state) {
  (void)state;
  static const struct {
    const char *was, *is, *says;
    int line;
  } slips[] = {
      {"docs: https://", "docs: ftp://", "'docs'", 5},
      {"https://mcp.example.com/mcp/?login", "https://mcp.example.com/#x", "fragment", 6},
      {"alias: tiny", "alias: ti-ny", "'alias'", 7},
      {"[one, two-b]", "[one, Two]", "a tag is", 8},
      {"[one, two-b]", "[one, {path: /a, add: [b]}]", "a tag is", 8},
      {"reads: Nothing.", "openapi: x.yaml", "kind mcp has no key 'openapi'", 9},
      {"{scope: a b,", "{scopes: a b,", "oauth has no key 'scopes'", 12},
      {"{scope: a b,", "{scope: 3,", "'scope' must be text", 12},
      {"https://console.example.com", "console", "'register_at'", 12},
      {"{scope: a b, register_at: https://console.example.com, no_refresh: true}", "yes",
       "oauth must be a mapping", 12},
      {"name: \"{name}\"", "name: \"{nam}\"", "{nam}", 15},
      {"name: \"{name}\"", "name: \"X {name}\"", "cannot be the name", 15},
      {"name: \"{name}\"", "name: \"{name}-x\"", "cannot be the name", 15},
      {"open: true", "open: 1", "'open' must be true or false", 16},
      {"open: true", "open: false", "needs 'fields'", 16},
      {"label: Open", "fields: []", "an open way has no key 'fields'", 16},
      {"header: x-account-id", "header: \"x y\"", "cannot be the name of a header", 17},
      {"header: x-account-id", "list: {}", "no key 'list'", 17},
      {"trust: deny", "trust: never", "'never', not one of allow, review, deny", 19},
      {"[get-key, \"get-*-secret\"]", "[]", "'tools' is missing", 19},
      {"[get-key, \"get-*-secret\"]", "get-key", "'tools' must be a list", 19},
      {"trust: allow, class: get", "trust: allow, class: update", "not one of list, get, custom", 20},
      {"tags: [x, y]", "tags: [x, 3]", "an entry of 'tags' must be text", 20},
      {"check: dry_run", "check: dry", "'dry', not one of context_missing", 23},
      {"symptom: odd", "sympton: odd", "no key 'sympton'", 24},
      {"noun: zone,", "verb: zone,", "no key 'verb'", 29},
      {"{noun: zone,", "{noun: zone, tag: x,", "of one 'noun', 'tag' or 'tool'", 29},
      {"{tag: x,", "{", "of one 'noun', 'tag' or 'tool'", 30},
      {"also: [fetch]", "also: []", "'also' is missing", 31},
      {"[list-sites, \"get-*-key\"]", "list-sites", "'featured' must be a list", 32},
      {"[Why?, How?]", "Why?", "'questions' must be a list", 37},
      {"take: {site: /sites/0/id}", "take: {site: sites}", "pointer", 26},
      {"arguments: {site: \"{site}\"}", "arguments: [1]", "'arguments' must be a mapping", 27},
      {"initial: 5", "initial: 0", "'initial' is a number of rows", 34},
      {"most: 9", "most: 100001", "'most' is a number of rows", 34},
      {"next: /n", "next: n", "a JSON pointer starts with '/'", 34},
      {"cursor: c,", "", "'next' is for 'cursor'", 34},
      {"size: /request/n,", "", "'most' is for 'size'", 34},
      {"page: p, first: 0", "first: 0", "has 'cursor', 'page', 'offset' or 'size', or is 'single'", 35},
      {"first: 0", "first: 2", "'first' is 0 or 1", 35},
      {"single: true", "single: true, page: p", "or is 'single'", 36},
      {"tools: [\"all-*\"]", "tools: []", "'tools' is missing", 36},
  };
  struct connector_set *set = empty();
  for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
    char text[sizeof whole + 256], field[64];
    const char *at = strstr(whole, slips[i].was);
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - whole), whole, slips[i].is, at + strlen(slips[i].was));
    struct err err = {0};
    if (connector_set_add(set, str_of(text), &err)) fail_msg("%s passed", slips[i].is);
    if (!strstr(err.text, slips[i].says)) fail_msg("%s: %s", slips[i].is, err.text);
    snprintf(field, sizeof field, "connector:%d", slips[i].line);
    if (strcmp(err.field, field) != 0) fail_msg("%s: %s, not %s", slips[i].is, err.field, field);
  }
  connector_set_free(set);
}

static void a_rest_api_has_no_ways_of_mcp(void **state) {
  (void)state;
  static const char *const bad[] = {
      "auth: [{id: oauth, oauth: {}}]\n",
      "auth: [{id: k, fields: [{name: k}], send: [{in: bearer, value: k}]}]\nwords: []\n",
      ("auth: [{id: k, fields: [{name: k}], send: [{in: bearer, value: k}]}]\ncontext: [{name: a, header: "
       "b}]\n")};
  struct connector_set *set = empty();
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    char text[512];
    struct err err = {0};
    snprintf(text, sizeof text, "name: r\nlabel: R\nkind: rest\nbase_url: https://r.example\n%s", bad[i]);
    assert_false(connector_set_add(set, str_of(text), &err));
    assert_int_equal(err.code, ERR_INVALID);
  }
  struct err err;
  assert_true(connector_set_add(
      set, STR("name: r\nlabel: R\nkind: rest\nbase_url: https://r.example\nauth: [{id: o, open: true}]\n"),
      &err));
  assert_int_equal(connector_find(set, STR("r"))->ways[0].auth, CONNECTOR_AUTH_OPEN);
  connector_set_free(set);
}

// ---- those that ship

static struct connector_set *ours;

static int setup(void **state) {
  (void)state;
  struct err err = {0};
  if (connector_set_load(CONNECTORS, &ours, &err)) return 0;
  print_error("%s: %s (%s)\n", err.field, err.text, err.hint);
  return -1;
}

static int teardown(void **state) {
  (void)state;
  connector_set_free(ours);
  return 0;
}

static void each_says_all_that_people_need(void **state) {
  (void)state;
  size_t at = 0, count = 0, other;
  for (const struct connector *c; (c = connector_next(ours, &at)); count++) {
    const char *name = c->name.p;
    bool ourselves = str_is(c->name, "demo"); // has no vendor with a manual
    if (!c->category.n || !c->blurb.n || !c->reads.n) fail_msg("%s: no head", name);
    if (!c->docs.n != ourselves) fail_msg("%s: the manual", name);
    if (c->blurb.n > 100) fail_msg("%s: the blurb is longer than a line", name);
    if (c->tag_count < 3) fail_msg("%s: %zu tags", name, c->tag_count);
    if (c->question_count != 3) fail_msg("%s: %zu questions", name, c->question_count);
    if (c->trouble_count < 1) fail_msg("%s: no troubles", name);
    if (c->kind == CONNECTOR_REST) continue;
    bool any = str_is(c->name, "mcp");
    if (!any && !str_starts(c->base_url, "https://")) fail_msg("%s: no address", name);
    if (any != !c->base_url.n || any != !c->word_count) fail_msg("%s: words or address", name);
    other = 0; // aliases are prefixes of tools, so no two are the same
    for (const struct connector *o; (o = connector_next(ours, &other));)
      if (o != c && str_eq(o->alias, c->alias)) fail_msg("%s: alias of %.*s", name, STR_ARG(o->name));
  }
  assert_true(count >= 39);
}

static void every_check_has_a_remedy(void **state) {
  (void)state;
  static const struct {
    const char *connector, *check, *remedy;
  } rows[] = {
      {"cloudflare-bindings", "context_missing", "account_id"},
      {"cloudinary-assets", "cloud_mismatch", "consent"},
      {"cloudinary-assets", "folder_empty", "folder"},
      {"arcjet", "site_empty", "window"},
      {"arcjet", "dry_run", "protect()"},
      {"arcjet", "permission", "member"},
      {"arcjet", "clock_skew", "NTP"}, // said once for all
      {"slack", "registration_refused", "Slack"},
      {"arcjet", "certificate", "upstream_ca"},
      {"mcp", "guard_blocked", "upstream_allow"},
  };
  bool seen[32] = {0};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const struct connector *c = connector_find(ours, str_of(rows[i].connector));
    const struct connector_trouble *t = connector_trouble_find(ours, c, str_of(rows[i].check));
    assert_non_null(t);
    if (!str_contains(t->remedy, str_of(rows[i].remedy)))
      fail_msg("%s: %.*s", rows[i].check, STR_ARG(t->remedy));
    for (size_t k = 0; connector_checks[k]; k++) seen[k] |= str_is(t->id, connector_checks[k]);
  }
  for (size_t k = 0; connector_checks[k]; k++)
    if (!seen[k]) fail_msg("nothing tells of %s", connector_checks[k]);
  assert_null(connector_trouble_find(ours, connector_find(ours, STR("arcjet")), STR("cloud_mismatch")));
}

// The vendors' own inventories: what reads, and what must not be served.
static void words_hold_on_the_inventories(void **state) {
  (void)state;
  static const struct {
    const char *connector, *readers, *others;
  } rows[] = {
      {"cloudflare-bindings",
       "kv_namespaces_list kv_namespace_get workers_list workers_get_worker workers_get_worker_code "
       "r2_buckets_list "
       "r2_bucket_get d1_databases_list d1_database_get hyperdrive_configs_list hyperdrive_config_get "
       "search_cloudflare_documentation migrate_pages_to_workers_guide accounts_list",
       "kv_namespace_create kv_namespace_delete kv_namespace_update r2_bucket_create r2_bucket_delete "
       "d1_database_create d1_database_delete d1_database_query hyperdrive_config_create "
       "hyperdrive_config_delete "
       "hyperdrive_config_edit set_active_account"},
      {"cloudflare-observability",
       "query_worker_observability observability_keys observability_values workers_list workers_get_worker "
       "workers_get_worker_code search_cloudflare_documentation",
       "set_active_account"},
      {"cloudflare-dns-analytics",
       "dns_report show_account_dns_settings show_zone_dns_settings zones_list zone_details",
       "set_active_account"},
      {"cloudflare-auditlogs", "auditlogs_by_account_id accounts_list", "set_active_account"},
      {"cloudflare-graphql",
       "graphql_schema_search graphql_schema_overview graphql_type_details graphql_complete_schema "
       "graphql_query "
       "graphql_api_explorer zones_list zone_details",
       "set_active_account"},
      {"cloudflare-docs", "search_cloudflare_documentation migrate_pages_to_workers_guide", NULL},
      {"cloudflare-radar", "get_http_data get_l7_attack_data get_outages list_autonomous_systems",
       "create_url_scan"},
      {"cloudinary-assets",
       "list-images list-videos list-files search-assets visual-search-assets get-asset-details list-tags "
       "search-folders get-usage-details download-asset-backup get-generation-task get-tx-reference",
       "upload-asset asset-rename asset-update delete-asset delete-derived-assets create-asset-relations "
       "delete-asset-relations create-folder delete-folder move-folder manage-asset-tags "
       "manage-asset-context "
       "manage-asset-metadata generate-archive generate-image generate-image-from-images transform-asset "
       "execute_tool"},
      {"arcjet",
       "list-teams list-sites list-requests get-request-details explain-decision get-site-quota "
       "analyze-traffic "
       "get-anomalies investigate-ip get-dry-run-impact get-security-briefing list-rules",
       "create-site get-site-key create-rule update-rule delete-rule promote-rule"},
      {"huggingface",
       "model_search dataset_search paper_search space_search hub_repo_details hf_doc_search hf_doc_fetch",
       "duplicate_space hf_jobs use_space gr1_flux_schnell"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const struct connector *c = connector_find(ours, str_of(rows[i].connector));
    assert_non_null(c);
    for (struct str rest = str_of(rows[i].readers), tool; str_cut(&rest, ' ', &tool);) {
      const struct connector_word *word = connector_word_find(c, tool);
      if (!word || word->trust != CONNECTOR_ALLOW)
        fail_msg("%s: %.*s is not served", rows[i].connector, STR_ARG(tool));
    }
    for (struct str rest = str_of(rows[i].others), tool; str_cut(&rest, ' ', &tool);) {
      const struct connector_word *word = connector_word_find(c, tool);
      if (!word || word->trust == CONNECTOR_ALLOW)
        fail_msg("%s: %.*s is served", rows[i].connector, STR_ARG(tool));
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(everything_is_read),
      cmocka_unit_test(the_alias_comes_from_the_name),
      cmocka_unit_test(people_may_name_one_by_its_alias),
      cmocka_unit_test(slips_name_line_and_key),
      cmocka_unit_test(a_rest_api_has_no_ways_of_mcp),
      cmocka_unit_test(each_says_all_that_people_need),
      cmocka_unit_test(every_check_has_a_remedy),
      cmocka_unit_test(words_hold_on_the_inventories),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
