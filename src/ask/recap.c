// SPDX-License-Identifier: Apache-2.0
#include "ask/recap.h"

#include "ask/cell.h"
#include "chart/classes.h"
#include "data/json.h"

enum { RECAP_COLUMNS_MOST = 6, RECAP_ROWS_MOST = 3, RECAP_TITLE_MOST = 200, RECAP_WHY_MOST = 400 };

struct recapping {
  const struct outcome_result *r;
  const struct chart_column *columns;
  struct cell_to to;
};

static void recap_cell(const struct recapping *x, size_t row, size_t column) {
  const struct chart_column *c = &x->columns[column];
  const struct table_cell *cell = &x->r->rows.cells[row * x->r->rows.column_count + column];
  struct str unit =
      json_str(yyjson_obj_getn(x->r->asked ? x->r->asked->columns : NULL, c->name.p, c->name.n), "unit");
  if (c->class == CHART_CLASS_MEASURE)
    cell_say_number(&x->to, cell, unit);
  else
    cell_say(&x->to, row, column, unit);
}

static void recap_row(const struct recapping *x, size_t row, bool names) {
  for (size_t c = 0; c < x->r->rows.column_count && c < RECAP_COLUMNS_MOST; c++) {
    if (c) buf_add_z(x->to.text, ", ");
    if (names) buf_printf(x->to.text, "%.*s ", STR_MOST(x->columns[c].title, RECAP_TITLE_MOST));
    recap_cell(x, row, c);
  }
}

void recap_add(const struct outcome_result *r, struct arena *a, const struct summary_out *out) {
  struct chart_source from = {.rows = &r->rows, .hints = r->asked ? r->asked->columns : NULL};
  size_t rows = r->rows.row_count;
  buf_printf(out->text, "%.*s: ", STR_MOST(r->title.n ? r->title : r->name, RECAP_TITLE_MOST));
  if (r->why.n) {
    buf_printf(out->text, "it could not be read: %.*s.", STR_MOST(r->why, RECAP_WHY_MOST));
    return;
  }
  struct recapping x = {r, chart_classify(&from, a), {out->text, out->numbers, &r->rows, r->name}};
  if (!rows) buf_add_z(out->text, "nothing was found.");
  if (rows > 1) {
    if (r->rows.cut) buf_add_z(out->text, "the first ");
    cell_say_rows(&x.to, 0, rows);
    buf_add_z(out->text, rows > RECAP_ROWS_MOST ? " rows; the first are " : " rows; they are ");
  }
  for (size_t i = 0; i < rows && i < RECAP_ROWS_MOST; i++) {
    if (i) buf_add_z(out->text, "; ");
    recap_row(&x, i, rows == 1 && r->rows.column_count > 1);
  }
  if (rows) buf_add_char(out->text, '.');
}
