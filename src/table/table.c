// SPDX-License-Identifier: Apache-2.0
#include "table/select.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "data/schema_pattern.h"
#include "table/moment.h"
#include "table/table_private.h"

const struct table_limits TABLE_LIMITS = {
    .memory = 192 << 20, .rows = 200000, .columns = 250, .result_rows = 10000, .query_ms = 5000};

bool table_start(void) {
  setenv("TZ", "UTC0", 1); // SQL's 'localtime' knows no other zone than the process's
  tzset();
  return heap_install() && table_vfs();
}

// ---- the set

// What bounds a statement beside memory and time: its text, its expressions, its parameters.
static void table_limits_set(sqlite3 *db, const struct table_limits *limits) {
  const int rows[][2] = {
      {SQLITE_LIMIT_LENGTH, TABLE_CELL_MOST + 4096},
      {SQLITE_LIMIT_SQL_LENGTH, 1 << 20}, // our own statements; a query's own length is looked at before
      {SQLITE_LIMIT_COLUMN, (int)(limits->columns < 1000 ? limits->columns * 2 + 8 : 2000)},
      {SQLITE_LIMIT_EXPR_DEPTH, 200},
      {SQLITE_LIMIT_COMPOUND_SELECT, 50},
      {SQLITE_LIMIT_VDBE_OP, 100000},
      {SQLITE_LIMIT_FUNCTION_ARG, 100},
      {SQLITE_LIMIT_ATTACHED, 0},
      {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 256},
      {SQLITE_LIMIT_VARIABLE_NUMBER, 2000},
      {SQLITE_LIMIT_TRIGGER_DEPTH, 0},
      {SQLITE_LIMIT_WORKER_THREADS, 0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) sqlite3_limit(db, rows[i][0], rows[i][1]);
  sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL); // "zone" is a name, never a text
  sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
  sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
  sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_drop_modules(db, (const char *[]){"json_each", "json_tree", NULL});
}

bool table_set_new(const struct table_limits *limits, const struct table_clock *clock, struct table_set **out,
                   struct err *err) {
  if (!heap_install() || !table_vfs())
    return err_set(err, ERR_INTERNAL, "the memory of queries cannot be bounded: table_start came too late");
  struct table_set *set = MEM_NEW(struct table_set);
  set->arena = arena_new();
  set->limits = *limits;
  set->clock = *clock;
  set->heap.most = limits->memory;
  struct heap *before = heap_enter(&set->heap);
  bool ok = sqlite3_open_v2(":memory:", &set->db,
                            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
                                SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_MEMORY,
                            TABLE_VFS) == SQLITE_OK;
  if (ok) table_limits_set(set->db, limits);
  ok = ok && table_run(set, STR("PRAGMA temp_store=2"), err) &&
       table_run(set, STR("PRAGMA secure_delete=0"), err) &&
       table_run(set, STR("PRAGMA journal_mode=OFF"), err) && table_functions(set) &&
       // Their first use writes into SQLite's own schema table, which no query may: use them now.
       table_run(set, STR("SELECT count(*) FROM json_each('[]'), json_tree('[]')"), err);
  heap_leave(before);
  if (!ok) {
    table_set_free(set);
    return err_set(err, ERR_LIMIT, "there is no memory for tables (setting program_memory)");
  }
  *out = set;
  return true;
}

static void table_free(struct table *t) {
  table_forget_insert(t);
  map_free(&t->by_key);
  arena_free(t->arena);
  mem_free(t);
}

void table_set_free(struct table_set *set) {
  if (!set) return;
  struct heap *before = heap_enter(&set->heap);
  for (size_t i = 0; i < set->count; i++) table_free(set->tables[i]);
  sqlite3_close(set->db);
  heap_leave(before);
  schema_patterns_free(set->patterns);
  arena_free(set->arena);
  mem_free(set);
}

size_t table_set_memory(const struct table_set *set) {
  return set->heap.peak;
}

