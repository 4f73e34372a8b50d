// SPDX-License-Identifier: Apache-2.0
#include "chart/text.h"

#include "chart/draw_parts.h"

static const struct draw_marks draw_blocks = {
    .parts = {"▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"},
    .levels = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
    .shades = {"░", "▒", "▓", "█"},
    .fills = {"█", "▒", "▞", "░", "▤", "·"},
    .dot = "•",
    .fine = true,
};
static const struct draw_marks draw_ascii = {
    .parts = {"#", "#", "#", "#", "#", "#", "#", "#"},
    .levels = {"_", ".", "-", "~", "=", "+", "*", "#"},
    .shades = {".", ":", "*", "#"},
    .fills = {"#", "=", "+", "-", "o", "."},
    .dot = "*",
};

void draw_color(const struct draw *t, size_t series) {
  static const int colors[DRAW_FILLS] = {36, 33, 35, 32, 34, 90};
  if (t->color) buf_printf(t->out, "\x1b[%dm", colors[series % DRAW_FILLS]);
}

void draw_plain(const struct draw *t) {
  if (t->color) buf_add_z(t->out, "\x1b[0m");
}

void draw_line(const struct draw *t, struct str s) {
  fit_add(t->out, s, t->width, t->ascii);
  buf_add_char(t->out, '\n');
}

void draw_wrapped(const struct draw *t, struct str s) {
  size_t used = 0;
  for (struct str word; str_cut(&s, ' ', &word);) {
    size_t width = fit_width(word);
    if (used && used + 1 + width > t->width) {
      buf_add_char(t->out, '\n');
      used = 0;
    }
    if (used) buf_add_char(t->out, ' '), used++;
    used += fit_add(t->out, word, t->width - used, t->ascii);
  }
  buf_add_char(t->out, '\n');
}

const struct chart_field *draw_field(const struct draw *t, enum chart_channel channel) {
  return &t->chart->fields[t->chart->channels[channel]];
}

const struct chart_value *draw_at(const struct draw *t, size_t row, enum chart_channel channel) {
  return chart_at(t->chart, row, t->chart->channels[channel]);
}

void draw_value(struct buf *out, const struct chart_field *f, const struct chart_value *v) {
  switch (v->kind) {
  case CHART_NULL:
    return;
  case CHART_NUMBER:
    if (f->type == CHART_QUANTITATIVE)
      chart_format_measure(out, v->number, f->unit, f->unit_word);
    else
      chart_format_json(out, v->number); // a port, a year
    return;
  case CHART_MOMENT:
    chart_format_time(out, v->ms, f->days);
    return;
  case CHART_FLAG:
    buf_add_z(out, v->flag ? "yes" : "no");
    return;
  case CHART_WORD:
    if (f->format == CHART_TIME && str_ends(v->word, ".000Z")) {
      buf_add(out, str_make(v->word.p, v->word.n - 5));
      buf_add_char(out, 'Z');
    } else {
      buf_add(out, v->word);
    }
  }
}

// ---- a single value

static void draw_kpi(const struct draw *t) {
  const struct chart *c = t->chart;
  struct buf words = BUF_MAX(1 << 16);
  if (c->title.n) {
    buf_add(&words, c->title);
    buf_add_z(&words, ": ");
  }
  draw_value(&words, &c->fields[0], chart_at(c, 0, 0));
  if (c->delta) {
    buf_add_z(&words, c->delta->value < 0 ? "  " : "  +");
    chart_format_measure(&words, c->delta->value, c->fields[0].unit, c->fields[0].unit_word);
    buf_add_z(&words, " from ");
    buf_add(&words, c->delta->from);
  }
  size_t used = fit_add(t->out, buf_str(&words), t->width, t->ascii);
  buf_free(&words);
  if (c->spark_count && used + 4 < t->width) {
    fit_pad(t->out, 2);
    draw_color(t, 0);
    draw_spark(t, c->spark, c->spark_count, t->width - used - 2);
    draw_plain(t);
  }
  buf_add_char(t->out, '\n');
}

void chart_draw(const struct chart *c, const struct chart_look *look, struct buf *out) {
  size_t width = look->width ? look->width : CHART_WIDTH;
  struct draw t = {.chart = c,
                   .marks = look->ascii ? &draw_ascii : &draw_blocks,
                   .width = width < CHART_WIDTH_MOST ? width : CHART_WIDTH_MOST,
                   .rows = look->rows,
                   .ascii = look->ascii,
                   .color = look->color,
                   .out = out};
  if (c->title.n && c->kind != CHART_KPI) draw_line(&t, c->title);
  switch (c->kind) {
  case CHART_EMPTY:
    draw_wrapped(&t, c->description);
    return;
  case CHART_KPI:
    draw_kpi(&t);
    return;
  case CHART_BAR:
  case CHART_COLUMN:
  case CHART_HISTOGRAM:
    draw_bars(&t);
    return;
  case CHART_BAR_STACKED:
    draw_stack(&t);
    return;
  case CHART_LINE:
  case CHART_AREA:
    draw_lines(&t);
    return;
  case CHART_HEATMAP:
    if (!draw_heatmap(&t)) draw_table(&t);
    return;
  case CHART_POINT:
    if (!draw_points(&t)) draw_table(&t);
    return;
  default:
    draw_table(&t);
  }
}
