// SPDX-License-Identifier: Apache-2.0
// table_private: what the files of the folder share: the set, its tables and the columns that fill up. Private to table/.
#ifndef POSTERN_TABLE_TABLE_PRIVATE_H
#define POSTERN_TABLE_TABLE_PRIVATE_H

#include <sqlite3.h>

#include "base/map.h"
#include "table/heap.h"
#include "table/select.h"

enum { TABLE_WARNINGS_MOST = 50, TABLE_SET_MOST = 128, TABLE_EXPECTED_MOST = 1000 };

// What the values of a column have been so far.
struct table_seen {
  size_t integers, large, decimals, exact, booleans, moments, dates, texts,
      jsons;                                         // large, exact: no double holds them
  size_t number_words, decimal_words, boolean_words; // texts of untyped batches
};

struct table_growing { // a column
  struct str name;
  struct table_seen seen;
  bool expected;
  enum table_type type; // where expected, and once sealed
  bool days;
  bool shadow; // null everywhere, and its object's members are columns: not in the sealed table
};

struct table {
  struct table_set *set;
  struct str name;
  struct arena *arena;
  struct map by_key; // flattened name as it came -> struct table_place
  struct table_growing *columns;
  size_t count, cap, rows, number;             // number: names the stage
  bool complete, sealed, staged, read, narrow; // narrow: columns were left out
  sqlite3_stmt *insert;
  size_t insert_columns;
};

struct table_set {
  struct arena *arena;
  struct heap heap;
  sqlite3 *db;
  struct table_limits limits;
  struct table_clock clock;
  struct table *tables[TABLE_SET_MOST];
  size_t count, made; // made: in all, dropped ones too
  struct str warnings[TABLE_WARNINGS_MOST];
  size_t warning_count;
  uint64_t until_us;                // of the query at work
  uint64_t regex_work;              // what is left of it
  struct schema_patterns *patterns; // NULL: none yet
  bool late;                        // it was
};

void table_warn(struct table_set *set, const char *format, ...) PRINTF_LIKE(2, 3);
// One statement that has no result, of our own making.
MUST_USE bool table_run(struct table_set *set, struct str sql, struct err *err);
bool table_fail(struct table_set *set, const char *doing, struct err *err); // what SQLite says; always false
const char *table_decltype(const struct table_growing *c);
bool table_from_decltype(const char *decltype, enum table_type *type, bool *days);
void table_add_name(struct buf *out, struct str name); // "name", quoted for SQL
void table_forget_insert(struct table *t);

// functions.c
enum { TABLE_REGEX_WORK = 100000000 }; // of one query; a unit is about two nanoseconds
extern const char TABLE_VFS[];         // whose clock is the run's
bool table_vfs(void);                  // registers it, once
bool table_functions(struct table_set *set);
void table_functions_at(
    const struct table_set *set);                 // whose clock is asked for on this thread; NULL: the wall's
void table_guard(struct table_set *set, bool on); // guard.c: from now on only what a query may do

#endif
