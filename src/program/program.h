// SPDX-License-Identifier: Apache-2.0
// program: an answer program, version 1, as read: a few calls of tools that read, and named results, each one query over
// what the calls gave. Reading it looks at its form only; program/check holds it against tools and tables. Immutable;
// lives in the arena and the document that it was read from. Pure. Example:
//   struct program p; struct program_faults f = {.arena = a};
//   if (!program_read(yyjson_doc_get_root(doc), a, &p, &f)) return program_faults_fail(&f, err);
#ifndef POSTERN_PROGRAM_PROGRAM_H
#define POSTERN_PROGRAM_PROGRAM_H

#include <yyjson.h>

#include "program/fault.h"

enum {
  PROGRAM_VERSION = 1,
  PROGRAM_STEPS_MOST = 24,
  PROGRAM_RESULTS_MOST = 6,
  PROGRAM_PARAMETERS_MOST = 24,
  PROGRAM_TABLES_MOST = 8,
  PROGRAM_ACCOUNTS_MOST = 32, // of a step
  PROGRAM_BATCH_MOST = 1000,
  PROGRAM_TITLE_MOST = 200,
  PROGRAM_BYTES_MOST = 256 * 1024,
  PROGRAM_DEPTH_MOST = 24, // of a step's arguments
};

enum program_type {
  PROGRAM_TEXT,
  PROGRAM_INTEGER,
  PROGRAM_NUMBER,
  PROGRAM_BOOLEAN,
  PROGRAM_TIME,
  PROGRAM_ZONE,
  PROGRAM_TYPES
};
const char *program_type_name(enum program_type type); // "text", …

struct program_parameter { // "since": "now-7d", or {"type", "default", "description"}
  struct str name;
  enum program_type type;
  yyjson_val *value; // the default; NULL: must be given
  struct str description;
};

struct program_step {
  struct str id; // the table that it gives
  struct str accounts[PROGRAM_ACCOUNTS_MOST];
  size_t account_count; // 0: the one account that has the tool
  bool many;            // a list was written: the table has a column `account`
  struct str tool;
  struct str for_each; // a query; empty: one call
  int batch;           // rows of it for one call; 0: one row a call
  yyjson_val *arguments;
  struct str rows; // where the rows are in an answer; empty: by shape
  int64_t pages;   // 0: all
};

struct program_kept { // "tables": {"earlier": {"kept": "p_…", "result": "by_action"}}: a result that was kept
  struct str name, handle, result; // result empty: the first
};

struct program_result {
  struct str name, title, query;
  yyjson_val *columns, *chart; // NULL: none
  struct str time_column, time_bucket;
};

struct program {
  yyjson_val *root;
  struct str title;
  struct program_parameter parameters[PROGRAM_PARAMETERS_MOST];
  struct program_step steps[PROGRAM_STEPS_MOST];
  struct program_kept tables[PROGRAM_TABLES_MOST];
  struct program_result results[PROGRAM_RESULTS_MOST];
  size_t parameter_count, step_count, table_count, result_count;
};

// False: `faults` has at least one. `root` may be NULL.
bool program_read(yyjson_val *root, struct arena *a, struct program *out, struct program_faults *faults);
const struct program_parameter *program_parameter_find(const struct program *p,
                                                       struct str name); // NULL: none
// A reference in a step's arguments: {"$": "column"}, {"$param": "since"}, {"$sql": "SELECT …"}, {"$rows": "SELECT …"},
// each with an optional "$json" that names the JSON type it gives.
enum program_ref { PROGRAM_NO_REF, PROGRAM_COLUMN, PROGRAM_PARAM, PROGRAM_SQL, PROGRAM_ROWS };
enum program_ref program_ref_of(yyjson_val *v, struct str *text, struct str *json);

#endif
