// SPDX-License-Identifier: Apache-2.0
// An answer taken apart for keeping: what stands where, and what is left of one that is too large.
#include "../support/check.h"

#include "answer/told.h"
#include "data/json.h"

static struct arena *arena;
static struct err err;
static yyjson_doc *parsed; // the last

static int setup(void **state) {
  (void)state;
  arena = arena_new();
  return 0;
}

static int teardown(void **state) {
  (void)state;
  arena_free(arena);
  yyjson_doc_free(parsed);
  parsed = NULL;
  return 0;
}

static struct ask_made made_of(struct str told) {
  return (struct ask_made){.id = STR("ans_1"),
                           .question = STR("Who \"is\" it?"),
                           .outcome = STR("answer"),
                           .engine = STR("{\"name\":\"planner\"}"),
                           .told = told,
                           .talk = STR("{\"turns\":[\"first\",\"second\"],\"named\":[{\"word\":\"w\"}]}")};
}

static yyjson_val *parse(struct str text) {
  yyjson_doc_free(parsed);
  parsed = yyjson_read(text.p, text.n, YYJSON_READ_NUMBER_AS_RAW);
  if (!parsed) fail_msg("no JSON: %.*s", STR_MOST(text, 200));
  return yyjson_doc_get_root(parsed);
}

static void test_apart(void **state) {
  (void)state;
  struct answer_row row = {.told = STR("")};
  struct ask_made made = made_of(
      STR("{\"id\":\"ans_1\",\"link\":\"x\",\"outcome\":\"answer\",\"engine\":{},\"text\":"
          "\"12345678901234567890123\","
          "\"numbers\":[],\"table\":{},\"results\":[{\"name\":\"r1\",\"rows\":[[12345678901234567890.10]]}],"
          "\"calls\":[],\"program\":{\"a\":1},\"warnings\":[]}"));
  if (!told_take(&made, STR("{\"version\":1}"), arena, &row, &err)) fail_msg("%s", err.text);
  check_text(row.asked,
             "{\"question\":\"Who \\\"is\\\" it?\",\"outcome\":\"answer\",\"engine\":{\"name\":\"planner\"},"
             "\"turns\":[\"first\",\"second\"],\"program\":{\"version\":1}}");
  check_text(row.told,
             "{\"text\":\"12345678901234567890123\",\"numbers\":[],\"results\":[{\"name\":\"r1\",\"rows\":"
             "[[12345678901234567890.10]]}],\"calls\":[],\"warnings\":[],\"talk\":{\"turns\":[\"first\","
             "\"second\"],\"named\":[{\"word\":\"w\"}]}}");
}

static struct str large(size_t rows, size_t width, size_t chart) {
  struct buf out = BUF_MAX(64 << 20);
  buf_printf(&out,
             "{\"text\":\"t\",\"numbers\":[{\"start\":0,\"row\":3,\"column\":0},{\"start\":1,\"row\":%zu},"
             "{\"start\":2,\"rows\":[0,%zu]}],\"chart\":{\"kind\":\"bar\",\"spec\":\"",
             rows - 1, rows);
  for (size_t i = 0; i < chart; i++) buf_add_char(&out, 'c');
  buf_add_z(&out, "\"},\"results\":[{\"name\":\"r1\",\"chart\":{},\"rows\":[");
  for (size_t i = 0; i < rows; i++) {
    buf_printf(&out, "%s[\"", i ? "," : "");
    for (size_t k = 0; k < width; k++) buf_add_char(&out, 'x');
    buf_add_z(&out, "\"]");
  }
  buf_add_z(&out, "]}],\"calls\":[{},{}],\"warnings\":[\"w\"]}");
  struct str text = arena_dup(arena, buf_str(&out));
  buf_free(&out);
  return text;
}

static void check_cut(struct str told, size_t rows, size_t numbers, bool spec, const char *says) {
  struct answer_row row = {.told = STR("")};
  struct ask_made made = made_of(told);
  if (!told_take(&made, STR(""), arena, &row, &err)) fail_msg("%s", err.text);
  assert_true(row.told.n <= TOLD_BYTES_MOST);
  yyjson_val *root = parse(row.told), *warnings = yyjson_obj_get(root, "warnings"),
             *result = yyjson_arr_get_first(yyjson_obj_get(root, "results"));
  assert_int_equal(yyjson_arr_size(yyjson_obj_get(result, "rows")), rows);
  assert_int_equal(yyjson_arr_size(yyjson_obj_get(root, "numbers")), numbers);
  assert_int_equal(yyjson_obj_get(yyjson_obj_get(root, "chart"), "spec") != NULL, spec);
  struct str last = json_text(yyjson_arr_get_last(warnings));
  if (*says ? !str_contains(last, str_of(says)) : !str_is(last, "w")) fail_msg("%.*s", STR_ARG(last));
  assert_true(!*says || str_is(json_text(yyjson_arr_get_first(warnings)), "w"));
}

static void test_cut(void **state) {
  (void)state;
  check_cut(large(100, 100, 1000), 100, 3, true, "");
  check_cut(large(100, 100, 2000000), 100, 3, false, "without the specs of its charts");
  check_cut(large(5000, 300, 10), 2000, 2, false, "first 2,000 rows");
  check_cut(large(5000, 1000, 10), 500, 2, false, "first 500 rows");
  check_cut(large(200, 50000, 10), 10, 2, false, "first 10 rows");
  check_cut(large(10, 500000, 10), 0, 1, false, "the text alone");
}

static void test_refused(void **state) {
  (void)state;
  struct answer_row row = {.told = STR("")};
  struct buf text = BUF_MAX(64 << 20);
  buf_add_z(&text, "{\"results\":[],\"warnings\":[],\"text\":\"");
  for (size_t i = 0; i < TOLD_BYTES_MOST; i++) buf_add_char(&text, 'x');
  buf_add_z(&text, "\"}");
  struct ask_made made = made_of(buf_str(&text));
  assert_false(told_take(&made, STR(""), arena, &row, &err));
  assert_int_equal(err.code, ERR_LIMIT);
  buf_free(&text);
  made = made_of(STR("{\"text\":"));
  assert_false(told_take(&made, STR(""), arena, &row, &err));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_apart, setup, teardown),
      cmocka_unit_test_setup_teardown(test_cut, setup, teardown),
      cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
  };
  return cmocka_run_group_tests_name("answer/told", tests, NULL, NULL);
}
