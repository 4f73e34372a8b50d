// SPDX-License-Identifier: Apache-2.0
// Rows of a batch into the stage of a table, as they came; what kinds of values each column has is counted, so that
// table_seal can give it a type. A truth value is staged as a blob of one byte, to be told from 1 and "true".
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "data/json.h"
#include "table/locate.h"
#include "table/moment.h"
#include "table/table_private.h"

const struct str TABLE_ROOT = {"/", 1};

struct table_place { // of a key as it came
  size_t column;
};

struct table_adding {
  struct table *table;
  const struct table_batch *batch;
  struct table_added *out;
  struct arena *arena; // of the batch: names that are joined, JSON texts; emptied after each row
  size_t *extra_columns;
  yyjson_val **values; // of the row, by column; at least one beyond the columns there are
  size_t values_cap;
  struct buf name;
  struct err *err;
  bool failed;
};

// ---- columns

static bool table_has_column(const struct table *t, struct str name) {
  for (size_t i = 0; i < t->count; i++)
    if (str_eq_nocase(t->columns[i].name, name)) return true;
  return false;
}

// SQL's names differ without regard to case, and hold no NUL.
static struct str table_free_name(struct table *t, struct str wanted) {
  struct str cut = str_make(wanted.p, wanted.n < TABLE_COLUMN_MOST - 8 ? wanted.n : TABLE_COLUMN_MOST - 8);
  while (cut.n && cut.n < wanted.n && ((unsigned char)wanted.p[cut.n] & 0xC0) == 0x80)
    cut.n--; // within a character
  char *z = arena_z(t->arena, cut);
  struct str name = str_of(z);
  if (name.n == 0) name = STR("column");
  struct str free = name;
  for (int i = 2; table_has_column(t, free); i++) free = arena_printf(t->arena, "%.*s__%d", STR_ARG(name), i);
  return free;
}

// SIZE_MAX: no more columns fit.
static size_t table_new_column(struct table *t, struct str key, struct err *err) {
  if (t->count == t->set->limits.columns) {
    if (!t->narrow)
      table_warn(t->set, "%.*s has more than %zu columns; the others are left out (setting program_columns)",
                 STR_ARG(t->name), t->set->limits.columns);
    t->narrow = true;
    return SIZE_MAX;
  }
  if (t->count == t->cap) {
    size_t cap = t->cap ? t->cap * 2 : 16;
    struct table_growing *more = ARENA_ARRAY(t->arena, cap, struct table_growing);
    if (t->count) memcpy(more, t->columns, t->count * sizeof *more);
    t->columns = more;
    t->cap = cap;
  }
  struct table_growing *c = &t->columns[t->count];
  *c = (struct table_growing){.name = table_free_name(t, key)};
  if (t->staged) {
    struct str sql = arena_printf(t->arena, "ALTER TABLE stage%zu ADD COLUMN c%zu", t->number, t->count);
    table_forget_insert(t);
    if (!table_run(t->set, sql, err)) return SIZE_MAX;
  }
  return t->count++;
}

static size_t table_column_of(struct table *t, struct str key, struct err *err) {
  struct table_place *p = map_get(&t->by_key, key);
  if (p) return p->column;
  size_t column = table_new_column(t, key, err);
  if (column == SIZE_MAX) return column;
  p = ARENA_NEW(t->arena, struct table_place);
  p->column = column;
  map_put(&t->by_key, arena_dup(t->arena, key), p);
  return column;
}

bool table_expect(struct table *t, struct str column, enum table_type type, struct err *err) {
  size_t i = table_column_of(t, column, err);
  if (i == SIZE_MAX) return t->narrow ? true : false;
  t->columns[i].expected = true;
  t->columns[i].type = type;
  return true;
}

// ---- values

// Would a double give other digits back?
static bool table_is_exact(struct str number, double value) {
  char digits[20], back[40];
  size_t n = 0;
  bool seen = false;
  for (size_t i = 0; i < number.n && number.p[i] != 'e' && number.p[i] != 'E'; i++) {
    char c = number.p[i];
    if (c < '0' || c > '9') continue;
    seen = seen || c != '0';
    if (!seen) continue;
    if (n == 18) return true;
    digits[n++] = c;
  }
  while (n && digits[n - 1] == '0') n--;
  if (n <= 15) return false;
  snprintf(back, sizeof back, "%.*e", (int)n - 1, value);
  size_t at = 0;
  for (const char *p = back; *p && *p != 'e' && at < n; p++) {
    if (*p < '0' || *p > '9') continue;
    if (*p != digits[at++]) return true;
  }
  return at < n;
}

