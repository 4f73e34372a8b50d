// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "table/moment.h"
#include "table/table_private.h"

enum { SELECT_MISSING_MOST = 64, SELECT_NAMES_MOST = 12 };

struct select {
  struct table_set *set;
  struct str sql;
  const struct table_params *params;
  struct arena *arena;
  struct table_result *out;
  sqlite3_stmt *statement;
  const char *tail; // behind it
};

// ---- errors

static size_t select_column_names(const struct table_set *set, struct str *out, size_t most) {
  size_t n = 0;
  for (size_t t = 0; t < set->count; t++)
    for (size_t c = 0; set->tables[t]->sealed && c < set->tables[t]->count && n < most; c++)
      if (!set->tables[t]->columns[c].shadow) out[n++] = set->tables[t]->columns[c].name;
  return n;
}

static void select_hint_nearest(const struct select *q, struct str name, bool table, struct err *err) {
  struct str names[512], best = STR_NONE;
  size_t n = 0;
  unsigned least = 5;
  if (table)
    for (size_t t = 0; t < q->set->count; t++) names[n++] = q->set->tables[t]->name;
  else
    n = select_column_names(q->set, names, sizeof names / sizeof *names);
  for (size_t i = 0; i < n; i++) {
    unsigned far = str_distance(names[i], name);
    if (far >= least || far * 2 > name.n + 1) continue;
    least = far;
    best = names[i];
  }
  char list[240] = "";
  size_t at = 0;
  for (size_t i = 0; i < n && i < SELECT_NAMES_MOST && at < sizeof list; i++)
    at += (size_t)snprintf(list + at, sizeof list - at, "%s%.*s", i ? ", " : "", STR_ARG(names[i]));
  if (best.n)
    err_hint(err, "did you mean %.*s?", STR_ARG(best));
  else
    err_hint(err, "there %s %s%s", n == 1 ? "is" : "are", n ? list : "none",
             n > SELECT_NAMES_MOST ? ", …" : "");
}

// The name behind "no such column: ". SQLite has one code for all that is wrong with a query, and its words.
static struct str select_subject(const char *message, const char *opening) {
  size_t n = strlen(opening);
  return strncmp(message, opening, n) == 0 ? str_of(message + n) : STR_NONE;
}

static struct str select_last_name(struct str qualified) {
  struct str rest = qualified, part, last = qualified;
  while (str_cut(&rest, '.', &part)) last = part;
  return last;
}

static bool select_fail(struct select *q, struct err *err) {
  sqlite3 *db = q->set->db;
  int code = sqlite3_errcode(db) & 0xff;
  const char *message = sqlite3_errmsg(db);
  int offset = sqlite3_error_offset(db);
  struct str column = select_subject(message, "no such column: "),
             table = select_subject(message, "no such table: ");
  if (code == SQLITE_INTERRUPT || q->set->late) {
    err_set(err, ERR_LIMIT, "the query takes longer than %llu ms (setting program_query_time)",
            (unsigned long long)q->set->limits.query_ms);
    err_hint(err, "join on equal columns, or have the calls give fewer rows");
    return false;
  }
  if (code == SQLITE_NOMEM || code == SQLITE_FULL || code == SQLITE_TOOBIG)
    return table_fail(q->set, "the query", err);
  if (code == SQLITE_AUTH ||
      str_starts(str_of(message), "not authorized")) // of a function it is a plain error
    return err_set(err, ERR_INVALID,
                   "the query does what none may: %s. It may read the tables of its program and call the "
                   "functions in the manual",
                   message);
  err_set(err, ERR_INVALID, "the query: %s", message);
  if (offset >= 0)
    snprintf(err->text + strlen(err->text), sizeof err->text - strlen(err->text), " (at character %d)",
             offset + 1);
  if (column.n) select_hint_nearest(q, select_last_name(column), false, err);
  if (table.n) select_hint_nearest(q, select_last_name(table), true, err);
  return false;
}

// ---- columns that an open table lacks

