// SPDX-License-Identifier: Apache-2.0
#include "engine/row.h"

#include "account/sealed.h"
#include "base/log.h"
#include "engine/engine.h"
#include "store/changelog.h"

#define ENGINE_ROW_COLUMNS                                                                                   \
  "id, name, kind, model, base_url, key_header, dialect, effort, status, status_text, key, stamp, tokens, "  \
  "output, seconds, is_default, created_at, updated_at, tested_at, version"
enum { ENGINE_ROW_TEXTS = 11, ENGINE_ROW_STAMP = 11, ENGINE_ROW_NUMBERS = 8 };

static struct engine_row engine_row_read(const struct store_rows *rows, size_t i) {
  struct engine_row row = {0};
  struct str *texts[ENGINE_ROW_TEXTS] = {&row.id,       &row.name,        &row.kind,    &row.model,
                                         &row.base_url, &row.key_header,  &row.dialect, &row.effort,
                                         &row.status,   &row.status_text, &row.key};
  int64_t *numbers[ENGINE_ROW_NUMBERS] = {&row.tokens,     &row.output,     &row.seconds,   &row.is_default,
                                          &row.created_at, &row.updated_at, &row.tested_at, &row.version};
  for (size_t c = 0; c < ENGINE_ROW_TEXTS; c++) *texts[c] = store_cell(rows, i, c)->text;
  for (size_t c = 0; c < ENGINE_ROW_NUMBERS; c++)
    *numbers[c] = store_cell(rows, i, ENGINE_ROW_STAMP + 1 + c)->number;
  return row;
}

static struct sealed_at engine_row_key_place(const struct engine_row *row) {
  return (struct sealed_at){SEALED_ENGINE, row->id, {row->kind, row->base_url, row->key_header}};
}

static struct sealed_at engine_row_place(const struct engine_row *row, struct arena *a) {
  struct str limits = arena_printf(a, "%lld/%lld/%lld", (long long)row->tokens, (long long)row->output,
                                   (long long)row->seconds);
  return (struct sealed_at){STAMPED_ENGINE,
                            row->id,
                            {row->name, row->kind, row->model, row->base_url, row->key_header, row->dialect,
                             row->effort, limits, row->is_default ? STR("1") : STR("0")}};
}

bool engine_row_open_key(struct store *s, const struct engine_row *row, struct secret **key,
                         struct err *err) {
  struct sealed_at at = engine_row_key_place(row);
  *key = NULL;
  if (!row->key.n) return true;
  if (!store_ring(s)) return err_set(err, ERR_INTERNAL, "the store has no keys");
  return sealed_open(store_ring(s), &at, row->key, key, err);
}

bool engine_row_missing(struct str named, struct err *err) {
  err_at(err, ERR_MISSING, "engine", "there is no engine '%.*s'", STR_MOST(named, ENGINE_NAME_MOST));
  err_hint(err, "postern engine list, or GET /engines, has them");
  return false;
}

// ---- written; each within a transaction

static bool engine_row_fits(struct store *s, const struct engine_row *row, struct arena *a, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(row->name), STORE_TEXT(row->id)};
  struct store_rows rows;
  if (!store_query(s, "SELECT count(*), count(CASE WHEN name = $1 THEN 1 END) FROM engine WHERE id <> $2",
                   values, 2, a, &rows, err))
    return false;
  if (store_cell(&rows, 0, 1)->number) {
    err_fill(err, ERR_CONFLICT, WHY_NAME_TAKEN, "name", "there is an engine '%.*s' already",
             STR_ARG(row->name));
    err_hint(err, "change that one, or take another name; where it is not listed its row is damaged, and "
                  "'postern engine unset' removes it");
    return false;
  }
  if (store_cell(&rows, 0, 0)->number < ENGINES_MOST) return true;
  err_set(err, ERR_LIMIT, "there are %d engines, and may not be more", ENGINES_MOST);
  err_hint(err, "unset some first");
  return false;
}

static bool engine_row_put_key(struct store *s, const struct engine_row_change *change, struct arena *a,
                               struct err *err) {
  struct sealed_at at = engine_row_key_place(change->row);
  struct str blob = STR("");
  if (change->keeps_key) return true;
  if (change->key.n && !store_ring(s))
    return err_set(err, ERR_INTERNAL, "the store has no keys, and an engine's key is kept sealed");
  if (change->key.n && !sealed_close(store_ring(s), &at, change->key, a, &blob, err)) return false;
  const struct store_value values[] = {STORE_TEXT(blob), STORE_TEXT(change->row->id)};
  return store_run(s, "UPDATE engine SET key = $1 WHERE id = $2", values, 2, NULL, err);
}

