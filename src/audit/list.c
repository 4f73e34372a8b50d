// SPDX-License-Identifier: Apache-2.0
#include "audit/list.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/log.h"

const struct audit_key audit_keys[AUDIT_FILTERS] = {
    [AUDIT_BY_ACTOR] = {"actor", "", "audit_by_actor"},
    [AUDIT_BY_CLIENT] = {"client", "", "audit_by_client"},
    [AUDIT_BY_CLIENT_ID] = {"client_id", "", "audit_by_client_id"},
    [AUDIT_BY_SIGN_IN] = {"sign_in", "", "audit_by_sign_in"},
    [AUDIT_BY_ADDRESS] = {"address", "", "audit_by_address"},
    [AUDIT_BY_ACTION] = {"action", "tools/call", "audit_by_action"},
    [AUDIT_BY_URL] = {"url", "", "audit_by_url"},
    [AUDIT_BY_ACCOUNT] = {"account_id", "", "audit_by_account"},
    [AUDIT_BY_TOOL] = {"tool", "", "audit_by_tool"},
    [AUDIT_BY_OUTCOME] = {"outcome", "ok", "audit_by_outcome"},
    // When each of many servers was last used is asked for with every list of them: one row of each, by an index.
    [AUDIT_BY_SERVER] = {"server_id", "", NULL},
};

#define LIST_ROWS                                                                                            \
  "SELECT id, actor, client, client_id, sign_in, address, action, server_id, url, account_id, tool, "        \
  "outcome "                                                                                                 \
  "FROM audit WHERE id > $1 ORDER BY id LIMIT $2"

enum { LIST_IDS_MOST = AUDIT_BLOCK_ROWS * 64 }; // bytes

// Of an engine that has the audit in parts, indexes are small, and ids of several nodes come between each other.
static bool list_is_for(const struct store *s) {
  return !store_has_parts(s);
}

// ---- a block is made

struct list_entry {
  struct str value;
  unsigned filter, row;
};

static int list_order(const void *a, const void *b) {
  const struct list_entry *one = a, *other = b;
  if (one->filter != other->filter) return one->filter < other->filter ? -1 : 1;
  int order = str_compare(one->value, other->value);
  return order ? order : (one->row > other->row) - (one->row < other->row);
}

struct list_block {
  int64_t number;
  struct store_rows rows;
  size_t prefix;              // of its ids
  struct list_entry *entries; // sorted
  size_t count;
};

static size_t list_common(struct str a, struct str b) {
  size_t n = 0;
  while (n < a.n && n < b.n && a.p[n] == b.p[n]) n++;
  return n;
}

static void list_collect(struct list_block *b) {
  for (size_t i = 0; i < b->rows.count; i++)
    for (unsigned f = 0; f < AUDIT_FILTERS; f++) {
      struct str value = store_cell(&b->rows, i, 1 + f)->text;
      if (audit_keys[f].index && !str_is(value, audit_keys[f].except))
        b->entries[b->count++] = (struct list_entry){value, f, (unsigned)i};
    }
  qsort(b->entries, b->count, sizeof *b->entries, list_order);
}

static bool list_write(struct store *s, const struct list_block *b, struct err *err) {
  struct buf ids = BUF_MAX(LIST_IDS_MOST);
  bool ok = true;
  for (size_t i = 0; ok && i < b->count;) {
    const struct list_entry *first = &b->entries[i];
    buf_clear(&ids);
    for (; i < b->count && b->entries[i].filter == first->filter && str_eq(b->entries[i].value, first->value);
         i++) {
      buf_add(&ids, str_from(store_cell(&b->rows, b->entries[i].row, 0)->text, b->prefix));
      buf_add_char(&ids, ' ');
    }
    const struct store_value values[] = {STORE_INT(b->number),
                                         STORE_TEXT(str_of(audit_keys[first->filter].column)),
                                         STORE_TEXT(first->value), STORE_TEXT(buf_str(&ids))};
    ok = store_run(s, "INSERT INTO audit_list (block, filter, value, ids) VALUES ($1, $2, $3, $4)", values, 4,
                   NULL, err);
  }
  buf_free(&ids);
  return ok;
}