static void table_bind_number(struct table_seen *seen, sqlite3_stmt *s, int at, struct str text) {
  int64_t integer;
  bool whole = true;
  for (size_t i = 0; i < text.n && whole; i++)
    whole = text.p[i] == '-' || (text.p[i] >= '0' && text.p[i] <= '9');
  if (whole && str_to_i64(text, &integer)) {
    seen->integers++;
    sqlite3_bind_int64(s, at, integer);
    return;
  }
  char z[64];
  snprintf(z, sizeof z, "%.*s", STR_ARG(text));
  double value = strtod(z, NULL);
  if (whole || text.n >= sizeof z || !isfinite(value) || table_is_exact(text, value)) {
    *(whole ? &seen->large : &seen->exact) += 1;
    sqlite3_bind_text(s, at, text.p, (int)text.n, SQLITE_STATIC);
    return;
  }
  seen->decimals++;
  sqlite3_bind_double(s, at, value);
}

// Text that is a number as JSON writes one, so that "007" and "1e5x" stay what they are.
static bool table_number_word(struct str s, bool *decimal) {
  size_t i = s.n && s.p[0] == '-';
  size_t digits = i;
  while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9') i++;
  if (i == digits || (s.p[digits] == '0' && i > digits + 1)) return false;
  *decimal = i < s.n;
  if (i == s.n) return i - digits <= 18;
  if (s.p[i++] != '.') return false;
  size_t after = i;
  while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9') i++;
  return i == s.n && i > after && i - digits <= 16; // as many as a double holds
}

static void table_bind_text(struct table_adding *x, struct table_seen *seen, sqlite3_stmt *s, int at,
                            struct str text) {
  int64_t ms;
  bool decimal = false;
  if (x->batch->untyped && text.n == 0) {
    sqlite3_bind_null(s, at);
    return;
  }
  if (text.n > TABLE_CELL_MOST) text.n = TABLE_CELL_MOST;
  seen->texts++;
  if (text.n >= 10 && text.n <= 40 && text.p[4] == '-' && moment_read(text, &ms)) {
    seen->moments++;
    seen->dates += text.n == 10;
  }
  if (x->batch->untyped) {
    if (table_number_word(text, &decimal)) *(decimal ? &seen->decimal_words : &seen->number_words) += 1;
    if (str_is_nocase(text, "true") || str_is_nocase(text, "false")) seen->boolean_words++;
  }
  sqlite3_bind_text(s, at, text.p, (int)text.n, SQLITE_STATIC);
}

static void table_bind(struct table_adding *x, struct table_growing *c, sqlite3_stmt *s, int at,
                       yyjson_val *v) {
  char number[32];
  switch (yyjson_get_type(v)) {
  case YYJSON_TYPE_BOOL:
    c->seen.booleans++;
    sqlite3_bind_blob(s, at, yyjson_is_true(v) ? "\1" : "\0", 1, SQLITE_STATIC);
    return;
  case YYJSON_TYPE_RAW:
    table_bind_number(&c->seen, s, at, json_raw_number(v));
    return;
  case YYJSON_TYPE_NUM:
    if (yyjson_is_real(v)) {
      c->seen.decimals++;
      sqlite3_bind_double(s, at, yyjson_get_real(v));
      return;
    }
    if (yyjson_is_uint(v))
      snprintf(number, sizeof number, "%llu", (unsigned long long)yyjson_get_uint(v));
    else
      snprintf(number, sizeof number, "%lld", (long long)yyjson_get_sint(v));
    table_bind_number(&c->seen, s, at, arena_dup(x->arena, str_of(number)));
    return;
  case YYJSON_TYPE_STR:
    table_bind_text(x, &c->seen, s, at, json_text(v));
    return;
  case YYJSON_TYPE_ARR:
  case YYJSON_TYPE_OBJ: {
    struct str text = json_to_text(x->arena, v);
    c->seen.jsons++;
    if (text.n > TABLE_CELL_MOST) text = STR("null");
    sqlite3_bind_text(s, at, text.p, (int)text.n, SQLITE_STATIC);
    return;
  }
  default:
    sqlite3_bind_null(s, at);
  }
}

