// SPDX-License-Identifier: Apache-2.0
// condition: a statement about what a tile shows, as a person types it. Texts live in the arena. Pure. The forms:
//   denied > 100                         a cell of a measure; also any|sum|max|min|average|count of denied
//   denied > 100 in 1h                   of the rows whose time lies within the last hour; added up where the column counts
//   any row · no row · rows >= 5
//   share of denied >= 20%               a row's part of the column's sum
//   share of denied of requests >= 20%   of one column's sum in another's
//   share of 'block' of requests > 20%   of the rows with this text
//   a row that was not there before · removed row · changed or removed row by id, zone
// Example:
//   struct alert_condition c;
//   if (!alert_condition_read(STR("denied > 100"), arena, &c, err) || !alert_condition_check(&c, result, err)) …
#ifndef POSTERN_ALERT_CONDITION_H
#define POSTERN_ALERT_CONDITION_H

#include <yyjson.h>

#include "base/arena.h"
#include "base/buf.h"

enum {
  ALERT_TEXT_MOST = 500,
  ALERT_KEYS_MOST = 8,
  ALERT_COLUMN_MOST = 128,
};
#define ALERT_WITHIN_MOST_MS ((int64_t)366 * 86400 * 1000)

enum alert_kind { ALERT_MEASURE, ALERT_ROWS, ALERT_SHARE, ALERT_CHANGE };
enum alert_aggregate {
  ALERT_CELL, // any of them
  ALERT_SUM,
  ALERT_MAX,
  ALERT_MIN,
  ALERT_AVERAGE,
  ALERT_COUNT, // of cells that are not null
};
enum alert_compare { ALERT_OVER, ALERT_LEAST, ALERT_BELOW, ALERT_MOST, ALERT_EQUAL, ALERT_OTHER };
enum alert_change { ALERT_NEW = 1, ALERT_CHANGED = 2, ALERT_REMOVED = 4 };

struct alert_condition {
  enum alert_kind kind;
  bool has_aggregate; // it was said; else as the column is
  enum alert_aggregate aggregate;
  enum alert_compare compare;
  double bound;         // of a share 0 to 1
  struct str number;    // the bound as it was written
  struct str column;    // a measure; of a share by a text the measure, or empty: the only one
  struct str of, label; // of a share
  int64_t within_ms;    // 0: all rows
  unsigned changes;     // enum alert_change, together
  struct str keys[ALERT_KEYS_MOST];
  size_t key_count; // 0: chosen by the columns
};

// ERR_INVALID at "condition": which character, what was expected, the nearest form.
MUST_USE bool alert_condition_read(struct str text, struct arena *a, struct alert_condition *out,
                                   struct err *err);
// Names these columns as what tells rows apart; only where rows are compared.
MUST_USE bool alert_condition_add_keys(struct alert_condition *c, const struct str *keys, size_t count,
                                       struct err *err);
// Does it fit the columns of a result (JSON, as an outcome has it)? ERR_UNPROCESSABLE with the nearest column.
MUST_USE bool alert_condition_check(const struct alert_condition *c, yyjson_val *result, struct err *err);
void alert_condition_write(const struct alert_condition *c, struct buf *out); // reads back as the same
bool alert_condition_lasts(const struct alert_condition *c); // begins and ends; false: it happens

bool alert_compare(enum alert_compare how, double value, double bound);

// Of a result: where a column is (ASCII case aside), -1: nowhere; is it a measure; which one has the time, -1: none.
int alert_column_find(yyjson_val *result, struct str name);
bool alert_column_is_measure(yyjson_val *result, int column);
int alert_column_time(yyjson_val *result);
int alert_column_only_measure(yyjson_val *result); // -1: there is none, or several

#endif
