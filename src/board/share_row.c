// SPDX-License-Identifier: Apache-2.0
#include "board/share_row.h"

#include "account/sealed.h"
#include "base/log.h"

#define SHARE_COLUMNS                                                                                        \
  "id, dashboard_id, coalesce(tile_id, ''), name, mode, owner, token_hash, created_at, expires_at, stamp "   \
  "FROM share "

static struct sealed_at share_place(const struct board_share *row, struct arena *a) {
  return (struct sealed_at){STAMPED_SHARE,
                            row->id,
                            {row->dashboard_id, row->tile_id, row->is_live ? STR("live") : STR("snapshot"),
                             row->owner, str_of(row->token_hash), sealed_number(a, row->expires_at)}};
}

static struct sealed_at share_part_place(struct str share_id, size_t place, struct str tile_id,
                                         struct arena *a) {
  return (struct sealed_at){SEALED_PART, arena_printf(a, "%.*s/%zu", STR_ARG(share_id), place), {tile_id}};
}

// ---- written

struct share_insertion {
  const struct board_share *row;
  const struct board_part *parts;
  size_t count;
};

static bool share_has_room(struct store *s, const struct share_insertion *m, struct arena *a,
                           struct err *err) {
  struct store_rows rows, held;
  size_t bytes = 0;
  for (size_t i = 0; i < m->count; i++) bytes += m->parts[i].document.n;
  if (!store_query(s, "SELECT count(*), count(CASE WHEN dashboard_id = $1 THEN 1 END) FROM share",
                   &STORE_TEXT(m->row->dashboard_id), 1, a, &rows, err) ||
      !store_query(s, "SELECT coalesce(sum(bytes), 0) FROM share_part", NULL, 0, a, &held, err))
    return false;
  if (store_cell(&rows, 0, 0)->number < BOARD_SHARES_MOST &&
      store_cell(&rows, 0, 1)->number < BOARD_SHARES_OF_MOST &&
      store_cell(&held, 0, 0)->number + (int64_t)bytes <= BOARD_SHARE_BYTES_MOST)
    return true;
  err_set(err, ERR_LIMIT, "there are %lld links with snapshots of %lld bytes, %lld of them of this dashboard",
          (long long)store_cell(&rows, 0, 0)->number, (long long)store_cell(&held, 0, 0)->number,
          (long long)store_cell(&rows, 0, 1)->number);
  err_hint(err, "at most %d, %d and %d; revoke some first", BOARD_SHARES_MOST, BOARD_SHARE_BYTES_MOST,
           BOARD_SHARES_OF_MOST);
  return false;
}

static bool share_run(struct store *s, const char *sql, const struct store_value *values, size_t n,
                      struct err *err) {
  if (store_run(s, sql, values, n, NULL, err)) return true;
  return err->code == ERR_CONFLICT
             ? err_set(err, ERR_MISSING, "the dashboard, the tile or an account of it was deleted meanwhile")
             : false;
}

static bool share_write_part(struct store *s, struct str share_id, size_t place,
                             const struct board_part *part, struct arena *a, struct err *err) {
  struct sealed_at at = share_part_place(share_id, place, part->tile_id, a);
  struct str blob;
  for (size_t i = 0; i < part->uses.count; i++) {
    const struct store_value values[] = {STORE_TEXT(share_id), STORE_INT((int64_t)place),
                                         STORE_INT((int64_t)i), STORE_TEXT(part->uses.ids[i]),
                                         i ? STORE_INT((int64_t)i - 1) : STORE_NONE};
    if (!share_run(
            s, "INSERT INTO share_use (share_id, place, n, account_id, before) VALUES ($1, $2, $3, $4, $5)",
            values, 5, err))
      return false;
  }
  if (!store_ring(s))
    return err_set(err, ERR_INTERNAL, "the store has no keys, and snapshots are kept sealed");
  if (!sealed_close(store_ring(s), &at, part->document, a, &blob, err)) return false;
  const struct store_value values[] = {STORE_TEXT(share_id),
                                       STORE_INT((int64_t)place),
                                       part->uses.count ? STORE_INT((int64_t)part->uses.count - 1)
                                                        : STORE_NONE,
                                       STORE_TEXT(part->tile_id),
                                       STORE_INT((int64_t)part->document.n),
                                       STORE_TEXT(blob)};
  return share_run(s,
                   "INSERT INTO share_part (share_id, place, uses, tile_id, bytes, document) VALUES ($1, $2, "
                   "$3, $4, $5, $6)",
                   values, 6, err);
}

