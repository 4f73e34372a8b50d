// SPDX-License-Identifier: Apache-2.0
// Which numbers of a text are taken for those of a result, and which are not.
#include "../support/check.h"

#include "ask/figures.h"

static struct table_cell integer(int64_t v) {
  return (struct table_cell){.kind = TABLE_CELL_INTEGER, .integer = v};
}
static struct table_cell real(double v) {
  return (struct table_cell){.kind = TABLE_CELL_REAL, .real = v};
}
static struct table_cell text(const char *z) {
  return (struct table_cell){.kind = TABLE_CELL_TEXT, .text = str_of(z)};
}

// zone, requests, share (0 to 1), bytes, latency in ms, at, price as a decimal
enum { COLUMNS = 7, ROWS = 3 };
static struct table_column columns[COLUMNS] = {
    {.name = STR("zone"), .type = TABLE_TEXT},          {.name = STR("requests"), .type = TABLE_INTEGER},
    {.name = STR("share"), .type = TABLE_DECIMAL},      {.name = STR("bytes"), .type = TABLE_INTEGER},
    {.name = STR("latency_ms"), .type = TABLE_DECIMAL}, {.name = STR("at"), .type = TABLE_TIME},
    {.name = STR("price"), .type = TABLE_DECIMAL}};

static bool holds(const char *summary, struct str *odd, struct arena *a) {
  struct table_cell cells[ROWS * COLUMNS] = {text("example2.com"),
                                             integer(4113222),
                                             real(0.6137),
                                             integer(1234567890),
                                             real(1234.5),
                                             text("2026-11-28T14:05:00.000Z"),
                                             text("19.90"),
                                             text("10.0.0.7"),
                                             integer(1873),
                                             real(0.25),
                                             integer(0),
                                             real(87),
                                             text("2026-11-27T09:00:00.000Z"),
                                             text("1234567890123456.78"),
                                             text("calm"),
                                             integer(-42),
                                             real(0.1363),
                                             integer(700),
                                             real(3.14159),
                                             text("2026-11-26T00:00:00.000Z"),
                                             text("7")};
  static char source[] =
      "{\"share\":{\"kind\":\"ratio\"},\"bytes\":{\"unit\":\"bytes\"},\"latency_ms\":{\"unit\":\"ms\"}}";
  yyjson_doc *hints = yyjson_read(source, sizeof source - 1, 0);
  struct program_result asked = {.columns = yyjson_doc_get_root(hints)};
  struct outcome_result result = {
      .rows = {.column_count = COLUMNS, .row_count = ROWS, .columns = columns, .cells = cells},
      .asked = &asked};
  struct str texts[] = {
      STR("Which top-5 zones had over 2 million requests in the last 48 hours, HTTP 429 aside?"),
      STR("now-7d")};
  int64_t moments[] = {INT64_C(1795219200000)}; // 2026-11-21
  struct figures_ground g = {.results = &result,
                             .result_count = 1,
                             .texts = texts,
                             .text_count = 2,
                             .moments = moments,
                             .moment_count = 1};
  bool ok = figures_hold(str_of(summary), &g, a, odd);
  yyjson_doc_free(hints);
  return ok;
}

static void check(const char *const *cases, size_t count, bool expected) {
  for (size_t i = 0; i < count; i++) {
    struct arena *a = arena_new();
    struct str odd;
    bool held = holds(cases[i], &odd, a);
    if (held != expected)
      fail_msg("expected to be %s: %s (odd: %.*s)", expected ? "taken" : "refused", cases[i],
               held ? 0 : (int)odd.n, odd.p);
    arena_free(a);
  }
}

static const char *const there[] = {
    "",
    "No number at all.",
    "4113222 requests",
    "4,113,222 requests",
    "4.113.222 Anfragen",
    "4 113 222 requests",
    "4\xc2\xa0"
    "113\xc2\xa0"
    "222 requests",
    "4\xe2\x80\xaf"
    "113\xe2\x80\xaf"
    "222 requests",
    "4'113'222 requests",
    "4.1 million requests",
    "4.11M requests",
    "4.1m requests",
    "4,1 Millionen Anfragen",
    "4113k requests",
    "4113 thousand requests",
    "about 4.1 million (4,113,222), of which example2.com had most.",
    "1.9k requests",
    "1,873 requests",
    "61 %",
    "61.4%",
    "61,37 Prozent",
    "61 percent of all",
    "0.61 of all",
    "25 % and 13.6 %",
    "1.2 GB",
    "1.23 GB",
    "1.15 GiB",
    "1,234,567,890 bytes",
    "700 bytes",
    "1.2 s",
    "1,234.5 ms",
    "1234.5",
    "1235 ms",
    "3.14 or 3.14159",
    "87 ms",
    "-42",
    "\xe2\x88\x92"
    "42",
    "down by 42",
    "(42)",
    "**42**",
    "$19.90",
    "19.9",
    "1234567890123456.78",
    "10.0.0.7 is one of them",
    "10.0.0.7, example2.com.",
    "EXAMPLE2.COM",
    "the top 5",
    "2 million",
    "2,000,000",
    "the last 48 hours",
    "48h",
    "HTTP 429",
    "in 7 days",
    "3 zones",
    "three zones",
    "Three zones.",
    "the 3rd zone",
    "seven",
    "on 2026-11-28",
    "2026-11-28T14:05:00Z",
    "2026-11-28 14:05",
    "at 14:05",
    "14:05:00",
    "28 November",
    "Nov 28, 2026",
    "November 28th",
    "28.11.2026",
    "11/28/2026",
    "since 2026-11-21",
    "in 2026",
    "1. example2.com\n2. 10.0.0.7\n3. calm",
    "One of them, and none beside.",
    "between 87 and 1873",
    "87-1873",
    "87\xe2\x80\x93"
    "1873",
    "zones\xe2\x80\x94"
    "3 of them",
    "latency_ms of 87",
    "7/5",
};

