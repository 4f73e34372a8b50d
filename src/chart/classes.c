// SPDX-License-Identifier: Apache-2.0
#include "chart/classes.h"

#include <math.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/plain.h"
#include "chart/names.h"
#include "data/json.h"
#include "table/moment.h"

enum {
  CATEGORY_VALUES_MOST = 50,
  CATEGORY_LABEL_MOST = 80, // characters; a longer one is text to read
  ID_LEAST = 16,
  KEY_COLUMNS_MOST = 3,
};
static const double NUMBER_MOST = 1e100; // beyond it nothing can be drawn
static const int64_t TIME_FIRST_MS = 978307200000, TIME_LAST_MS = 4133980800000; // 2001 to 2100

static const char *const classes_names[] = {"time", "id", "measure", "category", "ordinal", "text"};
const char *chart_class_name(enum chart_class class) {
  return classes_names[class];
}

// ---- cells

bool chart_cell_number(const struct table_cell *cell, double *out) {
  char digits[400];
  double value = 0;
  if (cell->kind == TABLE_CELL_INTEGER) value = (double)cell->integer;
  if (cell->kind == TABLE_CELL_REAL) value = cell->real;
  if (cell->kind == TABLE_CELL_TEXT) { // a decimal that no double holds
    char *end;
    if (!cell->text.n || cell->text.n >= sizeof digits || !strchr("-0123456789", cell->text.p[0]))
      return false;
    memcpy(digits, cell->text.p, cell->text.n);
    digits[cell->text.n] = '\0';
    value = strtod(digits, &end);
    if (end != digits + cell->text.n) return false;
  }
  if (cell->kind == TABLE_CELL_NULL || !(fabs(value) <= NUMBER_MOST)) return false;
  *out = value == 0 || fabs(value) < 1 / NUMBER_MOST ? 0 : value;
  return true;
}

bool chart_cell_moment(const struct table_cell *cell, int64_t *ms) {
  if (cell->kind == TABLE_CELL_TEXT) return moment_read(cell->text, ms);
  double number;
  if (!chart_cell_number(cell, &number) || number < (double)TIME_FIRST_MS / 1000 ||
      number >= (double)TIME_LAST_MS)
    return false;
  if (number >= (double)TIME_LAST_MS / 1000 && number < (double)TIME_FIRST_MS) return false;
  *ms = (int64_t)(number < (double)TIME_FIRST_MS ? number * 1000 : number);
  return true;
}

struct str chart_cell_label(const struct table_cell *cell, enum table_type type, struct arena *a) {
  if (cell->kind == TABLE_CELL_NULL) return STR("(none)");
  if (cell->kind == TABLE_CELL_TEXT) return cell->text.n ? cell->text : STR("(empty)");
  struct buf out = BUF_MAX(400);
  table_cell_print(&out, cell, type);
  struct str label = arena_dup(a, buf_str(&out));
  buf_free(&out);
  return label;
}

// ---- what is known of a column's values

struct classes {
  const struct chart_source *from;
  struct arena *arena;
  struct chart_column *columns;
  size_t count;
};

struct classes_facts { // of the values that are not null
  size_t values, numbers, moments, dates, like_ids, long_ones, weekdays, months, severities;
  bool whole, natural; // all integers
};

static const struct table_cell *classes_cell(const struct classes *c, size_t row, size_t column) {
  return &c->from->rows->cells[row * c->count + column];
}

// Made by a machine: letters, digits, - and _, and a digit among them. A domain, a path or an address is none.
static bool classes_like_id(struct str s) {
  bool digit = false;
  for (size_t i = 0; i < s.n; i++) {
    char ch = s.p[i];
    bool number = ch >= '0' && ch <= '9';
    digit = digit || number;
    if (!number && !(ch >= 'a' && ch <= 'z') && !(ch >= 'A' && ch <= 'Z') && ch != '-' && ch != '_')
      return false;
  }
  return digit && s.n >= ID_LEAST;
}

static size_t classes_characters(struct str s) {
  size_t n = 0;
  for (size_t i = 0; i < s.n; i++) n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
  return n;
}

