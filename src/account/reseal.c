// SPDX-License-Identifier: Apache-2.0
#include "account/reseal.h"

#include "account/sealed.h"
#include "base/log.h"
#include "base/map.h"

struct reseal_row {
  struct sealed_at at;
  const struct sealed_column *column;
  struct str blob;
};

static struct str reseal_text(const struct store_value *v, struct arena *a) {
  return v->type == STORE_IS_INT ? sealed_number(a, v->number) : v->text;
}

static struct reseal_row reseal_read(const struct store_rows *rows, size_t i, enum sealed what,
                                     struct arena *a) {
  struct reseal_row row = {.at = {.what = what, .id = store_cell(rows, i, 0)->text},
                           .column = &sealed_columns[what],
                           .blob = store_cell(rows, i, 1)->text};
  for (size_t c = 0; c < row.column->bound; c++) row.at.bound[c] = reseal_text(store_cell(rows, i, 2 + c), a);
  return row;
}

static bool reseal_write(struct store *s, const struct reseal_row *row, struct str blob, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(blob), STORE_TEXT(row->at.id)};
  return store_run(s, row->column->update, values, 2, NULL, err);
}

// A row of an older version: its place was all that it was sealed for.
static bool reseal_bind(struct store *s, struct reseal *r, const struct reseal_row *row, struct arena *a,
                        const struct err *why, struct err *err) {
  struct secret *plain;
  struct str place = sealed_place(&row->at, a), blob;
  struct err none;
  if (!seal_open(r->ring, sealed_place_before(&row->at, a), row->blob, &plain, &none)) {
    log_warn("the %s of %s %.*s is not sealed anew: %s", row->column->column, row->column->kind,
             STR_ARG(row->at.id), why->text);
    return true;
  }
  bool ok = !r->take_old || (seal_close(r->ring, place, secret_reveal(plain), a, &blob, err) &&
                             reseal_write(s, row, blob, err));
  secret_free(plain);
  r->bound += ok && r->take_old;
  r->changed += ok && r->take_old;
  r->old += !r->take_old;
  return ok;
}

// A row of an older version, which had no stamps.
static bool reseal_first(struct store *s, struct reseal *r, const struct reseal_row *row, struct arena *a,
                         struct err *err) {
  struct str blob;
  r->old += !r->take_old;
  if (!r->take_old) return true;
  if (!seal_close(r->ring, sealed_place(&row->at, a), STR(""), a, &blob, err) ||
      !reseal_write(s, row, blob, err))
    return false;
  r->stamped++;
  return true;
}

static bool reseal_row(struct store *s, struct reseal *r, const struct reseal_row *row, struct arena *a,
                       struct err *err) {
  struct secret *plain;
  struct str place = sealed_place(&row->at, a), blob;
  struct err why;
  if (!row->blob.n) return reseal_first(s, r, row, a, err);
  if (!seal_open(r->ring, place, row->blob, &plain, &why)) return reseal_bind(s, r, row, a, &why, err);
  bool current = str_eq(seal_key_id(row->blob), seal_ring_current_id(r->ring));
  bool ok = current || (seal_close(r->ring, place, secret_reveal(plain), a, &blob, err) &&
                        reseal_write(s, row, blob, err));
  secret_free(plain);
  r->changed += ok && !current && !sealed_is_stamp(row->at.what);
  return ok;
}

// How what today's key sealed begins.
static struct str reseal_today(const struct seal_ring *ring, struct arena *a) {
  return arena_printf(a, "v1.%.*s.", STR_ARG(seal_ring_current_id(ring)));
}

// Those behind `after`: all, or of what is large a few, the last of which is `after` then.
static bool reseal_some(struct store *s, struct reseal *r, enum sealed what, struct str *after, size_t *count,
                        struct arena *a, struct err *err) {
  struct store_rows rows;
  struct str today = reseal_today(r->ring, a);
  const struct store_value values[] = {STORE_TEXT(today), STORE_TEXT(*after)};
  if (!store_query(s, sealed_columns[what].select, values, sealed_select_values(what), a, &rows, err))
    return false;
  for (size_t i = 0; i < rows.count; i++) {
    struct reseal_row row = reseal_read(&rows, i, what, a);
    if (!reseal_row(s, r, &row, a, err)) return false;
  }
  if (rows.count) *after = store_cell(&rows, rows.count - 1, 0)->text;
  *count = rows.count;
  return true;
}

static bool reseal_column(struct store *s, struct reseal *r, enum sealed what, struct err *err) {
  struct arena *a = arena_new(), *before = NULL;
  struct str after = STR("");
  size_t count;
  bool ok;
  while ((ok = reseal_some(s, r, what, &after, &count, a, err)) && count && sealed_columns[what].large) {
    arena_free(before); // `after` is in the one that is used last
    before = a;
    a = arena_new();
  }
  arena_free(before);
  arena_free(a);
  return ok;
}

bool reseal_all(struct store *s, struct reseal *r, struct err *err) {
  bool ok = true;
  for (enum sealed what = 0; ok && what < SEALED_KINDS; what++)
    ok = !sealed_columns[what].select || reseal_column(s, r, what, err);
  return ok;
}

// There may be many of these: they are sealed anew piece by piece (audit_reseal, answer_row_reseal), and keep their keys
// until then. Nodes stamp their rows anew by themselves.
#define RESEAL_LATER                                                                                         \
  "SELECT DISTINCT values_key FROM audit WHERE values_key <> '' UNION SELECT DISTINCT sealed_by FROM "       \
  "answer "                                                                                                  \
  "UNION SELECT key_id FROM node"

static void reseal_found(struct map *seen, struct str id, struct str *found, size_t *n) {
  if (!id.n || map_get(seen, id)) return;
  found[*n] = id;
  map_put(seen, id, &found[(*n)++]);
}

bool reseal_keys(struct store *s, const struct seal_ring *ring, struct arena *a, struct str **ids,
                 size_t *count, struct err *err) {
  struct store_rows rows[SEALED_KINDS] = {0}, later;
  struct str today = reseal_today(ring, a);
  size_t most = 1, n = 0;
  bool ok = store_query(s, RESEAL_LATER, NULL, 0, a, &later, err);
  for (enum sealed what = 0; ok && what < SEALED_KINDS; what++) {
    if (!sealed_columns[what].keys) continue;
    ok = store_query(s, sealed_columns[what].keys, &STORE_TEXT(today), 1, a, &rows[what], err);
    most += rows[what].count;
  }
  if (!ok) return false;
  struct map seen = {0};
  struct str *found = ARENA_ARRAY(a, most + later.count, struct str);
  reseal_found(&seen, seal_ring_current_id(ring), found, &n);
  for (size_t i = 0; i < later.count; i++) reseal_found(&seen, store_cell(&later, i, 0)->text, found, &n);
  for (enum sealed what = 0; what < SEALED_KINDS; what++)
    for (size_t i = 0; i < rows[what].count; i++)
      reseal_found(&seen, seal_key_id(store_cell(&rows[what], i, 0)->text), found, &n);
  map_free(&seen);
  *ids = found;
  *count = n;
  return true;
}
