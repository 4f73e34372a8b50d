// SPDX-License-Identifier: Apache-2.0
#include "node/node_row.h"

#include "crypto/seal.h"

// Each text with its length: no two rows have the same place.
static struct str node_row_place(const struct node_row *r, struct arena *a) {
  return arena_printf(a, "node/%.*s/%zu:%.*s/%zu:%.*s/%.*s/%lld", STR_ARG(r->id), r->host.n, STR_ARG(r->host),
                      r->url.n, STR_ARG(r->url), STR_ARG(r->version), (long long)r->started_at);
}

bool node_row_stamp(struct store *s, struct node_row *row, struct arena *a, struct err *err) {
  struct seal_ring *ring = store_ring(s);
  row->ours = true;
  row->key_id = row->stamp = STR("");
  if (!ring) return true;
  row->key_id = arena_dup(a, seal_ring_current_id(ring));
  return seal_close(ring, node_row_place(row, a), STR(""), a, &row->stamp, err);
}

// Whoever seals with another key writes what we cannot read, whether we can read this row or not.
static bool node_row_is_ours(struct store *s, const struct node_row *row, struct arena *a) {
  struct seal_ring *ring = store_ring(s);
  struct secret *plain;
  struct err ignored;
  if (!ring) return true;
  if (!str_eq(row->key_id, seal_ring_current_id(ring)) ||
      !seal_open(ring, node_row_place(row, a), row->stamp, &plain, &ignored))
    return false;
  secret_free(plain);
  return true;
}

bool node_row_insert(struct store *s, const struct node_row *r, struct err *err) {
  const struct store_value values[] = {
      STORE_TEXT(r->id),     STORE_TEXT(r->host),   STORE_TEXT(r->version),   STORE_TEXT(r->url),
      STORE_TEXT(r->key_id), STORE_TEXT(r->stamp),  STORE_INT(r->started_at), STORE_INT(r->beat),
      STORE_INT(r->seen),    STORE_INT(r->running), STORE_INT(r->cpu)};
  return store_run(
      s,
      "INSERT INTO node (id, host, version, url, key_id, stamp, started_at, beat, seen, running, "
      "cpu) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING",
      values, sizeof values / sizeof *values, NULL, err);
}

bool node_row_beat(struct store *s, const struct node_row *r, bool *there, struct err *err) {
  const struct store_value values[] = {STORE_INT(r->beat), STORE_INT(r->seen),    STORE_INT(r->running),
                                       STORE_INT(r->cpu),  STORE_TEXT(r->key_id), STORE_TEXT(r->stamp),
                                       STORE_TEXT(r->id)};
  return store_change(s,
                      "UPDATE node SET beat = $1, seen = $2, running = $3, cpu = $4, key_id = $5, stamp = $6 "
                      "WHERE id = $7",
                      values, sizeof values / sizeof *values, there, err);
}

bool node_row_load(struct store *s, struct arena *a, struct node_rows *out, struct err *err) {
  struct store_rows rows;
  if (!store_query(s,
                   "SELECT id, host, version, url, key_id, stamp, started_at, beat, seen, running, cpu, "
                   "(SELECT last FROM change_head) FROM node ORDER BY id LIMIT $1",
                   &STORE_INT(NODE_ROWS_MOST), 1, a, &rows, err))
    return false;
  *out = (struct node_rows){ARENA_ARRAY(a, rows.count + 1, struct node_row), rows.count, 0};
  for (size_t i = 0; i < rows.count; i++) {
    const struct store_value *cell = store_cell(&rows, i, 0);
    out->items[i] = (struct node_row){cell[0].text,   cell[1].text,   cell[2].text,   cell[3].text,
                                      cell[4].text,   cell[5].text,   cell[6].number, cell[7].number,
                                      cell[8].number, cell[9].number, cell[10].number};
    out->items[i].ours = node_row_is_ours(s, &out->items[i], a);
    out->last = cell[11].number;
  }
  return true;
}

bool node_row_delete(struct store *s, struct str id, int64_t beat, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(id), STORE_INT(beat)};
  return store_run(s, "DELETE FROM node WHERE id = $1 AND (beat = $2 OR $2 < 0)", values, 2, NULL, err);
}
