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
    {"from page 0", "page", "{}", "[1]", NULL, "page=page first=0", 1, 0, "page=1"},
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
     "cursor=marker next=/deep/mark", 2, 0, "marker=m1"},
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
    {"as many as the default", "", "{}", "[1,2]", NULL, "size=limit initial=2", 2, 0, "cut"},
    {"the total says that it is all", "limit", "{\"limit\":2}", "{\"total\":2}", NULL, NULL, 2, 0, "end"},
    {"the total says that it is not", "", "{}", "{\"total\":9}", NULL, NULL, 2, 0, "cut"},
    {"a link behind one whose URL has a comma", "page", "{}", "[1]",
     "<https://v.example/r?ids=1,2&page=1>; rel=prev, <https://v.example/r?ids=1,2&page=3>; rel=\"next\"",
     NULL, 1, 0, "page=3"},
    {"one of several relations", "page per_page", "{\"per_page\":9}", "[1]",
     "</r?page=4>; title=\"a, b\"; REL=\"last next\"", NULL, 1, 0, "page=4"},
    {"a title is no relation", "page per_page", "{\"per_page\":9}", "[1]",
     "<https://v.example/r?page=4>; title=\"rel=next\"; rel=last", NULL, 1, 0, "end"},
    {"a link elsewhere is read for its parameters", "page per_page", "{\"per_page\":9}", "[1]",
     "<https://elsewhere.example/steal?page=2>; rel=next", NULL, 1, 0, "page=2"},
    {"a link that no argument follows", "cursor", "{}", "[1]", "<https://v.example/r/2>; rel=next", NULL, 1,
     0, "cut"},
    {"a total that lies: more than there is", "page per_page", "{\"page\":2,\"per_page\":2}", "{\"total\":9}",
     NULL, NULL, 0, 2, "cut"},
    {"a total that lies: less than came", "page per_page", "{\"page\":2,\"per_page\":2}", "{\"total\":3}",
     NULL, NULL, 2, 2, "page=3"},
    {"a page that shrinks, before the total", "page per_page", "{\"per_page\":5}",
     "{\"total_count\":9,\"total_pages\":1}", NULL, NULL, 2, 0, "page=2"},
    {"the vendor gives fewer than it was asked for", "page per_page", "{\"per_page\":1000}",
     "{\"result_info\":{\"per_page\":2}}", NULL, NULL, 2, 0, "page=2"},
    {"a full page of a tool with a cursor, and none came", "cursor limit", "{\"limit\":2}",
     "{\"rows\":[1,2]}", NULL, NULL, 2, 0, "cut"},
    {"the same, where one could stand", "cursor limit", "{\"limit\":2}", "{\"next_cursor\":null}", NULL, NULL,
     2, 0, "end"},
    {"the same, where the connector says where", "cursor limit", "{\"limit\":2}", "{\"rows\":[1,2]}", NULL,
     "cursor=cursor size=limit next=/next", 2, 0, "end"},
    {"a cursor beside a total that is reached", "cursor", "{}", "{\"total\":2,\"next_cursor\":\"x\"}", NULL,
     NULL, 2, 0, "cursor=x"},
    {"an argument within another", "params/page params/per_page", "{\"params\":{\"page\":2,\"per_page\":2}}",
     "{\"namespaces\":[1,2]}", NULL, "page=/params/page size=/params/per_page", 2, 2, "/params/page=3"},
    {"after the last row, while pages are full", "start_after per_page", "{\"per_page\":2}",
     "{\"buckets\":[{\"name\":\"a\"},{\"name\":\"b\"}]}", NULL,
     "cursor=start_after size=per_page next=/buckets/-/name", 2, 0, "start_after=b"},
    {"after the last row, the end", "start_after per_page", "{\"per_page\":3}",
     "{\"buckets\":[{\"name\":\"a\"},{\"name\":\"b\"}]}", NULL,
     "cursor=start_after size=per_page next=/buckets/-/name", 2, 0, "end"},
    {"a word of arguments that the tool does not take", "limit", "{}", "[1,2]", NULL,
     "page=page cursor=cursor size=limit initial=3", 2, 0, "end"},
    {"more, by the connector's pointer", "page", "{}", "{\"state\":{\"again\":true}}", NULL,
     "page=page more=/state/again", 2, 0, "page=2"},
    {"no more, by the connector's pointer", "page", "{}", "{\"state\":{\"again\":false}}", NULL,
     "page=page more=/state/again", 2, 0, "end"},
    {"the total, by the connector's pointer", "offset", "{}", "{\"x\":{\"all\":\"7\"}}", NULL,
     "offset=offset total=/x/all", 2, 0, "offset=2"},
    {"a cursor in an object of any name beside the list", "cursor limit", "{}",
     "{\"guests\":[1,2],\"page\":{\"size\":2,\"next\":\"abc\"}}", NULL, NULL, 2, 0, "cursor=abc"},
    {"the same, within another", "cursor", "{}",
     "{\"result\":{\"items\":[1],\"batch\":{\"nextToken\":\"t\"}}}", NULL, NULL, 1, 0, "cursor=t"},
    {"the same, at the end", "cursor limit", "{\"limit\":2}",
     "{\"guests\":[1,2],\"page\":{\"size\":2,\"next\":null}}", NULL, NULL, 2, 0, "end"},
    {"the total in one", "limit", "{}", "{\"items\":[1,2],\"found\":{\"total\":9}}", NULL, NULL, 2, 0, "cut"},
    {"not of one thing, which has no list", "cursor", "{}",
     "{\"id\":1,\"seats\":{\"total\":9,\"next\":\"b\"}}", NULL, NULL, 1, 0, "end"},
    {"not in a part that has parts of its own", "cursor", "{}",
     "{\"items\":[1],\"owner\":{\"next\":\"b\",\"address\":{\"city\":\"c\"}}}", NULL, NULL, 1, 0, "end"},
    {"what comes next as an object", "after limit", "{\"limit\":2}",
     "{\"results\":[1,2],\"paging\":{\"next\":{\"after\":\"a7\",\"link\":\"https://v.example/x?after=a7\"}}}",
     NULL, NULL, 2, 0, "after=a7"},
    {"the same, at the end", "after limit", "{\"limit\":2}", "{\"results\":[1,2],\"paging\":null}", NULL,
     NULL, 2, 0, "end"},
    {"the same, of an end that says nothing", "after limit", "{\"limit\":2,\"after\":\"a7\"}",
     "{\"results\":[1,2]}", NULL, NULL, 2, 2, "end"},
    {"a link of HAL", "cursor", "{}", "{\"items\":[1],\"_links\":{\"next\":{\"href\":\"/x?cursor=q2\"}}}",
     NULL, NULL, 1, 0, "cursor=q2"},
    {"what stands there is not understood", "cursor limit", "{\"limit\":2}",
     "{\"rows\":[1,2],\"next\":{\"state\":[1]}}", NULL, NULL, 2, 0, "cut"},
    {"the same, on a later page", "cursor limit", "{\"limit\":2,\"cursor\":\"a\"}",
     "{\"rows\":[1,2],\"next\":{\"state\":[1]}}", NULL, NULL, 2, 2, "cut"},
    {"a URL that says no cursor", "cursor limit", "{\"limit\":2}",
     "{\"rows\":[1,2],\"links\":{\"next\":\"https://v.example/rows/2\"}}", NULL, NULL, 2, 0, "cut"},
    {"an empty object", "cursor limit", "{\"limit\":2}", "{\"rows\":[1,2],\"paging\":{\"next\":{}}}", NULL,
     NULL, 2, 0, "end"},
    {"no JSON", "page", "{}", NULL, NULL, NULL, 0, 0, "end"},
};

