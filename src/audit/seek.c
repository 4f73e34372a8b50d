// SPDX-License-Identifier: Apache-2.0
#include "audit/seek.h"

#include "audit/span.h"
#include "base/buf.h"

// Values of an array condition are unknown when the statement is planned, and the planner takes it that one row in a hundred
// meets it. Then it would read all ids of the stretch as well; said three times, one row in a million does. The index looks
// for the same mark once.
enum { SEEK_SAID = 3 };
enum { SEEK_NEAR = 4096, SEEK_NEAR_EACH = 8, SEEK_ROWS = 2048, SEEK_SQL_MOST = 32768 };
enum { SEEK_VALUES_MOST = 6 + AUDIT_FILTERS + AUDIT_NAMES_KINDS * (AUDIT_NAMES_IDS_MOST + 1) };

#define SEEK_MARKS                                                                                           \
  "audit_marks(id, actor, client, client_id, sign_in, address, action, server_id, url, account_id, tool, "   \
  "outcome)"
// Eight characters of the id, and the half that the ninth is in: the least id that can be of the stretch.
#define SEEK_STRETCH                                                                                         \
  "left(id, 8) || translate(substr(id, 9, 1), '123456789abcdefghjklmnopqrstuvwxyz', "                        \
  "'00000000000000000iiiiiiiiiiiiiiiii')"
#define SEEK_END "left(name, 8) || translate(substr(name, 9), '0i', 'i~')"
// As the function has it: by the filter's number and the place of its value.
#define SEEK_MARK                                                                                            \
  "(CAST(hashtext(stretch.name) AS bigint) << 32) | (hashtextextended($%zu, %zu) & 4294967295)"

struct seek_look {
  const struct audit_reach *reach;
  struct buf marks, marked, others; // conditions: on marks, on the columns that have them, on others
  struct store_value values[SEEK_VALUES_MOST]; // from $1 on: least, most, limit, rows to look at
  size_t count;
};

bool audit_seek_is_for(const struct store *s) {
  return store_has_parts(s);
}

static void seek_hold(struct seek_look *l, const char *condition, struct store_value v) {
  l->values[l->count++] = v;
  buf_printf(&l->others, " AND %s $%zu", condition, l->count);
}

static void seek_mark(struct seek_look *l, const struct audit_sought *f, size_t first) {
  buf_add_z(&l->marks, SEEK_MARKS " && ARRAY[");
  for (size_t i = 0; i < f->count; i++)
    buf_printf(&l->marks, "%s" SEEK_MARK, i ? ", " : "", first + i, (size_t)(f->key - audit_keys));
  buf_add_z(&l->marks, "] AND ");
}

// Held to the columns, too: hashes are only nearly exact, and parts of before have an index of each column.
static void seek_filter(struct seek_look *l, const struct audit_sought *f) {
  bool marked = !str_is(f->values[0], f->key->except);
  size_t first = l->count + 1;
  struct buf *conditions = marked ? &l->marked : &l->others;
  buf_printf(conditions, " AND %s IN (", f->key->column);
  for (size_t i = 0; i < f->count; i++) {
    l->values[l->count++] = STORE_TEXT(f->values[i]);
    buf_printf(conditions, "%s$%zu", i ? ", " : "", l->count);
  }
  buf_add_z(conditions, ")");
  for (size_t said = l->marks.n ? SEEK_SAID - 1 : 0; marked && said < SEEK_SAID; said++)
    seek_mark(l, f, first);
  if (!f->column) return;
  l->values[l->count++] = STORE_TEXT(f->name);
  buf_printf(&l->others, " AND %s = $%zu", f->column, l->count);
}

// Of the rows that are next, those that have it all.
static bool seek_near(struct seek_look *l, struct audit_ids *out, struct err *err) {
  const struct audit_reach *r = l->reach;
  const char *order = audit_reach_order(r);
  struct str sql = arena_printf(
      r->arena,
      "SELECT id FROM (SELECT * FROM audit WHERE id >= $1 AND id < $2 ORDER BY id %s LIMIT %zu) AS near "
      "WHERE TRUE%.*s%.*s ORDER BY id %s LIMIT $3",
      order, SEEK_NEAR + SEEK_NEAR_EACH * r->limit, STR_ARG(buf_str(&l->marked)),
      STR_ARG(buf_str(&l->others)), order);
  struct store_rows rows;
  if (!store_query(r->store, sql.p, l->values, l->count, r->arena, &rows, err)) return false;
  audit_ids_take(r, &rows, out);
  return true;
}

