// SPDX-License-Identifier: Apache-2.0
#include <math.h>

#include "chart/draw_parts.h"

enum { BAR_LEAST = 4, VALUE_MOST = 40 };

struct bars {
  const struct draw *t;
  size_t label_width, value_width, room;
  double low, high; // what the room spans; zero is in it
};

static void bars_label(const struct draw *t, size_t row, struct buf *out) {
  const struct chart *c = t->chart;
  buf_clear(out);
  if (c->kind != CHART_HISTOGRAM) {
    draw_value(out, draw_field(t, c->kind == CHART_COLUMN ? CHART_X : CHART_Y),
               draw_at(t, row, c->kind == CHART_COLUMN ? CHART_X : CHART_Y));
    return;
  }
  const struct chart_field *from = draw_field(t, CHART_X);
  chart_format_measure(out, draw_at(t, row, CHART_X)->number, from->unit, from->unit_word);
  buf_add_z(out, " to ");
  chart_format_measure(out, draw_at(t, row, CHART_X2)->number, from->unit, from->unit_word);
}

static enum chart_channel bars_channel(const struct chart *c) {
  return c->kind == CHART_COLUMN || c->kind == CHART_HISTOGRAM ? CHART_Y : CHART_X;
}

static size_t bars_min(size_t a, size_t b) {
  return a < b ? a : b;
}

// Labels get two fifths at most, values what they need; where nothing is left for bars, there are none.
static void bars_share(struct bars *b) {
  size_t width = b->t->width;
  b->value_width = bars_min(b->value_width, bars_min(VALUE_MOST, width / 2));
  b->label_width = bars_min(b->label_width, width * 2 / 5 ? width * 2 / 5 : 1);
  size_t used = b->label_width + b->value_width + 2;
  b->room = width >= used + BAR_LEAST ? width - used : 0;
}

// A length of the room in eighths of a column; what is there is seen.
static size_t bars_eighths(const struct bars *b, double value) {
  double span = b->high - b->low, part = span > 0 ? fabs(value) / span * (double)b->room * DRAW_LEVELS : 0;
  size_t n = (size_t)floor(part + 0.5);
  return value != 0 && n == 0 ? 1 : bars_min(n, b->room * DRAW_LEVELS);
}

static size_t bars_length(const struct draw *t, size_t eighths, size_t fill) {
  size_t whole = eighths / DRAW_LEVELS, part = eighths % DRAW_LEVELS;
  if (!t->marks->fine || fill) whole += part >= DRAW_LEVELS / 2 || (!whole && part), part = 0;
  fit_repeat(t->out, t->marks->fills[fill], whole);
  if (part) buf_add_z(t->out, t->marks->parts[part - 1]);
  return whole + (part > 0);
}

// From zero to the right, or to the left of it.
static void bars_draw(const struct bars *b, double value) {
  const struct draw *t = b->t;
  size_t zero = b->low < 0 ? (size_t)floor(-b->low / (b->high - b->low) * (double)b->room + 0.5) : 0, used;
  draw_color(t, 0);
  if (value < 0) {
    size_t length = bars_min((bars_eighths(b, value) + DRAW_LEVELS / 2) / DRAW_LEVELS, zero);
    length = length ? length : bars_min(1, zero);
    fit_pad(t->out, zero - length);
    fit_repeat(t->out, t->marks->fills[0], length);
    used = zero;
  } else {
    fit_pad(t->out, zero);
    size_t eighths = bars_min(bars_eighths(b, value), (b->room - zero) * DRAW_LEVELS);
    used = zero + bars_length(t, eighths, 0);
  }
  draw_plain(t);
  fit_pad(t->out, b->room - used);
}

static void bars_measure(struct bars *b, struct buf *text) {
  const struct draw *t = b->t;
  enum chart_channel channel = bars_channel(t->chart);
  for (size_t row = 0; row < t->chart->row_count; row++) {
    const struct chart_value *v = draw_at(t, row, channel);
    bars_label(t, row, text);
    size_t width = fit_width(buf_str(text));
    if (width > b->label_width) b->label_width = width;
    buf_clear(text);
    draw_value(text, draw_field(t, channel), v);
    if (fit_width(buf_str(text)) > b->value_width) b->value_width = fit_width(buf_str(text));
    if (v->kind != CHART_NUMBER) continue;
    b->low = fmin(b->low, v->number);
    b->high = fmax(b->high, v->number);
  }
  bars_share(b);
}

void draw_bars(const struct draw *t) {
  struct bars b = {.t = t};
  struct buf text = BUF_MAX(1 << 21);
  enum chart_channel channel = bars_channel(t->chart);
  bars_measure(&b, &text);
  for (size_t row = 0; row < t->chart->row_count; row++) {
    const struct chart_value *v = draw_at(t, row, channel);
    bars_label(t, row, &text);
    size_t used = fit_add(t->out, buf_str(&text), b.label_width, t->ascii);
    fit_pad(t->out, b.label_width - used);
    buf_clear(&text);
    draw_value(&text, draw_field(t, channel), v);
    if (b.room) {
      buf_add_char(t->out, ' ');
      bars_draw(&b, v->kind == CHART_NUMBER ? v->number : 0);
    }
    if (t->width > b.label_width) buf_add_char(t->out, ' ');
    size_t room = t->width > b.label_width ? t->width - b.label_width - 1 : 0;
    used = bars_min(fit_width(buf_str(&text)), b.value_width);
    fit_pad(t->out, bars_min(b.value_width - used, room));
    fit_add(t->out, buf_str(&text), bars_min(b.value_width, room), t->ascii);
    buf_add_char(t->out, '\n');
  }
  buf_free(&text);
}

