// SPDX-License-Identifier: Apache-2.0
#include "chart/redraw.h"

#include <stdlib.h>

#include "chart/choose.h"
#include "data/json.h"

static struct table_cell redraw_cell(yyjson_val *v, struct arena *a) {
  struct table_cell c = {.kind = TABLE_CELL_NULL};
  switch (yyjson_get_type(v)) {
  case YYJSON_TYPE_BOOL:
    c.kind = TABLE_CELL_INTEGER;
    c.integer = yyjson_is_true(v);
    break;
  case YYJSON_TYPE_NUM:
    c.kind = yyjson_is_int(v) ? TABLE_CELL_INTEGER : TABLE_CELL_REAL;
    if (yyjson_is_int(v))
      c.integer = yyjson_get_sint(v);
    else
      c.real = yyjson_get_real(v);
    break;
  case YYJSON_TYPE_RAW: {
    struct str digits = json_raw_number(v);
    if (str_to_i64(digits, &c.integer)) return c.kind = TABLE_CELL_INTEGER, c;
    c.kind = TABLE_CELL_REAL;
    c.real = strtod(arena_z(a, digits), NULL);
    break;
  }
  case YYJSON_TYPE_STR:
  case YYJSON_TYPE_ARR:
  case YYJSON_TYPE_OBJ:
    c.kind = TABLE_CELL_TEXT;
    c.text = yyjson_is_str(v) ? json_text(v) : json_to_text(a, v);
    break;
  default:
    break;
  }
  return c;
}

static void redraw_rows(yyjson_val *result, struct arena *a, struct table_result *out) {
  yyjson_val *columns = yyjson_obj_get(result, "columns"), *rows = yyjson_obj_get(result, "rows"), *v, *row,
             *cell;
  size_t i, n, k, m;
  out->column_count = yyjson_arr_size(columns);
  out->row_count = yyjson_arr_size(rows);
  out->columns = ARENA_ARRAY(a, out->column_count + 1, struct table_column);
  out->cells = ARENA_ARRAY(a, out->row_count * out->column_count + 1, struct table_cell);
  yyjson_arr_foreach (columns, i, n, v) {
    out->columns[i] = (struct table_column){.name = json_str(v, "name"), .days = json_bool(v, "days", false)};
    if (!table_type_read(json_str(v, "type"), &out->columns[i].type)) out->columns[i].type = TABLE_TEXT;
  }
  yyjson_arr_foreach (rows, i, n, row)
    yyjson_arr_foreach (row, k, m, cell)
      if (k < out->column_count) out->cells[i * out->column_count + k] = redraw_cell(cell, a);
}

// The words on columns stand beside their names here; chart wants them by name.
static yyjson_doc *redraw_hints(yyjson_val *result) {
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *hints = yyjson_mut_obj(doc);
  yyjson_mut_doc_set_root(doc, hints);
  size_t i, n;
  yyjson_val *v;
  yyjson_arr_foreach (yyjson_obj_get(result, "columns"), i, n, v)
    yyjson_mut_obj_add(hints, yyjson_val_mut_copy(doc, yyjson_obj_get(v, "name")),
                       yyjson_val_mut_copy(doc, v));
  yyjson_doc *copy = yyjson_mut_doc_imut_copy(doc, NULL);
  yyjson_mut_doc_free(doc);
  return copy;
}

bool chart_redraw(yyjson_val *result, const struct chart_look *look, bool headed, struct arena *a,
                  struct buf *out) {
  yyjson_val *wish = yyjson_obj_get(result, "wish");
  struct table_result rows = {0};
  struct chart chart;
  if (!wish) return false;
  redraw_rows(result, a, &rows);
  yyjson_doc *hints = redraw_hints(result);
  struct chart_source from = {.rows = &rows,
                              .hints = yyjson_doc_get_root(hints),
                              .wish = wish,
                              .title = headed ? STR("") : json_str(result, "title"),
                              .unfinished = json_bool(yyjson_obj_get(result, "time"), "unfinished", false)};
  chart_choose(&from, a, &chart);
  bool draws = chart.kind != CHART_EMPTY && chart.kind != CHART_CARD && chart.kind != CHART_TABLE;
  if (draws) chart_draw(&chart, look, out);
  if (draws && chart.why.n) buf_printf(out, "(%.*s)\n", STR_ARG(chart.why));
  yyjson_doc_free(hints);
  return draws;
}
