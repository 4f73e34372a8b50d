// SPDX-License-Identifier: Apache-2.0
#include "ask/cell.h"
#include "ask/recipe_plan.h"
#include "data/json.h"

enum { RECIPE_NAMED_MOST = 5 };

struct recipe_saying {
  const struct recipe_use *use;
  const struct outcome_result *r;
  struct buf *out;
  struct cell_to to;
};

static struct str recipe_unit(const struct recipe_saying *s, struct str column) {
  yyjson_val *hint = yyjson_obj_getn(s->r->asked->columns, column.p, column.n);
  return json_str(hint, "unit");
}

static void recipe_say_cell(const struct recipe_saying *s, size_t row, size_t column) {
  const struct table_column *c = &s->r->rows.columns[column];
  const struct table_cell *cell = &s->r->rows.cells[row * s->r->rows.column_count + column];
  bool number = cell->kind == TABLE_CELL_INTEGER || cell->kind == TABLE_CELL_REAL;
  if (number && c->type != TABLE_BOOLEAN && c->type != TABLE_TIME)
    cell_say_number(&s->to, cell, recipe_unit(s, c->name));
  else
    cell_say(&s->to, row, column, STR_NONE);
}

static int recipe_column(const struct recipe_saying *s, struct str name) {
  for (size_t i = 0; i < s->r->rows.column_count; i++)
    if (str_eq_nocase(s->r->rows.columns[i].name, name)) return (int)i;
  return -1;
}

// "DE (4,012), FR (301) and 14 more": the first rows, by what names them and their last column.
static void recipe_say_first(const struct recipe_saying *s) {
  size_t rows = s->r->rows.row_count, columns = s->r->rows.column_count;
  size_t n = rows < RECIPE_NAMED_MOST ? rows : RECIPE_NAMED_MOST;
  for (size_t i = 0; i < n; i++) {
    if (i) buf_add_z(s->out, i + 1 == rows ? " and " : ", ");
    recipe_say_cell(s, i, 0);
    if (columns < 2) continue;
    buf_add_z(s->out, " (");
    recipe_say_cell(s, i, columns - 1);
    buf_add_char(s->out, ')');
  }
  if (rows == n) return;
  buf_add_z(s->out, " and ");
  cell_say_rows(&s->to, n, rows);
  buf_add_z(s->out, " more");
}

static void recipe_say_hole(const struct recipe_saying *s, struct str name) {
  int column = recipe_column(s, name);
  if (str_is(name, "rows"))
    cell_say_rows(&s->to, 0, s->r->rows.row_count);
  else if (str_is(name, "first"))
    recipe_say_first(s);
  else if (column >= 0 && s->r->rows.row_count)
    recipe_say_cell(s, 0, (size_t)column);
  else
    buf_add_z(s->out, "none");
}

static void recipe_say_template(const struct recipe_saying *s, struct str text) {
  while (text.n) {
    ptrdiff_t open = str_find(text, '{'), end = open < 0 ? -1 : str_find(str_from(text, (size_t)open), '}');
    if (end < 0) break;
    buf_add(s->out, str_make(text.p, (size_t)open));
    recipe_say_hole(s, str_make(text.p + open + 1, (size_t)end - 1));
    text = str_from(text, (size_t)(open + end) + 1);
  }
  buf_add(s->out, text);
}

// Slots are put in first, so that what a row holds is never taken for a slot.
void recipe_say(const struct recipe_use *use, const struct outcome_result *r, const struct table_clock *clock,
                struct arena *a, const struct summary_out *out) {
  struct recipe_saying s = {
      .use = use, .r = r, .out = out->text, .to = {out->text, out->numbers, &r->rows, r->name}};
  yyjson_val *def = yyjson_obj_getn(yyjson_obj_get(yyjson_obj_get(use->recipe->def, "program"), "results"),
                                    r->name.p, r->name.n);
  struct str say = json_str(def, r->rows.row_count ? "say" : "none");
  if (r->why.n) {
    buf_printf(s.out, "%.*s: could not be read (%.*s).", STR_ARG(r->title), STR_MOST(r->why, 400));
    return;
  }
  if (say.n) {
    recipe_say_template(&s, recipe_words(use, say, clock, a));
    return;
  }
  buf_printf(s.out, "%.*s: ", STR_ARG(r->title));
  cell_say_rows(&s.to, 0, r->rows.row_count);
  buf_add_char(s.out, '.');
}
