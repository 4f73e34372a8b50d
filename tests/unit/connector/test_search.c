// SPDX-License-Identifier: Apache-2.0
#include "../support/temp.h"

#include "connector/search.h"

static struct connector_set *set;
static struct arena *arena;

static int setup(void **state) {
  (void)state;
  struct err err = {0};
  arena = arena_new();
  if (connector_set_load(CONNECTORS, &set, &err)) return 0;
  print_error("%s: %s\n", err.field, err.text);
  return -1;
}

static int teardown(void **state) {
  (void)state;
  connector_set_free(set);
  arena_free(arena);
  return 0;
}

static struct connector_found find(const char *query) {
  struct connector_found found;
  connector_search(set, str_of(query), arena, &found);
  return found;
}

static size_t place_of(const struct connector_found *found, struct str name) {
  for (size_t i = 0; i < found->count; i++)
    if (str_eq(found->items[i]->name, name)) return i;
  return SIZE_MAX;
}

static void without_words_all_come_by_name(void **state) {
  (void)state;
  static const char *const none[] = {"", "   "};
  for (size_t q = 0; q < 2; q++) {
    struct connector_found found = find(none[q]);
    size_t at = 0;
    for (size_t i = 0; i < found.count; i++) assert_ptr_equal(found.items[i], connector_next(set, &at));
    assert_null(connector_next(set, &at));
  }
}

static void the_best_come_first(void **state) {
  (void)state;
  static const struct {
    const char *query, *first;
  } rows[] = {
      {"cloudflare", "cloudflare"}, // the whole name before those that begin with it
      {"DNS Analytics", "cloudflare-dns-analytics"},
      {"dns", "cloudflare-dns-analytics"},
      {"arc", "arcjet"},
      {"jira", "atlassian"},
      {"media", "cloudinary-analysis"}, // the tag, by name
      {"payments", "paypal"},
      {"hugging", "huggingface"},
      {"GITHUB", "github"},
      {"slow queries", "neon"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct connector_found found = find(rows[i].query);
    if (!found.count || !str_is(found.items[0]->name, rows[i].first))
      fail_msg("%s: %.*s", rows[i].query, STR_ARG(found.count ? found.items[0]->name : STR("nothing")));
    assert_int_equal(found.suggestion.n, 0);
  }
  // A tag counts more than a mention in the text: DeepWiki is about GitHub, and others only speak of it.
  struct connector_found found = find("docs");
  assert_true(place_of(&found, STR("cloudflare-docs")) < place_of(&found, STR("deepwiki")));
}

static void all_words_must_match(void **state) {
  (void)state;
  struct connector_found all = find("cloudflare"), some = find("cloudflare audit");
  assert_true(some.count >= 1 && some.count < all.count);
  for (size_t i = 0; i < some.count; i++) assert_true(place_of(&all, some.items[i]->name) < all.count);
  assert_int_equal(find("cloudflare zzzz").count, 0);
  assert_int_equal(find("stripe jira").count, 0);
  assert_int_equal(find("stripe jira").suggestion.n, 0); // both known, never together
}

static void a_typo_gets_a_suggestion(void **state) {
  (void)state;
  static const struct {
    const char *query, *meant;
  } rows[] = {
      {"clodinary", "cloudinary"}, {"Githb", "github"}, {"cloudflare analitycs", "cloudflare analytics"},
      {"arcjett", "arcjet"},       {"qqqqqqqq", ""},    {"x", ""},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct connector_found found = find(rows[i].query);
    if (found.count && *rows[i].meant) fail_msg("%s was found", rows[i].query);
    if (!found.count && !str_is(found.suggestion, rows[i].meant))
      fail_msg("%s: %.*s", rows[i].query, STR_ARG(found.suggestion));
  }
  assert_true(find("cloudinary").count >= 4);
}

static void a_long_query_is_cut(void **state) {
  (void)state;
  char query[4096];
  for (size_t i = 0; i < sizeof query - 1; i++) query[i] = i % 2 ? ' ' : 'c';
  query[sizeof query - 1] = 0;
  assert_true(find(query).count > 0);
  memset(query, 'z', sizeof query - 1);
  struct connector_found found = find(query);
  assert_int_equal(found.count, 0);
  assert_int_equal(found.suggestion.n, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(without_words_all_come_by_name),
      cmocka_unit_test(the_best_come_first),
      cmocka_unit_test(all_words_must_match),
      cmocka_unit_test(a_typo_gets_a_suggestion),
      cmocka_unit_test(a_long_query_is_cut),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