static void classes_look(const struct table_cell *cell, struct classes_facts *f,
                         struct chart_column *column) {
  double number;
  int64_t ms;
  f->values++;
  f->whole = f->whole && cell->kind == TABLE_CELL_INTEGER;
  f->moments += chart_cell_moment(cell, &ms);
  f->dates += cell->kind == TABLE_CELL_TEXT && moment_is_date(cell->text);
  if (cell->kind != TABLE_CELL_TEXT || column->type == TABLE_INTEGER || column->type == TABLE_DECIMAL) {
    if (!chart_cell_number(cell, &number)) return;
    column->least = !f->numbers || number < column->least ? number : column->least;
    column->most = !f->numbers || number > column->most ? number : column->most;
    f->numbers++;
    return;
  }
  f->like_ids += classes_like_id(cell->text);
  f->long_ones +=
      classes_characters(cell->text) > CATEGORY_LABEL_MOST || memchr(cell->text.p, '\n', cell->text.n);
  f->weekdays += chart_order_place(CHART_ORDER_WEEKDAY, cell->text) >= 0;
  f->months += chart_order_place(CHART_ORDER_MONTH, cell->text) >= 0;
  f->severities += chart_order_place(CHART_ORDER_SEVERITY, cell->text) >= 0;
}

static size_t classes_distinct(const struct classes *c, size_t column) {
  struct map seen = {0};
  for (size_t row = 0; row < c->from->rows->row_count; row++) {
    const struct table_cell *cell = classes_cell(c, row, column);
    if (cell->kind != TABLE_CELL_NULL)
      map_put(&seen, chart_cell_label(cell, c->columns[column].type, c->arena), c->columns);
  }
  size_t n = seen.count;
  map_free(&seen);
  return n;
}

// ---- from facts to a class

static bool classes_is_number(enum table_type type) {
  return type == TABLE_INTEGER || type == TABLE_DECIMAL;
}

// In 95 of 100 rows; numbers need a word that they are times.
static bool classes_is_time(const struct chart_column *column, const struct classes_facts *f,
                            struct str said) {
  if (f->values == 0) return column->type == TABLE_TIME;
  if (f->moments * 100 < f->values * 95) return false;
  return column->type == TABLE_TIME || str_is(said, "time") || chart_name_ends(column->name, NAMES_TIME) ||
         (column->type == TABLE_TEXT && !f->numbers);
}

static bool classes_by_word(struct chart_column *column, struct str said, const struct classes_facts *f) {
  bool number = f->values && f->numbers == f->values;
  if (str_is(said, "id") || str_is(said, "text") || str_is(said, "json"))
    column->class = str_is(said, "id") ? CHART_CLASS_ID : CHART_CLASS_TEXT;
  else if (str_is(said, "boolean") || str_is(said, "category"))
    column->class = CHART_CLASS_CATEGORY;
  else if (number && (str_is(said, "integer") || str_is(said, "decimal") || str_is(said, "number")))
    column->class = CHART_CLASS_MEASURE;
  else
    return false;
  return true;
}

static bool classes_by_order(struct chart_column *column, const struct classes_facts *f) {
  column->order = CHART_ORDER_NATURAL;
  if (f->values == 0) return false;
  if (column->distinct > 1 && f->weekdays == f->values)
    column->order = CHART_ORDER_WEEKDAY;
  else if (column->distinct > 1 && f->months == f->values)
    column->order = CHART_ORDER_MONTH;
  else if (column->distinct > 1 && f->severities == f->values)
    column->order = CHART_ORDER_SEVERITY;
  else
    return chart_name_ends(column->name, NAMES_ORDINAL) && column->distinct <= CATEGORY_VALUES_MOST &&
           (f->whole || !classes_is_number(column->type));
  return true;
}

static enum chart_class classes_of(struct chart_column *column, const struct classes_facts *f, size_t rows) {
  bool few = column->distinct <= CATEGORY_VALUES_MOST && column->distinct * 2 <= rows;
  if (column->type == TABLE_JSON || f->values == 0) return CHART_CLASS_TEXT;
  if (column->type == TABLE_BOOLEAN) return CHART_CLASS_CATEGORY;
  if (chart_name_ends(column->name, NAMES_ID)) return CHART_CLASS_ID;
  if (classes_by_order(column, f)) return CHART_CLASS_ORDINAL;
  if (classes_is_number(column->type))
    return f->whole && chart_name_ends(column->name, NAMES_CATEGORY) ? CHART_CLASS_CATEGORY
                                                                     : CHART_CLASS_MEASURE;
  if (f->like_ids == f->values && column->distinct == f->values) return CHART_CLASS_ID;
  return few && !f->long_ones ? CHART_CLASS_CATEGORY : CHART_CLASS_TEXT;
}

static struct str classes_hint(const struct classes *c, struct str column, const char *key) {
  return json_str(yyjson_obj_getn(c->from->hints, column.p ? column.p : "", column.n), key);
}

