// SPDX-License-Identifier: Apache-2.0
// text: a chart for a terminal, in so many columns: bars with their labels and values, a sparkline for each series,
// shades for a heatmap, else a table; and as a small Markdown table, for a model. What comes from vendors is made
// harmless. Lines end in '\n'. Pure. Example:
//   chart_draw(&chart, &(struct chart_look){.width = 80, .color = true}, &out);
#ifndef POSTERN_CHART_TEXT_H
#define POSTERN_CHART_TEXT_H

#include "chart/chart.h"

struct chart_look {
  size_t width; // 0: 80
  size_t rows;  // of a table; 0: all
  bool ascii;   // nothing but ASCII, for terminals that have no more
  bool color;
};
enum { CHART_WIDTH = 80, CHART_WIDTH_MOST = 1000 };

void chart_draw(const struct chart *c, const struct chart_look *look, struct buf *out);
// `rows` at most; how many there are beyond them is said.
void chart_markdown(const struct chart *c, size_t rows, struct buf *out);

#endif
