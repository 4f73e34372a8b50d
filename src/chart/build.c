// SPDX-License-Identifier: Apache-2.0
#include "chart/build.h"

#include <math.h>

enum { COLUMN_LABEL_MOST = 12, POINTS_MOST = 100 };

static struct chart_value build_word(struct str word) {
  return (struct chart_value){.kind = CHART_WORD, .word = word};
}

static struct chart_value build_place(const struct arrange_grid *grid, size_t at) {
  return grid->has[at] == 2 ? arrange_sum(grid->sums[at]) : (struct chart_value){.kind = CHART_NULL};
}

static struct str build_title(struct arrange *a, int column) {
  return a->columns[column].title;
}

// ---- bars

static bool build_are_short(const struct arrange_axis *axis) {
  for (size_t i = 0; i < axis->count; i++)
    if (axis->labels[i].n > COLUMN_LABEL_MOST) return false;
  return axis->count <= BUILD_COLUMNS_MOST;
}

bool build_bars(struct arrange *a, enum chart_kind kind, int category, int measure) {
  struct arrange_axis bars, one;
  struct arrange_grid grid;
  struct chart *chart = a->out;
  enum chart_class class = a->columns[category].class;
  bool ordered = class == CHART_CLASS_ORDINAL || class == CHART_CLASS_TIME;
  if (!arrange_labels(a, category, measure, ordered ? BUILD_ORDINAL_MOST : BUILD_BARS_MOST, &bars))
    return false;
  arrange_one(a, &one);
  if (!arrange_grid(a, &bars, &one, measure, &grid)) return false;
  bool upright = build_are_short(&bars);
  if (kind == CHART_COLUMN && !upright)
    return arrange_why(a, "columns have room for %d short names, '%.*s' has more or longer ones",
                       BUILD_COLUMNS_MOST, STR_ARG(build_title(a, category)));
  chart->kind = kind != CHART_KINDS ? kind : ordered && upright ? CHART_COLUMN : CHART_BAR;
  bool columns = chart->kind == CHART_COLUMN;
  int label = arrange_field(a, category, columns || ordered ? CHART_ORDINAL : CHART_NOMINAL),
      value = arrange_field(a, measure, CHART_QUANTITATIVE);
  chart->channels[CHART_X] = columns ? label : value;
  chart->channels[CHART_Y] = columns ? value : label;
  arrange_rows(a, bars.count);
  for (size_t i = 0; i < bars.count; i++) {
    struct chart_value *row = arrange_row(a);
    row[label] = build_word(bars.labels[i]);
    row[value] = build_place(&grid, i);
  }
  chart->unfinished = a->from->unfinished && class == CHART_CLASS_TIME;
  return true;
}

static bool build_below_zero(const struct arrange_grid *grid, size_t places) {
  for (size_t i = 0; i < places; i++)
    if (grid->sums[i] < 0) return true;
  return false;
}

bool build_stack(struct arrange *a, int category, int series, int measure) {
  struct arrange_axis bars, parts;
  struct arrange_grid grid;
  struct chart *chart = a->out;
  const struct chart_column *m = &a->columns[measure];
  bool ordered = a->columns[category].class != CHART_CLASS_CATEGORY;
  if (!m->additive)
    return arrange_why(a, "'%.*s' is stacked on nothing: a sum of it would mean nothing", STR_ARG(m->title));
  if (!arrange_labels(a, category, measure, ordered ? BUILD_ORDINAL_MOST : BUILD_BARS_MOST, &bars) ||
      !arrange_labels(a, series, measure, BUILD_SERIES_MOST, &parts) ||
      !arrange_grid(a, &bars, &parts, measure, &grid))
    return false;
  if (build_below_zero(&grid, bars.count * parts.count))
    return arrange_why(a, "'%.*s' goes below zero, where nothing can be stacked", STR_ARG(m->title));
  chart->kind = CHART_BAR_STACKED;
  int label = arrange_field(a, category, ordered ? CHART_ORDINAL : CHART_NOMINAL),
      part = arrange_field(a, series, CHART_NOMINAL), value = arrange_field(a, measure, CHART_QUANTITATIVE);
  chart->channels[CHART_X] = value;
  chart->channels[CHART_Y] = label;
  chart->channels[CHART_COLOR] = part;
  chart->unfinished = a->from->unfinished && a->columns[category].class == CHART_CLASS_TIME;
  arrange_rows(a, bars.count * parts.count);
  for (size_t i = 0; i < bars.count * parts.count; i++) {
    if (!grid.has[i] && i >= parts.count) continue; // the first bar has all, for the order of the series
    struct chart_value *row = arrange_row(a);
    row[label] = build_word(bars.labels[i / parts.count]);
    row[part] = build_word(parts.labels[i % parts.count]);
    row[value] = build_place(&grid, i);
  }
  return true;
}

