// SPDX-License-Identifier: Apache-2.0
#include "chart/choose_parts.h"
#include "data/json.h"

struct wish {
  struct choose *c;
  int times[3], categories[3], measures[3], words[3]; // what x, y and color name, by class
  size_t time_count, category_count, measure_count, word_count;
  int color; // -1: not named
};

typedef bool (*wish_make)(struct wish *w);

// ---- columns

static bool wish_why(struct wish *w, const char *lacks, const char *kind) {
  return arrange_why(&w->c->a, "%s takes %s, which the result lacks", kind, lacks);
}

static void wish_put(struct wish *w, int column) {
  switch (w->c->a.columns[column].class) {
  case CHART_CLASS_TIME:
    w->times[w->time_count++] = column;
    break;
  case CHART_CLASS_MEASURE:
    w->measures[w->measure_count++] = column;
    break;
  case CHART_CLASS_CATEGORY:
  case CHART_CLASS_ORDINAL:
    w->categories[w->category_count++] = column;
    break;
  default:
    w->words[w->word_count++] = column;
  }
}

static bool wish_column(struct wish *w, const char *key, int *out) {
  struct arrange *a = &w->c->a;
  struct str name = json_str(a->from->wish, key);
  *out = -1;
  if (!name.n) return true;
  for (size_t i = 0; i < a->count; i++)
    if (str_eq_nocase(a->columns[i].name, name)) {
      *out = (int)i;
      return true;
    }
  return arrange_why(a, "the chart's %s is '%.*s', which the result has not", key, STR_ARG(name));
}

// x, y and color by their class; false: one is not there, or can be on no axis.
static bool wish_read(struct wish *w) {
  static const char *const keys[] = {"x", "y", "color"};
  int seen[3], column;
  for (int i = 0; i < 3; i++) {
    if (!wish_column(w, keys[i], &column)) return false;
    seen[i] = column;
    if (i == 2) w->color = column;
    bool twice = false;
    for (int j = 0; j < i; j++) twice = twice || seen[j] == column;
    if (column < 0 || twice) continue;
    if (w->c->a.columns[column].class == CHART_CLASS_ID)
      return arrange_why(&w->c->a, "'%.*s' is an id, which no axis shows",
                         STR_ARG(w->c->a.columns[column].title));
    wish_put(w, column);
  }
  return true;
}

static int wish_of(const struct wish *w, enum chart_class class, const int *named, size_t n) {
  if (n) return named[0];
  return w->c->counts[class] ? w->c->of[class][0] : -1;
}
static int wish_time(const struct wish *w) {
  return wish_of(w, CHART_CLASS_TIME, w->times, w->time_count);
}
static int wish_measure(const struct wish *w) {
  return wish_of(w, CHART_CLASS_MEASURE, w->measures, w->measure_count);
}
// Texts that were named are taken as categories: somebody knows them to be.
static int wish_category(const struct wish *w) {
  if (!w->category_count && w->word_count) return w->words[0];
  return wish_of(w, CHART_CLASS_CATEGORY, w->categories, w->category_count);
}

// A second category that was named, or the one for colour.
static int wish_series(const struct wish *w, int category) {
  if (w->color >= 0 && w->color != category && w->c->a.columns[w->color].class != CHART_CLASS_MEASURE)
    return w->color;
  for (size_t i = 0; i < w->category_count; i++)
    if (w->categories[i] != category) return w->categories[i];
  for (size_t i = 0; i < w->word_count; i++)
    if (w->words[i] != category) return w->words[i];
  return -1;
}

// What bars stand for: what was named and is not the colour, a time too; else the first category.
static int wish_key(const struct wish *w) {
  for (size_t i = 0; i < w->category_count; i++)
    if (w->categories[i] != w->color) return w->categories[i];
  for (size_t i = 0; i < w->word_count; i++)
    if (w->words[i] != w->color) return w->words[i];
  if (w->time_count) return w->times[0];
  for (size_t i = 0; i < w->c->counts[CHART_CLASS_CATEGORY] && i < CHOOSE_MOST; i++)
    if (w->c->of[CHART_CLASS_CATEGORY][i] != w->color) return w->c->of[CHART_CLASS_CATEGORY][i];
  return wish_category(w);
}

// ---- kinds

static bool wish_bars_of(struct wish *w, enum chart_kind kind, const char *name) {
  int category = wish_key(w), measure = wish_measure(w);
  if (category < 0) category = wish_time(w);
  if (category < 0) return wish_why(w, "a category", name);
  if (measure < 0) return wish_why(w, "a measure", name);
  int series = wish_series(w, category);
  if (kind != CHART_COLUMN && series >= 0) return build_stack(&w->c->a, category, series, measure);
  return build_bars(&w->c->a, kind, category, measure);
}
static bool wish_bar(struct wish *w) { // upright where that suits the category, unless it was put on y
  struct str y = json_str(w->c->a.from->wish, "y");
  int category = wish_key(w);
  bool lying = y.n && category >= 0 && str_eq_nocase(y, w->c->a.columns[category].name);
  return wish_bars_of(w, lying ? CHART_BAR : CHART_KINDS, "a bar");
}
static bool wish_column_kind(struct wish *w) {
  return wish_bars_of(w, CHART_COLUMN, "a column");
}

