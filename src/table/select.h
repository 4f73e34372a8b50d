// SPDX-License-Identifier: Apache-2.0
// select: one query over the tables of a set, and what it gives, in the caller's arena. What a query may do stands in
// guard.c. As long as its limits say: on a pool thread. Example:
//   struct table_result r;
//   if (!table_select(set, STR("SELECT name FROM zones"), NULL, arena, &r, err)) …
//   r.cells[row * r.column_count + column]
#ifndef POSTERN_TABLE_SELECT_H
#define POSTERN_TABLE_SELECT_H

#include "table/table.h"

enum table_kind { TABLE_CELL_NULL, TABLE_CELL_INTEGER, TABLE_CELL_REAL, TABLE_CELL_TEXT };
struct table_cell {
  enum table_kind kind;
  union {
    int64_t integer;
    double real;
    struct str text;
  };
};
// As JSON, by the column's type: true for 1 of a boolean, JSON as such where it is sound.
void table_cell_write(struct buf *out, const struct table_cell *cell, enum table_type type);
// As a person reads it: without quotes, null as nothing.
void table_cell_print(struct buf *out, const struct table_cell *cell, enum table_type type);

struct table_param { // `:name` in SQL
  struct str name;
  struct table_cell cell;
};
struct table_params {
  const struct table_param *items;
  size_t n;
};

struct table_result { // in the arena
  size_t column_count, row_count;
  struct table_column *columns;
  struct table_cell *cells; // row after row
  bool cut;                 // there were more rows than result_rows
};

// ERR_INVALID: what is wrong with the query and, where it can be told, the nearest name; ERR_LIMIT: which limit.
MUST_USE bool table_select(struct table_set *set, struct str sql, const struct table_params *params,
                           struct arena *a, struct table_result *out, struct err *err);
// The same without a row: is it sound over the tables as they are, and which columns does it have?
MUST_USE bool table_compile(struct table_set *set, struct str sql, const struct table_params *params,
                            struct arena *a, struct table_result *out, struct err *err);

// Did the query that was compiled or run last read this table?
bool table_was_read(const struct table *t);

#endif