size_t table_warnings(const struct table_set *set, const struct str **out) {
  *out = set->warnings;
  return set->warning_count;
}

void table_warn(struct table_set *set, const char *format, ...) {
  char text[400];
  va_list args;
  if (set->warning_count == TABLE_WARNINGS_MOST) return;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  for (size_t i = 0; i < set->warning_count; i++)
    if (str_is(set->warnings[i], text)) return;
  set->warnings[set->warning_count++] = arena_dup(set->arena, str_of(text));
}

bool table_fail(struct table_set *set, const char *doing, struct err *err) {
  int code = sqlite3_errcode(set->db) & 0xff;
  if (code == SQLITE_NOMEM || code == SQLITE_FULL)
    err_set(err, ERR_LIMIT, "%s: the tables of this program take more than %zu MB", doing,
            set->limits.memory >> 20);
  else if (code == SQLITE_TOOBIG)
    err_set(err, ERR_LIMIT, "%s: a value is larger than %d bytes", doing, TABLE_CELL_MOST);
  else
    return err_set(err, ERR_INTERNAL, "%s: %s", doing, sqlite3_errmsg(set->db));
  err_hint(err, "ask for fewer rows or columns, or raise the setting program_memory");
  return false;
}

bool table_run(struct table_set *set, struct str sql, struct err *err) {
  sqlite3_stmt *s = NULL;
  struct heap *before = heap_enter(&set->heap);
  bool ok = sqlite3_prepare_v2(set->db, sql.p, (int)sql.n, &s, NULL) == SQLITE_OK;
  int code = SQLITE_ROW;
  while (ok && (code = sqlite3_step(s)) == SQLITE_ROW) continue;
  ok = ok && code == SQLITE_DONE;
  if (!ok) table_fail(set, "preparing tables", err);
  sqlite3_finalize(s);
  heap_leave(before);
  return ok;
}

// ---- a table

bool table_name_is_sound(struct str name, struct err *err) {
  bool ok = name.n > 0 && name.n <= TABLE_NAME_MOST && !(name.p[0] >= '0' && name.p[0] <= '9');
  for (size_t i = 0; i < name.n && ok; i++) {
    char c = name.p[i];
    ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }
  if (!ok)
    return err_set(
        err, ERR_INVALID,
        "a name of a table begins with a letter, goes on with letters, digits and '_', and has at most %d",
        TABLE_NAME_MOST);
  if (sqlite3_keyword_check(name.p, (int)name.n) || str_starts(name, "sqlite_") || str_starts(name, "json_"))
    return err_set(err, ERR_INVALID, "'%.*s' is a word of SQL and cannot name a table", STR_ARG(name));
  return true;
}

struct table *table_begin(struct table_set *set, struct str name) {
  if (set->count == TABLE_SET_MOST) return NULL;
  struct table *t = MEM_NEW(struct table);
  t->set = set;
  t->arena = arena_new();
  t->name = arena_dup(t->arena, name);
  t->number = set->made++;
  set->tables[set->count++] = t;
  return t;
}

void table_is_complete(struct table *t) {
  t->complete = true;
}

void table_forget_insert(struct table *t) {
  struct heap *before = heap_enter(&t->set->heap);
  sqlite3_finalize(t->insert);
  heap_leave(before);
  t->insert = NULL;
}

struct str table_name(const struct table *t) {
  return t->name;
}

size_t table_row_count(const struct table *t) {
  return t->rows;
}

struct table *table_find(const struct table_set *set, struct str name) {
  for (size_t i = 0; i < set->count; i++)
    if (str_eq_nocase(set->tables[i]->name, name)) return set->tables[i];
  return NULL;
}

bool table_was_read(const struct table *t) {
  return t->read;
}

size_t table_columns(const struct table *t, struct arena *a, const struct table_column **out) {
  struct table_column *columns = ARENA_ARRAY(a, t->count + 1, struct table_column);
  size_t n = 0;
  for (size_t i = 0; i < t->count; i++)
    if (!t->columns[i].shadow)
      columns[n++] = (struct table_column){t->columns[i].name, t->columns[i].type, t->columns[i].days};
  *out = columns;
  return n;
}

