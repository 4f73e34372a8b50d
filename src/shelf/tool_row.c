// SPDX-License-Identifier: Apache-2.0
#include "shelf/tool_row.h"

#include "account/sealed.h"
#include "base/log.h"
#include "store/changelog.h"

static struct sealed_at shelf_tool_row_place(const struct shelf_tool_row *row, struct arena *a) {
  return (struct sealed_at){SEALED_PUBLISHED,
                            arena_printf(a, "%.*s/%.*s", STR_ARG(row->server_id), STR_ARG(row->name)),
                            {row->program_id, row->published_by}};
}

static bool shelf_tool_row_has_room(struct store *s, const struct shelf_tool_row *row, struct arena *a,
                                    struct err *err) {
  const struct store_value values[] = {STORE_TEXT(row->name), STORE_TEXT(row->server_id)};
  struct store_rows rows;
  if (!store_query(
          s, "SELECT count(*), count(CASE WHEN name = $1 THEN 1 END) FROM program_tool WHERE server_id = $2",
          values, 2, a, &rows, err))
    return false;
  if (store_cell(&rows, 0, 1)->number) {
    err_fill(err, ERR_CONFLICT, WHY_NAME_TAKEN, "as", "the server has a published program '%.*s' already",
             STR_ARG(row->name));
    err_hint(err, "unpublish that one first, or take another name");
    return false;
  }
  if (store_cell(&rows, 0, 0)->number < SHELF_TOOLS_MOST) return true;
  err_set(err, ERR_LIMIT, "the server has %d published programs, and may not have more", SHELF_TOOLS_MOST);
  err_hint(err, "unpublish some, or publish on another server");
  return false;
}

static bool shelf_tool_row_write(struct store *s, const struct shelf_tool_row *row, struct arena *a,
                                 struct err *err) {
  struct sealed_at at = shelf_tool_row_place(row, a);
  struct str blob;
  if (!store_ring(s))
    return err_set(err, ERR_INTERNAL, "the store has no keys, and programs are kept sealed");
  if (!sealed_close(store_ring(s), &at, row->description, a, &blob, err)) return false;
  const struct store_value values[] = {STORE_TEXT(row->server_id),   STORE_TEXT(row->name),
                                       STORE_TEXT(row->program_id),  STORE_TEXT(row->published_by),
                                       STORE_INT(row->published_at), STORE_TEXT(blob)};
  if (store_run(
          s,
          "INSERT INTO program_tool (server_id, name, program_id, published_by, published_at, description) "
          "VALUES ($1, $2, $3, $4, $5, $6)",
          values, sizeof values / sizeof *values, NULL, err))
    return true;
  return err->code == ERR_CONFLICT // the name is free: what it refers to has gone
             ? err_set(err, ERR_MISSING, "the server or the program was deleted meanwhile")
             : false;
}

static bool shelf_tool_row_insert_body(struct store *s, void *arg, struct err *err) {
  struct arena *a = arena_new();
  bool ok = shelf_tool_row_has_room(s, arg, a, err) && shelf_tool_row_write(s, arg, a, err) &&
            changelog_note(s, CHANGELOG_PROGRAM, ((const struct shelf_tool_row *)arg)->program_id, err);
  arena_free(a);
  return ok;
}

bool shelf_tool_row_insert(struct store *s, const struct shelf_tool_row *row, struct err *err) {
  struct shelf_tool_row copy = *row;
  return store_transact(s, shelf_tool_row_insert_body, &copy, err);
}

bool shelf_tool_row_delete(struct store *s, struct str server_id, struct str name, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(server_id), STORE_TEXT(name)};
  int64_t changed = 0;
  const struct changelog_change change = {
      CHANGELOG_PROGRAM, STR(""), "DELETE FROM program_tool WHERE server_id = $1 AND name = $2", values, 2};
  if (!changelog_run(s, &change, &changed, err)) return false;
  if (changed) return true;
  err_at(err, ERR_MISSING, "tool", "the server has no published program '%.*s'", STR_MOST(name, 64));
  err_hint(err, "GET /mcp-server/{server_id}/program lists them");
  return false;
}

static bool shelf_tool_row_read(struct store *s, const struct store_rows *rows, size_t i, struct arena *a,
                                struct shelf_tool_row *out, struct err *err) {
  struct shelf_tool_row row = {.server_id = store_cell(rows, i, 0)->text,
                               .name = store_cell(rows, i, 1)->text,
                               .program_id = store_cell(rows, i, 2)->text,
                               .published_by = store_cell(rows, i, 3)->text,
                               .published_at = store_cell(rows, i, 4)->number};
  struct sealed_at at = shelf_tool_row_place(&row, a);
  struct secret *plain;
  if (!store_ring(s)) return err_set(err, ERR_INTERNAL, "the store has no keys");
  if (!sealed_open(store_ring(s), &at, store_cell(rows, i, 5)->text, &plain, err)) return false;
  row.description = arena_dup(a, secret_reveal(plain));
  secret_free(plain);
  *out = row;
  return true;
}

bool shelf_tool_row_all(struct store *s, struct arena *a, struct shelf_tool_row **out, size_t *count,
                        struct err *err) {
  struct store_rows rows;
  if (!store_query(
          s,
          "SELECT server_id, name, program_id, published_by, published_at, description FROM program_tool "
          "ORDER BY server_id, name",
          NULL, 0, a, &rows, err))
    return false;
  struct shelf_tool_row *all = ARENA_ARRAY(a, rows.count + 1, struct shelf_tool_row);
  size_t n = 0;
  for (size_t i = 0; i < rows.count; i++) {
    struct err why;
    if (shelf_tool_row_read(s, &rows, i, a, &all[n], &why))
      n++;
    else
      log_warn("the published program '%.*s' of server %.*s is left out: %s",
               STR_MOST(store_cell(&rows, i, 1)->text, 64), STR_ARG(store_cell(&rows, i, 0)->text), why.text);
  }
  *out = all;
  *count = n;
  return true;
}
