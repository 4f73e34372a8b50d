// SPDX-License-Identifier: Apache-2.0
#include "program/brief.h"

#include "data/json.h"

static size_t brief_rows(const struct outcome_result *r) {
  return r->rows.row_count < BRIEF_ROWS_MOST ? r->rows.row_count : BRIEF_ROWS_MOST;
}

void brief_add_text(struct buf *out, struct str text) {
  struct str s = str_cut_utf8(text, BRIEF_CELL_MOST);
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] == '|') buf_add_char(out, '\\');
    buf_add_char(out, s.p[i] == '\n' || s.p[i] == '\r' ? ' ' : s.p[i]);
  }
  if (s.n < text.n) buf_add_z(out, "…");
}

static void brief_cell(struct buf *out, const struct table_cell *cell, enum table_type type) {
  struct buf text = BUF_MAX(TABLE_CELL_MOST);
  table_cell_print(&text, cell, type);
  brief_add_text(out, buf_str(&text));
  buf_free(&text);
}

static void brief_table(const struct outcome_result *r, struct buf *out) {
  const struct table_result *rows = &r->rows;
  for (size_t c = 0; c < rows->column_count; c++) {
    buf_add_z(out, c ? " | " : "| ");
    brief_add_text(out, rows->columns[c].name);
  }
  buf_add_z(out, " |\n");
  for (size_t c = 0; c < rows->column_count; c++) buf_add_z(out, c ? " | ---" : "| ---");
  buf_add_z(out, " |\n");
  for (size_t i = 0; i < brief_rows(r); i++) {
    for (size_t c = 0; c < rows->column_count; c++) {
      buf_add_z(out, c ? " | " : "| ");
      brief_cell(out, &rows->cells[i * rows->column_count + c], rows->columns[c].type);
    }
    buf_add_z(out, " |\n");
  }
}

static void brief_result(const struct outcome_result *r, bool several, struct buf *out) {
  struct str title = r->title.n ? r->title : r->name;
  if (several || r->title.n) buf_printf(out, "\n**%.*s**\n", STR_ARG(title));
  buf_add_char(out, '\n');
  if (r->why.n) {
    buf_printf(out, "No result: %.*s\n", STR_ARG(r->why));
  } else if (r->rows.row_count == 0) {
    buf_add_z(out, "No rows.\n");
  } else {
    brief_table(r, out);
    if (r->rows.row_count > BRIEF_ROWS_MOST)
      buf_printf(out, "\nThe first %d of %zu rows; query the others by the handle.\n", BRIEF_ROWS_MOST,
                 r->rows.row_count);
  }
  if (r->has_unfinished) buf_add_z(out, "\nThe last bucket of time is not over yet.\n");
}

static size_t brief_calls_failed(const struct outcome *o) {
  size_t n = 0;
  for (size_t i = 0; i < o->call_count; i++) n += o->calls[i].why.n > 0;
  return n;
}

void brief_text(const struct outcome *o, struct buf *out) {
  size_t failed = brief_calls_failed(o);
  if (o->title.n) buf_printf(out, "# %.*s\n", STR_ARG(o->title));
  buf_printf(out, "%s: %zu result%s from %zu call%s", outcome_status_name(o->status), o->result_count,
             o->result_count == 1 ? "" : "s", o->call_count, o->call_count == 1 ? "" : "s");
  if (failed) buf_printf(out, ", %zu of which failed", failed);
  buf_add_z(out, ".\n");
  for (size_t i = 0; i < o->result_count; i++) brief_result(&o->results[i], o->result_count > 1, out);
  for (size_t i = 0; i < o->warning_count; i++)
    buf_printf(out, "%s- %.*s\n", i ? "" : "\nNote:\n", STR_ARG(o->warnings[i]));
  if (o->status == OUTCOME_PAUSED)
    buf_printf(out, "\nIt is paused. In %lld s go on with {\"continue\": \"%.*s\"}.\n", (long long)o->wait_s,
               STR_ARG(o->handle));
  else if (o->handle.n)
    buf_printf(out,
               "\nKept for ten minutes as %.*s: a later program reads a result with \"tables\": {\"name\": "
               "{\"kept\": \"%.*s\", \"result\": \"%.*s\"}}.\n",
               STR_ARG(o->handle), STR_ARG(o->handle),
               STR_ARG(o->result_count ? o->results[0].name : STR("")));
}

static void brief_write(const struct outcome *o, struct outcome_result *results, struct buf *out) {
  struct outcome less = *o;
  less.results = results;
  less.call_count = 0; // what was called is in the audit
  outcome_write(&less, out);
}

void brief_json(const struct outcome *o, struct buf *out) {
  struct outcome_result results[PROGRAM_RESULTS_MOST];
  for (size_t i = 0; i < o->result_count; i++) {
    results[i] = o->results[i];
    results[i].rows.cut = results[i].rows.cut || results[i].rows.row_count > BRIEF_ROWS_MOST;
    results[i].rows.row_count = brief_rows(&o->results[i]);
    results[i].chart = results[i].panels = STR_NONE; // they have the rows once more
  }
  brief_write(o, results, out);
}

// How much of each result a view gets: more is tried before less.
static const struct brief_share {
  size_t rows, chart_bytes;
} brief_shares[] = {{500, 48 * 1024}, {200, 32 * 1024}, {50, 16 * 1024}, {50, 8 * 1024},
                    {20, 0},          {5, 0},           {0, 0}};

static void brief_take(const struct outcome_result *r, const struct brief_share *share,
                       struct outcome_result *out) {
  *out = *r;
  if (r->rows.row_count > share->rows) {
    out->rows.row_count = share->rows;
    out->total = r->rows.row_count;
  }
  if (out->panels.n > share->chart_bytes) out->panels = STR_NONE;
  if (out->chart.n <= share->chart_bytes) return;
  out->chart = STR_NONE;
  out->chart_why = STR("it is too large for a view");
}

void brief_view(const struct outcome *o, struct buf *out) {
  struct outcome_result results[PROGRAM_RESULTS_MOST];
  for (size_t s = 0; s < sizeof brief_shares / sizeof *brief_shares; s++) {
    for (size_t i = 0; i < o->result_count; i++) brief_take(&o->results[i], &brief_shares[s], &results[i]);
    buf_clear(out);
    out->full = false;
    brief_write(o, results, out);
    if (!out->full) return;
  }
}
