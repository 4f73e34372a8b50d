// SPDX-License-Identifier: Apache-2.0
#include "fixture.h"

#include "tool/finding.h"

static const char tools[] =
    "{'name':'list_all_zones','title':'List zones','description':'All "
    "zones.','class':'list','tags':['zones'],"
    "'operation':'GET "
    "/zones','method':'GET','path':'/zones','input':{'type':'object','properties':{'status':{"
    "'description':'Only those that are pending or moved'}}}},"
    "{'name':'list_all_dns_records','description':'Records.','class':'list','tags':['dns'],"
    "'operation':'GET /zones/{zone_id}/dns_records','method':'GET','path':'/zones/{zone_id}/dns_records',"
    "'input':{'type':'object','properties':{'zone_id':{'type':'string'}}}},"
    "{'name':'purge_cache','description':'Empties the cache.','class':'custom','tags':['cdn'],"
    "'operation':'POST /purge','method':'POST','path':'/purge','input':{'type':'object'}}";

static const char connector[] =
    "name: acme\nlabel: Acme\nkind: rest\nbase_url: https://api.example.com\n"
    "auth:\n  - {id: token, fields: [{name: token}], send: [{in: bearer, value: '{token}'}]}\n"
    "synonyms:\n"
    "  - {noun: zone, also: [domain]}\n"
    "  - {noun: DNS record, also: [nameserver]}\n"
    "  - {noun: zone record, also: [never]}\n"
    "  - {tag: cdn, also: [edge]}\n"
    "  - {tool: 'purge_*', also: [invalidate]}\n";

static struct arena *arena;
static struct toolset *set;
static struct connector_set *connectors;

static int setup(void **state) {
  (void)state;
  struct err err = {0};
  arena = arena_new();
  set = fixture_set(arena, tools);
  if (!connector_set_load(NULL, &connectors, &err) || !connector_set_add(connectors, str_of(connector), &err))
    fail_msg("%s %s", err.field, err.text);
  set->index = finding_index(set, connector_find(connectors, STR("acme")));
  return 0;
}

static int teardown(void **state) {
  (void)state;
  toolset_unref(set);
  connector_set_free(connectors);
  arena_free(arena);
  return 0;
}

static void each_word_of_a_tool_finds_it(void **state) {
  (void)state;
  static const struct {
    const char *query, *finds;
    enum index_field in;
  } rows[] = {
      {"list zones", "list_all_zones", INDEX_NAME},
      {"pending", "list_all_zones", INDEX_PARAMETERS},
      {"status", "list_all_zones", INDEX_PARAMETERS},
      {"dns", "list_all_dns_records", INDEX_TAGS},
      {"emptying", "purge_cache", INDEX_DESCRIPTION},
      {"acme purging", "purge_cache", INDEX_CONNECTOR},
      {"domains", "list_all_zones", INDEX_SYNONYMS},           // of a noun
      {"nameservers", "list_all_dns_records", INDEX_SYNONYMS}, // of one of two words
      {"edge", "purge_cache", INDEX_SYNONYMS},                 // of a tag
      {"invalidating", "purge_cache", INDEX_SYNONYMS},         // of a tool
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct index_hit hit;
    size_t n = index_search(&(struct index_part){set->index, NULL}, 1, str_of(rows[i].query), &hit, 1);
    if (!n) fail_msg("\"%s\" finds nothing", rows[i].query);
    fixture_is(set->tools[hit.document].name, rows[i].finds);
    if (!(hit.fields & 1u << rows[i].in)) fail_msg("\"%s\" was found in %x", rows[i].query, hit.fields);
  }
}

static void a_noun_needs_all_its_words(void **state) {
  (void)state;
  struct index_hit hit;
  assert_int_equal(index_search(&(struct index_part){set->index, NULL}, 1, STR("never"), &hit, 1), 0);
}

static void without_a_connector_there_are_no_synonyms(void **state) {
  (void)state;
  struct index *x = finding_index(set, NULL);
  struct index_hit hit;
  assert_int_equal(index_search(&(struct index_part){x, NULL}, 1, STR("domain"), &hit, 1), 0);
  assert_int_equal(index_search(&(struct index_part){x, NULL}, 1, STR("zone"), &hit, 1), 1);
  index_free(x);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_word_of_a_tool_finds_it),
      cmocka_unit_test(a_noun_needs_all_its_words),
      cmocka_unit_test(without_a_connector_there_are_no_synonyms),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
