// SPDX-License-Identifier: Apache-2.0
#include "shelf/alias_row.h"

#include "account/sealed.h"
#include "base/log.h"

static struct sealed_at shelf_alias_place(const struct shelf_alias *row) {
  return (struct sealed_at){STAMPED_ALIAS, row->id, {row->name, row->value, row->account_id, row->made_by}};
}

// Beside all others.
static bool shelf_alias_fits(struct store *s, const struct shelf_alias *row, struct arena *a,
                             struct err *err) {
  const struct store_value values[] = {STORE_TEXT(row->folded), STORE_TEXT(row->meant), STORE_TEXT(row->id)};
  struct store_rows rows;
  if (!store_query(s,
                   "SELECT count(*), count(CASE WHEN folded = $1 THEN 1 END), count(CASE WHEN folded = $2 "
                   "THEN 1 END), "
                   "count(CASE WHEN meant = $1 THEN 1 END) FROM alias WHERE id <> $3",
                   values, 3, a, &rows, err))
    return false;
  if (store_cell(&rows, 0, 1)->number) {
    err_fill(err, ERR_CONFLICT, WHY_NAME_TAKEN, "name", "there is an alias '%.*s' already",
             STR_ARG(row->name));
    err_hint(err, "change that one, or take another name");
    return false;
  }
  if (store_cell(&rows, 0, 2)->number)
    return err_at(err, ERR_INVALID, "value",
                  "'%.*s' is an alias itself; say what that stands for, since none stands for another",
                  STR_ARG(row->value));
  if (store_cell(&rows, 0, 3)->number)
    return err_at(err, ERR_INVALID, "name",
                  "an alias stands for '%.*s' already, and none stands for another; take another name",
                  STR_ARG(row->name));
  if (store_cell(&rows, 0, 0)->number < SHELF_ALIASES_MOST) return true;
  err_set(err, ERR_LIMIT, "there are %d aliases, and may not be more", SHELF_ALIASES_MOST);
  err_hint(err, "delete some first");
  return false;
}

struct shelf_alias_change {
  const struct shelf_alias *row;
  bool is_new;
};

static bool shelf_alias_write(struct store *s, const struct shelf_alias_change *change, struct arena *a,
                              struct err *err) {
  const struct shelf_alias *row = change->row;
  struct sealed_at at = shelf_alias_place(row);
  struct str stamp;
  int64_t changed = 0;
  if (!shelf_alias_fits(s, row, a, err) || !sealed_stamp(s, &at, a, &stamp, err)) return false;
  const struct store_value values[] = {STORE_TEXT(row->name),       STORE_TEXT(row->folded),
                                       STORE_TEXT(row->value),      STORE_TEXT(row->meant),
                                       STORE_TEXT(row->account_id), STORE_TEXT(row->made_by),
                                       STORE_INT(row->updated_at),  STORE_TEXT(stamp),
                                       STORE_TEXT(row->id),         STORE_INT(row->created_at)};
  if (!store_run(
          s,
          change->is_new
              ? "INSERT INTO alias (name, folded, value, meant, account_id, made_by, updated_at, stamp, "
                "id, created_at) VALUES ($1, $2, $3, $4, nullif($5, ''), $6, $7, $8, $9, $10)"
              : "UPDATE alias SET name = $1, folded = $2, value = $3, meant = $4, "
                "account_id = nullif($5, ''), made_by = $6, updated_at = $7, stamp = $8 WHERE id = $9",
          values, change->is_new ? 10 : 9, &changed, err))
    return err->code == ERR_CONFLICT // the name is free: what it refers to has gone
               ? err_at(err, ERR_MISSING, "account", "the account was deleted meanwhile")
               : false;
  return changed || err_set(err, ERR_MISSING, "the alias was deleted meanwhile");
}

static bool shelf_alias_body(struct store *s, void *arg, struct err *err) {
  struct arena *a = arena_new();
  bool ok = shelf_alias_write(s, arg, a, err);
  arena_free(a);
  return ok;
}

bool shelf_alias_insert(struct store *s, const struct shelf_alias *row, struct err *err) {
  return store_transact(s, shelf_alias_body, &(struct shelf_alias_change){row, true}, err);
}

bool shelf_alias_update(struct store *s, const struct shelf_alias *row, struct err *err) {
  return store_transact(s, shelf_alias_body, &(struct shelf_alias_change){row, false}, err);
}

bool shelf_alias_delete(struct store *s, struct str id_or_folded, struct err *err) {
  int64_t changed = 0;
  if (!store_run(s, "DELETE FROM alias WHERE id = $1 OR folded = $1", &STORE_TEXT(id_or_folded), 1, &changed,
                 err))
    return false;
  if (changed) return true;
  err_at(err, ERR_MISSING, "alias", "there is no alias '%.*s'", STR_MOST(id_or_folded, 64));
  err_hint(err, "GET /alias lists them");
  return false;
}

bool shelf_alias_all(struct store *s, struct arena *a, struct shelf_alias **out, size_t *count,
                     struct err *err) {
  struct store_rows rows;
  if (!store_query(s,
                   "SELECT id, name, folded, value, meant, coalesce(account_id, ''), made_by, created_at, "
                   "updated_at, stamp FROM alias ORDER BY folded",
                   NULL, 0, a, &rows, err))
    return false;
  struct shelf_alias *all = ARENA_ARRAY(a, rows.count + 1, struct shelf_alias);
  size_t n = 0;
  for (size_t i = 0; i < rows.count; i++) {
    struct err why;
    struct shelf_alias row = {.id = store_cell(&rows, i, 0)->text,
                              .name = store_cell(&rows, i, 1)->text,
                              .folded = store_cell(&rows, i, 2)->text,
                              .value = store_cell(&rows, i, 3)->text,
                              .meant = store_cell(&rows, i, 4)->text,
                              .account_id = store_cell(&rows, i, 5)->text,
                              .made_by = store_cell(&rows, i, 6)->text,
                              .created_at = store_cell(&rows, i, 7)->number,
                              .updated_at = store_cell(&rows, i, 8)->number};
    struct sealed_at at = shelf_alias_place(&row);
    if (sealed_is_ours(s, &at, store_cell(&rows, i, 9)->text, &why))
      all[n++] = row;
    else
      log_warn("the alias %.*s is left out: %s", STR_ARG(row.id), why.text);
  }
  *out = all;
  *count = n;
  return true;
}