struct list_end { // of the last block
  int64_t number;
  struct str last;
};

static bool list_find_end(struct store *s, struct arena *a, struct list_end *out, struct err *err) {
  struct store_rows rows;
  *out = (struct list_end){0};
  if (!store_query(s, "SELECT number, last_id FROM audit_block ORDER BY number DESC LIMIT 1", NULL, 0, a,
                   &rows, err))
    return false;
  if (rows.count) *out = (struct list_end){store_cell(&rows, 0, 0)->number, store_cell(&rows, 0, 1)->text};
  return true;
}

static void list_know(struct audit_lists *l, struct str last) {
  l->known = last.n < sizeof l->last;
  snprintf(l->last, sizeof l->last, "%.*s", STR_ARG(last));
}

static bool list_make(struct store *s, struct audit_lists *l, struct arena *a, struct err *err) {
  struct list_end end;
  struct list_block b = {0};
  if (!list_find_end(s, a, &end, err)) return false;
  const struct store_value from[] = {STORE_TEXT(end.last), STORE_INT(AUDIT_BLOCK_ROWS)};
  if (!store_query(s, LIST_ROWS, from, 2, a, &b.rows, err)) return false;
  if (b.rows.count < AUDIT_BLOCK_ROWS) {
    l->behind = b.rows.count;
    list_know(l, end.last);
    return true;
  }
  struct str first = store_cell(&b.rows, 0, 0)->text,
             last = store_cell(&b.rows, AUDIT_BLOCK_ROWS - 1, 0)->text;
  b.number = end.number + 1;
  b.prefix = list_common(first, last);
  b.entries = ARENA_ARRAY(a, AUDIT_BLOCK_ROWS * AUDIT_FILTERS, struct list_entry);
  list_collect(&b);
  const struct store_value values[] = {STORE_INT(b.number), STORE_TEXT(first), STORE_TEXT(last)};
  if (!list_write(s, &b, err) ||
      !store_run(s, "INSERT INTO audit_block (number, first_id, last_id) VALUES ($1, $2, $3)", values, 3,
                 NULL, err))
    return false;
  if (l->behind != AUDIT_LIST_UNKNOWN) l->behind -= AUDIT_BLOCK_ROWS;
  list_know(l, last);
  return true;
}

struct list_piece {
  struct audit_lists lists; // as they are once it is done
  size_t blocks;            // at most
};

static bool list_piece(struct store *s, void *arg, struct err *err) {
  struct list_piece *p = arg;
  bool ok = true;
  for (size_t i = 0; ok && i < p->blocks && p->lists.behind >= AUDIT_BLOCK_ROWS; i++) {
    struct arena *a = arena_new();
    ok = list_make(s, &p->lists, a, err);
    arena_free(a);
  }
  return ok;
}

// A store that is locked, full or read-only is told of elsewhere.
static bool list_is_odd(const struct err *err) {
  return err->code != ERR_UNAVAILABLE && err->code != ERR_DENIED;
}

// What fails is tried again some thousand rows later: until then rows are looked at one by one, or by the indexes of before.
static void list_some(struct audit_lists *l, struct store *s, size_t blocks) {
  struct list_piece p = {*l, blocks};
  struct err err;
  if (store_transact(s, list_piece, &p, &err)) {
    *l = p.lists;
    return;
  }
  if (list_is_odd(&err)) log_warn("audit: filters grow slow, rows are not listed: %s", err.text);
  l->known = false;
  l->pause = AUDIT_BLOCK_ROWS;
}

// ---- where the writer is

void audit_list_begin(struct audit_lists *l, struct store *s) {
  *l = (struct audit_lists){.behind = list_is_for(s) ? AUDIT_LIST_UNKNOWN : 0};
  if (!list_is_for(s)) l->dropped = AUDIT_FILTERS;
}