// "cursor=marker next=/deep/mark" as the connector's word.
static const struct connector_paging *word_of(const char *text, struct connector_paging *out) {
  *out = (struct connector_paging){.first = -1};
  struct {
    const char *name;
    struct str *text;
    int64_t *number;
  } keys[] = {{"cursor", &out->cursor, NULL}, {"page", &out->page, NULL},   {"offset", &out->offset, NULL},
              {"size", &out->size, NULL},     {"next", &out->next, NULL},   {"more", &out->more, NULL},
              {"total", &out->total, NULL},   {"first", NULL, &out->first}, {"initial", NULL, &out->initial},
              {"most", NULL, &out->most}};
  for (struct str rest = str_of(text), pair; str_cut(&rest, ' ', &pair);) {
    struct str value = pair, name;
    bool known = false;
    str_cut(&value, '=', &name);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
      if (!str_is(name, keys[i].name)) continue;
      known = keys[i].text ? (*keys[i].text = value, true) : str_to_i64(value, keys[i].number);
    }
    if (!known) fail_msg("what is %s?", text);
  }
  return out;
}

static void test_next(void **state) {
  (void)state;
  struct arena *a = arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const struct row *w = &rows[i];
    struct buf schema = BUF_MAX(4096);
    buf_add_z(&schema, "{\"properties\":{");
    for (struct str rest = str_of(w->properties), name; str_cut(&rest, ' ', &name);) {
      struct str inner = name, outer;
      bool nested = str_contains(name, STR("/")) && str_cut(&inner, '/', &outer);
      buf_add_z(&schema, schema.n > 15 ? "," : "");
      if (nested)
        buf_printf(&schema, "\"%.*s\":{\"properties\":{\"page\":{},\"per_page\":{}}}", STR_ARG(outer));
      else
        buf_printf(&schema, "\"%.*s\":{}", STR_ARG(name));
    }
    buf_add_z(&schema, "}}");
    yyjson_doc *input = yyjson_read(schema.p, schema.n, 0), *sent = yyjson_read(w->sent, strlen(w->sent), 0);
    yyjson_doc *answer =
        w->answer ? yyjson_read(w->answer, strlen(w->answer), YYJSON_READ_NUMBER_AS_RAW) : NULL;
    struct connector_paging word;
    yyjson_mut_doc *arguments = yyjson_doc_mut_copy(sent, NULL);
    struct http_header header = {STR("Link"), str_of(w->link)};
    struct http_headers headers = {&header, w->link ? 1 : 0};
    struct tool tool = {.input = yyjson_doc_get_root(input)};
    struct pages_rule rule;
    struct pages_next next;
    pages_rule(&tool, w->word ? word_of(w->word, &word) : NULL, &rule);
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
    buf_free(&schema);
  }
  arena_free(a);
}