static bool share_write(struct store *s, const struct share_insertion *m, struct arena *a, struct err *err) {
  const struct board_share *row = m->row;
  struct sealed_at at = share_place(row, a);
  struct str stamp;
  if (!share_has_room(s, m, a, err) || !sealed_stamp(s, &at, a, &stamp, err)) return false;
  const struct store_value values[] = {STORE_TEXT(row->id),
                                       STORE_TEXT(row->dashboard_id),
                                       row->tile_id.n ? STORE_TEXT(row->tile_id) : STORE_NONE,
                                       STORE_TEXT(row->name),
                                       STORE_TEXT(row->is_live ? STR("live") : STR("snapshot")),
                                       STORE_TEXT(row->owner),
                                       STORE_TEXT(str_of(row->token_hash)),
                                       STORE_INT(row->created_at),
                                       STORE_INT(row->expires_at),
                                       STORE_TEXT(stamp)};
  if (!share_run(s,
                 "INSERT INTO share (id, dashboard_id, tile_id, name, mode, owner, token_hash, created_at, "
                 "expires_at, stamp) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                 values, sizeof values / sizeof *values, err))
    return false;
  for (size_t i = 0; i < m->count; i++)
    if (!share_write_part(s, row->id, i, &m->parts[i], a, err)) return false;
  return true;
}

static bool share_write_body(struct store *s, void *arg, struct err *err) {
  struct arena *a = arena_new();
  bool ok = share_write(s, arg, a, err);
  arena_free(a);
  return ok;
}

bool board_share_insert(struct store *s, const struct board_share *row, const struct board_part *parts,
                        size_t count, struct err *err) {
  return store_transact(s, share_write_body, &(struct share_insertion){row, parts, count}, err);
}

bool board_share_delete(struct store *s, struct str id, struct err *err) {
  bool done;
  return store_change(s, "DELETE FROM share WHERE id = $1", &STORE_TEXT(id), 1, &done, err) &&
         (done || err_set(err, ERR_MISSING, "the link was revoked meanwhile"));
}

bool board_share_purge(struct store *s, int64_t now_ms, struct arena *a, struct store_rows *gone,
                       struct err *err) {
  return store_take_expired(s, "share", now_ms, a, gone, err);
}

// ---- read

static bool share_take(struct store *s, const struct store_rows *rows, size_t i, struct arena *a,
                       struct board_share *out) {
  struct err why;
  *out = (struct board_share){.id = store_cell(rows, i, 0)->text,
                              .dashboard_id = store_cell(rows, i, 1)->text,
                              .tile_id = store_cell(rows, i, 2)->text,
                              .name = store_cell(rows, i, 3)->text,
                              .is_live = str_is(store_cell(rows, i, 4)->text, "live"),
                              .owner = store_cell(rows, i, 5)->text,
                              .created_at = store_cell(rows, i, 7)->number,
                              .expires_at = store_cell(rows, i, 8)->number};
  struct str hash = store_cell(rows, i, 6)->text;
  if (hash.n == TOKEN_HASH_HEX - 1) memcpy(out->token_hash, hash.p, hash.n);
  struct sealed_at at = share_place(out, a);
  if (sealed_is_ours(s, &at, store_cell(rows, i, 9)->text, &why)) return true;
  log_warn("the link %.*s is left out: %s", STR_ARG(out->id), why.text);
  return false;
}

bool board_share_all(struct store *s, struct arena *a, struct board_share **out, size_t *count,
                     struct err *err) {
  struct store_rows rows;
  if (!store_query(s, "SELECT " SHARE_COLUMNS "ORDER BY id", NULL, 0, a, &rows, err)) return false;
  struct board_share *all = ARENA_ARRAY(a, rows.count + 1, struct board_share);
  size_t n = 0;
  for (size_t i = 0; i < rows.count; i++) n += share_take(s, &rows, i, a, &all[n]);
  *out = all;
  *count = n;
  return true;
}

bool board_share_find(struct store *s, struct str secret, int64_t now_ms, struct arena *a,
                      struct board_share *out, struct err *err) {
  char hash[TOKEN_HASH_HEX];
  struct store_rows rows;
  token_hash_hex(secret, hash);
  if (!store_query(s, "SELECT " SHARE_COLUMNS "WHERE token_hash = $1", &STORE_TEXT(str_of(hash)), 1, a, &rows,
                   err))
    return false;
  if (rows.count && share_take(s, &rows, 0, a, out) && out->expires_at > now_ms) return true;
  return err_set(err, ERR_MISSING, "this link is unknown, revoked or has expired");
}

bool board_share_parts(struct store *s, const struct board_share *row, struct str only, struct arena *a,
                       struct board_part **out, size_t *count, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(row->id), STORE_TEXT(only)};
  struct store_rows rows;
  if (!store_query(s,
                   "SELECT place, tile_id, document FROM share_part WHERE share_id = $1 AND ($2 = '' OR "
                   "tile_id = $2) ORDER BY place",
                   values, 2, a, &rows, err))
    return false;
  struct board_part *all = ARENA_ARRAY(a, rows.count + 1, struct board_part);
  size_t n = 0;
  for (size_t i = 0; i < rows.count; i++) {
    struct secret *plain;
    struct err why;
    all[n] = (struct board_part){.tile_id = store_cell(&rows, i, 1)->text};
    struct sealed_at at =
        share_part_place(row->id, (size_t)store_cell(&rows, i, 0)->number, all[n].tile_id, a);
    if (!store_ring(s) || !sealed_open(store_ring(s), &at, store_cell(&rows, i, 2)->text, &plain, &why)) {
      log_warn("a part of the link %.*s is left out: its seal does not hold", STR_ARG(row->id));
      continue;
    }
    all[n++].document = arena_dup(a, secret_reveal(plain));
    secret_free(plain);
  }
  *out = all;
  *count = n;
  return true;
}