// Each stretch is found by the first row behind the one before, so times without a row cost nothing. Ids are bound by it
// for the parts: none is looked at but the one that has it. Of rows that have all marks so many are looked at.
#define SEEK_STRETCHES                                                                                       \
  "WITH RECURSIVE stretch (name) AS (SELECT " SEEK_STRETCH " FROM (SELECT %1$s(id) AS id FROM audit WHERE "  \
  "id >= $1 AND id < $2) AS first UNION ALL SELECT (SELECT " SEEK_STRETCH " FROM (SELECT %1$s(id) AS id "    \
  "FROM audit WHERE id >= %2$s AND id < %3$s) AS next) FROM stretch WHERE name IS NOT NULL), "               \
  "bound AS (SELECT name, greatest(name, $1) AS least, least(" SEEK_END ", $2) AS most FROM stretch) "       \
  "SELECT id, fits, n = $4 FROM (SELECT found.id, found.fits, row_number() OVER () AS n FROM "               \
  "bound AS stretch CROSS JOIN LATERAL (SELECT id, (TRUE%6$s) AS fits FROM audit WHERE %4$sid >= "           \
  "stretch.least AND id < stretch.most%5$s ORDER BY id %7$s LIMIT $4) AS found LIMIT $4) AS looked "         \
  "WHERE fits OR n = $4 LIMIT $3"
enum { SEEK_ID, SEEK_FITS, SEEK_LAST };

static bool seek_stretches(struct seek_look *l, struct audit_ids *out, struct err *err) {
  const struct audit_reach *r = l->reach;
  bool up = r->oldest_first;
  struct str sql =
      arena_printf(r->arena, SEEK_STRETCHES, up ? "min" : "max", up ? SEEK_END : "$1", up ? "$2" : "name",
                   arena_z(r->arena, buf_str(&l->marks)), arena_z(r->arena, buf_str(&l->marked)),
                   arena_z(r->arena, buf_str(&l->others)), audit_reach_order(r));
  struct store_rows rows;
  if (!store_query(r->store, sql.p, l->values, l->count, r->arena, &rows, err)) return false;
  audit_ids_take(r, &rows, out);
  if (!rows.count) return true;
  size_t last = rows.count - 1;
  out->cut |= store_cell(&rows, last, SEEK_LAST)->number;
  out->end = store_cell(&rows, last, SEEK_ID)->text;
  out->count -= !store_cell(&rows, last, SEEK_FITS)->number;
  return true;
}

bool audit_seek(const struct audit_reach *r, const struct audit_seek *seek, struct audit_ids *out,
                struct err *err) {
  // What is asked by time may begin behind all other rows of a span.
  size_t rows = seek->since || seek->until ? SEEK_ROWS + AUDIT_SPAN_ROWS : SEEK_ROWS;
  struct seek_look l = {.reach = r,
                        .marks = BUF_MAX(SEEK_SQL_MOST),
                        .marked = BUF_MAX(SEEK_SQL_MOST),
                        .others = BUF_MAX(SEEK_SQL_MOST),
                        .values = {STORE_TEXT(r->least), STORE_TEXT(r->most), STORE_INT((int64_t)r->limit),
                                   STORE_INT((int64_t)(r->limit > rows ? r->limit : rows))},
                        .count = 4};
  if (seek->since) seek_hold(&l, "at >=", STORE_INT(seek->since));
  if (seek->until) seek_hold(&l, "at <", STORE_INT(seek->until));
  for (size_t i = 0; i < seek->count; i++) seek_filter(&l, &seek->filters[i]);
  bool ok = seek_near(&l, out, err) && (out->cut || seek_stretches(&l, out, err));
  buf_free(&l.marks);
  buf_free(&l.marked);
  buf_free(&l.others);
  return ok;
}
