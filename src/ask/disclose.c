// SPDX-License-Identifier: Apache-2.0
#include "ask/disclose.h"

#include "ask/toolbox.h"
#include "data/json.h"

const char *disclose_words(enum ask_sees sees) {
  switch (sees) {
  case ASK_SEES_SAMPLE:
    return "columns, types and the first 20 rows of each result";
  case ASK_SEES_ROWS:
    return "columns, types and rows, up to a budget";
  default:
    return "names and types of columns only, never a row. Leave the sentence to Postern: present without "
           "text";
  }
}

// ---- faults

static struct str disclose_text(const struct disclosing *d, struct str text, bool scrub) {
  if (d->sees != ASK_SEES_SCHEMA) return text;
  return scrub ? veil_scrub(d->veil, text, d->program) : veil_hide(d->veil, text);
}

// What an argument may be can come from an account or a fence, and what it is from a word that stands for a row.
static void disclose_fault(const struct disclosing *d, const struct program_fault *f, struct buf *out) {
  bool value = d->sees == ASK_SEES_SCHEMA && str_starts(f->text, "expected ");
  buf_printf(out, "%.*s: ", STR_ARG(f->pointer));
  if (value) {
    buf_add_z(out, "the value does not fit what describe_tools says of the argument\n");
    return;
  }
  toolbox_add_vendors(out, disclose_text(d, f->text, false), 400);
  if (f->hint.n) buf_add_z(out, "; ");
  toolbox_add_vendors(out, disclose_text(d, f->hint, false), 400);
  buf_add_char(out, '\n');
}

// Before a call nothing is known of rows but that.
void disclose_faults(const struct disclosing *d, const struct program_faults *faults, struct buf *out) {
  size_t told = faults->count < FAULTS_MOST ? faults->count : FAULTS_MOST;
  buf_printf(out, "The program has %zu fault%s; nothing was called:\n", faults->count,
             faults->count == 1 ? "" : "s");
  for (size_t i = 0; i < told; i++) disclose_fault(d, &faults->items[i], out);
}

void disclose_err(const struct disclosing *d, const struct err *err, struct buf *out) {
  buf_add_z(out, "The program could not be run: ");
  toolbox_add_vendors(out, disclose_text(d, str_of(err->text), true), 400);
}

// ---- a run

static const char *disclose_number(size_t n) {
  return n == 0 ? "no rows" : n == 1 ? "one row" : n <= 20 ? "some rows" : "many rows";
}

static void disclose_columns(const struct disclosing *d, const struct table_column *columns, size_t count,
                             struct buf *out) {
  size_t held = 0;
  for (size_t i = 0; i < count && i < DISCLOSE_COLUMNS_MOST; i++) {
    bool tells = d->sees != ASK_SEES_SCHEMA || veil_tells_column(columns[i].name);
    held += !tells;
    if (!tells) continue;
    buf_add_z(out, i - held ? ", " : " ");
    toolbox_add_vendors(out, columns[i].name, TABLE_COLUMN_MOST);
    buf_printf(out, " %s", table_type_name(columns[i].type));
  }
  if (held) buf_printf(out, ", and some whose names are data");
  if (count > DISCLOSE_COLUMNS_MOST) buf_printf(out, ", and more");
}

// Why calls failed, as far as no row has a part in it.
static const char *disclose_failed(const struct outcome *o, const struct outcome_step *s) {
  for (size_t i = 0; i < o->call_count && s->failed; i++)
    if (str_eq(o->calls[i].step, s->id) && o->calls[i].why.n && !o->calls[i].number)
      return ", calls could not go out: a reference in arguments does not give one fitting value";
  return s->failed ? ", calls failed (the person is told why)" : "";
}

static void disclose_step(const struct disclosing *d, const struct program_run *run, size_t i,
                          const struct outcome *o, const struct outcome_step *s, struct buf *out) {
  const struct table_column *columns;
  size_t count;
  buf_printf(out, "Step %.*s: %s", STR_ARG(s->id), s->state);
  if (d->sees == ASK_SEES_SCHEMA)
    buf_printf(out, ", %s%s", disclose_number(s->rows), disclose_failed(o, s));
  else {
    buf_printf(out, ", %zu rows of %zu call%s", s->rows, s->calls, s->calls == 1 ? "" : "s");
    if (s->failed) buf_printf(out, ", %zu failed", s->failed);
    if (s->why.n) {
      buf_add_z(out, ": <data>");
      toolbox_add_vendors(out, s->why, 300);
      buf_add_z(out, "</data>");
    }
  }
  if (s->cut || s->maybe_cut) buf_add_z(out, ", cut: there may be more");
  if (program_columns(run, i, d->arena, &columns, &count)) {
    buf_add_z(out, ". Table columns:");
    disclose_columns(d, columns, count, out);
  }
  buf_add_char(out, '\n');
}

