// SPDX-License-Identifier: Apache-2.0
#include "chart/arrange.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/plain.h"

const struct table_cell *arrange_cell(const struct arrange *a, size_t row, int column) {
  return &a->from->rows->cells[row * a->count + (size_t)column];
}

bool arrange_number(const struct arrange *a, size_t row, int column, double *out) {
  return chart_cell_number(arrange_cell(a, row, column), out);
}

static void arrange_axis_room(struct arrange *a, struct arrange_axis *out) {
  *out = (struct arrange_axis){.value_of = ARENA_ARRAY(a->arena, a->rows + 1, uint32_t),
                               .place_of = ARENA_ARRAY(a->arena, a->rows + 1, uint32_t)};
}

void arrange_one(struct arrange *a, struct arrange_axis *out) {
  arrange_axis_room(a, out);
  out->count = 1;
  out->labels = ARENA_NEW(a->arena, struct str);
}

// ---- time

static int arrange_by_time(const void *x, const void *y) {
  const int64_t *a = x, *b = y;
  return *a < *b ? -1 : *a > *b;
}

bool arrange_times(struct arrange *a, int column, struct arrange_axis *out) {
  size_t n = 0, without = 0;
  int64_t ms;
  arrange_axis_room(a, out);
  out->keys = 1;
  out->times = ARENA_ARRAY(a->arena, a->rows + 1, int64_t);
  for (size_t row = 0; row < a->rows; row++)
    if (chart_cell_moment(arrange_cell(a, row, column), &ms)) out->times[n++] = ms;
  if (n) qsort(out->times, n, sizeof ms, arrange_by_time);
  for (size_t i = 0; i < n; i++)
    if (i == 0 || out->times[i] != out->times[i - 1]) out->times[out->count++] = out->times[i];
  for (size_t row = 0; row < a->rows; row++) {
    const int64_t *at = NULL;
    if (chart_cell_moment(arrange_cell(a, row, column), &ms))
      at = bsearch(&ms, out->times, out->count, sizeof ms, arrange_by_time);
    out->value_of[row] = out->place_of[row] = at ? (uint32_t)(at - out->times) : ARRANGE_NOWHERE;
    without += !at;
  }
  if (without && out->count)
    arrange_note(a, "%zu row%s without a time %s left out.", without, without == 1 ? "" : "s",
                 without == 1 ? "is" : "are");
  return out->count > 0;
}

// ---- categories

struct arrange_value {
  struct str label;
  double rank;
  int64_t ms;
  uint32_t index; // as they came
  bool timed;
};

static int arrange_by_rank(const void *x, const void *y) {
  const struct arrange_value *a = x, *b = y;
  if (a->rank != b->rank) return a->rank > b->rank ? -1 : 1;
  return str_compare(a->label, b->label);
}

static int arrange_by_label(enum chart_order order, const void *x, const void *y) {
  const struct arrange_value *a = x, *b = y;
  if (a->timed && b->timed && a->ms != b->ms) return a->ms < b->ms ? -1 : 1;
  return chart_compare_labels(order, a->label, b->label);
}
static int arrange_natural(const void *x, const void *y) {
  return arrange_by_label(CHART_ORDER_NATURAL, x, y);
}
static int arrange_weekdays(const void *x, const void *y) {
  return arrange_by_label(CHART_ORDER_WEEKDAY, x, y);
}
static int arrange_months(const void *x, const void *y) {
  return arrange_by_label(CHART_ORDER_MONTH, x, y);
}
static int arrange_severities(const void *x, const void *y) {
  return arrange_by_label(CHART_ORDER_SEVERITY, x, y);
}

static struct str arrange_label_of(struct arrange *a, size_t row, int column, int64_t *ms, bool *timed) {
  const struct table_cell *cell = arrange_cell(a, row, column);
  *timed = a->columns[column].class == CHART_CLASS_TIME && chart_cell_moment(cell, ms);
  if (!*timed) return chart_cell_label(cell, a->columns[column].type, a->arena);
  struct buf text = BUF_MAX(64);
  chart_format_time(&text, arrange_moment(a, column, *ms).ms, a->columns[column].days);
  struct str label = arena_dup(a->arena, buf_str(&text));
  buf_free(&text);
  return label;
}