// What is asked for where the arguments say nothing of it, and what the next page is asked for with.
static void test_arguments(void **state) {
  (void)state;
  static const struct {
    const char *input, *word, *sent, *want;
  } cases[] = {
      {"{\"per_page\":{\"maximum\":50}}", "size=per_page most=1000", "{}", "{\"per_page\":50}"},
      {"{\"per_page\":{}}", "size=per_page most=1000", "{\"a\":1}", "{\"a\":1,\"per_page\":1000}"},
      {"{\"per_page\":{}}", "size=per_page most=1000", "{\"per_page\":5}", "{\"per_page\":5}"},
      {"{\"per_page\":{\"maximum\":50}}", "size=per_page", "{}", "{}"},
      {"{}", "size=per_page most=1000", "{}", "{}"},
      {"{\"per_page\":{\"maximum\":50}}", NULL, "{}", "{}"},
      {"{\"request\":{\"properties\":{\"n\":{}}}}", "size=/request/n most=9", "{\"request\":{\"q\":1}}",
       "{\"request\":{\"q\":1,\"n\":9}}"},
      {"{\"request\":{\"properties\":{\"n\":{}}}}", "size=/request/n most=9", "{}",
       "{\"request\":{\"n\":9}}"},
  };
  struct arena *a = arena_new();
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct str schema = arena_printf(a, "{\"properties\":%s}", cases[i].input);
    yyjson_doc *input = yyjson_read(schema.p, schema.n, 0),
               *sent = yyjson_read(cases[i].sent, strlen(cases[i].sent), 0);
    yyjson_mut_doc *doc = yyjson_doc_mut_copy(sent, NULL);
    struct tool tool = {.input = yyjson_doc_get_root(input)};
    struct connector_paging word;
    struct pages_rule rule;
    pages_rule(&tool, cases[i].word ? word_of(cases[i].word, &word) : NULL, &rule);
    pages_begin(&rule, yyjson_mut_doc_get_root(doc), doc);
    char *got = yyjson_mut_write(doc, 0, NULL);
    if (strcmp(got, cases[i].want)) fail_msg("%zu: %s, not %s", i, got, cases[i].want);
    free(got);
    yyjson_mut_doc_free(doc);
    yyjson_doc_free(sent);
    yyjson_doc_free(input);
  }
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_next), cmocka_unit_test(test_arguments)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
