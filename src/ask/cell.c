// SPDX-License-Identifier: Apache-2.0
#include "ask/cell.h"

#include "chart/classes.h"
#include "chart/format.h"
#include "data/json.h"

static enum chart_unit cell_unit(struct str unit) {
  return str_is(unit, "bytes")     ? CHART_UNIT_BYTES
         : str_is(unit, "percent") ? CHART_UNIT_PERCENT
         : str_is(unit, "seconds") ? CHART_UNIT_SECONDS
         : str_is(unit, "ms")      ? CHART_UNIT_MS
         : unit.n                  ? CHART_UNIT_OTHER
                                   : CHART_UNIT_NONE;
}

// ---- where numbers come from

static void cell_link(const struct cell_to *to, size_t start) {
  buf_printf(to->numbers, "%s{\"start\":%zu,\"end\":%zu,\"result\":", to->numbers->n ? "," : "", start,
             to->text->n);
  json_add_string(to->numbers, to->result);
}

static void cell_link_cell(const struct cell_to *to, size_t start, const struct table_cell *c) {
  if (!to->numbers) return;
  size_t at = (size_t)(c - to->rows->cells);
  cell_link(to, start);
  buf_printf(to->numbers, ",\"row\":%zu,\"column\":%zu}", at / to->rows->column_count,
             at % to->rows->column_count);
}

// ---- in words

void cell_say_rows(const struct cell_to *to, size_t first, size_t end) {
  size_t start = to->text->n;
  buf_printf(to->text, "%zu", end - first);
  if (!to->numbers) return;
  cell_link(to, start);
  buf_printf(to->numbers, ",\"rows\":[%zu,%zu]}", first, end);
}

void cell_say_number(const struct cell_to *to, const struct table_cell *c, struct str unit) {
  double n;
  size_t start = to->text->n;
  if (!chart_cell_number(c, &n)) {
    buf_add_z(to->text, "none");
    return;
  }
  if (unit.n)
    chart_format_measure(to->text, n, cell_unit(unit), unit);
  else
    chart_format_number(to->text, CHART_GROUPED, n);
  cell_link_cell(to, start, c);
}

void cell_say(const struct cell_to *to, size_t row, size_t column, struct str unit) {
  const struct table_column *c = &to->rows->columns[column];
  const struct table_cell *cell = &to->rows->cells[row * to->rows->column_count + column];
  bool number = cell->kind == TABLE_CELL_INTEGER || cell->kind == TABLE_CELL_REAL;
  if (unit.n && number) {
    cell_say_number(to, cell, unit);
    return;
  }
  struct buf text = BUF_MAX(4096);
  size_t start = to->text->n;
  table_cell_print(&text, cell, c->type);
  struct str cut = str_cut_utf8(buf_str(&text), CELL_MOST);
  bool minutes = c->type == TABLE_TIME && cut.n > 16; // 2026-11-20T10:15:00.000Z
  if (minutes) cut.n = 16;
  for (size_t i = 0; i < cut.n; i++)
    buf_add_char(to->text, (unsigned char)cut.p[i] < 32 || (minutes && i == 10) ? ' ' : cut.p[i]);
  if (!cut.n) buf_add_z(to->text, "(none)");
  if (number && c->type != TABLE_BOOLEAN) cell_link_cell(to, start, cell);
  buf_free(&text);
}
