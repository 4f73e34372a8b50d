// SPDX-License-Identifier: Apache-2.0
#include "shelf/shelf_row.h"

#include "account/sealed.h"
#include "store/changelog.h"

static struct sealed_at shelf_row_place(const struct shelf_row *row) {
  return (struct sealed_at){
      SEALED_PROGRAM, row->id, {row->name, row->owner, row->is_private ? STR("private") : STR("shared")}};
}

static bool shelf_row_seal(struct store *s, const struct shelf_row *row, struct arena *a, struct str *blob,
                           struct err *err) {
  struct sealed_at at = shelf_row_place(row);
  if (store_ring(s)) return sealed_close(store_ring(s), &at, row->document, a, blob, err);
  return err_set(err, ERR_INTERNAL, "the store has no keys, and programs are kept sealed");
}

bool shelf_name_is_good(struct str name, struct err *err) {
  bool plain = name.n && name.n <= SHELF_NAME_MOST && !str_starts(name, ".") && !str_starts(name, "prg_");
  for (size_t i = 0; i < name.n; i++) plain &= name.p[i] != '/' && (unsigned char)name.p[i] >= ' ';
  return plain ||
         err_at(err, ERR_INVALID, "name",
                "a program's name has 1 to %d bytes, no slash and no line end, and begins neither with a "
                "dot nor with prg_",
                SHELF_NAME_MOST);
}

static bool shelf_row_taken(struct str name, struct err *err) {
  if (err->code != ERR_CONFLICT) return false;
  err_fill(err, ERR_CONFLICT, WHY_NAME_TAKEN, "name", "there is a program '%.*s' already", STR_ARG(name));
  err_hint(err, "take another name, or change that one");
  return false;
}

// Within the transaction that adds to it. `instead`: one whose bytes do not count, since it is replaced.
static bool shelf_row_has_room(struct store *s, const struct shelf_row *row, struct str instead,
                               struct arena *a, struct err *err) {
  struct store_rows rows;
  if (!store_query(s, "SELECT count(*), coalesce(sum(bytes), 0) FROM program WHERE id <> $1",
                   &STORE_TEXT(instead), 1, a, &rows, err))
    return false;
  int64_t count = store_cell(&rows, 0, 0)->number, bytes = store_cell(&rows, 0, 1)->number;
  if (count < SHELF_MOST && bytes + (int64_t)row->document.n <= SHELF_BYTES_MOST) return true;
  err_set(err, ERR_LIMIT, "%lld programs with %lld bytes are kept, of %d and %d allowed", (long long)count,
          (long long)bytes, SHELF_MOST, SHELF_BYTES_MOST);
  err_hint(err, "delete some first");
  return false;
}

