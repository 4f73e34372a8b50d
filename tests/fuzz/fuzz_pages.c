// SPDX-License-Identifier: Apache-2.0
// A line as the header Link, the rest as an answer: whatever they say, the next call differs from the one before only in
// an argument that the rule names, and asks for no more than a cursor's worth.
#include "fuzz.h"

#include "data/json.h"
#include "program/pages.h"

static const char *const fuzz_schemas[] = {
    "{\"properties\":{\"page\":{},\"per_page\":{\"default\":2}}}",
    "{\"properties\":{\"cursor\":{},\"limit\":{\"maximum\":9}}}",
    "{\"properties\":{\"offset\":{},\"limit\":{}}}",
    "{\"properties\":{\"request\":{\"properties\":{\"next\":{},\"size\":{}}}}}",
};
static const struct connector_paging fuzz_word = {
    .cursor = {"/request/next", 13}, .size = {"/request/size", 13}, .next = {"/rows/-/id", 10}, .first = -1};

static void fuzz_rule(const char *schema, const struct connector_paging *word, struct str link,
                      yyjson_val *answer) {
  yyjson_doc *input = yyjson_read(schema, strlen(schema), 0);
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *arguments = yyjson_mut_obj(doc);
  struct http_header header = {STR("Link"), link};
  struct http_headers headers = {&header, 1};
  struct tool tool = {.input = yyjson_doc_get_root(input)};
  struct arena *a = arena_new();
  struct pages_rule rule;
  struct pages_next next;
  pages_rule(&tool, word, &rule);
  pages_begin(&rule, arguments, doc);
  pages_next(&(struct pages_look){.rule = &rule,
                                  .arguments = arguments,
                                  .answer = answer,
                                  .headers = &headers,
                                  .rows = yyjson_arr_size(answer)},
             a, &next);
  if (next.goes_on) {
    bool named = str_eq(next.argument, rule.cursor) || str_eq(next.argument, rule.page) ||
                 str_eq(next.argument, rule.offset);
    fuzz_check(next.argument.n && named, "'%.*s' is no argument to go on with", STR_ARG(next.argument));
    fuzz_check(next.text.n <= 8192, "a cursor of %zu bytes", next.text.n);
    pages_turn(&next, arguments, doc);
    fuzz_check(yyjson_mut_obj_size(arguments) <= 2, "more than one argument changed");
  }
  arena_free(a);
  yyjson_mut_doc_free(doc);
  yyjson_doc_free(input);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct str rest = str_make((const char *)data, size), link;
  if (!str_cut(&rest, '\n', &link)) return 0;
  yyjson_doc *answer = yyjson_read(rest.p, rest.n, YYJSON_READ_NUMBER_AS_RAW);
  for (size_t i = 0; i < sizeof fuzz_schemas / sizeof *fuzz_schemas; i++)
    fuzz_rule(fuzz_schemas[i], i == 3 ? &fuzz_word : NULL, link, yyjson_doc_get_root(answer));
  yyjson_doc_free(answer);
  return 0;
}