// ---- types, from all values of a column

// A time is declared so that its comparisons go by the instant (functions.c), integers and decimals beyond a double so
// that they keep their digits: no affinity touches a BLOB column.
static const struct table_declared {
  const char *text;
  enum table_type type;
  bool days;
} table_declared[] = {{"TEXT", TABLE_TEXT, false},         {"INTEGER", TABLE_INTEGER, false},
                      {"DECIMAL", TABLE_DECIMAL, false},   {"BOOLEAN", TABLE_BOOLEAN, false},
                      {"TIME_TEXT", TABLE_TIME, false},    {"JSON_TEXT", TABLE_JSON, false},
                      {"DATE_TEXT", TABLE_TIME, true},     {"LARGE_BLOB", TABLE_INTEGER, false},
                      {"EXACT_BLOB", TABLE_DECIMAL, false}};

const char *table_decltype(const struct table_growing *c) {
  const struct table_seen *s = &c->seen;
  if (c->type == TABLE_INTEGER && s->large) return "LARGE_BLOB";
  if (c->type == TABLE_DECIMAL && (s->exact || s->large)) return "EXACT_BLOB";
  for (size_t i = 0; i < sizeof table_declared / sizeof *table_declared; i++)
    if (table_declared[i].type == c->type && table_declared[i].days == c->days) return table_declared[i].text;
  return "TEXT";
}

bool table_from_decltype(const char *decltype, enum table_type *type, bool *days) {
  for (size_t i = 0; decltype &&i < sizeof table_declared / sizeof *table_declared; i++) {
    if (strcmp(table_declared[i].text, decltype) != 0) continue;
    *type = table_declared[i].type;
    *days = table_declared[i].days;
    return true;
  }
  return false;
}

static void table_decide(struct table_growing *c) {
  const struct table_seen *s = &c->seen;
  size_t numbers = s->integers + s->large + s->decimals + s->exact;
  size_t all = numbers + s->booleans + s->texts + s->jsons;
  c->days = false;
  if (all == 0) {
    if (!c->expected) c->type = TABLE_TEXT;
  } else if (s->booleans == all || (s->texts == all && s->boolean_words == all)) {
    c->type = TABLE_BOOLEAN;
  } else if (s->integers + s->large == all || (s->texts == all && s->number_words == all)) {
    c->type = TABLE_INTEGER;
  } else if (numbers == all || (s->texts == all && s->number_words + s->decimal_words == all)) {
    c->type = TABLE_DECIMAL;
  } else if (s->texts == all && s->moments == all) {
    c->type = TABLE_TIME;
    c->days = s->dates == all;
  } else {
    c->type = s->jsons == all ? TABLE_JSON : TABLE_TEXT;
  }
}

// How a staged value becomes one of its column's type.
static const char *table_conversion(const struct table_growing *c) {
  const struct table_seen *s = &c->seen;
  if (c->type == TABLE_TIME && s->moments) return "time_of(c%zu)";
  if (c->type == TABLE_BOOLEAN && s->texts) return "lower(c%zu)='true'";
  if (c->type == TABLE_BOOLEAN && s->booleans) return "c%zu=x'01'";
  if (c->type == TABLE_INTEGER && s->texts) return "CAST(c%zu AS INTEGER)";
  if (c->type == TABLE_DECIMAL && s->texts) return "CAST(c%zu AS REAL)";
  if (s->booleans)
    return "CASE WHEN typeof(c%1$zu)='blob' THEN iif(c%1$zu=x'01','true','false') ELSE c%1$zu END";
  return "c%zu";
}

