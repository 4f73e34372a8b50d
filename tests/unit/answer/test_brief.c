// SPDX-License-Identifier: Apache-2.0
// An answer as a client gets it: what stands in the text, and how much of its rows.
#include "../support/check.h"

#include "answer/answer_brief.h"
#include "data/json.h"

static yyjson_doc *brief_read(const char *text) {
  yyjson_doc *doc = yyjson_read(text, strlen(text), YYJSON_READ_NUMBER_AS_RAW);
  assert_non_null(doc);
  return doc;
}

static struct str brief_said(const char *answer, struct buf *out) {
  yyjson_doc *doc = brief_read(answer);
  answer_brief_text(yyjson_doc_get_root(doc), out);
  yyjson_doc_free(doc);
  return buf_str(out);
}

static void one_number_needs_no_table(void **state) {
  (void)state;
  struct buf out = BUF_MAX(4096);
  struct str s = brief_said("{\"id\":\"ans_1\",\"text\":\"8 "
                            "notes.\",\"results\":[{\"columns\":[{\"name\":\"notes\"}],\"rows\":[[8]]}],"
                            "\"warnings\":[]}",
                            &out);
  assert_true(str_is(s, "8 notes.\n\nA question that goes on from this one says {\"follow\": \"ans_1\"}.\n"));
  buf_free(&out);
}

static void a_vendors_text_stays_in_its_cell(void **state) {
  (void)state;
  struct buf out = BUF_MAX(4096);
  struct str s = brief_said(
      "{\"id\":\"ans_1\",\"text\":\"t\",\"results\":[{\"columns\":[{\"name\":\"a|b\"},{\"name\":\"c\"}],"
      "\"rows\":[[\"x|\\ny\",null],[true,1.50]]}],\"warnings\":[\"w\"]}",
      &out);
  assert_true(str_contains(s, STR("| a\\|b | c |\n| --- | --- |\n| x\\| y |  |\n| true | 1.50 |\n")));
  assert_true(str_contains(s, STR("\nNote:\n- w\n")));
  buf_free(&out);
}

static void choices_are_numbered(void **state) {
  (void)state;
  struct buf out = BUF_MAX(4096);
  struct str s = brief_said(
      "{\"id\":\"ans_1\",\"text\":\"Which?\",\"results\":[],\"choices\":[{\"number\":1,\"label\":\"a\\nb\"},"
      "{\"number\":2,\"label\":\"c\"}],\"warnings\":[]}",
      &out);
  assert_true(str_contains(s, STR("\n1. a b\n2. c\n")));
  assert_true(str_contains(s, STR("{\"follow\": \"ans_1\", \"choose\": NUMBER}")));
  buf_free(&out);
}

static void a_pause_says_how_it_goes_on(void **state) {
  (void)state;
  struct buf out = BUF_MAX(4096);
  struct str s = brief_said(
      "{\"id\":\"ans_1\",\"text\":\"t\",\"results\":[],\"paused\":true,\"wait_seconds\":9,\"warnings\":[]}",
      &out);
  assert_true(str_contains(s, STR("In 9 s go on with {\"follow\": \"ans_1\"}.")));
  buf_free(&out);
}

// 5,000 rows of 100 bytes, with a chart that has them once more.
static yyjson_doc *brief_large(void) {
  struct buf text = BUF_MAX(4 << 20);
  buf_add_z(&text, "{\"id\":\"ans_1\",\"outcome\":\"answer\",\"text\":\"t\",\"program\":{},\"table\":{},"
                   "\"calls\":[],\"results\":[{"
                   "\"columns\":[{\"name\":\"n\"}],\"chart\":{\"mark\":\"bar\"},\"rows\":[");
  for (int i = 0; i < 5000; i++) buf_printf(&text, "%s[\"%0100d\"]", i ? "," : "", i);
  buf_add_z(&text, "]}]}");
  yyjson_doc *doc = yyjson_read(text.p, text.n, YYJSON_READ_NUMBER_AS_RAW);
  buf_free(&text);
  return doc;
}

static void rows_are_cut_to_what_hosts_take(void **state) {
  (void)state;
  yyjson_doc *doc = brief_large();
  for (int view = 0; view < 2; view++) {
    struct buf out = BUF_MAX(ANSWER_BRIEF_MOST);
    answer_brief_json(yyjson_doc_get_root(doc), view, &out);
    yyjson_doc *read = yyjson_read(out.p, out.n, 0);
    yyjson_val *root = yyjson_doc_get_root(read),
               *result = yyjson_arr_get_first(yyjson_obj_get(root, "results"));
    assert_int_equal(yyjson_arr_size(yyjson_obj_get(result, "rows")), view ? 500 : 50);
    assert_int_equal(json_int(result, "total_rows", 0), 5000);
    assert_int_equal(yyjson_obj_get(result, "chart") != NULL, view);
    assert_true(str_is(json_str(root, "status"), "complete"));
    assert_null(yyjson_obj_get(root, "program"));
    assert_null(yyjson_obj_get(root, "table"));
    yyjson_doc_free(read);
    buf_free(&out);
  }
  yyjson_doc_free(doc);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_number_needs_no_table), cmocka_unit_test(a_vendors_text_stays_in_its_cell),
      cmocka_unit_test(choices_are_numbered), cmocka_unit_test(a_pause_says_how_it_goes_on),
      cmocka_unit_test(rows_are_cut_to_what_hosts_take)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