// Each value with what it is ranked by: its sum, or the largest where a sum means nothing.
static struct arrange_value *arrange_values(struct arrange *a, int column, int measure, uint32_t *value_of,
                                            size_t *count) {
  struct arrange_value *values = ARENA_ARRAY(a->arena, a->rows + 1, struct arrange_value);
  struct map known = {0};
  *count = 0;
  for (size_t row = 0; row < a->rows; row++) {
    int64_t ms = 0;
    bool timed;
    double number;
    struct str label = arrange_label_of(a, row, column, &ms, &timed);
    struct arrange_value *v = map_get(&known, label);
    if (!v) {
      v = &values[*count];
      *v = (struct arrange_value){
          .label = label, .rank = -INFINITY, .index = (uint32_t)*count, .ms = ms, .timed = timed};
      map_put(&known, label, v);
      ++*count;
    }
    value_of[row] = v->index;
    if (measure < 0 || !arrange_number(a, row, measure, &number)) continue;
    bool sum = a->columns[measure].additive && isfinite(v->rank);
    v->rank = sum ? v->rank + number : number > v->rank ? number : v->rank;
  }
  map_free(&known);
  return values;
}

static struct str arrange_other(struct arrange *a, const struct arrange_axis *axis, size_t others) {
  struct str label = arena_printf(a->arena, "Other (%zu)", others);
  for (size_t i = 0; i < axis->count; i++)
    if (str_eq(axis->labels[i], label))
      label = arena_printf(a->arena, "%.*s …", STR_ARG(label)), i = (size_t)-1;
  return label;
}

bool arrange_labels(struct arrange *a, int column, int measure, size_t most, struct arrange_axis *out) {
  static int (*const by_order[])(const void *, const void *) = {arrange_natural, arrange_weekdays,
                                                                arrange_months, arrange_severities};
  const struct chart_column *c = &a->columns[column];
  bool ordered =
      c->class == CHART_CLASS_ORDINAL || c->class == CHART_CLASS_TIME || (most == ARRANGE_ALL && c->whole);
  size_t n;
  arrange_axis_room(a, out);
  out->keys = 1;
  struct arrange_value *values = arrange_values(a, column, measure, out->value_of, &n);
  if (ordered && n > most)
    return arrange_why(a, "'%.*s' has %zu values, and its order leaves none out", STR_ARG(c->title), n);
  qsort(values, n, sizeof *values, ordered ? by_order[c->order] : arrange_by_rank);
  uint32_t *places = ARENA_ARRAY(a->arena, n + 1, uint32_t);
  out->labels = ARENA_ARRAY(a->arena, (n < most ? n : most) + 2, struct str);
  out->has_other = n > most && measure >= 0 && a->columns[measure].additive;
  out->rest = n > most ? n - most : 0;
  for (size_t i = 0; i < n; i++) {
    bool kept = i < most;
    if (kept) out->labels[out->count++] = values[i].label;
    places[values[i].index] = kept ? (uint32_t)i : out->has_other ? (uint32_t)most : ARRANGE_NOWHERE;
  }
  if (out->has_other) {
    struct str other = arrange_other(a, out, out->rest);
    out->labels[out->count++] = other;
  }
  if (out->rest && !out->has_other)
    arrange_note(a, "%zu more of %.*s are not shown; a sum of them would mean nothing.", out->rest,
                 STR_ARG(c->title));
  for (size_t row = 0; row < a->rows; row++) out->place_of[row] = places[out->value_of[row]];
  return n > 0;
}

// ---- sums

static int arrange_by_pair(const void *x, const void *y) {
  const uint64_t *a = x, *b = y;
  return *a < *b ? -1 : *a > *b;
}

