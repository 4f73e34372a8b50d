// SPDX-License-Identifier: Apache-2.0
// What stands for a row is a parameter in all that leaves, and gets its value back in what is run.
#include "../support/check.h"

#include "ask/veil.h"

static yyjson_mut_doc *program(const char *text) {
  yyjson_doc *read = yyjson_read(text, strlen(text), 0);
  if (!read) fail_msg("no JSON: %s", text);
  yyjson_mut_doc *doc = yyjson_doc_mut_copy(read, NULL);
  yyjson_doc_free(read);
  return doc;
}

static void says(yyjson_mut_doc *doc, const char *expected) {
  char *text = yyjson_mut_write(doc, 0, NULL);
  if (strcmp(text, expected) != 0) fail_msg("expected %s\ngot      %s", expected, text);
  free(text);
}

static void a_word_is_a_name_of_a_parameter(void **state) {
  (void)state;
  struct veil v = {.arena = arena_new()};
  static const struct {
    const char *word, *value, *param;
  } cases[] = {
      {"production", "example.com", "production"},
      {"Main Site!", "shop.example.com", "main_site"},
      {"since", "a", "since_3"},
      {"7 eleven", "b", "eleven"},
      {"!!", "c", "name"},
      {"???", "d", "name_6"},
      {"production", "example.org", "production_7"},
      {"live", "EXAMPLE.com", "production"}, // one name for one row
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const struct veil_name *n = veil_add(&v, str_of(cases[i].word), str_of(cases[i].value));
    check_text(n->param, cases[i].param);
  }
  check_text(v.names[0].stand_in, "xveil1x.invalid");
  check_text(v.names[1].stand_in, "xveil2x.invalid.invalid");
  check_text(veil_add(&v, STR("boss"), STR("ann@example.com"))->stand_in, "xveil8x@veiled.invalid");
  while (v.count < VEIL_NAMES_MOST) veil_add(&v, STR("more"), arena_printf(v.arena, "row %zu", v.count));
  assert_null(veil_add(&v, STR("more"), STR("too many")));
  arena_free(v.arena);
}

static void a_draft_has_parameters(void **state) {
  (void)state;
  struct veil v = {.arena = arena_new()};
  veil_add(&v, STR("production"), STR("example.com")); // xveil1x.invalid
  veil_add(&v, STR("bob"), STR("Robert'; DROP"));      // xveil2x
  yyjson_mut_doc *doc =
      program("{\"version\":1,\"title\":\"rules on xveil1x.invalid\",\"steps\":[{\"id\":\"a\",\"tool\":\"t\","
              "\"for_each\":\"SELECT id FROM z WHERE lower(name) = 'xveil1x.invalid' AND x = 'it''s'\","
              "\"arguments\":{\"name\":\"xveil1x.invalid\",\"list\":[\"xveil2x\",3],\"q\":\"by:xveil2x's AND "
              "on:XVEIL1X.invalid\",\"n\":7}}],"
              "\"results\":{\"r\":{\"query\":\"SELECT 'pre-xveil2x-post', 'xveil2x' || 'plain' FROM a\"}}}");
  assert_true(veil_draw(&v, doc));
  says(doc, "{\"version\":1,\"title\":\"rules on production\",\"steps\":[{\"id\":\"a\",\"tool\":\"t\","
            "\"for_each\":\"SELECT id FROM z WHERE lower(name) = :production AND x = 'it''s'\","
            "\"arguments\":{\"name\":{\"$param\":\"production\"},\"list\":[{\"$param\":\"bob\"},3],"
            "\"q\":{\"$sql\":\"SELECT ('by:' || :bob || '''s AND on:' || :production)\"},\"n\":7}}],"
            "\"results\":{\"r\":{\"query\":\"SELECT ('pre-' || :bob || '-post'), :bob || 'plain' FROM a\"}},"
            "\"parameters\":{\"production\":{\"type\":\"text\"},\"bob\":{\"type\":\"text\"}}}");
  yyjson_mut_doc_free(doc);
  arena_free(v.arena);
}

static void a_value_may_stand_for_itself(void **state) {
  (void)state;
  struct veil v = {.arena = arena_new()};
  veil_add_plain(&v, STR("zone_id"), STR("023e105f"));
  veil_add_plain(&v, STR("zone"), STR("example.com"));
  yyjson_mut_doc *doc =
      program("{\"steps\":[{\"for_each\":\"SELECT '023e105f' AS zone_id, 'example.com' AS zone\"}]}");
  assert_true(veil_draw(&v, doc));
  says(doc, "{\"steps\":[{\"for_each\":\"SELECT :zone_id AS zone_id, :zone_2 AS zone\"}],"
            "\"parameters\":{\"zone_id\":{\"type\":\"text\"},\"zone_2\":{\"type\":\"text\"}}}");
  check_text(veil_hide(&v, STR("held to example.com")), "held to :zone_2");
  yyjson_mut_doc_free(doc);
  arena_free(v.arena);
}