static bool list_forget(struct store *s, struct str id, struct err *err) {
  return store_run(
             s, "DELETE FROM audit_list WHERE block IN (SELECT number FROM audit_block WHERE last_id >= $1)",
             &STORE_TEXT(id), 1, NULL, err) &&
         store_run(s, "DELETE FROM audit_block WHERE last_id >= $1", &STORE_TEXT(id), 1, NULL, err);
}

bool audit_list_admit(struct audit_lists *l, struct store *s, struct str id, struct err *err) {
  struct list_end end;
  if (!list_is_for(s) || (l->known && str_compare(id, str_of(l->last)) > 0)) return true;
  struct arena *a = arena_new();
  bool ok = list_find_end(s, a, &end, err);
  if (ok && str_compare(id, end.last) <= 0) {
    l->behind = AUDIT_LIST_UNKNOWN;
    ok = list_forget(s, id, err) && list_find_end(s, a, &end, err);
  }
  if (ok) list_know(l, end.last);
  arena_free(a);
  return ok;
}

void audit_list_undone(struct audit_lists *l) {
  l->known = false;
}

void audit_list_written(struct audit_lists *l, struct store *s, size_t rows) {
  if (!list_is_for(s)) return;
  if (l->behind != AUDIT_LIST_UNKNOWN) l->behind += rows;
  l->pause -= rows < l->pause ? rows : l->pause;
  if (l->behind >= AUDIT_BLOCK_ROWS && !l->pause) list_some(l, s, rows / AUDIT_BLOCK_ROWS + 1);
}

bool audit_list_is_behind(const struct audit_lists *l) {
  return l->behind >= AUDIT_BLOCK_ROWS ? !l->pause : l->dropped < AUDIT_FILTERS;
}

// The indexes of before, one at a time: none is read any more once all rows are listed.
static void list_drop(struct audit_lists *l, struct store *s) {
  const char *name = audit_keys[l->dropped++].index;
  char sql[64];
  struct err err;
  snprintf(sql, sizeof sql, "DROP INDEX IF EXISTS %s", name ? name : "");
  if (name && !store_run(s, sql, NULL, 0, NULL, &err) && list_is_odd(&err))
    log_warn("audit: %s, which nobody reads, stays until the next start: %s", name, err.text);
}

void audit_list_go_on(struct audit_lists *l, struct store *s) {
  if (l->behind >= AUDIT_BLOCK_ROWS)
    list_some(l, s, 1);
  else if (l->dropped < AUDIT_FILTERS)
    list_drop(l, s);
}

// ---- gone

static bool list_purge(struct store *s, void *number, struct err *err) {
  const struct store_value block = STORE_INT(*(const int64_t *)number);
  return store_run(s, "DELETE FROM audit_list WHERE block = $1", &block, 1, NULL, err) &&
         store_run(s, "DELETE FROM audit_block WHERE number = $1", &block, 1, NULL, err);
}

bool audit_list_purge(struct store *s, struct err *err) {
  if (!list_is_for(s)) return true;
  struct arena *a = arena_new();
  struct store_rows rows;
  bool ok = store_query(s,
                        "SELECT number FROM audit_block WHERE last_id < (SELECT coalesce(min(id), '~') FROM "
                        "audit) ORDER BY number",
                        NULL, 0, a, &rows, err);
  for (size_t i = 0; ok && i < rows.count; i++) {
    int64_t number = store_cell(&rows, i, 0)->number;
    ok = store_transact(s, list_purge, &number, err);
  }
  arena_free(a);
  return ok;
}

// ---- read

bool audit_list_last(struct store *s, const struct audit_key *key, struct arena *a, struct str *out,
                     struct err *err) {
  struct list_end end = {0};
  bool ok = !key->index || !list_is_for(s) || list_find_end(s, a, &end, err);
  *out = end.last;
  return ok;
}

enum { LIST_FIRST, LIST_LAST, LIST_IDS, LIST_NUMBER };
enum { LIST_CHUNK = 8, LIST_CHUNK_GROWS = 4 }; // lists read at once: one may be long, and many may be short

