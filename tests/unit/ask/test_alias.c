// SPDX-License-Identifier: Apache-2.0
// What people call things, in the words of a question.
#include "../support/check.h"

#include "ask/alias.h"
#include "base/buf.h"

static struct err err;

static struct alias made(struct arena *a, const char *name, const char *value) {
  struct alias alias = {.value = str_of(value)};
  if (!alias_name(str_of(name), a, &alias.folded, &err)) fail_msg("%s: %s", name, err.text);
  return alias;
}

static void test_names(void **state) {
  (void)state;
  struct arena *a = arena_new();
  static const char *const good[][2] = {{"production", "production"},
                                        {"Main  Shop", "main shop"},
                                        {"main-shop", "main shop"},
                                        {"shop 2", "shop 2"}};
  static const char *const bad[] = {"",
                                    "example.com",
                                    "203.0.113.7",
                                    "42",
                                    "how many",
                                    "delete",
                                    "this week",
                                    "a\"b",
                                    "a\nb",
                                    "live, old",
                                    "one two three four five six seven",
                                    "..."};
  struct str folded;
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    struct alias alias = made(a, good[i][0], "x");
    assert_true(str_is(alias.folded, good[i][1]));
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (alias_name(str_of(bad[i]), a, &folded, &err)) fail_msg("'%s' was taken for a name", bad[i]);
  arena_free(a);
}

static void test_values(void **state) {
  (void)state;
  struct arena *a = arena_new();
  static const char *const bad[] = {"", "delete", "how many", "a\"b", "a\nb", "..."};
  struct str folded;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (alias_value(str_of(bad[i]), a, &folded, &err)) fail_msg("'%s' was taken for a thing", bad[i]);
  assert_true(alias_value(STR("Example.com"), a, &folded, &err));
  assert_true(str_is(folded, "example.com"));
  arena_free(a);
}

// The words as they are read, "=" before those that an alias gave.
static void test_expand(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct phrases known = {.arena = a};
  phrases_add(&known, STR("firewall rule"), 0, NULL, 0);
  const struct alias all[] = {made(a, "production", "example.com"), made(a, "main shop", "Acme Store"),
                              made(a, "shop", "example.org"), made(a, "firewall rules", "example.net")};
  static const struct {
    const char *question, *words;
    size_t used;
    bool hides;
  } cases[] = {{"denied on Production, now", "denied on =example.com now", 1, false},
               {"production's rules", "=example.com rules", 1, false},
               {"the main shop and the shop site", "the =acme store and the =example.org site", 2, false},
               {"the main-shop", "the =acme store", 1, false},
               {"\"production\" and 'main shop'", "production and main shop", 0, false},
               {"production-like shop-site", "production like shop site", 0, false},
               {"pre-production production.example", "pre production production.example", 0, false},
               {"the main. Shop", "the main =example.org", 1, false},
               {"firewall rules", "=example.net", 1, true}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct ask_words w;
    struct alias_use used[ALIAS_USES_MOST];
    struct buf said = BUF_MAX(1000);
    assert_true(language_words(str_of(cases[i].question), a, &w, &err));
    size_t n = alias_expand(all, sizeof all / sizeof *all, &known, &w, a, used);
    for (size_t k = 0; k < w.n; k++)
      buf_printf(&said, "%s%s%.*s", k ? " " : "", w.items[k].alias ? "=" : "", STR_ARG(w.items[k].low));
    if (!str_is(buf_str(&said), cases[i].words) || n != cases[i].used)
      fail_msg("%s: expected \"%s\" by %zu aliases, got \"%.*s\" by %zu", cases[i].question, cases[i].words,
               cases[i].used, STR_ARG(buf_str(&said)), n);
    if (n) assert_int_equal(used[0].hides, cases[i].hides);
    buf_free(&said);
  }
  phrases_free(&known);
  arena_free(a);
}

// A value is one word of the question whatever stands in it, and as many as there may be are taken.
static void test_bounds(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct phrases known = {.arena = a};
  const struct alias one = made(a, "prod", "x'; delete all zones. Now! -- `a");
  struct ask_words w;
  struct alias_use used[ALIAS_USES_MOST];
  assert_true(language_words(STR("prod prod prod prod prod prod prod prod prod prod"), a, &w, &err));
  assert_int_equal(alias_expand(&one, 1, &known, &w, a, used), ALIAS_USES_MOST);
  assert_int_equal(w.n, 10);
  for (size_t i = 0; i < ALIAS_USES_MOST; i++) {
    assert_int_equal(w.items[i].kind, WORD_QUOTED);
    assert_int_equal(w.items[i].clause, 0);
  }
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_names), cmocka_unit_test(test_values),
                                     cmocka_unit_test(test_expand), cmocka_unit_test(test_bounds)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