// A column that is null everywhere, beside others that its object's members became, says nothing.
static bool table_is_shadow(const struct table *t, const struct table_growing *c) {
  const struct table_seen *s = &c->seen;
  if (c->expected || s->integers || s->large || s->decimals || s->exact || s->booleans || s->texts ||
      s->jsons)
    return false;
  for (size_t i = 0; i < t->count; i++) {
    struct str other = t->columns[i].name;
    if (other.n > c->name.n + 2 && memcmp(other.p, c->name.p, c->name.n) == 0 && other.p[c->name.n] == '_' &&
        other.p[c->name.n + 1] == '_')
      return true;
  }
  return false;
}

void table_add_name(struct buf *out, struct str name) {
  buf_add_char(out, '"');
  for (size_t i = 0; i < name.n; i++) {
    if (name.p[i] == '"') buf_add_char(out, '"');
    buf_add_char(out, name.p[i]);
  }
  buf_add_char(out, '"');
}

static void table_sealing(const struct table *t, struct buf *create, struct buf *copy) {
  const char *between = "";
  buf_add_z(create, "CREATE TABLE ");
  table_add_name(create, t->name);
  buf_add_z(create, "(");
  buf_add_z(copy, "INSERT INTO ");
  table_add_name(copy, t->name);
  buf_add_z(copy, " SELECT ");
  for (size_t i = 0; i < t->count; i++) {
    if (t->columns[i].shadow) continue;
    buf_add_z(create, between);
    table_add_name(create, t->columns[i].name);
    buf_printf(create, " %s%s", table_decltype(&t->columns[i]),
               t->columns[i].type == TABLE_TIME ? " COLLATE instant" : "");
    buf_add_z(copy, between);
    for (const char *p = table_conversion(&t->columns[i]); *p; p++) { // %zu and %1$zu are the column's number
      if (*p != '%') {
        buf_add_char(copy, *p);
        continue;
      }
      buf_printf(copy, "%zu", i);
      p += strcspn(p, "u");
    }
    between = ",";
  }
  if (!*between) { // a table has a column; this one is open
    buf_add_z(create, "no_columns TEXT");
    buf_add_z(copy, "NULL");
  }
  buf_add_z(create, ")");
  buf_printf(copy, " FROM stage%zu", t->number);
}

static bool table_seal_as(struct table *t, bool for_now, struct err *err) {
  struct buf create = BUF_MAX(512 * 1024), copy = BUF_MAX(512 * 1024);
  for (size_t i = 0; i < t->count; i++) {
    table_decide(&t->columns[i]);
    t->columns[i].shadow = table_is_shadow(t, &t->columns[i]);
  }
  table_forget_insert(t);
  table_sealing(t, &create, &copy);
  bool ok = table_run(t->set, buf_str(&create), err);
  if (ok && t->staged) ok = table_run(t->set, buf_str(&copy), err);
  if (ok && t->staged && !for_now)
    ok = table_run(t->set, arena_printf(t->arena, "DROP TABLE stage%zu", t->number), err);
  t->sealed = ok;
  buf_free(&create);
  buf_free(&copy);
  return ok;
}

bool table_seal(struct table *t, struct err *err) {
  return table_seal_as(t, false, err);
}

bool table_seal_for_now(struct table *t, struct err *err) {
  return table_seal_as(t, true, err);
}

static bool table_drop_sealed(struct table *t, struct err *err) {
  struct buf sql = BUF_MAX(1024);
  buf_add_z(&sql, "DROP TABLE IF EXISTS ");
  table_add_name(&sql, t->name);
  bool ok = table_run(t->set, buf_str(&sql), err);
  buf_free(&sql);
  t->sealed = false;
  return ok;
}

bool table_unseal(struct table *t, struct err *err) {
  return table_drop_sealed(t, err);
}

void table_drop(struct table *t) {
  struct table_set *set = t->set;
  struct err unsaid;
  (void)!table_drop_sealed(t, &unsaid);
  for (size_t i = 0; i < set->count; i++)
    if (set->tables[i] == t) set->tables[i] = set->tables[--set->count];
  table_free(t);
}