static bool wish_stack(struct wish *w) {
  int category = wish_key(w), measure = wish_measure(w), series = wish_series(w, category);
  for (size_t i = 0; series < 0 && i < w->c->counts[CHART_CLASS_CATEGORY] && i < CHOOSE_MOST; i++)
    if (w->c->of[CHART_CLASS_CATEGORY][i] != category) series = w->c->of[CHART_CLASS_CATEGORY][i];
  if (category < 0 || series < 0) return wish_why(w, "two categories", "a stacked bar");
  if (measure < 0) return wish_why(w, "a measure", "a stacked bar");
  return build_stack(&w->c->a, category, series, measure);
}

static bool wish_line_of(struct wish *w, enum chart_kind kind) {
  const char *name = kind == CHART_AREA ? "an area" : "a line";
  int time = wish_time(w), measure = wish_measure(w);
  if (time < 0) return wish_why(w, "a time", name);
  if (measure < 0) return wish_why(w, "a measure", name);
  int series = wish_series(w, -1);
  if (series < 0 && w->c->counts[CHART_CLASS_CATEGORY] == 1) series = w->c->of[CHART_CLASS_CATEGORY][0];
  return build_line(&w->c->a, kind, time, series, &measure, 1);
}
static bool wish_line(struct wish *w) {
  return wish_line_of(w, CHART_LINE);
}
static bool wish_area(struct wish *w) {
  return wish_line_of(w, CHART_AREA);
}

static bool wish_points(struct wish *w) {
  int first = wish_measure(w), second = w->measure_count > 1 ? w->measures[1] : -1;
  for (size_t i = 0; second < 0 && i < w->c->counts[CHART_CLASS_MEASURE] && i < CHOOSE_MOST; i++)
    if (w->c->of[CHART_CLASS_MEASURE][i] != first) second = w->c->of[CHART_CLASS_MEASURE][i];
  if (first < 0 || second < 0) return wish_why(w, "two measures", "a cloud of points");
  return build_points(&w->c->a, first, second, wish_series(w, -1));
}

static bool wish_histogram(struct wish *w) {
  int measure = wish_measure(w);
  return measure < 0 ? wish_why(w, "a measure", "a histogram") : build_histogram(&w->c->a, measure);
}

static bool wish_heatmap(struct wish *w) {
  int x = wish_category(w), y = wish_series(w, x), measure = wish_measure(w);
  for (size_t i = 0; y < 0 && i < w->c->counts[CHART_CLASS_CATEGORY] && i < CHOOSE_MOST; i++)
    if (w->c->of[CHART_CLASS_CATEGORY][i] != x) y = w->c->of[CHART_CLASS_CATEGORY][i];
  if (x < 0 || y < 0) return wish_why(w, "two categories", "a heatmap");
  if (measure < 0) return wish_why(w, "a measure", "a heatmap");
  return build_heatmap(&w->c->a, x, y, measure);
}

static bool wish_timeline(struct wish *w) {
  int time = wish_time(w);
  return time < 0 ? wish_why(w, "a time", "a timeline") : build_timeline(&w->c->a, time, wish_category(w));
}

static bool wish_table(struct wish *w) {
  return build_table(&w->c->a, w->c->a.rows == 1 ? CHART_CARD : CHART_TABLE);
}
static bool wish_kpi(struct wish *w) {
  return build_kpi(&w->c->a);
}
static bool wish_pie(struct wish *w) {
  return arrange_why(&w->c->a, "there are no pies: lengths are easier to compare than angles");
}

// ---- marks

static const struct wish_mark {
  const char *word;
  wish_make make, next; // next: what is tried where it breaks a rule; NULL: the rules
} wish_marks[] = {
    {"bar", wish_bar, wish_heatmap},
    {"column", wish_column_kind, wish_bar},
    {"bar-stacked", wish_stack, wish_heatmap},
    {"stacked", wish_stack, wish_heatmap},
    {"line", wish_line, NULL},
    {"area", wish_area, wish_line},
    {"point", wish_points, NULL},
    {"scatter", wish_points, NULL},
    {"histogram", wish_histogram, NULL},
    {"heatmap", wish_heatmap, NULL},
    {"rect", wish_heatmap, NULL},
    {"timeline", wish_timeline, NULL},
    {"tick", wish_timeline, NULL},
    {"table", wish_table, NULL},
    {"kpi", wish_kpi, NULL},
    {"text", wish_kpi, wish_table},
    {"pie", wish_pie, wish_bar},
    {"arc", wish_pie, wish_bar},
    {"donut", wish_pie, wish_bar},
};
enum { WISH_MARKS = sizeof wish_marks / sizeof *wish_marks };

static const struct wish_mark *wish_find(struct str word) {
  for (size_t i = 0; i < WISH_MARKS; i++)
    if (str_is_nocase(word, wish_marks[i].word)) return &wish_marks[i];
  return NULL;
}

bool choose_wished(struct choose *c) {
  yyjson_val *wish = c->a.from->wish;
  struct wish w = {.c = c, .color = -1};
  struct str word = json_str(wish, "mark");
  if (yyjson_obj_size(wish) == 0) return false;
  const struct wish_mark *mark = wish_find(word);
  c->a.wished = true;
  bool done = mark != NULL;
  if (!mark && !word.n) arrange_why(&c->a, "the wish for a chart names no mark");
  if (!mark)
    arrange_why(
        &c->a,
        "there is no chart '%.*s'; there are bar, column, line, area, point, histogram, heatmap, timeline, "
        "kpi and table",
        STR_ARG(word));
  done = done && wish_read(&w);
  if (done) {
    choose_reset(c);
    done = mark->make(&w);
    if (done) c->a.out->why = STR_NONE;
    if (!done && mark->next) {
      choose_reset(c);
      done = mark->next(&w);
    }
  }
  c->a.wished = done;
  return done;
}
