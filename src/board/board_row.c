// SPDX-License-Identifier: Apache-2.0
#include "board/board_row.h"

#include "account/sealed.h"
#include "base/log.h"
#include "store/changelog.h"

#define BOARD_COLUMNS                                                                                        \
  "id, name, owner, visibility, since, until, created_at, updated_at, version, stamp, "                      \
  "(SELECT count(*) FROM tile WHERE dashboard_id = dashboard.id), "                                          \
  "(SELECT coalesce(max(at), 0) FROM tile_outcome WHERE tile_id IN (SELECT id FROM tile WHERE dashboard_id " \
  "= dashboard.id)) FROM dashboard "

static struct str board_visibility(const struct board_row *row) {
  return row->is_private ? STR("private") : STR("shared");
}

static struct sealed_at board_place(const struct board_row *row) {
  return (struct sealed_at){
      STAMPED_DASHBOARD, row->id, {row->name, row->owner, board_visibility(row), row->since, row->until}};
}

bool board_name_is_good(struct str name, struct err *err) {
  bool plain = name.n && name.n <= BOARD_NAME_MOST && !str_starts(name, ".") && !str_starts(name, "dsh_");
  for (size_t i = 0; i < name.n; i++) plain &= name.p[i] != '/' && (unsigned char)name.p[i] >= ' ';
  return plain ||
         err_at(err, ERR_INVALID, "name",
                "a dashboard's name has 1 to %d bytes, no slash and no line end, and begins neither with a "
                "dot nor with dsh_",
                BOARD_NAME_MOST);
}

static bool board_taken(struct str name, struct err *err) {
  if (err->code != ERR_CONFLICT) return false;
  err_fill(err, ERR_CONFLICT, WHY_NAME_TAKEN, "name", "there is a dashboard '%.*s' already", STR_ARG(name));
  err_hint(err, "take another name, or change that one");
  return false;
}

static bool board_has_room(struct store *s, struct arena *a, struct err *err) {
  struct store_rows rows;
  if (!store_query(s, "SELECT count(*) FROM dashboard", NULL, 0, a, &rows, err)) return false;
  if (store_cell(&rows, 0, 0)->number < BOARD_MOST) return true;
  err_set(err, ERR_LIMIT, "there are %d dashboards, and may not be more", BOARD_MOST);
  err_hint(err, "delete some first");
  return false;
}

struct board_change {
  const struct board_row *row;
  bool is_new;
};

static bool board_write(struct store *s, const struct board_change *change, struct arena *a,
                        struct err *err) {
  const struct board_row *row = change->row;
  struct sealed_at at = board_place(row);
  struct str stamp;
  bool done = false;
  if ((change->is_new && !board_has_room(s, a, err)) || !sealed_stamp(s, &at, a, &stamp, err)) return false;
  const struct store_value values[] = {
      STORE_TEXT(row->name),      STORE_TEXT(board_visibility(row)),
      STORE_TEXT(row->since),     STORE_TEXT(row->until),
      STORE_INT(row->updated_at), STORE_INT(row->version),
      STORE_TEXT(stamp),          STORE_TEXT(row->id),
      STORE_TEXT(row->owner),     STORE_INT(change->is_new ? row->created_at : row->version - 1)};
  if (!store_change(
          s,
          change->is_new
              ? "INSERT INTO dashboard (name, visibility, since, until, updated_at, version, stamp, id, "
                "owner, "
                "created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
              : "UPDATE dashboard SET name = $1, visibility = $2, since = $3, until = $4, updated_at = $5, "
                "version = $6, stamp = $7 WHERE id = $8 AND owner = $9 AND version = $10",
          values, sizeof values / sizeof *values, &done, err))
    return board_taken(row->name, err);
  return done || store_outdated("the dashboard", err);
}

static bool board_write_body(struct store *s, void *arg, struct err *err) {
  struct arena *a = arena_new();
  bool ok = board_write(s, arg, a, err);
  arena_free(a);
  return ok;
}

bool board_insert(struct store *s, const struct board_row *row, struct err *err) {
  return store_transact(s, board_write_body, &(struct board_change){row, true}, err);
}

bool board_update(struct store *s, const struct board_row *row, struct err *err) {
  return store_transact(s, board_write_body, &(struct board_change){row, false}, err);
}

bool board_delete(struct store *s, struct str id, struct err *err) {
  int64_t done = 0;
  const struct changelog_change change = {CHANGELOG_TILE, id, "DELETE FROM dashboard WHERE id = $1",
                                          &STORE_TEXT(id), 1};
  return changelog_run(s, &change, &done, err) &&
         (done || err_set(err, ERR_MISSING, "the dashboard was deleted meanwhile"));
}

static bool board_take(struct store *s, const struct store_rows *rows, size_t i, struct board_row *out) {
  struct err why;
  *out = (struct board_row){.id = store_cell(rows, i, 0)->text,
                            .name = store_cell(rows, i, 1)->text,
                            .owner = store_cell(rows, i, 2)->text,
                            .is_private = str_is(store_cell(rows, i, 3)->text, "private"),
                            .since = store_cell(rows, i, 4)->text,
                            .until = store_cell(rows, i, 5)->text,
                            .created_at = store_cell(rows, i, 6)->number,
                            .updated_at = store_cell(rows, i, 7)->number,
                            .version = store_cell(rows, i, 8)->number,
                            .tile_count = store_cell(rows, i, 10)->number,
                            .newest_at = store_cell(rows, i, 11)->number};
  struct sealed_at at = board_place(out);
  if (sealed_is_ours(s, &at, store_cell(rows, i, 9)->text, &why)) return true;
  log_warn("the dashboard %.*s is left out: %s", STR_ARG(out->id), why.text);
  return false;
}

bool board_all(struct store *s, struct arena *a, struct board_row **out, size_t *count, struct err *err) {
  struct store_rows rows;
  if (!store_query(s, "SELECT " BOARD_COLUMNS "ORDER BY id", NULL, 0, a, &rows, err)) return false;
  struct board_row *all = ARENA_ARRAY(a, rows.count + 1, struct board_row);
  size_t n = 0;
  for (size_t i = 0; i < rows.count; i++) n += board_take(s, &rows, i, &all[n]);
  *out = all;
  *count = n;
  return true;
}

bool board_find(struct store *s, struct str id_or_name, struct arena *a, struct board_row *out,
                struct err *err) {
  struct store_rows rows;
  if (!store_query(s, "SELECT " BOARD_COLUMNS "WHERE id = $1 OR name = $1", &STORE_TEXT(id_or_name), 1, a,
                   &rows, err))
    return false;
  for (size_t i = 0; i < rows.count; i++)
    if (board_take(s, &rows, i, out)) return true;
  err_at(err, ERR_MISSING, "dashboard", "there is no dashboard '%.*s'", STR_MOST(id_or_name, 64));
  err_hint(err, "GET /dashboard lists them");
  return false;
}
