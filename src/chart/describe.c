// SPDX-License-Identifier: Apache-2.0
// The sentence or two that stand for a chart where it cannot be seen: what it shows, over what, its largest and its last.
#include "chart/choose_parts.h"

struct describe {
  const struct chart *chart;
  struct buf out;
};

static const struct chart_field *describe_field(const struct describe *d, enum chart_channel channel) {
  return &d->chart->fields[d->chart->channels[channel]];
}

static const struct chart_value *describe_at(const struct describe *d, size_t row,
                                             enum chart_channel channel) {
  return chart_at(d->chart, row, d->chart->channels[channel]);
}

static void describe_value(struct describe *d, const struct chart_value *v, const struct chart_field *f) {
  switch (v->kind) {
  case CHART_NULL:
    buf_add_z(&d->out, "none");
    return;
  case CHART_NUMBER:
    chart_format_measure(&d->out, v->number, f->unit, f->unit_word);
    return;
  case CHART_MOMENT:
    chart_format_time(&d->out, v->ms, f->days);
    return;
  case CHART_FLAG:
    buf_add_z(&d->out, v->flag ? "yes" : "no");
    return;
  case CHART_WORD:
    buf_add(&d->out, v->word.n > 80 ? str_make(v->word.p, 80) : v->word);
  }
}

static void describe_title(struct describe *d, enum chart_channel channel) {
  buf_add(&d->out, describe_field(d, channel)->title);
}

// The row with the largest value of a channel; none: SIZE_MAX.
static size_t describe_largest(const struct describe *d, enum chart_channel channel) {
  size_t best = SIZE_MAX;
  for (size_t i = 0; i < d->chart->row_count; i++) {
    const struct chart_value *v = describe_at(d, i, channel);
    if (v->kind == CHART_NUMBER && (best == SIZE_MAX || v->number > describe_at(d, best, channel)->number))
      best = i;
  }
  return best;
}

static void describe_bars(struct describe *d) {
  bool upright = d->chart->kind == CHART_COLUMN;
  enum chart_channel value = upright ? CHART_Y : CHART_X, label = upright ? CHART_X : CHART_Y;
  describe_title(d, value);
  buf_add_z(&d->out, " by ");
  describe_title(d, label);
  if (d->chart->channels[CHART_COLOR] >= 0) {
    buf_add_z(&d->out, " and ");
    describe_title(d, CHART_COLOR);
  }
  size_t best = describe_largest(d, value);
  if (best != SIZE_MAX) {
    buf_add_z(&d->out, ". Largest: ");
    describe_value(d, describe_at(d, best, label), describe_field(d, label));
    if (d->chart->channels[CHART_COLOR] >= 0) {
      buf_add_z(&d->out, ", ");
      describe_value(d, describe_at(d, best, CHART_COLOR), describe_field(d, CHART_COLOR));
    }
    buf_add_z(&d->out, ", ");
    describe_value(d, describe_at(d, best, value), describe_field(d, value));
  }
  buf_add_char(&d->out, '.');
}

static void describe_line(struct describe *d) {
  const struct chart *c = d->chart;
  const struct chart_field *time = describe_field(d, CHART_X), *value = describe_field(d, CHART_Y);
  bool several = c->channels[CHART_COLOR] >= 0;
  size_t best = describe_largest(d, CHART_Y), last = c->row_count - 1;
  buf_add(&d->out, value->title);
  if (several) {
    buf_add_z(&d->out, " by ");
    describe_title(d, CHART_COLOR);
  }
  buf_add_z(&d->out, " from ");
  describe_value(d, describe_at(d, 0, CHART_X), time);
  buf_add_z(&d->out, " to ");
  describe_value(d, describe_at(d, last, CHART_X), time);
  if (best != SIZE_MAX) {
    buf_add_z(&d->out, ". Largest: ");
    describe_value(d, describe_at(d, best, CHART_Y), value);
    buf_add_z(&d->out, " at ");
    describe_value(d, describe_at(d, best, CHART_X), time);
    if (several) {
      buf_add_z(&d->out, " of ");
      describe_value(d, describe_at(d, best, CHART_COLOR), describe_field(d, CHART_COLOR));
    }
  }
  if (!several) {
    buf_add_z(&d->out, c->unfinished ? "; last so far: " : "; last: ");
    describe_value(d, describe_at(d, last, CHART_Y), value);
  }
  buf_add_char(&d->out, '.');
}

