// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "table/forms.h"

static void test_forms(void **state) {
  (void)state;
  static const struct {
    const char *text, *media, *kind, *json;
  } rows[] = {
      {"[{\"a\":1}]", "", "json", "[{\"a\":1}]"},
      {"\xef\xbb\xbf {\"a\":1.50}\n", "application/json", "json", "{\"a\":1.50}"},
      {"Found 2 zones:\n[{\"a\":1},{\"a\":2}]\nAsk again for more.", "", "json in text",
       "[{\"a\":1},{\"a\":2}]"},
      {"Here:\n```json\n{\"a\": [1]}\n```\n", "", "json in text", "{\"a\":[1]}"},
      {"The result is {\"a\":1} as of now", "", "json in text", "{\"a\":1}"},
      {"{\"a\":1}\n{\"a\":2}\n\n", "", "json lines", "[{\"a\":1},{\"a\":2}]"},
      {"| a | b |\n|---|:-:|\n| 1 | x \\| y |\n| 2 | |\n\nmore", "", "markdown",
       "[{\"a\":\"1\",\"b\":\"x | y\"},{\"a\":\"2\",\"b\":\"\"}]"},
      {"Sites:\n\na | b\n--- | ---\n1 | 2\n", "", "markdown", "[{\"a\":\"1\",\"b\":\"2\"}]"},
      {"a\tb\n1\t2\n3\t\n", "", "tsv", "[{\"a\":\"1\",\"b\":\"2\"},{\"a\":\"3\",\"b\":\"\"}]"},
      {"Rows:\nname\tn\nx\t1\n", "", "tsv", "[{\"name\":\"x\",\"n\":\"1\"}]"},
      {"a,b\r\n1,\"x, \"\"y\"\"\nz\"\r\n", "", "csv", "[{\"a\":\"1\",\"b\":\"x, \\\"y\\\"\\nz\"}]"},
      {"Two rows follow.\n\na,b\n1,2\n3,4\n\nThat is all.", "", "csv",
       "[{\"a\":\"1\",\"b\":\"2\"},{\"a\":\"3\",\"b\":\"4\"}]"},
      {"only\n1\n2\n", "text/csv; charset=utf-8", "csv", "[{\"only\":\"1\"},{\"only\":\"2\"}]"},
      {"a,b\n1\n1,2,3\n", "text/csv", "csv", "[{\"a\":\"1\",\"b\":null},{\"a\":\"1\",\"b\":\"2\"}]"},
      {"a,b\n", "text/csv", "words", NULL},
      {"Dear reader, this is a text.\nIt has commas, many of them.", "", "words", NULL},
      {"No events were found.", "", "words", NULL},
      {"", "", "words", NULL},
      {"[not json", "", "words", NULL},
      {"a[[[[[[[[[[[[[[[[[[[[[[[[[[[[{{{{{{{{{", "", "words", NULL},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct table_form f;
    struct err err;
    if (!table_form_read(str_of(rows[i].text), str_of(rows[i].media), &JSON_LIMITS, &f, &err))
      fail_msg("%s: %s", rows[i].text, err.text);
    char *json = f.doc ? yyjson_write(f.doc, 0, NULL) : NULL;
    if (strcmp(table_form_kind_name(f.kind), rows[i].kind) != 0 || (json != NULL) != (rows[i].json != NULL) ||
        (json && strcmp(json, rows[i].json) != 0))
      fail_msg("%s\n  is %s %s\n  not %s %s", rows[i].text, table_form_kind_name(f.kind), json, rows[i].kind,
               rows[i].json);
    free(json);
    yyjson_doc_free(f.doc);
  }
}

static void test_refused(void **state) {
  (void)state;
  struct table_form f;
  struct err err;
  assert_false(table_form_read(STR("a,b\n1,\"open\n"), STR("text/csv"), &JSON_LIMITS, &f, &err));
  assert_int_equal(err.code, ERR_INVALID);
  struct json_limits small = {.depth = 4, .nodes = 10};
  assert_false(table_form_read(STR("[1,2,3,4,5,6,7,8,9,10,11,12]"), STR(""), &small, &f, &err));
  assert_int_equal(err.code, ERR_LIMIT);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_forms), cmocka_unit_test(test_refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
