// SPDX-License-Identifier: Apache-2.0
// arrange: a result's rows on one or two axes: which values an axis has and in which order, which are put together as
// "Other", and the sum in each place. Private to chart/. In the arena. Pure. Example:
//   struct arrange_axis zones, one; struct arrange_grid grid;
//   if (!arrange_labels(a, zone, requests, 15, &zones)) …; arrange_one(a, &one);
//   if (!arrange_grid(a, &zones, &one, requests, &grid)) …
#ifndef POSTERN_CHART_ARRANGE_H
#define POSTERN_CHART_ARRANGE_H

#include "chart/classes.h"

enum { ARRANGE_NOWHERE = UINT32_MAX };
#define ARRANGE_ALL (SIZE_MAX / 64)

struct arrange {
  const struct chart_source *from;
  struct arena *arena;
  struct chart_column *columns;
  size_t count, rows;
  struct chart *out;
  struct buf notes; // sentences for the description
  bool wished;      // the program asked for it: what is beside the axes is summed over
};

struct arrange_axis {
  size_t count;       // places, the one of the rest among them
  struct str *labels; // of each place
  int64_t *times;     // likewise, of an axis of time; else NULL
  uint32_t *value_of; // by row: which of the values, before any was put together; ARRANGE_NOWHERE: none
  uint32_t *place_of; // by row: at which place
  size_t rest;        // values that are put together, or left out
  bool has_other;     // they are put together, at the last place
  size_t keys;        // columns it stands for: 0 or 1
};

struct arrange_grid { // places of one axis times those of another
  double *sums;
  unsigned char *has; // 0: no row, 1: null, 2: a sum
};

const struct table_cell *arrange_cell(const struct arrange *a, size_t row, int column);
bool arrange_number(const struct arrange *a, size_t row, int column, double *out);

void arrange_one(struct arrange *a, struct arrange_axis *out); // an axis with one place for all rows
// An axis of time, in its order. False: there is no time.
bool arrange_times(struct arrange *a, int column, struct arrange_axis *out);
// A category: an ordinal, or instants, in their order; else the largest first, `most` of them and the rest together where
// `measure` may be summed. ARRANGE_ALL: all, and numbers in their order. False: an order with more than `most`.
bool arrange_labels(struct arrange *a, int column, int measure, size_t most, struct arrange_axis *out);
// False: two rows for one place, and a sum would mean nothing.
bool arrange_grid(struct arrange *a, const struct arrange_axis *x, const struct arrange_axis *y, int measure,
                  struct arrange_grid *out);

// ---- the chart

int arrange_field(struct arrange *a, int column, enum chart_type type); // by a column; the field
int arrange_field_named(struct arrange *a, struct str name, struct str title, enum chart_type type);
struct str arrange_title(struct arrange *a, const struct chart_column *c); // with its unit, or its zone
void arrange_rows(struct arrange *a, size_t most);  // room for them, once all fields are there
struct chart_value *arrange_row(struct arrange *a); // the next, all null
struct chart_value arrange_moment(const struct arrange *a, int column, int64_t ms);
struct chart_value arrange_sum(double sum);
void arrange_note(struct arrange *a, const char *format, ...) PRINTF_LIKE(2, 3);
bool arrange_why(struct arrange *a, const char *format, ...) PRINTF_LIKE(2, 3); // false

#endif