static void what_is_there_is_taken(void **state) {
  (void)state;
  check(there, sizeof there / sizeof *there, true);
}

static const char *const not_there[] = {
    "4113223 requests",
    "4,113,223",
    "4.2 million",
    "4.12 million",
    "4 billion",
    "4.1k",
    "4.1",
    "1.8k requests",
    "12 zones",
    "twelve zones",
    "twenty-three zones",
    "two hundred zones",
    "a dozen zones",
    "zero requests were denied, 12 were not",
    "62 %",
    "61.3%",
    "42 %",
    "1873 %",
    "1.3 GB",
    "1.2 TB",
    "1.3 s",
    "1.2 h",
    "86 ms",
    "-43",
    "example3.com",
    "xexample2.com",
    "10.0.0.8",
    "0.0.0.7",
    "20.0.0",
    "19.91",
    "1234567890123457.78",
    "on 2026-11-29",
    "2026-11-28T14:06:00Z",
    "at 14:06",
    "25:99",
    "29 November",
    "28 December",
    "in 2025",
    "99",
    "99.",
    "(99)",
    "99zones",
    "x99",
    "4xx",
    "1e9",
    "0x2a",
    "5,100 or 5 100",
    "87-1874",
    "87\xe2\x80\x93"
    "1874",
    "zones\xe2\x80\x94"
    "12 of them",
    "\xd9\xa3 zones",
    "\xef\xbc\x93 zones",
    "m\xc2\xb2",
    "\xc2\xbd of all",
    "\xe2\x85\xa7",
    "\xe4\xb8\x89\xe4\xb8\xaa",
    "4. example2.com",
    "17) zones",
    "1. a\n4. b",
    "p99",
    "call 555 0100",
};

static void what_is_not_there_is_refused(void **state) {
  (void)state;
  check(not_there, sizeof not_there / sizeof *not_there, false);
}

static void the_odd_one_is_named(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct str odd;
  assert_false(holds("Of 4,113,222 requests 17.5% were denied.", &odd, a));
  check_text(odd, "17.5");
  char many[900] = "";
  for (int i = 0; i < FIGURES_MOST + 1; i++) strcat(many, "42 ");
  assert_false(holds(many, &odd, a));
  many[FIGURES_MOST * 3] = 0;
  assert_true(holds(many, &odd, a));
  arena_free(a);
}

static void a_result_that_was_cut_has_no_number_of_rows(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct table_column column = {.name = STR("zone"), .type = TABLE_TEXT};
  struct table_cell cells[] = {text("a"), text("b"), text("c"), text("d")};
  struct outcome_result result = {
      .rows = {.column_count = 1, .row_count = 4, .columns = &column, .cells = cells}};
  struct figures_ground g = {.results = &result, .result_count = 1};
  struct str odd;
  assert_true(figures_hold(STR("4 zones"), &g, a, &odd));
  result.rows.cut = true;
  assert_false(figures_hold(STR("4 zones"), &g, a, &odd));
  arena_free(a);
}

static void each_number_says_where_it_comes_from(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct table_column both[] = {{.name = STR("zone"), .type = TABLE_TEXT},
                                {.name = STR("n"), .type = TABLE_INTEGER}};
  struct table_cell cells[] = {text("a"), integer(4113222), text("b"), integer(17)};
  struct outcome_result results[] = {
      {.name = STR("main"), .rows = {.column_count = 2, .row_count = 2, .columns = both, .cells = cells}}};
  struct buf numbers = BUF_MAX(1000);
  struct str asked = STR("in the last 48 hours");
  struct figures_ground g = {
      .results = results, .result_count = 1, .texts = &asked, .text_count = 1, .numbers = &numbers};
  struct str odd;
  assert_true(figures_hold(STR("Both 2 zones: 4.1 million, 17 in 48 hours."), &g, a, &odd));
  check_text(buf_str(&numbers), "{\"start\":5,\"end\":6,\"result\":\"main\",\"rows\":[0,2]},"
                                "{\"start\":14,\"end\":25,\"result\":\"main\",\"row\":0,\"column\":1},"
                                "{\"start\":27,\"end\":29,\"result\":\"main\",\"row\":1,\"column\":1}");
  buf_free(&numbers);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_there_is_taken), cmocka_unit_test(what_is_not_there_is_refused),
      cmocka_unit_test(the_odd_one_is_named), cmocka_unit_test(a_result_that_was_cut_has_no_number_of_rows),
      cmocka_unit_test(each_number_says_where_it_comes_from)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
