// SPDX-License-Identifier: Apache-2.0
#include "base/plain.h"
#include "chart/draw_parts.h"

enum { TABLE_GAP = 2, COLUMN_LEAST = 6, COLUMN_START_MOST = 200, MARKDOWN_CELL_MOST = 200 };

struct grid {
  const struct draw *t;
  size_t widths[CHART_FIELDS_MOST], columns, rows;
  struct buf cell;
};

// In a drawing `row` counts from 1; 0 is the head.
static struct str grid_cell(struct grid *g, size_t row, size_t column) {
  const struct chart_field *f = &g->t->chart->fields[column];
  if (!row) return f->title;
  buf_clear(&g->cell);
  draw_value(&g->cell, f, chart_at(g->t->chart, row - 1, (int)column));
  return buf_str(&g->cell);
}

// The widest column gives way until all fit; where none can any more, those at the end are left out.
static void grid_fit(struct grid *g) {
  for (;;) {
    size_t total = TABLE_GAP * (g->columns - 1), widest = 0;
    for (size_t i = 0; i < g->columns; i++) {
      total += g->widths[i];
      if (g->widths[i] > g->widths[widest]) widest = i;
    }
    if (total <= g->t->width) return;
    if (g->widths[widest] > COLUMN_LEAST || g->columns == 1)
      g->widths[widest]--;
    else
      g->columns--;
  }
}

static void grid_measure(struct grid *g) {
  for (size_t row = 0; row <= g->rows; row++)
    for (size_t i = 0; i < g->columns; i++) {
      size_t width = fit_width(grid_cell(g, row, i));
      if (width > COLUMN_START_MOST) width = COLUMN_START_MOST;
      if (width > g->widths[i]) g->widths[i] = width;
    }
  grid_fit(g);
}

static void grid_row(struct grid *g, size_t row) {
  const struct draw *t = g->t;
  for (size_t i = 0; i < g->columns; i++) {
    struct str cell = grid_cell(g, row, i);
    bool number = t->chart->fields[i].type == CHART_QUANTITATIVE, last = i + 1 == g->columns;
    size_t width = fit_width(cell), pad = width < g->widths[i] ? g->widths[i] - width : 0;
    if (number) fit_pad(t->out, pad);
    size_t used = fit_add(t->out, cell, g->widths[i], t->ascii) + (number ? pad : 0);
    if (!last) fit_pad(t->out, g->widths[i] - used + TABLE_GAP);
  }
  buf_add_char(t->out, '\n');
}

static void grid_more(const struct grid *g) {
  const struct chart *c = g->t->chart;
  size_t rows = c->row_count - g->rows + c->left_out, columns = c->field_count - g->columns;
  struct buf text = BUF_MAX(256);
  if (rows) buf_printf(&text, "%zu more row%s", rows, rows == 1 ? "" : "s");
  if (columns) buf_printf(&text, "%s%zu more column%s", rows ? ", " : "", columns, columns == 1 ? "" : "s");
  if (text.n) draw_line(g->t, buf_str(&text));
  buf_free(&text);
}

void draw_table(const struct draw *t) {
  struct grid g = {
      .t = t, .columns = t->chart->field_count, .rows = t->chart->row_count, .cell = BUF_MAX(2 << 20)};
  if (t->rows && t->rows < g.rows) g.rows = t->rows;
  if (!g.columns) return;
  grid_measure(&g);
  for (size_t row = 0; row <= g.rows; row++) grid_row(&g, row);
  grid_more(&g);
  buf_free(&g.cell);
}

// ---- Markdown

// In one line, harmless, and nothing that Markdown takes for a mark of its own.
static void markdown_cell(struct buf *out, struct str text) {
  struct buf plain = BUF_MAX(8 * MARKDOWN_CELL_MOST);
  size_t characters = 0, at = 0;
  uint32_t c;
  for (; at < text.n && characters < MARKDOWN_CELL_MOST; characters++)
    at += plain_next(str_from(text, at), &c);
  plain_mark_line(&plain, str_make(text.p, at));
  for (size_t i = 0; i < plain.n; i++) {
    if (strchr("\\|`<[", plain.p[i])) buf_add_char(out, '\\');
    buf_add_char(out, plain.p[i]);
  }
  if (at < text.n) buf_add_z(out, "…");
  buf_free(&plain);
}

static void markdown_rule(const struct chart *c, struct buf *out) {
  for (size_t i = 0; i < c->field_count; i++)
    buf_add_z(out, c->fields[i].type == CHART_QUANTITATIVE ? "|--:" : "|---");
  buf_add_z(out, "|\n");
}

void chart_markdown(const struct chart *c, size_t rows, struct buf *out) {
  struct draw t = {.chart = c, .out = out};
  struct grid g = {.t = &t,
                   .columns = c->field_count,
                   .rows = rows < c->row_count ? rows : c->row_count,
                   .cell = BUF_MAX(2 << 20)};
  for (size_t row = 0; g.columns && row <= g.rows; row++) {
    for (size_t i = 0; i < g.columns; i++) {
      buf_add_z(out, "| ");
      markdown_cell(out, grid_cell(&g, row, i));
      buf_add_char(out, ' ');
    }
    buf_add_z(out, "|\n");
    if (row == 0) markdown_rule(c, out);
  }
  size_t more = c->row_count - g.rows + c->left_out;
  if (more) buf_printf(out, "\n%zu more row%s.\n", more, more == 1 ? "" : "s");
  buf_free(&g.cell);
}