static bool select_mentions(struct str sql, struct str name) {
  for (size_t i = 0; i + name.n <= sql.n; i++) {
    if (!str_eq_nocase(str_make(sql.p + i, name.n), name)) continue;
    char before = i ? sql.p[i - 1] : ' ', after = i + name.n < sql.n ? sql.p[i + name.n] : ' ';
    bool word = (before >= 'a' && before <= 'z') || (before >= 'A' && before <= 'Z') || before == '_' ||
                (after >= 'a' && after <= 'z') || (after >= 'A' && after <= 'Z') || after == '_' ||
                (after >= '0' && after <= '9');
    if (!word) return true;
  }
  return false;
}

static bool select_add_null(struct table_set *set, struct table *t, struct str name, struct err *err) {
  struct buf sql = BUF_MAX(4096);
  buf_add_z(&sql, "ALTER TABLE ");
  table_add_name(&sql, t->name);
  buf_add_z(&sql, " ADD COLUMN ");
  table_add_name(&sql, name);
  buf_add_z(&sql, " TEXT");
  bool ok = !sql.full && table_run(set, buf_str(&sql), err);
  buf_free(&sql);
  return ok;
}

static int select_prepare(struct select *q) {
  for (size_t i = 0; i < q->set->count; i++) q->set->tables[i]->read = false;
  table_guard(q->set, true);
  return sqlite3_prepare_v2(q->set->db, q->sql.p, (int)q->sql.n, &q->statement, &q->tail);
}

// Which open table the column is missing from cannot be told from its name alone (aliases): each that the query names
// is tried until the complaint is another one.
static bool select_supply(struct select *q, struct str missing) {
  struct str name = arena_dup(q->arena, select_last_name(missing));
  if (name.n == 0 || name.n > TABLE_COLUMN_MOST) return false;
  for (size_t i = 0; i < q->set->count; i++) {
    struct table *t = q->set->tables[i];
    if (!t->sealed || t->complete || !select_mentions(q->sql, t->name)) continue;
    table_guard(q->set, false);
    struct err unsaid;
    if (!select_add_null(q->set, t, name, &unsaid)) continue;
    int code = select_prepare(q);
    struct str still =
        code == SQLITE_OK ? STR_NONE : select_subject(sqlite3_errmsg(q->set->db), "no such column: ");
    if (code != SQLITE_OK && str_eq_nocase(select_last_name(still), name))
      continue; // it was not this one: a null column more
    struct err nearest = {.code = ERR_OK};
    select_hint_nearest(q, name, false, &nearest);
    if (t->rows) // of none, no column can be known
      table_warn(q->set, "%.*s has no column %.*s: it is taken as null; %s", STR_ARG(t->name), STR_ARG(name),
                 nearest.hint);
    return true;
  }
  return false;
}

// ---- compiling

static bool select_is_blank(const char *tail) {
  while (*tail == ' ' || *tail == '\n' || *tail == '\t' || *tail == '\r' || *tail == ';') tail++;
  return *tail == '\0';
}

static bool select_bind(struct select *q, struct err *err) {
  int count = sqlite3_bind_parameter_count(q->statement);
  for (int i = 1; i <= count; i++) {
    const char *name = sqlite3_bind_parameter_name(q->statement, i);
    const struct table_param *found = NULL;
    if (!name || name[0] != ':')
      return err_set(err, ERR_INVALID, "the query: '%s' is no parameter; write :name", name ? name : "?");
    for (size_t p = 0; q->params && p < q->params->n; p++)
      if (str_is(q->params->items[p].name, name + 1)) found = &q->params->items[p];
    if (!found) {
      err_set(err, ERR_INVALID, "the query: there is no parameter %s", name);
      err_hint(err, "declare it in the program's parameters");
      return false;
    }
    const struct table_cell *c = &found->cell;
    if (c->kind == TABLE_CELL_INTEGER)
      sqlite3_bind_int64(q->statement, i, c->integer);
    else if (c->kind == TABLE_CELL_REAL)
      sqlite3_bind_double(q->statement, i, c->real);
    else if (c->kind == TABLE_CELL_TEXT)
      sqlite3_bind_text(q->statement, i, c->text.p ? c->text.p : "", (int)c->text.n, SQLITE_STATIC);
  }
  return true;
}