static bool engine_row_put(struct store *s, const struct engine_row *row, bool is_new, struct arena *a,
                           struct err *err) {
  struct sealed_at at = engine_row_place(row, a);
  struct str stamp;
  int64_t changed = 0;
  if (!sealed_stamp(s, &at, a, &stamp, err)) return false;
  const struct store_value values[] = {STORE_TEXT(row->name),
                                       STORE_TEXT(row->kind),
                                       STORE_TEXT(row->model),
                                       STORE_TEXT(row->base_url),
                                       STORE_TEXT(row->key_header),
                                       STORE_TEXT(row->dialect),
                                       STORE_TEXT(row->effort),
                                       STORE_TEXT(row->status),
                                       STORE_TEXT(row->status_text),
                                       STORE_INT(row->tokens),
                                       STORE_INT(row->output),
                                       STORE_INT(row->seconds),
                                       STORE_INT(row->is_default),
                                       STORE_INT(row->updated_at),
                                       STORE_INT(row->tested_at),
                                       STORE_TEXT(stamp),
                                       STORE_INT(row->version + 1),
                                       STORE_TEXT(row->id),
                                       is_new ? STORE_INT(row->created_at) : STORE_INT(row->version)};
  if (!store_run(
          s,
          is_new ? "INSERT INTO engine (name, kind, model, base_url, key_header, dialect, effort, status, "
                   "status_text, tokens, output, seconds, is_default, updated_at, tested_at, stamp, version, "
                   "id, "
                   "created_at, key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
                   "$15, $16, "
                   "$17, $18, $19, '')"
                 : "UPDATE engine SET name = $1, kind = $2, model = $3, base_url = $4, key_header = $5, "
                   "dialect = $6, "
                   "effort = $7, status = $8, status_text = $9, tokens = $10, output = $11, seconds = $12, "
                   "is_default = $13, updated_at = $14, tested_at = $15, stamp = $16, version = $17 "
                   "WHERE id = $18 AND version = $19",
          values, sizeof values / sizeof *values, &changed, err))
    return false;
  return changed || store_outdated("the engine", err);
}

static bool engine_row_write_body(struct store *s, void *arg, struct err *err) {
  const struct engine_row_change *change = arg;
  struct arena *a = arena_new();
  bool ok = engine_row_fits(s, change->row, a, err) &&
            engine_row_put(s, change->row, change->is_new, a, err) && engine_row_put_key(s, change, a, err) &&
            changelog_note(s, CHANGELOG_ENGINE, change->row->id, err);
  arena_free(a);
  return ok;
}

bool engine_row_write(struct store *s, const struct engine_row_change *change, struct err *err) {
  struct engine_row_change copy = *change;
  if (!store_transact(s, engine_row_write_body, &copy, err)) return false;
  change->row->version++;
  if (!change->keeps_key) store_settle(s); // the old one leaves the log too
  return true;
}

bool engine_row_note(struct store *s, const struct engine_row *row, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(row->status), STORE_TEXT(row->status_text),
                                       STORE_INT(row->tested_at), STORE_TEXT(row->id)};
  const struct changelog_change change = {
      CHANGELOG_ENGINE, row->id,
      "UPDATE engine SET status = $1, status_text = $2, tested_at = $3 WHERE id = $4", values, 4};
  return changelog_run(s, &change, NULL, err);
}

bool engine_row_delete(struct store *s, struct str id_or_name, struct err *err) {
  int64_t changed = 0;
  const struct changelog_change change = {CHANGELOG_ENGINE, id_or_name,
                                          "DELETE FROM engine WHERE id = $1 OR name = $1",
                                          &STORE_TEXT(id_or_name), 1};
  if (!changelog_run(s, &change, &changed, err)) return false;
  if (!changed) return engine_row_missing(id_or_name, err);
  store_settle(s);
  return true;
}

// Only rows that are ours are stamped anew, or one that somebody else wrote would be vouched for.
static bool engine_row_default_body(struct store *s, void *arg, struct err *err) {
  struct str id = *(const struct str *)arg;
  struct engine_row *rows;
  struct arena *a = arena_new();
  size_t count;
  bool ok = engine_row_all(s, a, &rows, &count, err), found = !id.n;
  for (size_t i = 0; ok && i < count; i++) {
    bool is = str_eq(rows[i].id, id);
    found = found || is;
    if (rows[i].is_default == is) continue;
    rows[i].is_default = is;
    ok = engine_row_put(s, &rows[i], false, a, err);
  }
  arena_free(a);
  return ok && (found || store_outdated("the engine", err)) && changelog_note(s, CHANGELOG_ENGINE, id, err);
}

bool engine_row_set_default(struct store *s, struct str id, struct err *err) {
  return store_transact(s, engine_row_default_body, &id, err);
}

// ---- read

bool engine_row_all(struct store *s, struct arena *a, struct engine_row **out, size_t *count,
                    struct err *err) {
  struct store_rows rows;
  if (!store_query(s, "SELECT " ENGINE_ROW_COLUMNS " FROM engine ORDER BY name", NULL, 0, a, &rows, err))
    return false;
  struct engine_row *all = ARENA_ARRAY(a, rows.count + 1, struct engine_row);
  size_t n = 0;
  for (size_t i = 0; i < rows.count; i++) {
    struct err why;
    struct engine_row row = engine_row_read(&rows, i);
    struct sealed_at at = engine_row_place(&row, a);
    if (sealed_is_ours(s, &at, store_cell(&rows, i, ENGINE_ROW_STAMP)->text, &why))
      all[n++] = row;
    else
      log_warn("the engine %.*s is left out: %s", STR_ARG(row.id), why.text);
  }
  *out = all;
  *count = n;
  return true;
}