static void what_would_show_through_is_no_draft(void **state) {
  (void)state;
  static const char *const cases[] = {
      "{\"results\":{\"r\":{\"query\":\"SELECT xveil1x.invalid FROM a\"}}}", // outside of quotes
      "{\"results\":{\"r\":{\"query\":\"SELECT 'example.com' FROM a\"}}}",   // the value itself
      "{\"steps\":[{\"id\":\"EXAMPLE.COM\"}]}",
      "{\"xveil1x.invalid\":1}", // as a name of a member
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct veil v = {.arena = arena_new()};
    veil_add(&v, STR("production"), STR("example.com"));
    yyjson_mut_doc *doc = program(cases[i]);
    if (veil_draw(&v, doc)) fail_msg("case %zu was drawn", i);
    yyjson_mut_doc_free(doc);
    arena_free(v.arena);
  }
}

static void what_is_run_has_the_values(void **state) {
  (void)state;
  struct veil v = {.arena = arena_new()};
  veil_add(&v, STR("production"), STR("example.com"));
  static const char *const cases[] = {
      "{\"a\":1,\"parameters\":{\"since\":\"now-7d\",\"production\":{\"type\":\"time\",\"default\":\"made "
      "up\"}}}",
      "{\"a\":1,\"parameters\":{\"since\":\"now-7d\"}}",
  };
  for (size_t i = 0; i < 2; i++) {
    yyjson_mut_doc *doc = program(cases[i]);
    veil_lift(&v, doc);
    says(doc, "{\"a\":1,\"parameters\":{\"since\":\"now-7d\",\"production\":{\"type\":\"text\",\"default\":"
              "\"example.com\"}}}");
    yyjson_mut_doc_free(doc);
  }
  yyjson_mut_doc *odd = program("{\"parameters\":[1]}"), *none = program("[1]");
  veil_lift(&v, odd);
  says(odd, "{\"parameters\":{\"production\":{\"type\":\"text\",\"default\":\"example.com\"}}}");
  veil_lift(&v, none);
  says(none, "[1]");
  yyjson_mut_doc_free(odd);
  yyjson_mut_doc_free(none);
  arena_free(v.arena);
}

static void texts_lose_what_looks_like_data(void **state) {
  (void)state;
  struct veil v = {.arena = arena_new()};
  veil_add(&v, STR("production"), STR("example.com"));
  struct str known = STR("{\"query\":\"SELECT plann, 'kept' FROM zones_2 WHERE id = 42\"}");
  static const struct {
    const char *text, *left;
  } cases[] = {
      {"the query: no such column: plann", "the query: no such column: plann"},
      {"the query: bad JSON path: 'storefront'", "the query: bad JSON path: '…'"},
      {"there is no time zone \"ann@example.org\"", "there is no time zone \"…\""},
      {"expected text, found 'kept'", "expected text, found 'kept'"},
      {"id 023e105f4ecef8ad9ca31a8372d0c353 is none", "id … is none"},
      {"address 203.0.113.7, port 8443", "address …, port …"},
      {"at 42 of zones_2", "at 42 of zones_2"},
      {"at 421 of zones_21", "at … of …"},
      {"ask EXAMPLE.com for it", "ask :production for it"},
      {"Zürich is a name", "… is a name"},
      {"it's a 'half", "it'…'half"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    check_text(veil_scrub(&v, str_of(cases[i].text), known), cases[i].left);
  check_text(veil_hide(&v, STR("xveil1x.invalid and example.COM, 42")), ":production and :production, 42");
  arena_free(v.arena);
}

static void columns_are_told_by_names_that_are_none_of_data(void **state) {
  (void)state;
  static const char *const told[] = {"name", "plan__name", "p95", "requests by day", "NAME__2"};
  static const char *const held[] = {"",       "example.com", "ann@example.com", "a1234", "by_zone__023e105f",
                                     "Zürich", "a-b"};
  for (size_t i = 0; i < sizeof told / sizeof *told; i++) assert_true(veil_tells_column(str_of(told[i])));
  for (size_t i = 0; i < sizeof held / sizeof *held; i++)
    if (veil_tells_column(str_of(held[i]))) fail_msg("%s was told", held[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_word_is_a_name_of_a_parameter),
                                     cmocka_unit_test(a_draft_has_parameters),
                                     cmocka_unit_test(a_value_may_stand_for_itself),
                                     cmocka_unit_test(what_would_show_through_is_no_draft),
                                     cmocka_unit_test(what_is_run_has_the_values),
                                     cmocka_unit_test(texts_lose_what_looks_like_data),
                                     cmocka_unit_test(columns_are_told_by_names_that_are_none_of_data)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
