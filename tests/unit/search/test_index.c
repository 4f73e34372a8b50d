// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include <pthread.h>

#include "base/arena.h"
#include "search/index.h"

struct doc {
  const char *name, *synonyms, *tags, *description, *parameters;
};
static const struct doc docs[] = {
    {"list_all_zones", "domain site", "zones", "List all zones of the account.", "status page"},
    {"get_single_zone_by_id", "domain site", "zones", "Get one zone.", "zone_id"},
    {"list_all_dns_records", "", "dns", "List the DNS records of a zone.", "zone_id type name"},
    {"delete_a_dns_record_by_id", "", "dns", "Delete a DNS record.", "zone_id dns_record_id"},
    {"list_all_rulesets", "", "waf", "List the rule sets of a zone.", "zone_id"},
    {"purge_cache", "", "cache", "Purge files from the cache.", "zone_id files tags"},
};
enum { DOCS = sizeof docs / sizeof *docs };

static struct index *made(void) {
  struct index *x = index_new();
  for (size_t i = 0; i < DOCS; i++)
    assert_true(index_add(x, (struct str[INDEX_FIELDS]){[INDEX_NAME] = str_of(docs[i].name),
                                                        [INDEX_SYNONYMS] = str_of(docs[i].synonyms),
                                                        [INDEX_TAGS] = str_of(docs[i].tags),
                                                        [INDEX_DESCRIPTION] = str_of(docs[i].description),
                                                        [INDEX_PARAMETERS] = str_of(docs[i].parameters)}));
  index_finish(x);
  assert_int_equal(index_count(x), DOCS);
  return x;
}

static void first_is(const struct index *x, const char *query, const char *name) {
  struct index_hit hits[DOCS];
  size_t n = index_search(&(struct index_part){x, NULL}, 1, str_of(query), hits, DOCS);
  const char *is = n ? docs[hits[0].document].name : "nothing";
  if (strcmp(is, name)) fail_msg("\"%s\" found %s first, not %s", query, is, name);
}

static void finds_what_is_meant(void **state) {
  (void)state;
  struct index *x = made();
  first_is(x, "list the zones", "list_all_zones");
  first_is(x, "a single zone", "get_single_zone_by_id");
  first_is(x, "which domains are there, list them", "list_all_zones");
  first_is(x, "listDnsRecords", "list_all_dns_records");
  first_is(x, "deleting DNS records", "delete_a_dns_record_by_id");
  first_is(x, "rule sets", "list_all_rulesets");
  first_is(x, "clear cached files", "purge_cache");
  first_is(x, "the 3 zones zone_id purge.example.com 203.0.113.7 a@purge.example",
           "get_single_zone_by_id");         // values are no words
  first_is(x, "purge.cache", "purge_cache"); // but for a query of nothing else
  index_free(x);
}

static void nothing_is_nothing(void **state) {
  (void)state;
  struct index *x = made(), *empty = index_new();
  struct index_hit hits[DOCS];
  struct index_part parts[] = {{x, NULL}};
  static const char *const none[] = {"", "of the", "kubernetes", "\xff\xff"};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++)
    assert_int_equal(index_search(parts, 1, str_of(none[i]), hits, DOCS), 0);
  assert_int_equal(index_search(parts, 1, STR("zones"), hits, 0), 0);
  assert_int_equal(index_search(parts, 0, STR("zones"), hits, DOCS), 0);
  index_finish(empty);
  assert_int_equal(index_search(&(struct index_part){empty, NULL}, 1, STR("zones"), hits, DOCS), 0);
  index_free(empty);
  index_free(x);
}

static void tells_where_words_were_found(void **state) {
  (void)state;
  struct index *x = made();
  struct index_hit hit;
  assert_int_equal(index_search(&(struct index_part){x, NULL}, 1, STR("purge tags"), &hit, 1), 1);
  assert_int_equal(hit.fields, 1u << INDEX_NAME | 1u << INDEX_DESCRIPTION | 1u << INDEX_PARAMETERS);
  index_free(x);
}

