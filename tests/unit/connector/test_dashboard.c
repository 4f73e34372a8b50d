// SPDX-License-Identifier: Apache-2.0
// What a connector offers to look at: read, filled with accounts, and slips told.
#include "../support/check.h"

#include "connector/dashboard.h"
#include "data/json.h"
#include "set_fixture.h"

static const char head[] = "name: shop\n"
                           "label: Shop\n"
                           "kind: mcp\n"
                           "auth: [{id: oauth, oauth: {}}]\n"
                           "dashboard:\n";
static const char whole[] =
    "  title: The shop\n"                                                              // 6
    "  tiles:\n"                                                                       // 7
    "    - title: Orders\n"                                                            // 8
    "      size: full\n"                                                               // 9
    "      result: by_day\n"                                                           // 10
    "      program:\n"                                                                 // 11
    "        version: 1\n"                                                             // 12
    "        steps: [{id: orders, tool: list-orders}, {id: more, tool: list-more}]\n"  // 13
    "        results: {all: {query: SELECT 1 AS n}, by_day: {query: SELECT 2 AS n}}\n" // 14
    "    - title: All\n"                                                               // 15
    "      program: {version: 1, steps: [{id: orders, tool: a}], results: {all: {query: SELECT 1 AS n}}}\n";

static bool add(struct connector_set *set, const char *dashboard, struct err *err) {
  char text[4096];
  snprintf(text, sizeof text, "%s%s", head, dashboard);
  return connector_set_add(set, str_of(text), err);
}

static void everything_is_read(void **state) {
  (void)state;
  struct connector_set *set = empty();
  struct err err = {0};
  if (!add(set, whole, &err)) fail_msg("%s %s", err.field, err.text);
  const struct connector_dashboard *d = connector_find(set, STR("shop"))->dashboard;
  assert_int_equal(d->count, 2);
  check_text(d->title, "The shop");
  check_text(d->tiles[0].title, "Orders");
  check_text(d->tiles[0].result, "by_day");
  assert_string_equal(dashboard_size_name(d->tiles[0].size), "full");
  check_text(d->tiles[1].result, "all"); // the first, where none is named
  assert_int_equal(d->tiles[1].size, DASHBOARD_HALF);
  connector_set_free(set);
}

static void accounts_are_filled_in(void **state) {
  (void)state;
  static const struct str accounts[] = {{"one", 3}, {"two", 3}};
  static const char *const wanted[] = {"\"account\":\"one\"", "\"account\":[\"one\",\"two\"]"};
  struct connector_set *set = empty();
  struct err err = {0};
  assert_true(add(set, whole, &err));
  const struct connector_dashboard *d = connector_find(set, STR("shop"))->dashboard;
  for (size_t n = 1; n <= 2; n++) {
    yyjson_mut_doc *doc = connector_tile_program(&d->tiles[0], accounts, n);
    char *text = yyjson_mut_write(doc, 0, NULL);
    const char *first = strstr(text, wanted[n - 1]);
    assert_non_null(first);
    assert_non_null(strstr(first + 1, wanted[n - 1])); // in each step
    free(text);
    yyjson_mut_doc_free(doc);
  }
  assert_null(yyjson_obj_get(yyjson_arr_get_first(yyjson_obj_get(d->tiles[0].program, "steps")), "account"));
  connector_set_free(set);
}

static void slips_name_line_and_key(void **state) {
  (void)state;
  static const struct {
    const char *was, *is, *says;
    int line;
  } slips[] = {
      {"  title: The shop\n", "", "'title' is missing", 6},
      {"tiles:\n", "tile:\n", "a dashboard has no key 'tile'", 7},
      {"title: Orders", "name: Orders", "a tile has no key 'name'", 8},
      {"size: full", "size: huge", "'huge', not one of quarter, half, full", 9},
      {"result: by_day", "result: by_week", "no result 'by_week'", 10},
      {"{id: more, tool: list-more}", "{id: more, account: x, tool: m}", "names no account", 13},
      {"{id: more, tool: list-more}", "more", "names no account", 13},
      {"results: {all: {query: SELECT 1 AS n}, by_day: {query: SELECT 2 AS n}}", "results: {}",
       "no 'steps' or no 'results'", 8},
  };
  for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
    struct connector_set *set = empty();
    struct err err = {0};
    char text[4096], at[64];
    const char *found = strstr(whole, slips[i].was);
    assert_non_null(found);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(found - whole), whole, slips[i].is,
             found + strlen(slips[i].was));
    assert_false(add(set, text, &err));
    check_has(err.text, slips[i].says);
    snprintf(at, sizeof at, "connector:%d", slips[i].line);
    assert_string_equal(err.field, at);
    connector_set_free(set);
  }
}

static void those_that_ship_are_read(void **state) {
  (void)state;
  struct connector_set *set = NULL;
  struct err err = {0};
  if (!connector_set_load(CONNECTORS, &set, &err)) fail_msg("%s: %s", err.field, err.text);
  size_t at = 0, with = 0;
  for (const struct connector *c; (c = connector_next(set, &at));) {
    with += c->dashboard != NULL;
    if (c->dashboard && !c->ask) fail_msg("%s has a dashboard, and nothing can be asked of it", c->name.p);
  }
  assert_true(with >= 5);
  connector_set_free(set);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(everything_is_read),
      cmocka_unit_test(accounts_are_filled_in),
      cmocka_unit_test(slips_name_line_and_key),
      cmocka_unit_test(those_that_ship_are_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