struct list_look {
  struct audit_reach reach;
  const char *sql;
  struct str filter, value;
  int64_t at; // behind this block
  bool more;
};

static const char *list_sql(const struct audit_reach *r) {
  return arena_printf(
             r->arena,
             "SELECT b.first_id, b.last_id, l.ids, b.number FROM audit_block b CROSS JOIN audit_list l "
             "WHERE b.number %c $1 AND b.last_id >= $2 AND b.first_id < $3 AND l.block = b.number "
             "AND l.filter = $4 AND l.value = $5 ORDER BY b.number %s LIMIT $6",
             r->oldest_first ? '>' : '<', r->oldest_first ? "ASC" : "DESC")
      .p;
}

// The next one in the order of reading: the first, or the last.
static bool list_next(struct str *rest, bool oldest_first, struct str *one) {
  if (!rest->n) return false;
  if (oldest_first) return str_cut(rest, ' ', one);
  size_t end = rest->n - 1;
  const char *space = memrchr(rest->p, ' ', end);
  rest->n = space ? (size_t)(space - rest->p) + 1 : 0;
  *one = str_make(rest->p + rest->n, end - rest->n);
  return true;
}

// Those of one list that are within reach.
static void list_take(const struct audit_reach *r, const struct store_rows *rows, size_t i,
                      struct audit_ids *out) {
  struct str first = store_cell(rows, i, LIST_FIRST)->text, rest = store_cell(rows, i, LIST_IDS)->text, one;
  struct str prefix = str_make(first.p, list_common(first, store_cell(rows, i, LIST_LAST)->text));
  while (out->count < r->limit && list_next(&rest, r->oldest_first, &one)) {
    struct str id = ARENA_JOIN(r->arena, prefix, one);
    if (str_compare(id, r->least) >= 0 && str_compare(id, r->most) < 0) out->ids[out->count++] = id;
  }
}

static bool list_chunk(struct list_look *look, size_t chunk, struct audit_ids *out, struct err *err) {
  const struct audit_reach *r = &look->reach;
  const struct store_value values[] = {STORE_INT(look->at),     STORE_TEXT(r->least),
                                       STORE_TEXT(r->most),     STORE_TEXT(look->filter),
                                       STORE_TEXT(look->value), STORE_INT((int64_t)chunk)};
  struct store_rows rows;
  if (!store_query(r->store, look->sql, values, 6, r->arena, &rows, err)) return false;
  for (size_t i = 0; i < rows.count; i++) list_take(r, &rows, i, out);
  look->more = rows.count == chunk && out->count < r->limit;
  if (rows.count) look->at = store_cell(&rows, rows.count - 1, LIST_NUMBER)->number;
  return true;
}

// Rows go from the first one on, and the lists of their block when all of it has gone: what it still names is no row.
static bool list_begin(struct audit_reach *r, struct err *err) {
  struct store_rows rows;
  if (!store_query(r->store, "SELECT coalesce(min(id), '~') FROM audit", NULL, 0, r->arena, &rows, err))
    return false;
  struct str first = store_cell(&rows, 0, 0)->text;
  if (str_compare(first, r->least) > 0) r->least = first;
  return true;
}

bool audit_list_read(const struct audit_reach *r, const struct audit_key *key, struct str value,
                     struct audit_ids *out, struct err *err) {
  struct list_look look = {.reach = *r,
                           .sql = list_sql(r),
                           .filter = str_of(key->column),
                           .value = value,
                           .at = r->oldest_first ? 0 : INT64_MAX,
                           .more = true};
  *out = (struct audit_ids){.ids = ARENA_ARRAY(r->arena, r->limit + 1, struct str)};
  if (!list_begin(&look.reach, err)) return false;
  for (size_t chunk = LIST_CHUNK; look.more; chunk *= LIST_CHUNK_GROWS)
    if (!list_chunk(&look, chunk, out, err)) return false;
  out->cut = out->count == r->limit;
  if (out->cut) out->end = out->ids[out->count - 1];
  return true;
}
