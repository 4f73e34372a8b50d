// SPDX-License-Identifier: Apache-2.0
#include <math.h>

#include "base/mem.h"
#include "chart/draw_parts.h"

enum { WIDEN_MOST = 4 }; // columns of one value

struct spark_span {
  double low, high;
};

static struct spark_span spark_span_of(const double *values, size_t n, struct spark_span s) {
  for (size_t i = 0; i < n; i++) {
    if (isnan(values[i])) continue;
    s.low = isnan(s.low) ? values[i] : fmin(s.low, values[i]);
    s.high = isnan(s.high) ? values[i] : fmax(s.high, values[i]);
  }
  return s;
}

// Of values that share a column the largest is shown.
static double spark_at(const double *values, size_t n, size_t columns, size_t column) {
  size_t from = column * n / columns, to = (column + 1) * n / columns;
  double best = NAN;
  if (to <= from) to = from + 1;
  for (size_t i = from; i < to && i < n; i++)
    if (!isnan(values[i]) && !(best >= values[i])) best = values[i];
  return best;
}

static size_t spark_columns(size_t n, size_t width) {
  size_t wide = n ? width / n : 0;
  return wide ? n * (wide < WIDEN_MOST ? wide : WIDEN_MOST) : width;
}

static void spark_draw(const struct draw *t, const double *values, size_t n, size_t columns,
                       struct spark_span s) {
  for (size_t i = 0; i < columns; i++) {
    double value = spark_at(values, n, columns, i);
    double part = s.high > s.low ? (value - s.low) / (s.high - s.low) : s.high > 0 ? 1 : 0;
    size_t level = isnan(value) ? 0 : (size_t)fmin(fmax(floor(part * DRAW_LEVELS), 0), DRAW_LEVELS - 1);
    buf_add_z(t->out, isnan(value) ? " " : t->marks->levels[level]);
  }
}

void draw_spark(const struct draw *t, const double *values, size_t n, size_t width) {
  struct spark_span s = spark_span_of(values, n, (struct spark_span){NAN, NAN});
  spark_draw(t, values, n, spark_columns(n, width), s);
}

// ---- a line for each series

struct lines {
  const struct draw *t;
  double *values;
  size_t first, end; // rows of one series
  size_t label_width, columns, longest;
  struct spark_span span;
};

static struct str lines_series(const struct lines *l, size_t row) {
  if (l->t->chart->channels[CHART_COLOR] < 0) return STR("");
  const struct chart_value *v = draw_at(l->t, row, CHART_COLOR);
  return v->kind == CHART_WORD ? v->word : STR("");
}

static bool lines_next(struct lines *l) {
  l->first = l->end;
  if (l->first >= l->t->chart->row_count) return false;
  struct str name = lines_series(l, l->first);
  while (l->end < l->t->chart->row_count && str_eq(lines_series(l, l->end), name)) {
    const struct chart_value *v = draw_at(l->t, l->end, CHART_Y);
    l->values[l->end++] = v->kind == CHART_NUMBER ? v->number : NAN;
  }
  return true;
}

static void lines_measure(struct lines *l) {
  l->span = (struct spark_span){NAN, NAN};
  while (lines_next(l)) {
    size_t width = fit_width(lines_series(l, l->first)), n = l->end - l->first;
    if (width > l->label_width) l->label_width = width;
    if (n > l->longest) l->longest = n;
    l->span = spark_span_of(l->values + l->first, n, l->span);
  }
  if (l->t->chart->from_zero && !isnan(l->span.low))
    l->span = (struct spark_span){fmin(l->span.low, 0), fmax(l->span.high, 0)};
  if (l->label_width > l->t->width / 3) l->label_width = l->t->width / 3;
  l->end = 0;
}

// "3 to 9, last 7": what the heights cannot say.
static void lines_say(const struct lines *l, struct buf *text) {
  const struct chart_field *f = draw_field(l->t, CHART_Y);
  size_t n = l->end - l->first;
  struct spark_span s = spark_span_of(l->values + l->first, n, (struct spark_span){NAN, NAN});
  buf_clear(text);
  if (isnan(s.low)) {
    buf_add_z(text, "no values");
    return;
  }
  chart_format_measure(text, s.low, f->unit, f->unit_word);
  if (s.high > s.low) {
    buf_add_z(text, " to ");
    chart_format_measure(text, s.high, f->unit, f->unit_word);
  }
  double last = l->values[l->end - 1];
  if (isnan(last)) return;
  buf_add_z(text, l->t->chart->unfinished ? ", last so far " : ", last ");
  chart_format_measure(text, last, f->unit, f->unit_word);
}

static void lines_times(const struct lines *l, struct buf *text) {
  const struct chart *c = l->t->chart;
  const struct chart_field *f = draw_field(l->t, CHART_X);
  buf_clear(text);
  draw_value(text, f, draw_at(l->t, 0, CHART_X));
  buf_add_z(text, " to ");
  draw_value(text, f, draw_at(l->t, c->row_count - 1, CHART_X));
  buf_add_z(text, ", ");
  buf_add(text, f->title);
  draw_wrapped(l->t, buf_str(text));
}

void draw_lines(const struct draw *t) {
  struct lines l = {.t = t, .values = mem_array(t->chart->row_count + 1, sizeof(double))};
  struct buf text = BUF_MAX(1 << 16);
  size_t series = 0, most = 0;
  lines_measure(&l);
  while (lines_next(&l)) {
    lines_say(&l, &text);
    if (fit_width(buf_str(&text)) > most) most = fit_width(buf_str(&text));
  }
  l.end = 0;
  size_t beside = l.label_width ? l.label_width + 1 : 0;
  bool under = t->width < beside + most + 2 + 8; // no room for words behind the line: below it
  size_t room = t->width - beside - (under ? 0 : most + 2);
  l.columns = spark_columns(l.longest, room);
  while (lines_next(&l)) {
    if (beside) {
      size_t used = fit_add(t->out, lines_series(&l, l.first), l.label_width, t->ascii);
      fit_pad(t->out, beside - used);
    }
    draw_color(t, series++);
    spark_draw(t, l.values + l.first, l.end - l.first, l.columns, l.span);
    draw_plain(t);
    lines_say(&l, &text);
    if (under)
      buf_add_char(t->out, '\n');
    else
      fit_pad(t->out, 2);
    fit_add(t->out, buf_str(&text), under ? t->width : most, t->ascii);
    buf_add_char(t->out, '\n');
  }
  lines_times(&l, &text);
  buf_free(&text);
  mem_free(l.values);
}
