// SPDX-License-Identifier: Apache-2.0
// draw_parts: what the drawings share: width, marks, colours, values as words. Private to chart/. Pure. Example:
//   draw_color(t, 0); fit_repeat(t->out, t->marks->full, 12); draw_plain(t);
#ifndef POSTERN_CHART_DRAW_PARTS_H
#define POSTERN_CHART_DRAW_PARTS_H

#include "chart/fit.h"
#include "chart/text.h"

enum { DRAW_LEVELS = 8, DRAW_SHADES = 4, DRAW_FILLS = 6 };

struct draw_marks {
  const char *parts[DRAW_LEVELS];  // of a column, from the left; the last is whole
  const char *levels[DRAW_LEVELS]; // of a line, from below
  const char *shades[DRAW_SHADES];
  const char *fills[DRAW_FILLS]; // that tell series apart without colour
  const char *dot;
  bool fine; // parts are parts: bars end within a column
};

struct draw {
  const struct chart *chart;
  const struct draw_marks *marks;
  size_t width, rows;
  bool ascii, color;
  struct buf *out;
};

void draw_color(const struct draw *t, size_t series);
void draw_plain(const struct draw *t);
void draw_line(const struct draw *t, struct str s); // cut to the width
void draw_wrapped(const struct draw *t, struct str s);
// A value as it is read: with its unit; null is nothing.
void draw_value(struct buf *out, const struct chart_field *f, const struct chart_value *v);
const struct chart_field *draw_field(const struct draw *t, enum chart_channel channel);
const struct chart_value *draw_at(const struct draw *t, size_t row, enum chart_channel channel);

void draw_bars(const struct draw *t);
void draw_stack(const struct draw *t);
void draw_lines(const struct draw *t);
void draw_spark(const struct draw *t, const double *values, size_t n, size_t width); // NAN: a gap
bool draw_heatmap(const struct draw *t); // false: the width is too small for it
bool draw_points(const struct draw *t);
void draw_table(const struct draw *t);

#endif