static void equals_keep_their_order(void **state) {
  (void)state;
  struct index *x = index_new();
  for (size_t i = 0; i < 50; i++)
    assert_true(
        index_add(x, (struct str[INDEX_FIELDS]){[INDEX_NAME] = i == 40 ? STR("zone") : STR("zone rule")}));
  index_finish(x);
  struct index_hit hits[10];
  assert_int_equal(index_search((struct index_part[]){{x, NULL}, {x, NULL}}, 2, STR("zone"), hits, 10), 10);
  for (size_t i = 2; i < 10; i++)
    if (hits[i].part || hits[i].document != i - 2)
      fail_msg("place %zu has document %zu of part %zu", i, hits[i].document, hits[i].part);
  assert_int_equal(hits[0].document, 40);
  assert_int_equal(hits[1].document, 40);
  index_free(x);
}

// Order and score of what is shown are to the bit those of an index without what is not.
static void what_is_hidden_changes_nothing(void **state) {
  (void)state;
  struct index *all = made(), *some = index_new();
  uint64_t shown[INDEX_BITS(DOCS)] = {0};
  for (size_t i = 0; i < DOCS; i += 2) {
    index_show(shown, i);
    assert_true(index_add(some, (struct str[INDEX_FIELDS]){[INDEX_NAME] = str_of(docs[i].name),
                                                           [INDEX_SYNONYMS] = str_of(docs[i].synonyms),
                                                           [INDEX_TAGS] = str_of(docs[i].tags),
                                                           [INDEX_DESCRIPTION] = str_of(docs[i].description),
                                                           [INDEX_PARAMETERS] = str_of(docs[i].parameters)}));
  }
  index_finish(some);
  static const char *const queries[] = {"zone", "list dns records", "get single purge cache", "domain"};
  for (size_t q = 0; q < sizeof queries / sizeof *queries; q++) {
    struct index_hit a[DOCS], b[DOCS];
    size_t n = index_search(&(struct index_part){all, shown}, 1, str_of(queries[q]), a, DOCS);
    assert_int_equal(n, index_search(&(struct index_part){some, NULL}, 1, str_of(queries[q]), b, DOCS));
    for (size_t i = 0; i < n; i++) {
      assert_int_equal(a[i].document, 2 * b[i].document);
      assert_memory_equal(&a[i].score, &b[i].score, sizeof a[i].score);
    }
  }
  index_free(some);
  index_free(all);
}

static void more_is_left_off(void **state) {
  (void)state;
  struct index *x = index_new();
  struct arena *a = arena_new();
  struct str text = STR_NONE;
  for (size_t i = 0; i < INDEX_FIELD_TERMS_MOST; i++) text = arena_printf(a, "%.*s w%zu", STR_ARG(text), i);
  text = arena_printf(a, "%.*s zone", STR_ARG(text));
  assert_true(index_add(x, (struct str[INDEX_FIELDS]){[INDEX_DESCRIPTION] = text}));
  index_finish(x);
  struct index_hit hit;
  assert_int_equal(index_search(&(struct index_part){x, NULL}, 1, STR("zone"), &hit, 1), 0);
  assert_int_equal(index_search(&(struct index_part){x, NULL}, 1, text, &hit, 1), 1);
  arena_free(a);
  index_free(x);
}

static void *search_often(void *arg) {
  for (size_t i = 0; i < 200; i++) first_is(arg, "list the dns records", "list_all_dns_records");
  return NULL;
}

static void many_threads_read(void **state) {
  (void)state;
  struct index *x = made();
  pthread_t threads[4];
  for (size_t i = 0; i < 4; i++) assert_int_equal(pthread_create(&threads[i], NULL, search_often, x), 0);
  for (size_t i = 0; i < 4; i++) pthread_join(threads[i], NULL);
  index_free(x);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(finds_what_is_meant),
      cmocka_unit_test(nothing_is_nothing),
      cmocka_unit_test(tells_where_words_were_found),
      cmocka_unit_test(equals_keep_their_order),
      cmocka_unit_test(what_is_hidden_changes_nothing),
      cmocka_unit_test(more_is_left_off),
      cmocka_unit_test(many_threads_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