// ---- lines

struct build_lines {       // what all of them share
  int time, value, series; // fields; series -1: one line
  size_t first;            // time that is drawn; those before are left out
};

static bool build_line_fields(struct arrange *a, struct build_lines *l, int time, int series,
                              const int *measures, size_t count) {
  struct chart *chart = a->out;
  bool zero = true;
  for (size_t i = 0; i < count; i++) zero = zero && a->columns[measures[i]].counts;
  l->time = arrange_field(a, time, CHART_TEMPORAL);
  l->value = arrange_field(a, measures[0], CHART_QUANTITATIVE);
  l->series = -1;
  if (series >= 0) l->series = arrange_field(a, series, CHART_NOMINAL);
  if (count > 1) {
    chart->fields[l->value].name = STR("value");
    chart->fields[l->value].title = STR("Value");
    for (size_t i = 1; i < count; i++)
      if (fmax(fabs(a->columns[measures[i]].least), fabs(a->columns[measures[i]].most)) >= 10000)
        chart->fields[l->value].format =
            a->columns[measures[0]].unit == CHART_UNIT_RATIO ? CHART_PERCENT : CHART_SHORT;
    chart->fields[l->time].name = STR("time");
    l->series = arrange_field_named(a, STR("series"), STR("Series"), CHART_NOMINAL);
  }
  chart->channels[CHART_X] = l->time;
  chart->channels[CHART_Y] = l->value;
  chart->channels[CHART_COLOR] = l->series;
  chart->from_zero = zero || chart->kind == CHART_AREA;
  return true;
}

// The rows of one line; a place without a row is 0 of a count, where other lines have one.
static void build_line_rows(struct arrange *a, const struct build_lines *l, const struct arrange_axis *times,
                            const struct arrange_grid *grid, size_t lines, size_t line, struct str name,
                            int time, bool counts) {
  for (size_t t = l->first; t < times->count; t++) {
    size_t at = t * lines + line;
    struct chart_value *row = arrange_row(a);
    row[l->time] = arrange_moment(a, time, times->times[t]);
    row[l->value] = grid->has[at] || !counts ? build_place(grid, at) : arrange_sum(0);
    if (l->series >= 0) row[l->series] = build_word(name);
  }
}

static bool build_has_gaps(const struct chart *c, int value) {
  for (size_t row = 0; row < c->row_count; row++)
    if (chart_at(c, row, value)->kind == CHART_NULL) return true;
  return false;
}

static size_t build_first_time(struct arrange *a, size_t times, size_t lines) {
  size_t most = CHART_ROWS_MOST / lines;
  if (times <= most) return 0;
  a->out->left_out = (times - most) * lines;
  arrange_note(a, "The last %zu of %zu times are shown.", most, times);
  return times - most;
}

