// SPDX-License-Identifier: Apache-2.0
#include "move.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/plain.h"
#include "crypto/token.h"
#include "store/store.h"

enum {
  MOVE_TABLES_MOST = 256,
  MOVE_COLUMNS_MOST = 64,
  MOVE_PAGE_LEAST = 1,
  MOVE_PAGE_MOST = 1024,
  MOVE_PAGE_BYTES = 4 << 20, // of a page, from which on the next one is smaller
  MOVE_SQL_MOST = 64 * 1024,
  MOVE_ROW_MOST = 512 << 20,
};

struct move_table {
  struct str name, columns[MOVE_COLUMNS_MOST];
  size_t count, keys[MOVE_COLUMNS_MOST], key_count;
};

struct move_sum {
  size_t rows, mended;
  unsigned char digest[TOKEN_HASH];
};

struct move {
  struct store *from, *to;
  struct arena *arena;
  struct move_table *tables;
  size_t count;
  struct move_sum *sums;
};

// ---- which tables there are

// The program makes them anew of other tables, where the engine has them.
static bool move_is_derived(struct str table) {
  return str_is(table, "audit_block") || str_is(table, "audit_list");
}

static bool move_column(struct move *c, const struct store_rows *rows, size_t i, struct err *err) {
  struct str table = store_cell(rows, i, 0)->text;
  struct move_table *t = c->count ? &c->tables[c->count - 1] : NULL;
  if (!t || !str_eq(t->name, table)) {
    if (c->count == MOVE_TABLES_MOST)
      return err_set(err, ERR_LIMIT, "there are more than %d tables", MOVE_TABLES_MOST);
    t = &c->tables[c->count++];
    *t = (struct move_table){.name = table};
  }
  if (t->count == MOVE_COLUMNS_MOST)
    return err_set(err, ERR_LIMIT, "%.*s has more than %d columns", STR_ARG(table), MOVE_COLUMNS_MOST);
  int64_t place = store_cell(rows, i, 2)->number;
  if (place > 0 && place <= MOVE_COLUMNS_MOST) t->keys[place - 1] = t->count;
  if (place > 0) t->key_count++;
  t->columns[t->count++] = store_cell(rows, i, 1)->text;
  return true;
}

static bool move_read_tables(struct move *c, struct store *s, struct err *err) {
  struct store_rows rows;
  c->tables = ARENA_ARRAY(c->arena, MOVE_TABLES_MOST, struct move_table);
  c->count = 0;
  if (!store_catalog(s, c->arena, &rows, err)) return false;
  for (size_t i = 0; i < rows.count; i++)
    if (!move_is_derived(store_cell(&rows, i, 0)->text) && !move_column(c, &rows, i, err)) return false;
  for (size_t i = 0; i < c->count; i++) {
    struct move_table *t = &c->tables[i];
    if (t->key_count) continue;
    for (; t->key_count < t->count; t->key_count++)
      t->keys[t->key_count] = t->key_count; // one row: a counter
  }
  c->sums = ARENA_ARRAY(c->arena, c->count, struct move_sum);
  return true;
}

// ---- a table, page by page

static bool move_is_meta(const struct move_table *t) {
  return str_is(t->name, "meta");
}

// Has rows in a store that nobody has used yet: the migrations' own.
static bool move_is_made(const struct move_table *t) {
  return move_is_meta(t) || str_is(t->name, "change_head");
}

// What belongs to a store rather than to what is in it.
#define MOVE_OWN "key NOT IN ('schema', 'floor', 'ping')"

static void move_names(struct buf *sql, const struct move_table *t, bool keys) {
  for (size_t i = 0; i < (keys ? t->key_count : t->count); i++)
    buf_printf(sql, "%s\"%.*s\"", i ? ", " : "", STR_ARG(t->columns[keys ? t->keys[i] : i]));
}

static void move_places(struct buf *sql, size_t from, size_t n) {
  buf_add_char(sql, '(');
  for (size_t i = 0; i < n; i++) buf_printf(sql, "%s$%zu", i ? ", " : "", from + i);
  buf_add_char(sql, ')');
}