static bool select_compile(struct select *q, struct err *err) {
  if (q->sql.n > TABLE_SQL_MOST)
    return err_set(err, ERR_LIMIT, "a query has at most %d bytes", TABLE_SQL_MOST);
  if (memchr(q->sql.p, '\0', q->sql.n)) return err_set(err, ERR_INVALID, "the query holds a NUL byte");
  q->sql = arena_dup(q->arena, q->sql);
  for (int i = 0; select_prepare(q) != SQLITE_OK; i++) {
    struct str missing = select_subject(sqlite3_errmsg(q->set->db), "no such column: ");
    missing = arena_dup(q->arena, missing);
    if (missing.n && i < SELECT_MISSING_MOST && select_supply(q, missing)) {
      sqlite3_finalize(q->statement);
      continue;
    }
    if (missing.n) (void)select_prepare(q); // its own words again
    return select_fail(q, err);
  }
  if (!q->statement) return err_set(err, ERR_INVALID, "the query is empty");
  if (!select_is_blank(q->tail))
    return err_set(err, ERR_INVALID, "a query is one SELECT; something stands behind it");
  if (sqlite3_stmt_isexplain(q->statement) || !sqlite3_stmt_readonly(q->statement) ||
      sqlite3_column_count(q->statement) == 0)
    return err_set(err, ERR_INVALID, "a query is one SELECT, or WITH … SELECT");
  if ((size_t)sqlite3_column_count(q->statement) > q->set->limits.columns)
    return err_set(err, ERR_LIMIT, "the query has %d columns, of %zu allowed (setting program_columns)",
                   sqlite3_column_count(q->statement), q->set->limits.columns);
  return select_bind(q, err);
}

static void select_columns(struct select *q) {
  struct table_result *r = q->out;
  r->column_count = (size_t)sqlite3_column_count(q->statement);
  r->columns = ARENA_ARRAY(q->arena, r->column_count, struct table_column);
  for (size_t i = 0; i < r->column_count; i++) {
    struct table_column *c = &r->columns[i];
    c->name = arena_dup(q->arena, str_of(sqlite3_column_name(q->statement, (int)i)));
    c->type = TABLE_TYPES; // by the values
    table_from_decltype(sqlite3_column_decltype(q->statement, (int)i), &c->type, &c->days);
  }
}

// ---- running

static struct table_cell select_cell(struct select *q, int at) {
  struct table_cell c = {.kind = TABLE_CELL_NULL};
  switch (sqlite3_column_type(q->statement, at)) {
  case SQLITE_INTEGER:
    c.kind = TABLE_CELL_INTEGER;
    c.integer = sqlite3_column_int64(q->statement, at);
    break;
  case SQLITE_FLOAT:
    c.kind = TABLE_CELL_REAL;
    c.real = sqlite3_column_double(q->statement, at);
    break;
  case SQLITE_TEXT:
  case SQLITE_BLOB:
    c.kind = TABLE_CELL_TEXT;
    c.text = str_make((const char *)sqlite3_column_text(q->statement, at), 0);
    c.text.n = (size_t)sqlite3_column_bytes(q->statement, at);
    c.text = arena_dup(q->arena, c.text);
    break;
  default:
    break;
  }
  return c;
}

// The type of a column that is no table's: all its values agree, or it is text.
static void select_decide(struct table_result *r, size_t column) {
  size_t integers = 0, reals = 0, texts = 0, moments = 0;
  int64_t ms;
  for (size_t i = 0; i < r->row_count; i++) {
    const struct table_cell *c = &r->cells[i * r->column_count + column];
    integers += c->kind == TABLE_CELL_INTEGER;
    reals += c->kind == TABLE_CELL_REAL;
    texts += c->kind == TABLE_CELL_TEXT;
    moments += c->kind == TABLE_CELL_TEXT && c->text.n >= 10 && c->text.n < MOMENT_TEXT + 8 &&
               moment_read(c->text, &ms);
  }
  struct table_column *c = &r->columns[column];
  if (texts && moments == texts && !integers && !reals)
    c->type = TABLE_TIME;
  else if (texts || (!integers && !reals))
    c->type = TABLE_TEXT;
  else
    c->type = reals ? TABLE_DECIMAL : TABLE_INTEGER;
}