static void classes_column(const struct classes *c, size_t i) {
  const struct table_column *from = &c->from->rows->columns[i];
  struct chart_column *column = &c->columns[i];
  struct classes_facts f = {.whole = true};
  struct str title = classes_hint(c, from->name, "title"), said = classes_hint(c, from->name, "type"),
             kind = classes_hint(c, from->name, "kind");
  column->name = from->name;
  column->type = from->type;
  column->title = title.n ? title : chart_name_words(from->name, c->arena);
  size_t rows = c->from->rows->row_count;
  for (size_t row = 0; row < rows; row++) {
    const struct table_cell *cell = classes_cell(c, row, i);
    if (cell->kind == TABLE_CELL_NULL)
      column->nulls++;
    else
      classes_look(cell, &f, column);
  }
  column->whole = f.whole && f.values;
  column->days = from->days || (f.values && f.dates == f.values);
  if (classes_is_time(column, &f, said)) {
    column->class = CHART_CLASS_TIME;
    return;
  }
  bool all_numbers = f.values && f.numbers == f.values && classes_is_number(column->type);
  if (all_numbers && kind.n && !said.n) said = STR("number"); // a count, gauge or ratio
  if (!all_numbers || str_is(said, "category") || (!said.n && chart_name_ends(column->name, NAMES_ORDINAL)) ||
      (!said.n && chart_name_ends(column->name, NAMES_CATEGORY)))
    column->distinct = classes_distinct(c, i); // of measures nobody asks
  if (!classes_by_word(column, said, &f)) column->class = classes_of(column, &f, rows);
  if (column->class == CHART_CLASS_CATEGORY && f.long_ones) column->class = CHART_CLASS_TEXT;
  if (column->class == CHART_CLASS_MEASURE && f.numbers < f.values) column->class = CHART_CLASS_TEXT;
  if (column->class == CHART_CLASS_MEASURE)
    chart_name_unit(column, kind, classes_hint(c, from->name, "unit"));
}

// ---- the key of a grouped result

static bool classes_is_key(const struct chart_column *column) {
  return column->class == CHART_CLASS_TIME || column->class == CHART_CLASS_CATEGORY ||
         column->class == CHART_CLASS_ORDINAL || column->class == CHART_CLASS_TEXT;
}

static bool classes_keys_differ(const struct classes *c) {
  struct map seen = {0};
  struct buf key = BUF_MAX(64 * 1024);
  size_t rows = c->from->rows->row_count;
  for (size_t row = 0; row < rows; row++) {
    buf_clear(&key);
    for (size_t i = 0; i < c->count; i++) {
      if (!classes_is_key(&c->columns[i])) continue;
      struct str label = chart_cell_label(classes_cell(c, row, i), c->columns[i].type, c->arena);
      buf_printf(&key, "%zu:", label.n);
      buf_add(&key, label);
    }
    map_put(&seen, arena_dup(c->arena, buf_str(&key)), c->columns);
  }
  bool differ = seen.count == rows && !key.full;
  map_free(&seen);
  buf_free(&key);
  return differ;
}

// Short texts beside measures, no two rows with the same ones: what the rows were grouped by.
static void classes_find_keys(const struct classes *c) {
  size_t keys = 0, measures = 0, texts = 0, rows = c->from->rows->row_count;
  for (size_t i = 0; i < c->count; i++) {
    const struct chart_column *column = &c->columns[i];
    bool text = column->class == CHART_CLASS_TEXT && column->distinct;
    if (text && column->type != TABLE_TEXT) return;
    keys += classes_is_key(column);
    measures += column->class == CHART_CLASS_MEASURE;
    texts += text;
  }
  if (!texts || !measures || keys > KEY_COLUMNS_MOST) return;
  for (size_t i = 0; i < c->count; i++)
    for (size_t row = 0; c->columns[i].class == CHART_CLASS_TEXT && row < rows; row++) {
      const struct table_cell *cell = classes_cell(c, row, i);
      bool long_one =
          cell->kind == TABLE_CELL_TEXT &&
          (classes_characters(cell->text) > CATEGORY_LABEL_MOST || memchr(cell->text.p, '\n', cell->text.n));
      if (long_one) return;
    }
  if (!classes_keys_differ(c)) return;
  for (size_t i = 0; i < c->count; i++)
    if (c->columns[i].class == CHART_CLASS_TEXT) c->columns[i].class = CHART_CLASS_CATEGORY;
}

struct chart_column *chart_classify(const struct chart_source *from, struct arena *a) {
  struct classes c = {.from = from, .arena = a, .count = from->rows->column_count};
  c.columns = ARENA_ARRAY(a, c.count + 1, struct chart_column);
  for (size_t i = 0; i < c.count; i++) classes_column(&c, i);
  classes_find_keys(&c);
  return c.columns;
}