static bool shelf_row_insert_body(struct store *s, void *arg, struct err *err) {
  const struct shelf_row *row = arg;
  struct arena *a = arena_new();
  struct str blob;
  bool ok = shelf_row_has_room(s, row, STR(""), a, err) && shelf_row_seal(s, row, a, &blob, err);
  if (ok) {
    const struct store_value values[] = {STORE_TEXT(row->id),
                                         STORE_TEXT(row->name),
                                         STORE_TEXT(row->owner),
                                         STORE_TEXT(row->is_private ? STR("private") : STR("shared")),
                                         STORE_INT((int64_t)row->document.n),
                                         STORE_INT(row->created_at),
                                         STORE_INT(row->updated_at),
                                         STORE_INT(row->version),
                                         STORE_TEXT(blob)};
    ok =
        store_run(s,
                  "INSERT INTO program (id, name, owner, visibility, bytes, created_at, updated_at, version, "
                  "document) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                  values, sizeof values / sizeof *values, NULL, err) ||
        shelf_row_taken(row->name, err);
  }
  arena_free(a);
  return ok && changelog_note(s, CHANGELOG_PROGRAM, row->id, err);
}

bool shelf_row_insert(struct store *s, const struct shelf_row *row, struct err *err) {
  struct shelf_row copy = *row;
  return store_transact(s, shelf_row_insert_body, &copy, err);
}

static bool shelf_row_update_body(struct store *s, void *arg, struct err *err) {
  const struct shelf_row *row = arg;
  struct arena *a = arena_new();
  struct str blob;
  int64_t changed = 0;
  bool ok = shelf_row_has_room(s, row, row->id, a, err) && shelf_row_seal(s, row, a, &blob, err);
  if (ok) {
    const struct store_value values[] = {STORE_TEXT(row->name),
                                         STORE_TEXT(row->is_private ? STR("private") : STR("shared")),
                                         STORE_INT((int64_t)row->document.n),
                                         STORE_INT(row->updated_at),
                                         STORE_INT(row->version),
                                         STORE_TEXT(blob),
                                         STORE_TEXT(row->id),
                                         STORE_INT(row->version - 1),
                                         STORE_TEXT(row->owner)};
    ok =
        store_run(s,
                  "UPDATE program SET name = $1, visibility = $2, bytes = $3, updated_at = $4, version = $5, "
                  "document = $6 WHERE id = $7 AND version = $8 AND owner = $9",
                  values, sizeof values / sizeof *values, &changed, err) ||
        shelf_row_taken(row->name, err);
  }
  arena_free(a);
  if (!ok || changed) return ok && changelog_note(s, CHANGELOG_PROGRAM, row->id, err);
  err_at(err, ERR_CONFLICT, "version", "the program was changed or deleted in the meantime");
  err_hint(err, "read it again, then retry");
  return false;
}

bool shelf_row_update(struct store *s, const struct shelf_row *row, struct err *err) {
  struct shelf_row copy = *row;
  return store_transact(s, shelf_row_update_body, &copy, err);
}

bool shelf_row_delete(struct store *s, struct str id, struct err *err) {
  int64_t changed = 0;
  const struct changelog_change change = {CHANGELOG_PROGRAM, id, "DELETE FROM program WHERE id = $1",
                                          &STORE_TEXT(id), 1};
  if (!changelog_run(s, &change, &changed, err)) return false;
  return changed || err_set(err, ERR_MISSING, "the program was deleted meanwhile");
}

bool shelf_row_versions(struct store *s, struct arena *a, struct store_rows *out, struct err *err) {
  return store_query(s, "SELECT id, version FROM program ORDER BY id", NULL, 0, a, out, err);
}

bool shelf_row_read(struct store *s, struct str id, struct arena *a, struct shelf_row *out, struct err *err) {
  struct store_rows rows;
  struct secret *plain;
  if (!store_query(
          s,
          "SELECT id, name, owner, visibility, created_at, updated_at, version, document FROM program "
          "WHERE id = $1",
          &STORE_TEXT(id), 1, a, &rows, err))
    return false;
  if (!rows.count) return err_set(err, ERR_MISSING, "the program was deleted meanwhile");
  struct shelf_row row = {.id = store_cell(&rows, 0, 0)->text,
                          .name = store_cell(&rows, 0, 1)->text,
                          .owner = store_cell(&rows, 0, 2)->text,
                          .is_private = str_is(store_cell(&rows, 0, 3)->text, "private"),
                          .created_at = store_cell(&rows, 0, 4)->number,
                          .updated_at = store_cell(&rows, 0, 5)->number,
                          .version = store_cell(&rows, 0, 6)->number};
  struct sealed_at at = shelf_row_place(&row);
  if (!store_ring(s))
    return err_set(err, ERR_INTERNAL, "the store has no keys, and programs are kept sealed");
  if (!sealed_open(store_ring(s), &at, store_cell(&rows, 0, 7)->text, &plain, err)) return false;
  row.document = arena_dup(a, secret_reveal(plain));
  secret_free(plain);
  *out = row;
  return true;
}