// One form of a time outside: the whole instant, or the date where all are dates.
static void select_settle_times(struct table_result *r, size_t column, struct arena *a) {
  struct table_column *c = &r->columns[column];
  bool days = true;
  int64_t ms;
  for (size_t i = 0; i < r->row_count; i++) {
    const struct table_cell *cell = &r->cells[i * r->column_count + column];
    if (cell->kind == TABLE_CELL_TEXT && !c->days) days = days && cell->text.n == 10;
  }
  c->days = days && r->row_count;
  for (size_t i = 0; i < r->row_count; i++) {
    struct table_cell *cell = &r->cells[i * r->column_count + column];
    char text[MOMENT_TEXT];
    if (cell->kind != TABLE_CELL_TEXT || !moment_read(cell->text, &ms)) continue;
    moment_write(ms, text);
    if (c->days) cell->text.n = 10; // either form begins with the date
    if (!c->days && !str_is(cell->text, text)) cell->text = arena_dup(a, str_of(text));
  }
}

static bool select_rows(struct select *q, struct err *err) {
  struct table_result *r = q->out;
  size_t cap = 0;
  struct table_cell *cells = NULL;
  int code;
  while ((code = sqlite3_step(q->statement)) == SQLITE_ROW) {
    if (r->row_count == q->set->limits.result_rows) {
      r->cut = true;
      break;
    }
    if (arena_bytes(q->arena) > q->set->limits.memory) {
      mem_free(cells);
      return err_set(err, ERR_LIMIT, "the query's result takes more than %zu MB (setting program_memory)",
                     q->set->limits.memory >> 20);
    }
    if (r->row_count == cap) {
      cap = cap ? cap * 2 : 64;
      cells = mem_resize(cells, cap * r->column_count * sizeof *cells);
    }
    for (size_t i = 0; i < r->column_count; i++)
      cells[r->row_count * r->column_count + i] = select_cell(q, (int)i);
    r->row_count++;
  }
  r->cells = ARENA_ARRAY(q->arena, r->row_count * r->column_count + 1, struct table_cell);
  if (r->row_count) memcpy(r->cells, cells, r->row_count * r->column_count * sizeof *cells);
  mem_free(cells);
  return code == SQLITE_DONE || code == SQLITE_ROW || select_fail(q, err);
}

static bool select_run(struct select *q, bool rows, struct err *err) {
  struct table_result result = {0}, *out = q->out;
  struct heap *before = heap_enter(&q->set->heap);
  q->out = &result;
  bool ok = select_compile(q, err);
  if (ok) {
    select_columns(q);
    if (rows) table_guard(q->set, true); // its time begins now
    ok = !rows || select_rows(q, err);
  }
  sqlite3_finalize(q->statement);
  table_guard(q->set, false);
  heap_leave(before);
  for (size_t i = 0; ok && i < result.column_count; i++) {
    if (result.columns[i].type == TABLE_TYPES) select_decide(&result, i);
    if (result.columns[i].type == TABLE_TIME) select_settle_times(&result, i, q->arena);
  }
  if (ok) *out = result;
  return ok;
}

bool table_select(struct table_set *set, struct str sql, const struct table_params *params, struct arena *a,
                  struct table_result *out, struct err *err) {
  struct select q = {.set = set, .sql = sql, .params = params, .arena = a, .out = out};
  return select_run(&q, true, err);
}

bool table_compile(struct table_set *set, struct str sql, const struct table_params *params, struct arena *a,
                   struct table_result *out, struct err *err) {
  struct select q = {.set = set, .sql = sql, .params = params, .arena = a, .out = out};
  return select_run(&q, false, err);
}