static bool arrange_has_twins(struct arrange *a, const struct arrange_axis *x, const struct arrange_axis *y) {
  uint64_t *pairs = ARENA_ARRAY(a->arena, a->rows + 1, uint64_t);
  size_t n = 0;
  for (size_t row = 0; row < a->rows; row++)
    if (x->value_of[row] != ARRANGE_NOWHERE && y->value_of[row] != ARRANGE_NOWHERE)
      pairs[n++] = (uint64_t)x->value_of[row] << 32 | y->value_of[row];
  qsort(pairs, n, sizeof *pairs, arrange_by_pair);
  for (size_t i = 1; i < n; i++)
    if (pairs[i] == pairs[i - 1]) return true;
  return false;
}

// Sums of what rows are left when the axes have taken theirs are made only where nothing else tells the rows apart.
static bool arrange_may_sum(const struct arrange *a, size_t keys, const struct chart_column *measure) {
  size_t others = 0;
  for (size_t i = 0; i < a->count; i++) others += a->columns[i].class != CHART_CLASS_MEASURE;
  return measure->additive && (a->wished || others <= keys);
}

bool arrange_grid(struct arrange *a, const struct arrange_axis *x, const struct arrange_axis *y, int measure,
                  struct arrange_grid *out) {
  size_t places = x->count * y->count;
  if (arrange_has_twins(a, x, y)) {
    if (!arrange_may_sum(a, x->keys + y->keys, &a->columns[measure]))
      return arrange_why(a, "several rows have the same place, and a sum of '%.*s' would mean nothing",
                         STR_ARG(a->columns[measure].title));
    arrange_note(a, "Rows with the same key are summed.");
  }
  out->sums = ARENA_ARRAY(a->arena, places + 1, double);
  out->has = ARENA_ARRAY(a->arena, places + 1, unsigned char);
  for (size_t row = 0; row < a->rows; row++) {
    if (x->place_of[row] == ARRANGE_NOWHERE || y->place_of[row] == ARRANGE_NOWHERE) continue;
    size_t at = x->place_of[row] * y->count + y->place_of[row];
    double number;
    bool is = arrange_number(a, row, measure, &number);
    if (is) out->sums[at] += number;
    if (out->has[at] < 1 + is) out->has[at] = (unsigned char)(1 + is);
  }
  return true;
}

// ---- the chart

// As the grammar of a field has it: no path, no control characters, UTF-8, at most so long, and no two alike.
static struct str arrange_field_name(struct arrange *a, struct str name) {
  struct buf out = BUF_MAX(4 * CHART_FIELD_MOST);
  size_t characters = 0;
  uint32_t c;
  for (size_t n; name.n && characters < CHART_FIELD_MOST - 8; name = str_from(name, n), characters++) {
    n = plain_next(name, &c);
    if (c < 0x20 || c == PLAIN_BROKEN || c == '.' || c == '[' || c == ']' || c == '\\')
      buf_add_char(&out, '_');
    else
      buf_add(&out, str_make(name.p, n));
  }
  struct str base = arena_dup(a->arena, out.n ? buf_str(&out) : STR("column")), unique = base;
  buf_free(&out);
  unsigned next = 2;
  for (size_t i = 0; i < a->out->field_count; i++)
    if (str_eq(a->out->fields[i].name, unique))
      unique = arena_printf(a->arena, "%.*s__%u", STR_ARG(base), next++), i = (size_t)-1;
  return unique;
}

int arrange_field_named(struct arrange *a, struct str name, struct str title, enum chart_type type) {
  struct chart *chart = a->out;
  if (!chart->fields) chart->fields = ARENA_ARRAY(a->arena, CHART_FIELDS_MOST, struct chart_field);
  struct str unique = arrange_field_name(a, name);
  chart->fields[chart->field_count] = (struct chart_field){.name = unique, .title = title, .type = type};
  return (int)chart->field_count++;
}