// ---- a row

static bool table_stage(struct table *t, struct err *err) {
  struct buf sql = BUF_MAX(256 * 1024);
  if (!t->staged) {
    buf_printf(&sql, "CREATE TABLE stage%zu(n INTEGER PRIMARY KEY", t->number);
    for (size_t i = 0; i < t->count; i++) buf_printf(&sql, ",c%zu", i);
    buf_add_z(&sql, ")");
    t->staged = table_run(t->set, buf_str(&sql), err);
  }
  bool ok = t->staged;
  if (ok && !t->insert) {
    buf_clear(&sql);
    buf_printf(&sql, "INSERT INTO stage%zu VALUES(NULL", t->number);
    for (size_t i = 0; i < t->count; i++) buf_add_z(&sql, ",?");
    buf_add_z(&sql, ")");
    ok = sqlite3_prepare_v2(t->set->db, sql.p, (int)sql.n, &t->insert, NULL) == SQLITE_OK ||
         table_fail(t->set, "staging", err);
    t->insert_columns = t->count;
  }
  buf_free(&sql);
  return ok;
}

static void table_set_value(struct table_adding *x, size_t column, yyjson_val *v) {
  if (column >= x->values_cap) {
    size_t cap = column + 64;
    x->values = mem_resize(x->values, cap * sizeof(yyjson_val *));
    memset(x->values + x->values_cap, 0, (cap - x->values_cap) * sizeof(yyjson_val *));
    x->values_cap = cap;
  }
  x->values[column] = v;
}

static bool table_put(struct table_adding *x, struct str key, yyjson_val *v) {
  struct err err = {.code = ERR_OK};
  size_t column = table_column_of(x->table, key, &err);
  if (column != SIZE_MAX) table_set_value(x, column, v);
  if (column == SIZE_MAX && err.code != ERR_OK) *x->err = err, x->failed = true;
  return !x->failed;
}

static bool table_flatten(struct table_adding *x, yyjson_val *object, size_t depth) {
  size_t i, n, before = x->name.n;
  yyjson_val *key, *v;
  yyjson_obj_foreach (object, i, n, key, v) {
    buf_add(&x->name, json_text(key));
    bool nested = yyjson_is_obj(v) && yyjson_obj_size(v) && depth < TABLE_NESTED_MOST;
    bool ok;
    if (nested) {
      buf_add_z(&x->name, "__");
      ok = table_flatten(x, v, depth + 1);
    } else {
      ok = table_put(x, buf_str(&x->name), v);
    }
    x->name.n = before;
    x->name.full = false;
    if (!ok) return false;
  }
  return true;
}

// The column of a parent's member is its own, even where a row has a member of that name, which keeps the short name.
static size_t table_parent_column(struct table_adding *x, const struct locate_parent *parent,
                                  struct str member) {
  struct table *t = x->table;
  struct str key = arena_printf(x->arena, "\r%.*s/%.*s", STR_ARG(parent->key), STR_ARG(member));
  struct table_place *p = map_get(&t->by_key, key);
  if (p) return p->column;
  struct str name = member;
  if (table_has_column(t, name))
    name = arena_printf(x->arena, "%.*s__%.*s", STR_ARG(parent->key), STR_ARG(member));
  p = ARENA_NEW(t->arena, struct table_place);
  p->column = table_new_column(t, name, x->err);
  if (p->column != SIZE_MAX) map_put(&t->by_key, arena_dup(t->arena, key), p);
  return p->column;
}

// Scalars of the objects around the row, without what an envelope says of itself.
static bool table_put_parents(struct table_adding *x, const struct locate_parent *parents, size_t n) {
  for (size_t p = 0; p < n; p++) {
    size_t i, members;
    yyjson_val *key, *v;
    yyjson_obj_foreach (parents[p].object, i, members, key, v) {
      if (yyjson_is_ctn(v) || yyjson_is_null(v) || locate_is_envelope_word(json_text(key))) continue;
      size_t column = table_parent_column(x, &parents[p], json_text(key));
      if (column != SIZE_MAX) table_set_value(x, column, v);
    }
  }
  return true;
}

