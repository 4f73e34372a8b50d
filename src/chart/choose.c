// SPDX-License-Identifier: Apache-2.0
#include "chart/choose.h"

#include "chart/choose_parts.h"

static const char *const choose_kinds[] = {"empty",     "kpi",         "card",    "table", "bar",
                                           "column",    "bar-stacked", "line",    "area",  "point",
                                           "histogram", "heatmap",     "timeline"};

const char *chart_kind_name(enum chart_kind kind) {
  return choose_kinds[kind];
}

// ---- which columns there are

static void choose_sort_out(struct choose *c) {
  for (size_t i = 0; i < c->a.count; i++) {
    enum chart_class class = c->a.columns[i].class;
    if (class == CHART_CLASS_ORDINAL) class = CHART_CLASS_CATEGORY;
    if (c->counts[class] < CHOOSE_MOST) c->of[class][c->counts[class]] = (int)i;
    c->counts[class]++;
  }
}

static bool choose_has(const struct choose *c, size_t times, size_t categories) {
  return c->counts[CHART_CLASS_TIME] == times && c->counts[CHART_CLASS_CATEGORY] == categories &&
         c->counts[CHART_CLASS_TEXT] == 0;
}

static int choose_first(const struct choose *c, enum chart_class class) {
  return c->counts[class] ? c->of[class][0] : -1;
}

// Of several measures the one whose panel is drawn.
static int choose_measure(struct choose *c) {
  size_t n = c->counts[CHART_CLASS_MEASURE] < CHOOSE_MOST ? c->counts[CHART_CLASS_MEASURE] : CHOOSE_MOST;
  c->a.out->panels = n ? n : 1;
  return c->of[CHART_CLASS_MEASURE][c->a.from->panel < n ? c->a.from->panel : 0];
}

static bool choose_alike(const struct choose *c) {
  size_t n = c->counts[CHART_CLASS_MEASURE];
  const struct chart_column *first = &c->a.columns[c->of[CHART_CLASS_MEASURE][0]];
  for (size_t i = 1; i < n && n <= CHOOSE_MOST; i++) {
    const struct chart_column *other = &c->a.columns[c->of[CHART_CLASS_MEASURE][i]];
    if (other->unit != first->unit || !str_eq(other->unit_word, first->unit_word) ||
        other->counts != first->counts)
      return false;
  }
  return n > 1 && n <= BUILD_SERIES_MOST;
}

// ---- the rules, first match wins

static bool rule_nothing(struct choose *c) {
  if (c->a.rows && c->a.count) return false;
  struct str cause = c->a.from->cause;
  if (cause.n) arrange_note(&c->a, "%.*s", STR_ARG(cause));
  return build_table(&c->a, CHART_EMPTY);
}

static bool rule_one(struct choose *c) {
  if (c->a.rows != 1) return false;
  return c->a.count == 1 ? build_kpi(&c->a) : build_table(&c->a, CHART_CARD);
}

static bool rule_list(struct choose *c) {
  return c->a.from->list && build_table(&c->a, CHART_TABLE);
}

// A lane for each of a few values that come more than once.
static int choose_lane(const struct choose *c) {
  int lane = choose_first(c, CHART_CLASS_CATEGORY);
  for (size_t i = 0; lane < 0 && i < c->counts[CHART_CLASS_TEXT] && i < CHOOSE_MOST; i++) {
    const struct chart_column *text = &c->a.columns[c->of[CHART_CLASS_TEXT][i]];
    if (text->type == TABLE_TEXT && text->distinct < c->a.rows) lane = c->of[CHART_CLASS_TEXT][i];
  }
  return lane >= 0 && c->a.columns[lane].distinct <= BUILD_BARS_MOST ? lane : -1;
}

static bool rule_timeline(struct choose *c) {
  size_t words = c->counts[CHART_CLASS_TEXT] + c->counts[CHART_CLASS_CATEGORY];
  return c->counts[CHART_CLASS_TIME] && words && !c->counts[CHART_CLASS_MEASURE] &&
         build_timeline(&c->a, c->of[CHART_CLASS_TIME][0], choose_lane(c));
}

static bool rule_line(struct choose *c) {
  size_t categories = c->counts[CHART_CLASS_CATEGORY];
  if (!c->counts[CHART_CLASS_MEASURE] || categories > 1 || !choose_has(c, 1, categories)) return false;
  int time = c->of[CHART_CLASS_TIME][0], series = choose_first(c, CHART_CLASS_CATEGORY), one;
  if (!categories && choose_alike(c))
    return build_line(&c->a, CHART_LINE, time, -1, c->of[CHART_CLASS_MEASURE],
                      c->counts[CHART_CLASS_MEASURE]);
  one = choose_measure(c);
  return build_line(&c->a, CHART_LINE, time, series, &one, 1);
}