static void disclose_cell(const struct table_cell *cell, enum table_type type, struct buf *out) {
  struct buf text = BUF_MAX(TABLE_CELL_MOST * (size_t)JSON_ESCAPED_MOST);
  struct table_cell cut = *cell;
  if (cell->kind == TABLE_CELL_TEXT && cell->text.n > DISCLOSE_CELL_MOST) {
    cut.text = str_cut_utf8(cell->text, DISCLOSE_CELL_MOST);
    type = TABLE_TEXT;
  }
  table_cell_write(&text, &cut, type);
  for (size_t i = 0; i < text.n; i++)
    if (text.p[i] == '<')
      buf_add_z(out, "\\u003c"); // within a string, where alone it can stand
    else
      buf_add_char(out, text.p[i]);
  buf_free(&text);
}

static void disclose_rows(struct disclosing *d, const struct table_result *rows, struct buf *out) {
  size_t from = out->n, i = 0, most = d->sees == ASK_SEES_SAMPLE ? DISCLOSE_SAMPLE_ROWS : SIZE_MAX;
  if (d->sees == ASK_SEES_SCHEMA || d->rows_bytes >= DISCLOSE_ROWS_BYTES) return;
  buf_add_z(out, "<data>\n");
  for (; i < rows->row_count && i < most && out->n - from < DISCLOSE_RESULT_BYTES; i++) {
    buf_add_char(out, '[');
    for (size_t c = 0; c < rows->column_count; c++) {
      if (c) buf_add_char(out, ',');
      disclose_cell(&rows->cells[i * rows->column_count + c], rows->columns[c].type, out);
    }
    buf_add_z(out, "]\n");
  }
  buf_add_z(out, "</data>\n");
  if (i < rows->row_count) buf_printf(out, "The first %zu of %zu rows.\n", i, rows->row_count);
  d->rows_bytes += out->n - from;
}

// What SQLite says of a query itself, whatever the rows are.
static bool disclose_is_about_sql(struct str why) {
  static const char *const openings[] = {"no such ",         "near \"",
                                         "ambiguous column", "wrong number of arguments",
                                         "misuse of ",       "there is no param",
                                         "incomplete input", "unrecognized token",
                                         "a GROUP BY ",      "aggregate functions are not allowed"};
  struct str query = STR("the query: ");
  if (str_starts(why, "a query is one SELECT") || str_starts(why, "the query does what none may"))
    return true;
  for (size_t i = 0; i < sizeof openings / sizeof *openings && str_starts(why, "the query: "); i++)
    if (str_starts(str_from(why, query.n), openings[i])) return true;
  return false;
}

// A step that failed is told by its vendor's words, a query that fails at a row by that row's.
static void disclose_why(const struct disclosing *d, struct str why, struct buf *out) {
  struct str words = str_starts(why, "the query")
                         ? STR("the query fails at the value of a row: a function does not take it")
                         : STR("a step that it reads failed");
  bool ours = d->sees != ASK_SEES_SCHEMA || disclose_is_about_sql(why);
  buf_add_z(out, "none: ");
  toolbox_add_vendors(out, ours ? disclose_text(d, why, true) : words, 400);
  buf_add_char(out, '\n');
}

static void disclose_result(struct disclosing *d, const struct outcome_result *r, struct buf *out) {
  buf_printf(out, "Result %.*s: ", STR_ARG(r->name));
  if (r->why.n) return disclose_why(d, r->why, out);
  buf_printf(out, "%s. Columns:", disclose_number(r->rows.row_count));
  disclose_columns(d, r->rows.columns, r->rows.column_count, out);
  buf_add_char(out, '\n');
  disclose_rows(d, &r->rows, out);
}

// "zones has no column plann: it is taken as null"
static bool disclose_is_about_a_column(struct str warning) {
  ptrdiff_t at = str_find_text(warning, STR(" has no column "));
  return at > 0 && str_find(warning, ' ') == at;
}

// With `schema` the states of steps say enough of vendors.
static void disclose_warnings(const struct disclosing *d, const struct outcome *o, struct buf *out) {
  for (size_t i = 0; i < o->warning_count && i < 12; i++) {
    if (d->sees == ASK_SEES_SCHEMA && !disclose_is_about_a_column(o->warnings[i])) continue;
    buf_add_z(out, "Note: ");
    toolbox_add_vendors(out, disclose_text(d, o->warnings[i], true), 300);
    buf_add_char(out, '\n');
  }
}

void disclose_run(struct disclosing *d, size_t number, const struct program_run *run, const struct outcome *o,
                  struct buf *out) {
  buf_printf(out, "Run %zu: %s.\n", number, outcome_status_name(o->status));
  for (size_t i = 0; i < o->step_count; i++) disclose_step(d, run, i, o, &o->steps[i], out);
  for (size_t i = 0; i < o->result_count; i++) disclose_result(d, &o->results[i], out);
  disclose_warnings(d, o, out);
}