static bool table_insert(struct table_adding *x) {
  struct table *t = x->table;
  if (!table_stage(t, x->err)) return false;
  for (size_t i = 0; i < t->count; i++)
    table_bind(x, &t->columns[i], t->insert, (int)i + 1, i < x->values_cap ? x->values[i] : NULL);
  int code = sqlite3_step(t->insert);
  sqlite3_reset(t->insert);
  return code == SQLITE_DONE || table_fail(t->set, "adding a row", x->err);
}

// A GraphQL connection's {cursor, node: {…}} is the node.
static yyjson_val *table_row_itself(yyjson_val *row) {
  yyjson_val *node = yyjson_is_obj(row) && yyjson_obj_size(row) <= 2 ? yyjson_obj_get(row, "node") : NULL;
  return yyjson_is_obj(node) ? node : row;
}

static bool table_add_row(void *arg, yyjson_val *row, const struct locate_parent *parents, size_t n) {
  struct table_adding *x = arg;
  struct table *t = x->table;
  if (t->rows == t->set->limits.rows) {
    x->out->cut++;
    return true;
  }
  if (x->values_cap) memset(x->values, 0, x->values_cap * sizeof(yyjson_val *));
  arena_reset(x->arena);
  row = table_row_itself(row);
  bool ok = yyjson_is_obj(row) ? table_flatten(x, row, 0) : table_put(x, STR("value"), row);
  ok = ok && table_put_parents(x, parents, n);
  for (size_t i = 0; ok && i < x->batch->extra_count; i++)
    table_set_value(x, x->extra_columns[i], x->batch->extras[i].value);
  x->failed = x->failed || !ok || !table_insert(x);
  t->rows += !x->failed;
  x->out->rows += !x->failed;
  return !x->failed;
}

// The columns of extras come first under their own names: the row's own of that name, known by its key, is another.
static bool table_extra_columns(struct table_adding *x) {
  x->extra_columns = mem_array(x->batch->extra_count + 1, sizeof *x->extra_columns);
  for (size_t i = 0; i < x->batch->extra_count; i++) {
    struct str key =
        arena_printf(x->table->arena, "\n%.*s", STR_ARG(x->batch->extras[i].name)); // no member's key
    struct table_place *p = map_get(&x->table->by_key, key);
    if (!p) {
      struct table_place *expected = map_remove(&x->table->by_key, x->batch->extras[i].name);
      p = ARENA_NEW(x->table->arena, struct table_place);
      p->column = expected && x->table->rows == 0
                      ? expected->column
                      : table_new_column(x->table, x->batch->extras[i].name, x->err);
      if (p->column == SIZE_MAX) return err_set(x->err, ERR_LIMIT, "there are too many columns");
      map_put(&x->table->by_key, key, p);
    }
    x->extra_columns[i] = p->column;
  }
  return true;
}

static bool table_where(struct table_adding *x, struct locate_path *path) {
  if (x->batch->rows.p == TABLE_ROOT.p) {
    path->n = 0;
  } else if (x->batch->rows.n) {
    return locate_read(x->batch->rows, x->arena, path, x->err);
  } else {
    locate_find(x->batch->root, x->batch->deep, path);
  }
  return true;
}

bool table_add(struct table *t, const struct table_batch *batch, struct table_added *out, struct err *err) {
  struct table_added added = {0};
  struct arena *names = arena_new();
  struct table_adding x = {
      .table = t, .batch = batch, .out = &added, .arena = arena_new(), .name = BUF_MAX(4096), .err = err};
  struct locate_path path;
  struct locate_walk walk = {.arg = &x, .row = table_add_row};
  struct heap *before = heap_enter(&t->set->heap);
  struct arena *rows = x.arena;
  x.arena = names; // the path's names outlive the rows
  bool ok = table_where(&x, &path);
  x.arena = rows;
  ok = ok && table_extra_columns(&x) && table_run(t->set, STR("BEGIN"), err);
  if (ok) {
    ok = locate_each(batch->root, &path, &walk) && !x.failed;
    struct err unsaid;
    if (!table_run(t->set, STR("COMMIT"), ok ? err : &unsaid)) ok = false;
  }
  heap_leave(before);
  mem_free(x.values);
  mem_free(x.extra_columns);
  buf_free(&x.name);
  arena_free(x.arena);
  arena_free(names);
  added.array = walk.array;
  *out = added;
  return ok;
}
