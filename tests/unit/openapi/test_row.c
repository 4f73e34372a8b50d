// SPDX-License-Identifier: Apache-2.0
// What a document says of the rows of an answer.
#include "openapi_fixture.h"

static void check_columns(const char *schema, const char *more, const char *expected) {
  struct buf text = BUF_MAX(100000);
  buf_printf(
      &text,
      "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"t\",\"version\":\"1\"},\"paths\":{\"/things\":{\"get\":{"
      "\"summary\":\"List things\",\"responses\":{\"200\":{\"description\":\"d\",\"content\":{"
      "\"application/json\":{\"schema\":%s}}}}}}}%s}",
      schema, more);
  buf_add_char(&text, '\0');
  fixture_compile(text.p, NULL);
  check_text(json_str(fixture_find("GET /things"), "columns"), expected);
  fixture_end();
  buf_free(&text);
}

#define ROW                                                                                                  \
  "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"},\"status\":{\"enum\":[\"open\","       \
  "\"closed\"]},\"at\":{\"type\":\"string\",\"format\":\"date-time\"},\"who\":{\"type\":[\"object\","        \
  "\"null\"],\"properties\":{\"name\":{\"type\":\"string\"}}},\"tags\":{\"type\":\"array\",\"items\":{"      \
  "\"type\":\"string\"}},\"ok\":{\"type\":\"boolean\"},\"any\":{}}}"
#define SAID "id:integer status:text=open|closed at:time who__name:text tags:list ok:boolean"

static void test_rows_are_found(void **state) {
  (void)state;
  check_columns("{\"type\":\"array\",\"items\":" ROW "}", "", SAID);
  check_columns("{\"type\":\"object\",\"properties\":{\"total\":{\"type\":\"integer\"},\"data\":{\"type\":"
                "\"array\",\"items\":" ROW "}}}",
                "", SAID);
  check_columns("{\"properties\":{\"result\":{\"properties\":{\"items\":{\"items\":" ROW "}}}}}", "", SAID);
}

static void test_references_and_compositions(void **state) {
  (void)state;
  check_columns("{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/Row\"}}",
                ",\"components\":{\"schemas\":{\"Row\":" ROW "}}", SAID);
  check_columns("{\"type\":\"array\",\"items\":{\"allOf\":[{\"$ref\":\"#/components/schemas/Base\"},{"
                "\"properties\":{\"n\":{\"type\":\"number\"}}}]}}",
                ",\"components\":{\"schemas\":{\"Base\":{\"properties\":{\"id\":{\"type\":\"string\"}}}}}",
                "id:text n:decimal");
  check_columns(
      "{\"type\":\"array\",\"items\":{\"properties\":{\"at\":{\"anyOf\":[{\"type\":\"null\"},{\"type\":"
      "\"string\",\"format\":\"date\"}]}}}}",
      "", "at:time");
}

static void test_numbers_that_stand_for_something(void **state) {
  (void)state;
  check_columns(
      "{\"type\":\"array\",\"items\":{\"properties\":{\"due\":{\"type\":\"integer\",\"description\":"
      "\"Unix timestamp\"},\"made\":{\"type\":[\"integer\",\"null\"],\"format\":\"unix-time\"},\"state\":"
      "{\"type\":\"integer\",\"description\":\"1 = new, 2 = in_use, 3 = gone\"},\"stars\":{\"type\":"
      "\"integer\",\"description\":\"0 = worst, 5 = best\"},\"n\":{\"type\":\"integer\",\"description\":"
      "\"1-5\"}}}}",
      "",
      "due:epoch#unix,timestamp made:epoch state:coded#new,use,gone=1~new|2~in_use|3~gone "
      "stars:integer#worst,best n:integer");
}

// What nobody can tell, what has no end, what would break the text.
static void test_nothing_is_said(void **state) {
  (void)state;
  check_columns("{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"string\"}}}", "", "");
  check_columns("{\"properties\":{\"a\":{\"items\":" ROW "},\"b\":{\"items\":" ROW "}}}", "", "");
  check_columns("{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/Row\"}}",
                ",\"components\":{\"schemas\":{\"Row\":{\"properties\":{\"id\":{\"type\":\"string\"},\"up\":{"
                "\"$ref\":\"#/components/schemas/Row\"}}}}}",
                "id:text up__id:text up__up__id:text up__up__up__id:text");
  check_columns("{\"type\":\"array\",\"items\":{\"$ref\":\"#/nowhere\"}}", "", "");
  check_columns(
      "{\"type\":\"array\",\"items\":{\"properties\":{\"a b\":{\"type\":\"string\"},\"c:d\":{\"type\":"
      "\"string\"},\"e\":{\"type\":\"string\",\"enum\":[\"f g\",\"h|i\",\"j\",null]}}}}",
      "", "e:text=j");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_rows_are_found),
      cmocka_unit_test(test_references_and_compositions),
      cmocka_unit_test(test_numbers_that_stand_for_something),
      cmocka_unit_test(test_nothing_is_said),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