static void describe_pair(struct describe *d) { // points, and places of a heatmap
  bool heat = d->chart->kind == CHART_HEATMAP;
  size_t best = heat ? describe_largest(d, CHART_COLOR) : SIZE_MAX;
  describe_title(d, heat ? CHART_COLOR : CHART_Y);
  buf_add_z(&d->out, heat ? " by " : " against ");
  describe_title(d, CHART_X);
  if (heat) {
    buf_add_z(&d->out, " and ");
    describe_title(d, CHART_Y);
  } else {
    buf_printf(&d->out, ", %zu points", d->chart->row_count);
  }
  if (best != SIZE_MAX) {
    buf_add_z(&d->out, ". Largest: ");
    describe_value(d, describe_at(d, best, CHART_COLOR), describe_field(d, CHART_COLOR));
    buf_add_z(&d->out, " at ");
    describe_value(d, describe_at(d, best, CHART_X), describe_field(d, CHART_X));
    buf_add_z(&d->out, ", ");
    describe_value(d, describe_at(d, best, CHART_Y), describe_field(d, CHART_Y));
  }
  buf_add_char(&d->out, '.');
}

static void describe_histogram(struct describe *d) {
  const struct chart *c = d->chart;
  const struct chart_field *from = describe_field(d, CHART_X);
  double rows = 0;
  size_t best = describe_largest(d, CHART_Y);
  for (size_t i = 0; i < c->row_count; i++) rows += describe_at(d, i, CHART_Y)->number;
  buf_printf(&d->out, "%.0f values of ", rows);
  buf_add(&d->out, from->title);
  buf_add_z(&d->out, " from ");
  describe_value(d, describe_at(d, 0, CHART_X), from);
  buf_add_z(&d->out, " to ");
  describe_value(d, describe_at(d, c->row_count - 1, CHART_X2), from);
  buf_add_z(&d->out, ". Most, ");
  describe_value(d, describe_at(d, best, CHART_Y), describe_field(d, CHART_Y));
  buf_add_z(&d->out, ", lie between ");
  describe_value(d, describe_at(d, best, CHART_X), from);
  buf_add_z(&d->out, " and ");
  describe_value(d, describe_at(d, best, CHART_X2), from);
  buf_add_char(&d->out, '.');
}

static void describe_kpi(struct describe *d) {
  buf_add(&d->out, d->chart->fields[0].title);
  buf_add_z(&d->out, ": ");
  describe_value(d, chart_at(d->chart, 0, 0), &d->chart->fields[0]);
  buf_add_char(&d->out, '.');
}

static void describe_timeline(struct describe *d) {
  size_t n = d->chart->row_count;
  buf_printf(&d->out, "%zu event%s from ", n, n == 1 ? "" : "s");
  describe_value(d, describe_at(d, 0, CHART_X), describe_field(d, CHART_X));
  buf_add_z(&d->out, " to ");
  describe_value(d, describe_at(d, n - 1, CHART_X), describe_field(d, CHART_X));
  buf_add_char(&d->out, '.');
}

static void describe_table(struct describe *d) {
  size_t n = d->chart->row_count + d->chart->left_out;
  buf_printf(&d->out, "%zu row%s, %zu column%s.", n, n == 1 ? "" : "s", d->chart->field_count,
             d->chart->field_count == 1 ? "" : "s");
}

static void describe_empty(struct describe *d) {
  buf_add_z(&d->out, "There are no rows.");
}

void choose_describe(struct choose *c) {
  static void (*const by_kind[CHART_KINDS])(struct describe *) = {
      [CHART_EMPTY] = describe_empty,       [CHART_KPI] = describe_kpi,
      [CHART_CARD] = describe_table,        [CHART_TABLE] = describe_table,
      [CHART_BAR] = describe_bars,          [CHART_COLUMN] = describe_bars,
      [CHART_BAR_STACKED] = describe_bars,  [CHART_LINE] = describe_line,
      [CHART_AREA] = describe_line,         [CHART_POINT] = describe_pair,
      [CHART_HEATMAP] = describe_pair,      [CHART_HISTOGRAM] = describe_histogram,
      [CHART_TIMELINE] = describe_timeline,
  };
  struct chart *chart = c->a.out;
  struct describe d = {.chart = chart, .out = BUF_MAX(64 * 1024)};
  by_kind[chart->kind](&d);
  if (chart->unfinished) buf_add_z(&d.out, " The last one is not over.");
  if (c->a.notes.n) {
    buf_add_char(&d.out, ' ');
    buf_add(&d.out, buf_str(&c->a.notes));
  }
  chart->description = arena_dup(c->a.arena, buf_str(&d.out));
  buf_free(&d.out);
}
