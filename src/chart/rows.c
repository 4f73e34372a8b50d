// SPDX-License-Identifier: Apache-2.0
// Charts that show rows as they are: tables, single values, events.
#include "chart/build.h"

#include <stdlib.h>

static const int64_t ROWS_WHOLE_MOST = 9007199254740992; // beyond it a page's numbers lose digits

static struct chart_value rows_word(struct str word) {
  return (struct chart_value){.kind = CHART_WORD, .word = word};
}

static struct chart_value rows_value(struct arrange *a, size_t row, int column) {
  const struct table_cell *cell = arrange_cell(a, row, column);
  const struct chart_column *c = &a->columns[column];
  double number;
  bool digits = cell->kind == TABLE_CELL_INTEGER &&
                (cell->integer > ROWS_WHOLE_MOST || cell->integer < -ROWS_WHOLE_MOST);
  if (cell->kind == TABLE_CELL_NULL) return (struct chart_value){.kind = CHART_NULL};
  if (cell->kind == TABLE_CELL_TEXT) return rows_word(cell->text);
  if (cell->kind == TABLE_CELL_INTEGER && c->type == TABLE_BOOLEAN)
    return (struct chart_value){.kind = CHART_FLAG, .flag = cell->integer != 0};
  if (digits || !chart_cell_number(cell, &number))
    return rows_word(chart_cell_label(cell, c->type, a->arena));
  return (struct chart_value){.kind = CHART_NUMBER, .number = number};
}

static enum chart_format rows_format(const struct chart_column *c) {
  static const enum chart_format by_unit[] = {[CHART_UNIT_BYTES] = CHART_BYTES,
                                              [CHART_UNIT_MS] = CHART_DURATION,
                                              [CHART_UNIT_RATIO] = CHART_PERCENT,
                                              [CHART_UNIT_MONEY] = CHART_MONEY,
                                              [CHART_UNIT_OTHER] = CHART_GROUPED};
  if (c->class == CHART_CLASS_TIME)
    return c->type == TABLE_INTEGER || c->type == TABLE_DECIMAL ? CHART_AS_IS : CHART_TIME;
  if (c->type == TABLE_BOOLEAN) return CHART_YES_NO;
  if (c->class != CHART_CLASS_MEASURE) return CHART_AS_IS;
  enum chart_format format = by_unit[c->unit];
  return format == CHART_AS_IS ? CHART_GROUPED : format;
}

static void rows_fields(struct arrange *a) {
  for (size_t i = 0; i < a->count && i < CHART_FIELDS_MOST; i++) {
    const struct chart_column *c = &a->columns[i];
    enum chart_type type = c->class == CHART_CLASS_MEASURE ? CHART_QUANTITATIVE
                           : c->class == CHART_CLASS_TIME  ? CHART_TEMPORAL
                                                           : CHART_NOMINAL;
    int field = arrange_field(a, (int)i, type);
    a->out->fields[field].format = rows_format(c);
    // The format says bytes, milliseconds and parts of a whole itself.
    bool said =
        c->class == CHART_CLASS_TIME || rows_format(c) == CHART_BYTES || rows_format(c) == CHART_DURATION;
    if (said) a->out->fields[field].title = c->title;
  }
  if (a->count > CHART_FIELDS_MOST)
    arrange_note(a, "The first %d of %zu columns are shown.", CHART_FIELDS_MOST, a->count);
}

bool build_table(struct arrange *a, enum chart_kind kind) {
  struct chart *chart = a->out;
  chart->kind = kind;
  rows_fields(a);
  size_t most = a->rows < CHART_ROWS_MOST ? a->rows : CHART_ROWS_MOST;
  arrange_rows(a, most);
  for (size_t i = 0; i < most; i++) {
    struct chart_value *row = arrange_row(a);
    for (size_t c = 0; c < chart->field_count; c++) row[c] = rows_value(a, i, (int)c);
  }
  chart->left_out = a->rows - most;
  if (chart->left_out) arrange_note(a, "The first %zu of %zu rows are shown.", most, a->rows);
  return true;
}

bool build_kpi(struct arrange *a) {
  struct chart *chart = a->out;
  if (a->count != 1 || a->rows != 1) return arrange_why(a, "a single value takes a result of one cell");
  build_table(a, CHART_KPI);
  const struct chart_column *c = &a->columns[0];
  chart->fields[0].format = c->class != CHART_CLASS_MEASURE ? CHART_AS_IS
                            : c->unit == CHART_UNIT_RATIO   ? CHART_PERCENT
                            : c->unit == CHART_UNIT_MONEY   ? CHART_MONEY
                            : c->unit == CHART_UNIT_BYTES   ? CHART_SHORT
                                                            : CHART_GROUPED;
  if (!chart->title.n) chart->title = c->title;
  chart->delta = a->from->delta;
  chart->spark = a->from->spark;
  chart->spark_count = a->from->spark_count;
  return true;
}

// ---- events

struct rows_event {
  int64_t ms;
  size_t row;
};

static int rows_by_time(const void *x, const void *y) {
  const struct rows_event *a = x, *b = y;
  if (a->ms != b->ms) return a->ms < b->ms ? -1 : 1;
  return a->row < b->row ? -1 : a->row > b->row;
}

bool build_timeline(struct arrange *a, int time, int lane) {
  struct chart *chart = a->out;
  struct rows_event *events = ARENA_ARRAY(a->arena, a->rows + 1, struct rows_event);
  size_t n = 0;
  for (size_t i = 0; i < a->rows; i++)
    if (chart_cell_moment(arrange_cell(a, i, time), &events[n].ms)) events[n++].row = i;
  if (!n) return arrange_why(a, "'%.*s' has no times", STR_ARG(a->columns[time].title));
  if (time >= CHART_FIELDS_MOST || lane >= CHART_FIELDS_MOST)
    return arrange_why(a, "its columns come too late");
  qsort(events, n, sizeof *events, rows_by_time);
  rows_fields(a);
  chart->kind = CHART_TIMELINE;
  chart->channels[CHART_X] = time;
  chart->channels[CHART_Y] = lane;
  chart->fields[time].title = arrange_title(a, &a->columns[time]);
  chart->left_out = n > CHART_ROWS_MOST ? n - CHART_ROWS_MOST : 0;
  arrange_rows(a, n);
  for (size_t i = chart->left_out; i < n; i++) {
    struct chart_value *row = arrange_row(a);
    for (size_t c = 0; c < chart->field_count; c++) row[c] = rows_value(a, events[i].row, (int)c);
    row[time] = arrange_moment(a, time, events[i].ms);
    if (lane >= 0)
      row[lane] =
          rows_word(chart_cell_label(arrange_cell(a, events[i].row, lane), a->columns[lane].type, a->arena));
  }
  if (n < a->rows) arrange_note(a, "%zu of %zu rows have no time and are left out.", a->rows - n, a->rows);
  if (chart->left_out) arrange_note(a, "The last %d of %zu events are shown.", CHART_ROWS_MOST, n);
  return true;
}