bool build_line(struct arrange *a, enum chart_kind kind, int time, int series, const int *measures,
                size_t measure_count) {
  struct arrange_axis times, lines;
  struct arrange_grid grid;
  struct build_lines l = {0};
  struct chart *chart = a->out;
  if (kind == CHART_AREA && (series >= 0 || measure_count > 1))
    return arrange_why(a, "an area shows one series; several are lines");
  if (!arrange_times(a, time, &times))
    return arrange_why(a, "'%.*s' has no times", STR_ARG(build_title(a, time)));
  if (times.count < BUILD_LINE_LEAST)
    return arrange_why(a, "a line takes %d times, there %s", BUILD_LINE_LEAST,
                       times.count == 1 ? "is one" : "are two");
  if (series < 0)
    arrange_one(a, &lines);
  else if (!arrange_labels(a, series, measures[0], BUILD_SERIES_MOST, &lines))
    return false;
  chart->kind = kind;
  if (!build_line_fields(a, &l, time, series, measures, measure_count)) return false;
  size_t count = lines.count > measure_count ? lines.count : measure_count;
  l.first = build_first_time(a, times.count, count);
  arrange_rows(a, (times.count - l.first) * count);
  for (size_t m = 0; m < measure_count; m++) {
    const struct chart_column *c = &a->columns[measures[m]];
    if (!arrange_grid(a, &times, &lines, measures[m], &grid)) return false;
    for (size_t line = 0; line < lines.count; line++)
      build_line_rows(a, &l, &times, &grid, lines.count, line,
                      measure_count > 1 ? c->title : lines.labels[line], time, c->counts && lines.count > 1);
  }
  chart->unfinished = a->from->unfinished;
  chart->points =
      kind == CHART_LINE && chart->row_count <= POINTS_MOST && (count == 1 || build_has_gaps(chart, l.value));
  return true;
}

// ---- a field of places

bool build_heatmap(struct arrange *a, int x, int y, int measure) {
  struct arrange_axis across, down;
  struct arrange_grid grid;
  struct chart *chart = a->out;
  if (!arrange_labels(a, x, measure, ARRANGE_ALL, &across) ||
      !arrange_labels(a, y, measure, ARRANGE_ALL, &down))
    return false;
  if (across.count > BUILD_HEAT_MOST || down.count > BUILD_HEAT_MOST)
    return arrange_why(a, "a heatmap has room for %d by %d values, these are %zu by %zu", BUILD_HEAT_MOST,
                       BUILD_HEAT_MOST, across.count, down.count);
  if (!arrange_grid(a, &down, &across, measure, &grid)) return false;
  chart->kind = CHART_HEATMAP;
  int first = arrange_field(a, x, CHART_ORDINAL), second = arrange_field(a, y, CHART_ORDINAL),
      value = arrange_field(a, measure, CHART_QUANTITATIVE);
  chart->channels[CHART_X] = first;
  chart->channels[CHART_Y] = second;
  chart->channels[CHART_COLOR] = value;
  arrange_rows(a, across.count * down.count);
  for (size_t i = 0; i < across.count * down.count; i++) {
    struct chart_value *row =
        arrange_row(a); // those without a value too: the axes have their order from the rows
    row[first] = build_word(across.labels[i % across.count]);
    row[second] = build_word(down.labels[i / across.count]);
    row[value] = build_place(&grid, i);
  }
  return true;
}

// ---- numbers alone

