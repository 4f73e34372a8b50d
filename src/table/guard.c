// SPDX-License-Identifier: Apache-2.0
// What a query may do: read the tables of its set and json_each, and call the functions listed here. Everything else
// that SQLite knows is refused while it compiles, and work is looked at while it runs.
#include "base/clock.h"
#include "table/table_private.h"

enum { GUARD_STEPS = 2000 }; // of SQLite's machine, between two looks at the clock

// SQLite's own and ours (functions.c), sorted by kind. Not here: what is random or reads the clock otherwise than we set
// it, what makes large values out of nothing, what looks into the connection or loads code.
static const char *const guard_functions[] = {
    "abs", "avg", "ceil", "ceiling", "char", "coalesce", "count", "cume_dist", "date", "datetime",
    "dense_rank", "exp", "first_value", "floor", "format", "glob", "group_concat", "hex", "ifnull", "iif",
    "instr", "julianday", "lag", "last_value", "lead", "length", "like", "ln", "log", "log10", "log2",
    "lower", "ltrim", "max", "min", "mod", "nth_value", "ntile", "nullif", "percent_rank", "pow", "power",
    "printf", "quote", "rank", "replace", "round", "row_number", "rtrim", "sign", "sqrt", "strftime",
    "substr", "substring", "sum", "time", "total", "trim", "trunc", "typeof", "unhex", "unicode", "unixepoch",
    "upper",
    // JSON
    "json", "json_array", "json_array_length", "json_each", "json_extract", "json_group_array",
    "json_group_object", "json_insert", "json_object", "json_patch", "json_quote", "json_remove",
    "json_replace", "json_set", "json_tree", "json_type", "json_valid", "->", "->>",
    // ours
    "dec_add", "dec_cmp", "dec_sum", "in_cidr", "in_domain", "local_time", "median", "parent_domain",
    "percentile", "quote_graphql", "quote_lucene", "regexp", "time_bucket", "time_of"};

static bool guard_knows(const char *name) {
  for (size_t i = 0; i < sizeof guard_functions / sizeof *guard_functions; i++)
    if (sqlite3_stricmp(guard_functions[i], name) == 0) return true;
  return false;
}

static int guard_allows(void *arg, int action, const char *first, const char *second, const char *database,
                        const char *inner) {
  struct table_set *set = arg;
  (void)database;
  (void)inner;
  switch (action) {
  case SQLITE_SELECT:
  case SQLITE_RECURSIVE:
    return SQLITE_OK; // without end: by its time
  case SQLITE_READ: {
    struct str name = str_of(first);
    struct table *t = table_find(set, name);
    if (t) t->read = true;
    bool json = str_is_nocase(name, "json_each") || str_is_nocase(name, "json_tree");
    // count(*) reads no column; what it counts may be a common table expression, of which there is no other word here.
    bool counts = second && second[0] == '\0' && !str_starts(name, "sqlite_");
    return json || counts || (t && t->sealed) ? SQLITE_OK : SQLITE_DENY;
  }
  case SQLITE_FUNCTION:
    return second && guard_knows(second) ? SQLITE_OK : SQLITE_DENY;
  default:
    return SQLITE_DENY;
  }
}

static int guard_look(void *arg) {
  struct table_set *set = arg;
  set->late = clock_mono_us() > set->until_us;
  return set->late;
}

void table_guard(struct table_set *set, bool on) {
  set->late = false;
  set->regex_work = TABLE_REGEX_WORK;
  set->until_us = clock_mono_us() + set->limits.query_ms * 1000;
  table_functions_at(on ? set : NULL);
  sqlite3_set_authorizer(set->db, on ? guard_allows : NULL, set);
  sqlite3_progress_handler(set->db, on ? GUARD_STEPS : 0, on ? guard_look : NULL, set);
}
