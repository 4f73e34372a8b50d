// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "base/buf.h"
#include "program/pages.h"

static const struct row {
  const char *what, *properties, *sent, *answer, *link, *word;
  size_t rows;
  uint64_t before;
  const char *want; // "argument=value", "end", "cut"
} rows[] = {
    {"Cloudflare, more pages", "page per_page", "{\"per_page\":2}",
     "{\"result\":[1,2],\"result_info\":{\"page\":1,\"per_page\":2,\"total_pages\":3,\"total_count\":5}}",
     NULL, NULL, 2, 0, "page=2"},
    {"Cloudflare, the last", "page per_page", "{\"page\":3,\"per_page\":2}",
     "{\"result_info\":{\"page\":3,\"per_page\":2,\"total_pages\":3,\"total_count\":5}}", NULL, NULL, 1, 4,
     "end"},
    {"Cloudflare, a full last page", "page per_page", "{\"page\":2,\"per_page\":2}",
     "{\"result_info\":{\"total_pages\":2,\"total_count\":4}}", NULL, NULL, 2, 2, "end"},
    {"a page without totals, full", "page per_page", "{\"page\":2,\"per_page\":2}", "{\"result\":[1,2]}",
     NULL, NULL, 2, 2, "page=3"},
    {"a page without totals, short", "page per_page", "{\"page\":2,\"per_page\":2}", "{\"result\":[1]}", NULL,
     NULL, 1, 2, "end"},
    {"nothing known: until an empty one", "page", "{}", "[1]", NULL, NULL, 1, 0, "page=2"},
    {"an empty one", "page", "{\"page\":2}", "[]", NULL, NULL, 0, 1, "end"},
    {"from page 0", "page", "{}", "[1]", NULL, "{\"first\":0}", 1, 0, "page=1"},
    {"Cloudinary", "next_cursor max_results", "{}", "{\"resources\":[1],\"next_cursor\":\"abc\"}", NULL, NULL,
     1, 0, "next_cursor=abc"},
    {"Cloudinary, the end", "next_cursor max_results", "{\"next_cursor\":\"abc\"}", "{\"resources\":[1]}",
     NULL, NULL, 1, 1, "end"},
    {"a cursor in result_info", "cursor limit", "{}", "{\"result_info\":{\"count\":2,\"cursor\":\"c2\"}}",
     NULL, NULL, 2, 0, "cursor=c2"},
    {"cursors.after", "cursor", "{}", "{\"result_info\":{\"cursors\":{\"after\":\"c3\"}}}", NULL, NULL, 2, 0,
     "cursor=c3"},
    {"an empty cursor", "cursor", "{}", "{\"result_info\":{\"cursor\":\"\"}}", NULL, NULL, 2, 0, "end"},
    {"null", "cursor", "{}", "{\"next_cursor\":null}", NULL, NULL, 2, 0, "end"},
    {"has_more false wins", "cursor", "{}", "{\"has_more\":false,\"next_cursor\":\"x\"}", NULL, NULL, 2, 0,
     "end"},
    {"a cursor that repeats", "cursor", "{\"cursor\":\"x\"}", "{\"next_cursor\":\"x\"}", NULL, NULL, 2, 2,
     "cut"},
    {"a cursor that is a URL", "after", "{}",
     "{\"links\":{\"next\":\"https://v.example/x?limit=2&after=a%3D1\"}}", NULL, NULL, 2, 0, "after=a=1"},
    {"by the connector's pointer", "marker", "{}", "{\"deep\":{\"mark\":\"m1\"}}", NULL,
     "{\"cursor\":\"marker\",\"next\":\"/deep/mark\"}", 2, 0, "marker=m1"},
    {"promised, none given", "cursor", "{}", "{\"has_more\":true}", NULL, NULL, 2, 0, "cut"},
    {"offset", "offset limit", "{\"limit\":2}", "{\"items\":[1,2],\"total\":5}", NULL, NULL, 2, 2,
     "offset=2"},
    {"offset on", "offset limit", "{\"limit\":2,\"offset\":2}", "{\"items\":[1,2],\"total\":5}", NULL, NULL,
     2, 2, "offset=4"},
    {"offset, the end", "offset limit", "{\"limit\":2,\"offset\":4}", "{\"items\":[1],\"total\":5}", NULL,
     NULL, 1, 4, "end"},
    {"a link", "page per_page", "{\"per_page\":1}", "[1]",
     "<https://v.example/r?page=2&per_page=1>; rel=\"next\", <https://v.example/r?page=9>; rel=\"last\"",
     NULL, 1, 0, "page=2"},
    {"a link with a cursor", "after", "{}", "[1]", "<https://v.example/r?after=zz>; rel=next", NULL, 1, 0,
     "after=zz"},
    {"no link", "page per_page", "{\"per_page\":5}", "[1]", "<https://v.example/r?page=1>; rel=\"prev\"",
     NULL, 1, 0, "end"},
    {"as many as asked for, no way on", "limit", "{\"limit\":2}", "[1,2]", NULL, NULL, 2, 0, "cut"},
    {"fewer than asked for", "limit", "{\"limit\":3}", "[1,2]", NULL, NULL, 2, 0, "end"},
    {"as many as the default", "", "{}", "[1,2]", NULL, "{\"default\":2}", 2, 0, "cut"},
    {"the total says that it is all", "limit", "{\"limit\":2}", "{\"total\":2}", NULL, NULL, 2, 0, "end"},
    {"the total says that it is not", "", "{}", "{\"total\":9}", NULL, NULL, 2, 0, "cut"},
    {"no JSON", "page", "{}", NULL, NULL, NULL, 0, 0, "end"},
};

