// SPDX-License-Identifier: Apache-2.0
// The columns of a result, and whether a condition fits them.
#include "alert/condition.h"
#include "data/json.h"

static yyjson_val *columns_at(yyjson_val *result, int column) {
  return column < 0 ? NULL : yyjson_arr_get(yyjson_obj_get(result, "columns"), (size_t)column);
}

int alert_column_find(yyjson_val *result, struct str name) {
  yyjson_val *column;
  size_t i, n;
  yyjson_arr_foreach (yyjson_obj_get(result, "columns"), i, n, column)
    if (str_eq_nocase(json_str(column, "name"), name)) return (int)i;
  return -1;
}

bool alert_column_is_measure(yyjson_val *result, int column) {
  struct str type = json_str(columns_at(result, column), "type");
  return str_is(type, "integer") || str_is(type, "decimal");
}

int alert_column_time(yyjson_val *result) {
  struct str said = json_str(yyjson_obj_get(result, "time"), "column");
  int found = said.n ? alert_column_find(result, said) : -1;
  yyjson_val *column;
  size_t i, n;
  if (found >= 0) return found;
  yyjson_arr_foreach (yyjson_obj_get(result, "columns"), i, n, column) {
    if (!str_is(json_str(column, "type"), "time")) continue;
    if (found >= 0) return -1;
    found = (int)i;
  }
  return found;
}

int alert_column_only_measure(yyjson_val *result) {
  int found = -1;
  for (int i = 0; columns_at(result, i); i++) {
    if (!alert_column_is_measure(result, i)) continue;
    if (found >= 0) return -1;
    found = i;
  }
  return found;
}

static bool columns_none(yyjson_val *result, struct str name, struct err *err) {
  yyjson_val *column;
  size_t i, n;
  unsigned least = UINT32_MAX;
  struct str nearest = STR("");
  yyjson_arr_foreach (yyjson_obj_get(result, "columns"), i, n, column) {
    unsigned far = str_distance(json_str(column, "name"), name);
    if (far >= least) continue;
    least = far;
    nearest = json_str(column, "name");
  }
  err_at(err, ERR_UNPROCESSABLE, "condition", "the tile has no column '%.*s'", STR_MOST(name, 64));
  if (nearest.n) err_hint(err, "the nearest is '%.*s'", STR_MOST(nearest, 64));
  return false;
}

static bool columns_measure(yyjson_val *result, struct str name, struct err *err) {
  int at = alert_column_find(result, name);
  if (at < 0) return columns_none(result, name, err);
  if (alert_column_is_measure(result, at)) return true;
  err_at(err, ERR_UNPROCESSABLE, "condition", "the column '%.*s' holds %.*s, and a comparison takes numbers",
         STR_MOST(name, 64), STR_ARG(json_str(columns_at(result, at), "type")));
  err_hint(err, "have the program's query give the rows that matter, and say 'any row'");
  return false;
}

static bool columns_within(const struct alert_condition *c, yyjson_val *result, struct err *err) {
  if (!c->within_ms || alert_column_time(result) >= 0) return true;
  err_at(err, ERR_UNPROCESSABLE, "condition",
         "the rows of the tile have no column of time, or several, so 'in …' cannot be told");
  err_hint(err,
           "leave it out, and the range of the tile itself counts; or name the program's \"time\" column");
  return false;
}

bool alert_condition_check(const struct alert_condition *c, yyjson_val *result, struct err *err) {
  for (size_t i = 0; i < c->key_count; i++)
    if (alert_column_find(result, c->keys[i]) < 0) return columns_none(result, c->keys[i], err);
  if (c->column.n && c->aggregate != ALERT_COUNT && !columns_measure(result, c->column, err)) return false;
  if (c->column.n && alert_column_find(result, c->column) < 0) return columns_none(result, c->column, err);
  if (c->of.n && !columns_measure(result, c->of, err)) return false;
  if (c->label.n && !c->column.n && alert_column_only_measure(result) < 0) {
    err_at(err, ERR_UNPROCESSABLE, "condition", "the tile has no measure, or several");
    err_hint(err, "name one: share of '%.*s' of COLUMN", STR_MOST(c->label, 40));
    return false;
  }
  return columns_within(c, result, err);
}
