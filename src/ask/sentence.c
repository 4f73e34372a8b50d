// SPDX-License-Identifier: Apache-2.0
#include "ask/sentence.h"

#include "data/json.h"

enum { SENTENCE_NAMED_MOST = 5 };

static void sentence_cell(const struct cell_to *to, size_t row, size_t column, yyjson_val *hints) {
  const struct table_column *c = &to->rows->columns[column];
  const struct table_cell *cell = &to->rows->cells[row * to->rows->column_count + column];
  bool number = cell->kind == TABLE_CELL_INTEGER || cell->kind == TABLE_CELL_REAL;
  if (number && c->type != TABLE_BOOLEAN && c->type != TABLE_TIME)
    cell_say_number(to, cell, json_str(yyjson_obj_getn(hints, c->name.p, c->name.n), "unit"));
  else
    cell_say(to, row, column, STR_NONE);
}

static int sentence_column(const struct cell_to *to, struct str name) {
  for (size_t i = 0; i < to->rows->column_count; i++)
    if (str_eq_nocase(to->rows->columns[i].name, name)) return (int)i;
  return -1;
}

// "DE (4,012), FR (301) and 14 more".
static void sentence_first(const struct cell_to *to, yyjson_val *hints) {
  size_t rows = to->rows->row_count, columns = to->rows->column_count;
  size_t n = rows < SENTENCE_NAMED_MOST ? rows : SENTENCE_NAMED_MOST;
  for (size_t i = 0; i < n; i++) {
    if (i) buf_add_z(to->text, i + 1 == rows ? " and " : ", ");
    sentence_cell(to, i, 0, hints);
    if (columns < 2) continue;
    buf_add_z(to->text, " (");
    sentence_cell(to, i, columns - 1, hints);
    buf_add_char(to->text, ')');
  }
  if (rows == n) return;
  buf_add_z(to->text, " and ");
  cell_say_rows(to, n, rows);
  buf_add_z(to->text, " more");
}

static void sentence_hole(const struct cell_to *to, struct str name, yyjson_val *hints) {
  int column = sentence_column(to, name);
  if (str_is(name, "rows"))
    cell_say_rows(to, 0, to->rows->row_count);
  else if (str_is(name, "first"))
    sentence_first(to, hints);
  else if (column >= 0 && to->rows->row_count)
    sentence_cell(to, 0, (size_t)column, hints);
  else
    buf_add_z(to->text, "none");
}

void sentence_say(const struct cell_to *to, struct str text, yyjson_val *hints) {
  while (text.n) {
    ptrdiff_t open = str_find(text, '{'), end = open < 0 ? -1 : str_find(str_from(text, (size_t)open), '}');
    if (end < 0) break;
    buf_add(to->text, str_make(text.p, (size_t)open));
    sentence_hole(to, str_make(text.p + open + 1, (size_t)end - 1), hints);
    text = str_from(text, (size_t)(open + end) + 1);
  }
  buf_add(to->text, text);
}