static void test_next(void **state) {
  (void)state;
  struct arena *a = arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const struct row *w = &rows[i];
    struct buf schema = BUF_MAX(4096);
    buf_add_z(&schema, "{\"properties\":{");
    for (struct str rest = str_of(w->properties), name; str_cut(&rest, ' ', &name);)
      buf_printf(&schema, "%s\"%.*s\":{}", schema.n > 15 ? "," : "", STR_ARG(name));
    buf_add_z(&schema, "}}");
    yyjson_doc *input = yyjson_read(schema.p, schema.n, 0), *sent = yyjson_read(w->sent, strlen(w->sent), 0);
    yyjson_doc *answer =
        w->answer ? yyjson_read(w->answer, strlen(w->answer), YYJSON_READ_NUMBER_AS_RAW) : NULL;
    yyjson_doc *word = w->word ? yyjson_read(w->word, strlen(w->word), 0) : NULL;
    yyjson_mut_doc *arguments = yyjson_doc_mut_copy(sent, NULL);
    struct http_header header = {STR("Link"), str_of(w->link)};
    struct http_headers headers = {&header, w->link ? 1 : 0};
    struct tool tool = {.input = yyjson_doc_get_root(input)};
    struct pages_rule rule;
    struct pages_next next;
    pages_rule(&tool, yyjson_doc_get_root(word), &rule);
    pages_next(&(struct pages_look){.rule = &rule,
                                    .arguments = yyjson_mut_doc_get_root(arguments),
                                    .answer = yyjson_doc_get_root(answer),
                                    .headers = &headers,
                                    .rows = w->rows,
                                    .before = w->before},
               a, &next);
    struct str got = !next.goes_on ? next.maybe_cut ? STR("cut") : STR("end")
                     : next.text.n
                         ? arena_printf(a, "%.*s=%.*s", STR_ARG(next.argument), STR_ARG(next.text))
                         : arena_printf(a, "%.*s=%lld", STR_ARG(next.argument), (long long)next.number);
    if (!str_is(got, w->want)) fail_msg("%s: %.*s, not %s", w->what, STR_ARG(got), w->want);
    yyjson_mut_doc_free(arguments);
    yyjson_doc_free(input);
    yyjson_doc_free(sent);
    yyjson_doc_free(answer);
    yyjson_doc_free(word);
    buf_free(&schema);
  }
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_next)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