static const char *move_select(const struct move_table *t, bool first, size_t limit, struct arena *a) {
  struct buf sql = BUF_MAX(MOVE_SQL_MOST);
  buf_add_z(&sql, "SELECT ");
  move_names(&sql, t, false);
  buf_printf(&sql, " FROM \"%.*s\" WHERE %s", STR_ARG(t->name), move_is_meta(t) ? MOVE_OWN : "1 = 1");
  if (!first) {
    buf_add_z(&sql, " AND (");
    move_names(&sql, t, true);
    buf_add_z(&sql, ") > ");
    move_places(&sql, 1, t->key_count);
  }
  buf_add_z(&sql, " ORDER BY ");
  move_names(&sql, t, true);
  buf_printf(&sql, " LIMIT %zu", limit);
  const char *text = arena_z(a, buf_str(&sql));
  buf_free(&sql);
  return text;
}

// Over what was before, and each cell by type, length and bytes.
static void move_digest(struct move_sum *sum, const struct store_value *cells, size_t n) {
  struct buf all = BUF_MAX(MOVE_ROW_MOST);
  buf_add(&all, str_make((const char *)sum->digest, sizeof sum->digest));
  for (size_t i = 0; i < n; i++) {
    const struct store_value *v = &cells[i];
    struct str text = v->type == STORE_IS_TEXT ? v->text : STR_NONE;
    buf_printf(&all, "%d:%lld:%zu:", (int)v->type, v->type == STORE_IS_INT ? (long long)v->number : 0ll,
               text.n);
    buf_add(&all, text);
  }
  token_hash(buf_str(&all), sum->digest);
  buf_free(&all);
  sum->rows++;
}

// Bytes that are no text, which one store takes and the other does not.
static bool move_mend(struct store_value *v, struct arena *a) {
  uint32_t character;
  char *out = NULL;
  if (v->type != STORE_IS_TEXT) return false;
  for (size_t at = 0, n; at < v->text.n; at += n) {
    n = plain_next(str_from(v->text, at), &character);
    if (character != PLAIN_BROKEN && character) continue;
    if (!out) out = arena_z(a, v->text);
    out[at] = '?';
  }
  if (out) v->text.p = out;
  return out != NULL;
}

static size_t move_bytes(const struct store_rows *rows) {
  size_t n = 0;
  for (size_t i = 0; i < rows->count * rows->columns; i++) n += rows->cells[i].text.n;
  return n;
}

typedef bool move_take(struct move *c, const struct move_table *t, const struct store_rows *rows,
                       struct arena *a, struct err *err);

// Each page to `take` (may be NULL), and all of them into `sum`.
static bool move_scan(struct move *c, struct store *s, const struct move_table *t, move_take *take,
                      struct move_sum *sum, struct err *err) {
  struct store_value last[MOVE_COLUMNS_MOST];
  struct arena *a = arena_new(), *before = NULL;
  bool ok = true, more = true;
  for (size_t limit = 16; ok && more;) {
    struct store_rows rows;
    bool first = !before;
    ok = store_query(s, move_select(t, first, limit, a), last, first ? 0 : t->key_count, a, &rows, err);
    if (!ok) break;
    for (size_t i = 0; i < rows.count * rows.columns; i++) sum->mended += move_mend(&rows.cells[i], a);
    for (size_t i = 0; i < rows.count; i++) move_digest(sum, &rows.cells[i * rows.columns], rows.columns);
    ok = !take || take(c, t, &rows, a, err);
    more = rows.count == limit;
    size_t bytes = move_bytes(&rows);
    if (bytes > MOVE_PAGE_BYTES && limit > MOVE_PAGE_LEAST) limit /= 2;
    if (bytes < MOVE_PAGE_BYTES / 4 && limit < MOVE_PAGE_MOST) limit *= 2;
    for (size_t i = 0; more && i < t->key_count; i++)
      last[i] = *store_cell(&rows, rows.count - 1, t->keys[i]);
    arena_free(before);
    before = a;
    a = arena_new();
  }
  arena_free(a);
  arena_free(before);
  return ok;
}