bool build_points(struct arrange *a, int x, int y, int color) {
  struct arrange_axis groups;
  struct chart *chart = a->out;
  double number;
  size_t without = 0;
  if (x == y) return arrange_why(a, "points take two measures");
  if (color >= 0 && !arrange_labels(a, color, -1, BUILD_SERIES_MOST, &groups)) return false;
  if (color >= 0 && groups.rest)
    return arrange_why(a, "points tell %d values apart by colour, '%.*s' has more", BUILD_SERIES_MOST,
                       STR_ARG(build_title(a, color)));
  chart->kind = CHART_POINT;
  int across = arrange_field(a, x, CHART_QUANTITATIVE), up = arrange_field(a, y, CHART_QUANTITATIVE);
  int part = color >= 0 ? arrange_field(a, color, CHART_NOMINAL) : -1;
  chart->channels[CHART_X] = across;
  chart->channels[CHART_Y] = up;
  chart->channels[CHART_COLOR] = part;
  arrange_rows(a, a->rows);
  for (size_t i = 0; i < a->rows; i++) {
    if (!arrange_number(a, i, x, &number) || !arrange_number(a, i, y, &number)) {
      without++;
      continue;
    }
    if (chart->row_count == CHART_ROWS_MOST) {
      chart->left_out++;
      continue;
    }
    struct chart_value *row = arrange_row(a);
    arrange_number(a, i, x, &number);
    row[across] = (struct chart_value){.kind = CHART_NUMBER, .number = number};
    arrange_number(a, i, y, &number);
    row[up] = (struct chart_value){.kind = CHART_NUMBER, .number = number};
    if (part >= 0) row[part] = build_word(groups.labels[groups.place_of[i]]);
  }
  if (without)
    arrange_note(a, "%zu row%s without both values %s left out.", without, without == 1 ? "" : "s",
                 without == 1 ? "is" : "are");
  if (chart->left_out)
    arrange_note(a, "The first %d points are shown, %zu are not.", CHART_ROWS_MOST, chart->left_out);
  return chart->row_count > 0 || arrange_why(a, "no row has both values");
}

// The steps from zero at which bins begin, and how many they are.
static size_t build_bins(const struct chart_column *m, struct chart_step step, double *first) {
  double size = chart_step_size(step);
  *first = floor(chart_steps_to(step, m->least));
  double last = floor(chart_steps_to(step, m->most));
  bool on_edge = chart_step_times(step, last) == m->most;
  if (on_edge && last > *first && !(m->whole && size <= 1)) last--; // the last bin has both its edges
  double n = last - *first + 1;
  return n >= 1 && n <= 64 ? (size_t)n : 0;
}

bool build_histogram(struct arrange *a, int measure) {
  const struct chart_column *m = &a->columns[measure];
  struct chart *chart = a->out;
  size_t values = 0;
  double number, first, span = m->most - m->least;
  for (size_t i = 0; i < a->rows; i++) values += arrange_number(a, i, measure, &number);
  if (!values) return arrange_why(a, "'%.*s' has no values", STR_ARG(m->title));
  chart->bin = chart_step_of(span > 0 ? span : fmax(fabs(m->most), 1), ceil(log2((double)values)) + 1);
  if (m->whole && chart_step_size(chart->bin) < 1) chart->bin = (struct chart_step){1, 0};
  size_t bins = build_bins(m, chart->bin, &first);
  if (!bins) return arrange_why(a, "the values of '%.*s' lie too close to be told apart", STR_ARG(m->title));
  chart->kind = CHART_HISTOGRAM;
  int from = arrange_field(a, measure, CHART_QUANTITATIVE);
  chart->fields[from].name = STR("from");
  int to = arrange_field_named(a, STR("to"), STR("To"), CHART_QUANTITATIVE),
      n = arrange_field_named(a, STR("n"), STR("Rows"), CHART_QUANTITATIVE);
  chart->channels[CHART_X] = from;
  chart->channels[CHART_X2] = to;
  chart->channels[CHART_Y] = n;
  size_t *counts = ARENA_ARRAY(a->arena, bins, size_t);
  for (size_t i = 0; i < a->rows; i++) {
    if (!arrange_number(a, i, measure, &number)) continue;
    double place = floor(chart_steps_to(chart->bin, number)) - first;
    counts[place < 0 ? 0 : place >= (double)bins ? bins - 1 : (size_t)place]++;
  }
  arrange_rows(a, bins);
  for (size_t i = 0; i < bins; i++) {
    struct chart_value *row = arrange_row(a);
    row[from] =
        (struct chart_value){.kind = CHART_NUMBER, .number = chart_step_times(chart->bin, first + (double)i)};
    row[to] = (struct chart_value){.kind = CHART_NUMBER,
                                   .number = chart_step_times(chart->bin, first + (double)i + 1)};
    row[n] = (struct chart_value){.kind = CHART_NUMBER, .number = (double)counts[i]};
  }
  return true;
}
