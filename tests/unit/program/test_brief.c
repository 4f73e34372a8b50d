// SPDX-License-Identifier: Apache-2.0
// What a model is told of an outcome, and what a view gets to draw: the same, with charts and more rows, in a bounded size.
#include "../support/check.h"

#include "base/arena.h"
#include "data/json.h"
#include "program/brief.h"

static const struct program_result asked;

struct many {
  struct arena *arena;
  struct outcome_result results[2];
  struct outcome outcome;
};

// Two results of so many rows, each a number and a text of so many bytes, the first with a chart of so many.
static void many_make(struct many *m, size_t rows, size_t width, size_t chart) {
  static const struct table_column columns[] = {{.name = {"n", 1}, .type = TABLE_INTEGER},
                                                {.name = {"words", 5}, .type = TABLE_TEXT}};
  m->arena = arena_new();
  struct table_cell *cells = ARENA_ARRAY(m->arena, rows * 2 + 1, struct table_cell);
  char *text = ARENA_ARRAY(m->arena, width + 1, char);
  memset(text, 'w', width);
  for (size_t i = 0; i < rows; i++) {
    cells[2 * i] = (struct table_cell){.kind = TABLE_CELL_INTEGER, .integer = (int64_t)i};
    cells[2 * i + 1] = (struct table_cell){.kind = TABLE_CELL_TEXT, .text = str_make(text, width)};
  }
  struct str spec = STR_NONE;
  if (chart) {
    char *title = ARENA_ARRAY(m->arena, chart + 1, char);
    memset(title, 't', chart);
    spec = arena_printf(m->arena, "{\"title\":\"%s\"}", title);
  }
  for (int i = 0; i < 2; i++)
    m->results[i] = (struct outcome_result){
        .name = STR("r"),
        .asked = &asked,
        .rows = {.columns = (struct table_column *)columns,
                 .column_count = 2,
                 .cells = cells,
                 .row_count = rows},
        .chart = i == 0 ? spec : STR_NONE,
        .panels = i == 0 && chart ? arena_printf(m->arena, "[%.*s]", STR_ARG(spec)) : STR_NONE};
  m->outcome = (struct outcome){.results = m->results, .result_count = 2};
}

// The first result of what was written.
static yyjson_val *first_of(const struct buf *out, yyjson_doc **doc) {
  *doc = yyjson_read(out->p, out->n, 0);
  assert_non_null(*doc);
  return yyjson_arr_get_first(yyjson_obj_get(yyjson_doc_get_root(*doc), "results"));
}

static void check_shared(size_t rows, size_t width, size_t chart, size_t shown, bool charted) {
  struct many m;
  yyjson_doc *doc;
  many_make(&m, rows, width, chart);
  struct buf out = BUF_MAX(BRIEF_VIEW_MOST);
  brief_view(&m.outcome, &out);
  if (out.full) fail_msg("%zu rows of %zu bytes do not fit", rows, width);
  yyjson_val *result = first_of(&out, &doc);
  assert_int_equal(yyjson_arr_size(yyjson_obj_get(result, "rows")), shown);
  assert_int_equal((size_t)json_int(result, "total_rows", (int64_t)shown), rows);
  assert_int_equal(yyjson_obj_get(result, "chart") != NULL, charted);
  assert_int_equal(yyjson_obj_get(result, "panels") != NULL, charted);
  assert_int_equal(yyjson_obj_get(result, "chart_why") != NULL, chart && !charted);
  yyjson_doc_free(doc);
  buf_free(&out);
  arena_free(m.arena);
}

static void test_view(void **state) {
  (void)state;
  check_shared(3, 10, 100, 3, true);
  check_shared(500, 10, 100, 500, true);
  check_shared(501, 10, 100, 500, true);
  check_shared(500, 200, 100, 200, true); // 500 would pass the size
  check_shared(500, 500, 100, 50, true);
  check_shared(10, 10, 20 * 1024, 10, true);
  check_shared(10, 10, 60 * 1024, 10, false); // a chart alone may not fill it
  check_shared(500, 2000, 100, 20, false);
  check_shared(500, 40 * 1024, 0, 0, false); // not even five
  check_shared(0, 0, 0, 0, false);
}

static void test_model(void **state) {
  (void)state;
  struct many m;
  yyjson_doc *doc;
  many_make(&m, 60, 10, 100);
  struct buf out = BUF_MAX(PROGRAM_BRIEF_MOST);
  brief_json(&m.outcome, &out);
  yyjson_val *result = first_of(&out, &doc);
  assert_int_equal(yyjson_arr_size(yyjson_obj_get(result, "rows")), BRIEF_ROWS_MOST);
  assert_true(yyjson_is_true(yyjson_obj_get(result, "cut")));
  assert_null(yyjson_obj_get(result, "chart"));
  assert_null(yyjson_obj_get(result, "panels"));
  yyjson_doc_free(doc);
  buf_clear(&out);
  brief_text(&m.outcome, &out);
  buf_add_char(&out, '\0');
  check_has(out.p, "The first 50 of 60 rows");
  buf_free(&out);
  arena_free(m.arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_view), cmocka_unit_test(test_model)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