// ---- into the other

static const char *move_insert(const struct move_table *t, size_t rows, struct arena *a) {
  struct buf sql = BUF_MAX(MOVE_SQL_MOST);
  buf_printf(&sql, "INSERT INTO \"%.*s\" (", STR_ARG(t->name));
  move_names(&sql, t, false);
  buf_add_z(&sql, ") VALUES ");
  for (size_t i = 0; i < rows; i++) {
    if (i) buf_add_z(&sql, ", ");
    move_places(&sql, 1 + i * t->count, t->count);
  }
  const char *text = arena_z(a, buf_str(&sql));
  buf_free(&sql);
  return text;
}

static bool move_put(struct move *c, const struct move_table *t, const struct store_rows *rows,
                     struct arena *a, struct err *err) {
  size_t at_once = STORE_VALUES_MOST / t->count;
  const char *many = move_insert(t, at_once, a), *one = move_insert(t, 1, a);
  for (size_t i = 0, n; i < rows->count; i += n) {
    n = rows->count - i >= at_once ? at_once : 1;
    if (!store_run(c->to, n > 1 ? many : one, &rows->cells[i * t->count], n * t->count, NULL, err))
      return err_wrap(err, "the table %.*s", STR_ARG(t->name));
  }
  return true;
}

static bool move_all(struct store *to, void *arg, struct err *err) {
  struct move *c = arg;
  if (!store_run(to, "DELETE FROM meta WHERE " MOVE_OWN, NULL, 0, NULL, err) ||
      !store_run(to, "DELETE FROM change_head", NULL, 0, NULL, err))
    return false;
  for (size_t i = 0; i < c->count; i++)
    if (!move_scan(c, c->from, &c->tables[i], move_put, &c->sums[i], err)) return false;
  return true;
}

static bool move_is_empty(struct move *c, struct err *err) {
  for (size_t i = 0; i < c->count; i++) {
    const struct move_table *t = &c->tables[i];
    struct store_rows rows;
    const char *sql =
        arena_z(c->arena, arena_printf(c->arena, "SELECT 1 FROM \"%.*s\" LIMIT 1", STR_ARG(t->name)));
    if (move_is_made(t)) continue;
    if (!store_query(c->to, sql, NULL, 0, c->arena, &rows, err)) return false;
    if (!rows.count) continue;
    err_set(err, ERR_CONFLICT, "the store to copy to is not empty: there are rows in %.*s", STR_ARG(t->name));
    err_hint(err, "name an empty database");
    return false;
  }
  return true;
}

static bool move_verify(struct move *c, move_tell *tell, void *arg, struct err *err) {
  for (size_t i = 0; i < c->count; i++) {
    const struct move_table *t = &c->tables[i];
    struct move_sum there = {0}, *here = &c->sums[i];
    if (!move_scan(c, c->to, t, NULL, &there, err)) return false;
    if (there.rows != here->rows || memcmp(there.digest, here->digest, sizeof there.digest) != 0) {
      err_set(err, ERR_INTERNAL, "the copy of the table %.*s is another: %zu rows of %zu", STR_ARG(t->name),
              there.rows, here->rows);
      err_hint(err, "do not use the copy; the store it was made of is unchanged");
      return false;
    }
    tell(arg, t->name, here->rows, here->mended);
  }
  return true;
}

bool move_store(struct str from, struct str to, move_tell *tell, void *arg, struct err *err) {
  struct move c = {.arena = arena_new()};
  bool ok = store_open(from, &c.from, err) && (store_open(to, &c.to, err) || err_wrap(err, "the copy"));
  ok = ok && move_read_tables(&c, c.to, err) && move_is_empty(&c, err) &&
       store_transact(c.to, move_all, &c, err) && move_verify(&c, tell, arg, err);
  store_close(c.to);
  store_close(c.from);
  arena_free(c.arena);
  return ok;
}
