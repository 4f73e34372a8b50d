// SPDX-License-Identifier: Apache-2.0
// chart: what is to be drawn of one result: its kind, its fields, its rows as they are drawn (sorted, summed, binned,
// cut), and what has to be said beside it. chart/choose makes one, chart/spec writes it as JSON, chart/text draws it.
// Lives in the arena that it was made in, and borrows from the result. Pure. Example:
//   struct chart_source from = {.rows = &r->rows, .hints = r->asked->columns, .wish = r->asked->chart, .title = r->title};
//   struct chart chart; chart_choose(&from, arena, &chart);
#ifndef POSTERN_CHART_CHART_H
#define POSTERN_CHART_CHART_H

#include <yyjson.h>

#include "chart/format.h"
#include "table/select.h"

enum {
  CHART_ROWS_MOST = 2000,  // of a spec
  CHART_FIELDS_MOST = 50,  // of a row
  CHART_FIELD_MOST = 200,  // characters of a field's name
  CHART_LABEL_MOST = 300,  // characters of a title
  CHART_WORDS_MOST = 2000, // characters of a description
  CHART_SPARK_MOST = 200,
};

struct chart_delta {
  double value;
  struct str from; // "previous 7 days"
};

struct chart_source { // what there is to draw
  const struct table_result *rows;
  yyjson_val *hints;       // by a column's name: {"kind", "unit", "title", "type"}; NULL: none
  yyjson_val *wish;        // {"mark", "x", "y", "color"}; NULL: none
  struct str title, cause; // cause: why there are no rows
  const struct zone *zone; // whose clock an axis of time reads; NULL: UTC
  bool unfinished;         // the last bucket of time is not over
  bool list;               // rows were asked for, not a picture of them
  size_t panel;            // of chart.panels
  const double *spark;     // beside a single value; NAN: a gap
  size_t spark_count;
  const struct chart_delta *delta; // likewise; NULL: none
};

enum chart_kind {
  CHART_EMPTY,
  CHART_KPI,
  CHART_CARD, // one row
  CHART_TABLE,
  CHART_BAR,
  CHART_COLUMN,
  CHART_BAR_STACKED,
  CHART_LINE,
  CHART_AREA,
  CHART_POINT,
  CHART_HISTOGRAM,
  CHART_HEATMAP,
  CHART_TIMELINE,
  CHART_KINDS
};
const char *chart_kind_name(enum chart_kind kind); // "bar-stacked"

enum chart_type { CHART_QUANTITATIVE, CHART_TEMPORAL, CHART_ORDINAL, CHART_NOMINAL };

struct chart_field {
  struct str name; // as a spec may have it, and unique
  struct str title;
  enum chart_type type;
  enum chart_format format; // of its axis, or of its column in a table
  enum chart_unit unit;
  struct str unit_word;
  bool days; // of a time: dates
};

enum chart_value_kind { CHART_NULL, CHART_NUMBER, CHART_MOMENT, CHART_WORD, CHART_FLAG };
struct chart_value {
  enum chart_value_kind kind;
  union {
    double number;
    int64_t ms; // of an axis: the reading of the zone's clock
    bool flag;
    struct str word;
  };
};

enum chart_channel { CHART_X, CHART_Y, CHART_X2, CHART_COLOR, CHART_CHANNELS };

struct chart {
  enum chart_kind kind;
  struct str title, description;
  struct str why; // why it is not what was wished for; empty: it is, or nothing was
  struct chart_field *fields;
  size_t field_count, row_count;
  struct chart_value *values;   // row after row
  int channels[CHART_CHANNELS]; // fields; -1: none
  size_t panels;         // charts that the result takes, one for each measure that shares no axis; at least 1
  struct chart_step bin; // of a histogram
  size_t left_out;       // rows that are not drawn
  bool points;           // of a line: it has points
  bool from_zero;        // of a line: its axis begins at zero
  bool unfinished;       // its last time is not over
  const double *spark;
  size_t spark_count;
  const struct chart_delta *delta;
};

static inline const struct chart_value *chart_at(const struct chart *c, size_t row, int field) {
  return &c->values[row * c->field_count + (size_t)field];
}

#endif