// "Size (KB)", where the title does not say it already.
struct str arrange_title(struct arrange *a, const struct chart_column *c) {
  static const struct str words[] = {
      [CHART_UNIT_BYTES] = {"bytes", 5}, [CHART_UNIT_BINARY_BYTES] = {"bytes", 5},
      [CHART_UNIT_MS] = {"ms", 2},       [CHART_UNIT_SECONDS] = {"s", 1},
      [CHART_UNIT_PERCENT] = {"%", 1},   [CHART_UNIT_OTHER] = {0}};
  if (c->class == CHART_CLASS_TIME && !c->days)
    return arena_printf(a->arena, "%.*s (%.*s)", STR_ARG(c->title),
                        STR_ARG(a->from->zone ? zone_name(a->from->zone) : STR("UTC")));
  if (c->class != CHART_CLASS_MEASURE || c->unit == CHART_UNIT_NONE) return c->title;
  struct str word = words[c->unit].n ? words[c->unit] : c->unit_word;
  if (!word.n) return c->title;
  struct str rest = c->title, part;
  while (str_cut(&rest, ' ', &part))
    if (str_eq_nocase(part, word) || (c->unit == CHART_UNIT_SECONDS && str_is_nocase(part, "seconds")) ||
        (c->unit == CHART_UNIT_PERCENT && str_is_nocase(part, "percent")))
      return c->title;
  if (word.n < c->title.n && str_contains(c->title, ARENA_JOIN(a->arena, STR("("), word, STR(")"))))
    return c->title;
  return arena_printf(a->arena, "%.*s (%.*s)", STR_ARG(c->title), STR_ARG(word));
}

static enum chart_format arrange_axis_format(const struct chart_column *c) {
  if (c->class != CHART_CLASS_MEASURE) return CHART_AS_IS;
  if (c->unit == CHART_UNIT_RATIO) return CHART_PERCENT;
  bool bytes = c->unit == CHART_UNIT_BYTES || c->unit == CHART_UNIT_BINARY_BYTES;
  return bytes || fmax(fabs(c->least), fabs(c->most)) >= 10000 ? CHART_SHORT : CHART_AS_IS;
}

int arrange_field(struct arrange *a, int column, enum chart_type type) {
  const struct chart_column *c = &a->columns[column];
  int field = arrange_field_named(a, c->name, arrange_title(a, c), type);
  struct chart_field *f = &a->out->fields[field];
  f->format = type == CHART_QUANTITATIVE ? arrange_axis_format(c) : CHART_AS_IS;
  f->unit = c->unit;
  f->unit_word = c->unit_word;
  f->days = c->days;
  return field;
}

void arrange_rows(struct arrange *a, size_t most) {
  size_t rows = most < CHART_ROWS_MOST ? most : CHART_ROWS_MOST;
  a->out->values = ARENA_ARRAY(a->arena, rows * a->out->field_count + 1, struct chart_value);
}

struct chart_value *arrange_row(struct arrange *a) {
  return &a->out->values[a->out->row_count++ * a->out->field_count];
}

struct chart_value arrange_moment(const struct arrange *a, int column, int64_t ms) {
  bool local = a->from->zone && !a->columns[column].days;
  return (struct chart_value){.kind = CHART_MOMENT, .ms = local ? zone_local(a->from->zone, ms) : ms};
}

struct chart_value arrange_sum(double sum) { // 0.3, not 0.30000000000000004
  char digits[40];
  snprintf(digits, sizeof digits, "%.15g", sum);
  double value = fabs(sum) < 9007199254740992 && sum == floor(sum) ? sum : strtod(digits, NULL);
  return (struct chart_value){.kind = CHART_NUMBER, .number = value == 0 ? 0 : value};
}

// ---- words

void arrange_note(struct arrange *a, const char *format, ...) {
  char text[512];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (a->notes.n) buf_add_char(&a->notes, ' ');
  buf_add_z(&a->notes, text);
}

bool arrange_why(struct arrange *a, const char *format, ...) {
  char text[512];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (!a->out->why.n) a->out->why = arena_dup(a->arena, str_of(text));
  return false;
}
