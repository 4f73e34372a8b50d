// SPDX-License-Identifier: Apache-2.0
// build: one kind of chart of given columns, as far as it keeps the rules. Private to chart/. Pure. Example:
//   if (!build_bars(a, CHART_BAR, zone, requests)) …                           // a->out->why says what spoke against it
#ifndef POSTERN_CHART_BUILD_H
#define POSTERN_CHART_BUILD_H

#include "chart/arrange.h"

enum {
  BUILD_BARS_MOST = 15,
  BUILD_SERIES_MOST = 5,
  BUILD_ORDINAL_MOST = 60,
  BUILD_COLUMNS_MOST = 12,
  BUILD_HEAT_MOST = 30,
  BUILD_ROWS_LEAST = 10, // of a cloud of points, a histogram
  BUILD_LINE_LEAST = 3,
};

// kind: CHART_BAR or CHART_COLUMN where it was asked for; CHART_KINDS: what suits the category.
bool build_bars(struct arrange *a, enum chart_kind kind, int category, int measure);
bool build_stack(struct arrange *a, int category, int series, int measure);
// series -1: none. Several measures are a line each, without a series.
bool build_line(struct arrange *a, enum chart_kind kind, int time, int series, const int *measures,
                size_t measure_count);
bool build_heatmap(struct arrange *a, int x, int y, int measure);
bool build_points(struct arrange *a, int x, int y, int color);
bool build_histogram(struct arrange *a, int measure);
bool build_timeline(struct arrange *a, int time, int lane); // lane -1: none
bool build_table(struct arrange *a, enum chart_kind kind);  // CHART_TABLE, CHART_CARD or CHART_EMPTY
bool build_kpi(struct arrange *a);

#endif
