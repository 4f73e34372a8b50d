// SPDX-License-Identifier: Apache-2.0
// classes: what a column of a result is to a chart: a time, an id, a measure, a category with or without an order, or
// text; in which unit, and whether its values may be summed. By the program's hint, then the name, then the values.
// Lives in the arena. Pure. Example:
//   struct chart_column *columns = chart_classify(&from, arena);
//   if (columns[0].class == CHART_CLASS_MEASURE && columns[0].additive) …
#ifndef POSTERN_CHART_CLASSES_H
#define POSTERN_CHART_CLASSES_H

#include "chart/chart.h"

enum chart_class {
  CHART_CLASS_TIME,
  CHART_CLASS_ID,
  CHART_CLASS_MEASURE,
  CHART_CLASS_CATEGORY,
  CHART_CLASS_ORDINAL,
  CHART_CLASS_TEXT,
  CHART_CLASSES
};
const char *chart_class_name(enum chart_class class);

enum chart_order { CHART_ORDER_NATURAL, CHART_ORDER_WEEKDAY, CHART_ORDER_MONTH, CHART_ORDER_SEVERITY };

struct chart_column {
  struct str name, title; // title: the hint's, or the name in words
  enum chart_class class;
  enum table_type type;
  enum chart_unit unit;
  struct str unit_word;
  enum chart_order order; // of an ordinal
  bool additive;          // of a measure: a sum of its values means something
  bool counts;            // likewise: where nothing was counted, it is 0
  bool whole, days;       // all integers; all dates
  size_t distinct, nulls; // distinct: of other than measures and times, nulls not counted
  double least, most;     // of a measure
};

struct chart_column *chart_classify(const struct chart_source *from, struct arena *a); // one for each column

// A cell as a measure; false: null, or no number that can be drawn.
bool chart_cell_number(const struct table_cell *cell, double *out);
// A cell of a time; false: null, or none.
bool chart_cell_moment(const struct table_cell *cell, int64_t *ms);
// A cell as a category; null is "(none)".
struct str chart_cell_label(const struct table_cell *cell, enum table_type type, struct arena *a);
// Before or after, in the order of an ordinal.
int chart_compare_labels(enum chart_order order, struct str a, struct str b);

#endif
