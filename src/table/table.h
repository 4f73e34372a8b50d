// SPDX-License-Identifier: Apache-2.0
// table: rows that calls gave, in an in-memory SQLite of their own, and what one SELECT over them gives. A set holds
// the tables of one run. A table is filled in any number of batches, then sealed: its columns get their types from
// all values, and it can be queried. Queries read these tables and call a list of functions; nothing else is allowed
// (guard.c). Memory, rows, columns, time and length have limits, each named where it is hit. Pure but for that: no
// fiber, no network; it may take as long as its limits say, so run it on a pool thread. One thread at a time. Example:
//   struct table_set *set; if (!table_set_new(&TABLE_LIMITS, &clock, &set, err)) return false;
//   struct table *t = table_begin(set, STR("zones"));
//   if (!table_add(t, &(struct table_batch){.root = yyjson_doc_get_root(doc)}, err) || !table_seal(t, err)) …
//   if (!table_select(set, STR("SELECT name FROM zones"), NULL, arena, &r, err)) …     // table/select.h
//   table_set_free(set);
#ifndef POSTERN_TABLE_TABLE_H
#define POSTERN_TABLE_TABLE_H

#include <yyjson.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "table/zone.h"

enum {
  TABLE_NAME_MOST = 64,    // of a table
  TABLE_COLUMN_MOST = 128, // of a column's name, in bytes
  TABLE_SQL_MOST = 16 * 1024,
  TABLE_CELL_MOST = 1 << 20, // bytes of a value
  TABLE_NESTED_MOST = 6,     // objects within objects that become columns; deeper ones stay JSON
};

struct table_limits { // settings; the names stand in errors
  size_t memory;      // program_memory: bytes of all tables and the query at work
  size_t rows;        // program_rows: of one table; what is beyond is left out and counted
  size_t columns;     // program_columns: of one table, likewise
  size_t result_rows; // program_result_rows: of one query, likewise
  uint64_t query_ms;  // program_query_time: of one query
};
extern const struct table_limits TABLE_LIMITS; // 192 MB, 200,000, 250, 10,000, 5 s

struct table_clock { // one moment for the whole run
  int64_t now_ms;
  const struct zone *zone; // of buckets where a query names none
  int first_weekday;       // of a week; 0 is Sunday
};

bool table_start(
    void); // once, in main, before SQLite is used; false where it is too late for the memory limit

struct table_set;
MUST_USE bool table_set_new(const struct table_limits *limits, const struct table_clock *clock,
                            struct table_set **out, struct err *err);
void table_set_free(struct table_set *set);           // NULL is fine
size_t table_set_memory(const struct table_set *set); // the most that was held
// What was done without being asked, in words: a column taken as NULL. In the set.
size_t table_warnings(const struct table_set *set, const struct str **out);

// ---- filling

enum table_type {
  TABLE_TEXT,
  TABLE_INTEGER,
  TABLE_DECIMAL,
  TABLE_BOOLEAN,
  TABLE_TIME,
  TABLE_JSON,
  TABLE_TYPES
};
const char *table_type_name(enum table_type type); // "text", …
bool table_type_read(struct str word, enum table_type *out);

struct table;
// `name` as queries have it: [A-Za-z_][A-Za-z0-9_]*, at most TABLE_NAME_MOST, no keyword; checked by table_name_is_sound.
bool table_name_is_sound(struct str name, struct err *err);
struct table *table_begin(struct table_set *set, struct str name);
// A column that the tool's schema promises, so that it is there when no row is.
MUST_USE bool table_expect(struct table *t, struct str column, enum table_type type, struct err *err);
// The schema promises all: a query that names another column is wrong.
void table_is_complete(struct table *t);

struct
    table_extra { // a column that each row of a batch gets; it wins over the row's own, which becomes NAME__2
  struct str name;
  yyjson_val *value; // a scalar; NULL: null
};

struct table_batch {
  yyjson_val *root; // untrusted
  struct str
      rows; // where they are: a JSON pointer in which `*` is each member of an array; TABLE_ROOT: the root
            // itself; empty: found by shape
  const struct table_extra *extras;
  size_t extra_count;
  bool untyped; // all values are text and stand for numbers too (CSV)
  bool deep;    // found by shape down to the innermost array (GraphQL), else the first that has objects
};
extern const struct str TABLE_ROOT;

struct table_added {
  size_t rows, cut;  // cut: left out, the table is full
  yyjson_val *array; // the last array of rows, for whoever pages; NULL: one row, or none
};
// ERR_INVALID: `rows` does not fit. ERR_LIMIT: memory. What was added before stays.
MUST_USE bool table_add(struct table *t, const struct table_batch *batch, struct table_added *out,
                        struct err *err);
MUST_USE bool table_seal(struct table *t, struct err *err);
// The same for a look in between; table_unseal opens it again for more rows.
MUST_USE bool table_seal_for_now(struct table *t, struct err *err);
MUST_USE bool table_unseal(struct table *t, struct err *err);

struct str table_name(const struct table *t);
size_t table_row_count(const struct table *t);
struct table_column {
  struct str name;
  enum table_type type;
  bool days; // of a time: all were dates
};
size_t table_columns(const struct table *t, struct arena *a, const struct table_column **out); // once sealed
void table_drop(struct table *t); // with its rows; its name is free again
struct table *table_find(const struct table_set *set, struct str name); // NULL: there is none

#endif
