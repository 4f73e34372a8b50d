// SPDX-License-Identifier: Apache-2.0
#include "../tool/fixture.h"

#include "base/buf.h"
#include "call/graphql.h"

static void queries_only_read(void **state) {
  (void)state;
  static const char *const reads[] = {
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
      "\"\"\"a \\\"\"\" mutation { b }\"\"\" query($a:[[Int!]!]!=[[1]] "
      "@d,$b:B){a(x:$a,y:-1.5e3,z:null,w:E){...{b}...on "
      "C@d{c}...D@e(f:\"\\u006d\")}}fragment D on C{d}",
      "{a}\xef\xbb\xbf{b}",
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
      "",
      " # only words\n",
      "fragment f on Mutation { a }",
      "{ }",
      "{ query: \"mutation { a }\" }", // what a lenient reader of JSON would take for more
      "{ \"query\": \"{ a }\" }",
      "{ a(t: \"no end) }",
      "{ a(t: \"one\nline\") }",
      "{ a(t: \"\"\"no end) }",
      "{ a(t: \"\\x41\") }",
      "{ a ..b }",
      "{ a? }",
      "query { a } query",
      "query ($a) { a }",
      "{ a(b: [1, {c: 2]) }",
      "m\\u0075tation { a }",
      "fragment on on X { a } { b }",
  };
  for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
    if (graphql_only_reads(str_of(changes[i]))) fail_msg("taken for a query: %s", changes[i]);
}

// Selections, values and types within each other have a limit, and reading them a cost that is one of length.
static void depth_is_bounded(void **state) {
  (void)state;
  static const struct {
    const char *before, *open, *middle, *close, *after;
  } rows[] = {{"", "{a", "", "}", ""},
              {"{a(b:", "[", "1", "]", ")}"},
              {"{a(b:", "{c:", "1", "}", ")}"},
              {"query($a:", "[", "B", "]", "){a}"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (int deep = 0; deep < 2; deep++) {
      int n = deep ? 200000 : GRAPHQL_DEEP_MOST - 2;
      struct buf b = BUF_MAX(4 << 20);
      buf_add_z(&b, rows[i].before);
      for (int k = 0; k < n; k++) buf_add_z(&b, rows[i].open);
      buf_add_z(&b, rows[i].middle);
      for (int k = 0; k < n; k++) buf_add_z(&b, rows[i].close);
      buf_add_z(&b, rows[i].after);
      if (graphql_only_reads(buf_str(&b)) != !deep) fail_msg("row %zu, %d deep", i, n);
      assert_false(graphql_may_change(buf_str(&b)));
      buf_free(&b);
    }
}

// Of texts that need not be GraphQL.
static void words_are_no_documents(void **state) {
  (void)state;
  static const char *const words[] = {
      "",
      "mutation",
      "mutation of genes",
      "mutation of genes {BRCA1}",
      "mutation (BRCA1) in exon 5",
      "mutation: { a }",
      "mutation, subscription or query?",
      "Mutation { a }",
      "the mutation { a }",
      "subscription plans",
      "{ a(text: \"mutation { b }\") }",
      "query { a } fragment f on mutation { b }",
      "# mutation { a }",
      "\"mutation { a }",
  };
  static const char *const changes[] = {
      "mutation { a }",
      "mutation of { a }",
      "mutation{a",
      "\"\"\"why\"\"\" mutation M($a: Int = 1) @d(x: {y: 1}) { b }",
      ",\xef\xbb\xbf #x\r\nsubscription { a }",
      "query { a? b!(c) } mutation { d }", // newer grammar within braces
      "fragment f on X { \"}\" } mutation { d }",
      "{ a } { b } subscription S { c } garbage",
  };
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (graphql_may_change(str_of(words[i]))) fail_msg("taken for a change: %s", words[i]);
  for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
    if (!graphql_may_change(str_of(changes[i]))) fail_msg("not taken for a change: %s", changes[i]);
}

static void names_are_recognised(void **state) {
  (void)state;
  static const char *const named[] = {
      "/graphql", "/graphql/", "/graphql/v2",         "/api/GraphQL.json", "/v1/graph-ql", "/%67raph%51L/x",
      "/gql",     "/graphiql", "application/graphql", "acme_gql_run",      "gql",          "a gql2",
      "/x-GQL",   "%67ql",     "/graph_i_ql?x"};
  static const char *const other[] = {
      "",    "/",       "/graph",      "/graphs/ql",      "/search",  "/g/q/l", "%",
      "/%6", "/raphql", "/loki/logql", "The LogQL query", "/logQL/x", "gqlite", "%67qlx"};
  for (size_t i = 0; i < sizeof named / sizeof *named; i++)
    if (!graphql_is_named_in(str_of(named[i]))) fail_msg("not recognised: %s", named[i]);
  for (size_t i = 0; i < sizeof other / sizeof *other; i++)
    if (graphql_is_named_in(str_of(other[i]))) fail_msg("recognised: %s", other[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(queries_only_read),    cmocka_unit_test(all_else_may_change),
      cmocka_unit_test(depth_is_bounded),     cmocka_unit_test(words_are_no_documents),
      cmocka_unit_test(names_are_recognised),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