// ---- stacks: rows of the chart with one label are one bar

struct stack {
  struct bars bars;
  struct str series[DRAW_FILLS];
  size_t series_count;
};

static struct str stack_word(const struct draw *t, size_t row, enum chart_channel channel) {
  const struct chart_value *v = draw_at(t, row, channel);
  return v->kind == CHART_WORD ? v->word : STR("");
}

static size_t stack_end(const struct draw *t, size_t row) {
  struct str label = stack_word(t, row, CHART_Y);
  while (row < t->chart->row_count && str_eq(stack_word(t, row, CHART_Y), label)) row++;
  return row;
}

static double stack_sum(const struct draw *t, size_t from, size_t to) {
  double sum = 0;
  for (; from < to; from++)
    if (draw_at(t, from, CHART_X)->kind == CHART_NUMBER) sum += draw_at(t, from, CHART_X)->number;
  return sum;
}

static size_t stack_series(struct stack *s, struct str name) {
  size_t i = 0;
  while (i < s->series_count && !str_eq(s->series[i], name)) i++;
  if (i == s->series_count && i < DRAW_FILLS) s->series[s->series_count++] = name;
  return bars_min(i, DRAW_FILLS - 1);
}

static void stack_legend(const struct stack *s) {
  const struct draw *t = s->bars.t;
  size_t used = 0;
  for (size_t i = 0; i < s->series_count; i++) {
    size_t width = 2 + bars_min(fit_width(s->series[i]), t->width > 2 ? t->width - 2 : 0);
    if (t->width < 3) return;
    if (used && used + 2 + width > t->width) buf_add_char(t->out, '\n'), used = 0;
    if (used) fit_pad(t->out, 2), used += 2;
    draw_color(t, i);
    buf_add_z(t->out, t->marks->fills[i]);
    draw_plain(t);
    buf_add_char(t->out, ' ');
    used += 2 + fit_add(t->out, s->series[i], t->width - used - 2, t->ascii);
  }
  buf_add_char(t->out, '\n');
}

static void stack_bar(struct stack *s, size_t from, size_t to) {
  const struct draw *t = s->bars.t;
  double sum = 0;
  size_t used = 0; // columns; each part ends where its sum does
  for (size_t row = from; row < to; row++) {
    const struct chart_value *v = draw_at(t, row, CHART_X);
    if (v->kind != CHART_NUMBER) continue;
    sum += v->number;
    size_t end = (bars_eighths(&s->bars, sum) + DRAW_LEVELS / 2) / DRAW_LEVELS,
           series = stack_series(s, stack_word(t, row, CHART_COLOR));
    if (end == used && v->number > 0 && used < s->bars.room) end++;
    end = bars_min(end, s->bars.room);
    if (end <= used) continue;
    draw_color(t, series);
    fit_repeat(t->out, t->marks->fills[series], end - used);
    draw_plain(t);
    used = end;
  }
  fit_pad(t->out, s->bars.room - used);
}

void draw_stack(const struct draw *t) {
  struct stack s = {.bars = {.t = t}};
  struct buf text = BUF_MAX(1 << 16);
  const struct chart_field *value = draw_field(t, CHART_X);
  for (size_t row = 0, end; row < t->chart->row_count; row = end) {
    end = stack_end(t, row);
    double sum = stack_sum(t, row, end);
    s.bars.high = fmax(s.bars.high, sum);
    buf_clear(&text);
    chart_format_measure(&text, sum, value->unit, value->unit_word);
    if (fit_width(buf_str(&text)) > s.bars.value_width) s.bars.value_width = fit_width(buf_str(&text));
    if (fit_width(stack_word(t, row, CHART_Y)) > s.bars.label_width)
      s.bars.label_width = fit_width(stack_word(t, row, CHART_Y));
    for (size_t i = row; i < end; i++) stack_series(&s, stack_word(t, i, CHART_COLOR));
  }
  bars_share(&s.bars);
  stack_legend(&s);
  for (size_t row = 0, end; row < t->chart->row_count; row = end) {
    end = stack_end(t, row);
    size_t used = fit_add(t->out, stack_word(t, row, CHART_Y), s.bars.label_width, t->ascii);
    fit_pad(t->out, s.bars.label_width - used);
    if (s.bars.room) {
      buf_add_char(t->out, ' ');
      stack_bar(&s, row, end);
    }
    buf_clear(&text);
    chart_format_measure(&text, stack_sum(t, row, end), value->unit, value->unit_word);
    size_t room = t->width > s.bars.label_width ? t->width - s.bars.label_width - 1 : 0;
    if (t->width > s.bars.label_width) buf_add_char(t->out, ' ');
    used = bars_min(fit_width(buf_str(&text)), s.bars.value_width);
    fit_pad(t->out, bars_min(s.bars.value_width - used, room));
    fit_add(t->out, buf_str(&text), bars_min(s.bars.value_width, room), t->ascii);
    buf_add_char(t->out, '\n');
  }
  buf_free(&text);
}