static bool rule_few_times(struct choose *c) { // too few for a line
  size_t categories = c->counts[CHART_CLASS_CATEGORY];
  if (!c->counts[CHART_CLASS_MEASURE] || categories > 1 || !choose_has(c, 1, categories)) return false;
  int time = c->of[CHART_CLASS_TIME][0], measure = choose_measure(c);
  return categories ? choose_two(c, time, c->of[CHART_CLASS_CATEGORY][0], measure)
                    : build_bars(&c->a, CHART_KINDS, time, measure);
}

static bool rule_bars(struct choose *c) {
  if (!c->counts[CHART_CLASS_MEASURE] || !choose_has(c, 0, 1)) return false;
  return build_bars(&c->a, CHART_KINDS, c->of[CHART_CLASS_CATEGORY][0], choose_measure(c));
}

static bool rule_two_categories(struct choose *c) {
  if (!c->counts[CHART_CLASS_MEASURE] || !choose_has(c, 0, 2)) return false;
  return choose_two(c, c->of[CHART_CLASS_CATEGORY][0], c->of[CHART_CLASS_CATEGORY][1], choose_measure(c));
}

static bool rule_points(struct choose *c) {
  return c->counts[CHART_CLASS_MEASURE] == 2 && !c->counts[CHART_CLASS_TIME] &&
         !c->counts[CHART_CLASS_CATEGORY] && c->a.rows >= BUILD_ROWS_LEAST &&
         build_points(&c->a, c->of[CHART_CLASS_MEASURE][0], c->of[CHART_CLASS_MEASURE][1], -1);
}

static bool rule_histogram(struct choose *c) {
  return c->counts[CHART_CLASS_MEASURE] == 1 && choose_has(c, 0, 0) && c->a.rows >= BUILD_ROWS_LEAST &&
         build_histogram(&c->a, c->of[CHART_CLASS_MEASURE][0]);
}

static bool rule_table(struct choose *c) {
  return build_table(&c->a, CHART_TABLE);
}

// ---- trying

void choose_reset(struct choose *c) {
  struct chart *chart = c->a.out;
  *chart = (struct chart){.title = c->a.from->title, .panels = 1, .why = chart->why};
  for (int i = 0; i < CHART_CHANNELS; i++) chart->channels[i] = -1;
  buf_clear(&c->a.notes);
}

bool choose_two(struct choose *c, int first, int second, int measure) {
  size_t one = c->a.columns[first].distinct, two = c->a.columns[second].distinct, panels = c->a.out->panels;
  bool swap = two > BUILD_SERIES_MOST && one && one <= BUILD_SERIES_MOST;
  bool few = (swap ? one : two) <= BUILD_SERIES_MOST;
  if (few && build_stack(&c->a, swap ? second : first, swap ? first : second, measure)) return true;
  choose_reset(c);
  c->a.out->panels = panels;
  return build_heatmap(&c->a, second, first, measure);
}

static void choose_by_rules(struct choose *c) {
  static bool (*const rules[])(struct choose *) = {
      rule_nothing,        rule_one,    rule_list,      rule_timeline, rule_line, rule_few_times, rule_bars,
      rule_two_categories, rule_points, rule_histogram, rule_table};
  struct str why = c->a.out->why; // the wish's; what speaks against rules is of no interest
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
    choose_reset(c);
    bool done = rules[i](c);
    c->a.out->why = why;
    if (done) return;
  }
}

void chart_choose(const struct chart_source *from, struct arena *a, struct chart *out) {
  struct choose c = {.a = {.from = from,
                           .arena = a,
                           .out = out,
                           .count = from->rows->column_count,
                           .rows = from->rows->row_count}};
  c.a.notes = BUF_MAX(CHART_WORDS_MOST);
  c.a.columns = chart_classify(from, a);
  choose_sort_out(&c);
  *out = (struct chart){.panels = 1};
  bool done = c.a.rows && c.a.count && choose_wished(&c);
  if (!done) choose_by_rules(&c);
  if (from->rows->cut) arrange_note(&c.a, "There are more rows than the query gives.");
  choose_describe(&c);
  buf_free(&c.a.notes);
}
