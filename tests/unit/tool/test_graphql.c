// SPDX-License-Identifier: Apache-2.0
#include "fixture.h"

#include "tool/graphql.h"

static void queries_only_read(void **state) {
  (void)state;
  static const char *const reads[] = {
      "",
      "{ viewer { zones(filter: {zoneTag: \"a\"}) { x } } }",
      "query { a }",
      "query mutation { mutation }", // names are free
      ("\xef\xbb\xbf # mutation { a }\n,query Q($f: F = {a: [1, {b: 2}]}) @d(if: true) { mutation(x: 1) { y "
       "} "
       "}"),
      "{ a(text: \"} mutation { b }\") }",
      "{ a(text: \"\\\"} mutation { b }\") }",
      "{ a(text: \"\"\"} mutation { b \\\"\"\" } \" \"\"\") }",
      "query A { ...f } fragment f on mutation { a } query B { b }",
      "\"says what it does\" query { a }",
  };
  for (size_t i = 0; i < sizeof reads / sizeof *reads; i++)
    if (!graphql_only_reads(str_of(reads[i]))) fail_msg("taken for a change: %s", reads[i]);
}

static void all_else_may_change(void **state) {
  (void)state;
  static const char *const changes[] = {
      "mutation { a }",
      "  # x\r mutation M { a }",
      "\xef\xbb\xbf,mutation{a}",
      "subscription { a }",
      "query A { a } mutation B { b }",
      "{ a(t: \"\") } mutation { b }",
      "{ a(t: \"\"\"\"\"\") } mutation { b }",
      "{ a(t: \"\\\\\") } mutation { b }",
      "# }\n{ a #{\n } mutation { b }",
      "\"words\" mutation { b }",
      "query ($a: X = {}) { a } mutation { b }",
      "extend type Q { a: Int }",
      "Query { a }",
      "queryx { a }",
      "} mutation { a }",
      "{ a } }",
      "\xc2\xa0mutation { a }",
  };
  for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
    if (graphql_only_reads(str_of(changes[i]))) fail_msg("taken for a query: %s", changes[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(queries_only_read),
      cmocka_unit_test(all_else_may_change),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
