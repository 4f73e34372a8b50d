// SPDX-License-Identifier: Apache-2.0
// query: the SQL of one part of a question, the shape of what it gives, and how to draw it. Pure. Example:
//   struct query q; query_make(&part, "", arena, &q);       // q.sql, q.shape, q.x, q.y
#ifndef POSTERN_ASK_QUERY_H
#define POSTERN_ASK_QUERY_H

#include "ask/reading.h"

enum query_shape {
  QUERY_ROWS,    // rows of the thing
  QUERY_VALUE,   // one number: measure
  QUERY_GROUPS,  // groups, measure
  QUERY_SERIES,  // time, (group,) measure
  QUERY_SHARE,   // (group,) part, whole, share
  QUERY_STATS,   // things, mean, median, least, most
  QUERY_PERIODS, // (group,) now, before, change
  QUERY_DIFF,    // only_in, what
  QUERY_HEAT,    // weekday, hour, measure
  QUERY_COMMON,  // what two sources have in common
  QUERY_NONE,    // what the rows are within, where it has none of them
  QUERY_IDLE,    // periods in which nothing was
  QUERY_SHAPES
};

enum { QUERY_USED_MOST = 24, QUERY_TIES_MOST = 20 };

struct query {
  enum query_shape shape;
  struct str sql, title;
  struct str measure; // name of the measure's column
  struct str groups[READING_GROUPS_MOST];
  size_t group_count;
  int used[QUERY_USED_MOST]; // columns of the thing that the query reads
  size_t used_count;
  struct str mark, x, y, color; // the wish for a chart; mark empty: none
  struct str bucket;            // of a series: "hour"
  int by;                       // ROWS: the column that orders them; -1: none
  bool ascending;
  int64_t limit; // 0: none
  bool ties;     // rows beyond the limit equal the last one within it
  bool ratio;    // the measure is a ratio
  bool lacks;    // of COMMON: what is in the first, and not in the second
  bool within;   // of COMMON: what the rows of both are within
  bool distinct; // of VALUE: how many different values the column has that is called as the measure
  struct str unit;
};

// `second`: the suffix of tables and parameters of the period before, where the thing's calls cut by time.
void query_make(const struct reading_part *p, int group, struct arena *a, struct query *out);
// What is in both, by a column of each.
void query_make_common(const struct reading *r, struct arena *a, struct query out[2]);
// The condition by which rows of the first part are narrowed to those whose value is one of the second's; `other`: what reads
// the second.
struct str query_make_among(const struct reading *r, struct arena *a, struct query *other);
// Which groups take a query of their own: a ranking by two things is two.
size_t query_count(const struct reading_part *p);
double query_percentile(const struct reading_part *p); // the one asked for; 95 where none was said
// Rows that look like what the filters ask for: the values there are of a filter's column.
struct str query_values(const struct reading_part *p, int column, struct arena *a);
int query_time_column(const struct reading_part *p);     // the one that its span is of; -1: none
void query_add_quoted(struct buf *out, struct str text); // 'text' for SQL
struct str query_parent_label(
    const struct model_thing *t); // the column of a row that names what it is within; empty: none
struct str query_parent_sql(const struct model_thing *t, struct arena *a); // the same in SQL, be it "group"
// Which rows of a thing are meant by name; empty: all.
struct str query_narrow(const struct reading_part *p, const struct model_thing *t, struct arena *a);

#endif
