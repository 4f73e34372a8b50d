// SPDX-License-Identifier: Apache-2.0
#include "board/tile_row.h"

#include "account/sealed.h"
#include "base/log.h"
#include "data/json.h"
#include "store/changelog.h"

#define TILE_COLUMNS                                                                                         \
  "id, dashboard_id, place, size, every_ms, owner, created_at, updated_at, version, document FROM tile "

enum { TILE_DOCUMENT_MOST = 240 * 1024 };

static struct sealed_at tile_at(const struct board_tile *t) {
  return (struct sealed_at){SEALED_TILE, t->id, {t->dashboard_id, t->owner}};
}

struct board_uses board_uses_of(struct str program, struct arena *a) {
  yyjson_doc *doc = yyjson_read(program.p, program.n, YYJSON_READ_NUMBER_AS_RAW);
  yyjson_val *steps = yyjson_obj_get(yyjson_doc_get_root(doc), "steps"), *step, *key;
  size_t i, n, k, m, most = 0, count = 0;
  yyjson_arr_foreach (steps, i, n, step) most += yyjson_arr_size(yyjson_obj_get(step, "keys"));
  struct str *ids = ARENA_ARRAY(a, most + 1, struct str);
  yyjson_arr_foreach (steps, i, n, step)
    yyjson_arr_foreach (yyjson_obj_get(step, "keys"), k, m, key) {
      struct str id = json_str(key, "account");
      size_t at = 0;
      while (at < count && !str_eq(ids[at], id)) at++;
      if (at == count) ids[count++] = arena_dup(a, id);
    }
  yyjson_doc_free(doc);
  return (struct board_uses){ids, count};
}

// ---- the document

static bool tile_seal(struct store *s, const struct board_tile *t, struct arena *a, struct str *blob,
                      size_t *bytes, struct err *err) {
  struct sealed_at at = tile_at(t);
  struct buf out = BUF_MAX(TILE_DOCUMENT_MOST);
  buf_add_z(&out, "{\"title\":");
  json_add_string(&out, t->title);
  buf_add_z(&out, ",\"result\":");
  json_add_string(&out, t->result);
  if (t->answer.n) {
    buf_add_z(&out, ",\"answer\":");
    json_add_string(&out, t->answer);
  }
  if (t->parameters.n) buf_printf(&out, ",\"parameters\":%.*s", STR_ARG(t->parameters));
  buf_printf(&out, ",\"program\":%.*s}", STR_ARG(t->program));
  *bytes = out.n;
  bool ok =
      (!out.full || err_set(err, ERR_LIMIT, "the tile's program is too long")) &&
      (store_ring(s) || err_set(err, ERR_INTERNAL, "the store has no keys, and tiles are kept sealed")) &&
      sealed_close(store_ring(s), &at, buf_str(&out), a, blob, err);
  buf_free(&out);
  return ok;
}

static bool tile_open(struct store *s, struct str blob, struct arena *a, struct board_tile *t,
                      struct err *err) {
  struct sealed_at at = tile_at(t);
  struct secret *plain;
  if (!store_ring(s)) return err_set(err, ERR_INTERNAL, "the store has no keys, and tiles are kept sealed");
  if (!sealed_open(store_ring(s), &at, blob, &plain, err)) return false;
  struct str text = secret_reveal(plain);
  yyjson_doc *doc = yyjson_read(text.p, text.n, YYJSON_READ_NUMBER_AS_RAW);
  yyjson_val *root = yyjson_doc_get_root(doc), *parameters = yyjson_obj_get(root, "parameters");
  t->title = arena_dup(a, json_str(root, "title"));
  t->result = arena_dup(a, json_str(root, "result"));
  t->answer = arena_dup(a, json_str(root, "answer"));
  t->program = doc ? json_to_text(a, yyjson_obj_get(root, "program")) : STR("");
  t->parameters = parameters ? json_to_text(a, parameters) : STR("");
  yyjson_doc_free(doc);
  secret_free(plain);
  return t->program.n > 0 || err_set(err, ERR_INTERNAL, "its document is damaged");
}

// ---- written

struct tile_change {
  const struct board_tile *tile;
  int64_t place;
  bool is_new, anew;
};

static bool tile_has_room(struct store *s, const struct board_tile *t, size_t bytes, struct arena *a,
                          struct err *err) {
  const struct store_value values[] = {STORE_TEXT(t->dashboard_id), STORE_TEXT(t->id)};
  struct store_rows rows;
  if (!store_query(
          s,
          "SELECT count(*), coalesce(sum(bytes), 0), count(CASE WHEN dashboard_id = $1 THEN 1 END) FROM tile "
          "WHERE id <> $2",
          values, 2, a, &rows, err))
    return false;
  int64_t all = store_cell(&rows, 0, 0)->number, held = store_cell(&rows, 0, 1)->number,
          here = store_cell(&rows, 0, 2)->number;
  if (all < BOARD_TILES_MOST && here < BOARD_TILES_OF_MOST && held + (int64_t)bytes <= BOARD_TILE_BYTES_MOST)
    return true;
  if (here >= BOARD_TILES_OF_MOST)
    err_set(err, ERR_LIMIT, "the dashboard has %d tiles, and may not have more", BOARD_TILES_OF_MOST);
  else
    err_set(err, ERR_LIMIT, "there are %lld tiles with %lld bytes, of %d and %d allowed", (long long)all,
            (long long)held, BOARD_TILES_MOST, BOARD_TILE_BYTES_MOST);
  err_hint(err, "delete some first");
  return false;
}

static bool tile_write_uses(struct store *s, const struct board_tile *t, struct arena *a, struct err *err) {
  struct board_uses uses = board_uses_of(t->program, a);
  for (size_t i = 0; i < uses.count; i++) {
    const struct store_value values[] = {STORE_TEXT(t->id), STORE_INT((int64_t)i), STORE_TEXT(uses.ids[i]),
                                         i ? STORE_INT((int64_t)i - 1) : STORE_NONE};
    if (!store_run(s, "INSERT INTO tile_use (tile_id, n, account_id, before) VALUES ($1, $2, $3, $4)", values,
                   4, NULL, err))
      return err->code == ERR_CONFLICT
                 ? err_at(err, ERR_MISSING, "program", "an account that it calls was deleted meanwhile")
                 : false;
  }
  return true;
}

// What it gave goes with its accounts, or by itself where it has none.
static bool tile_forget(struct store *s, struct str id, struct err *err) {
  return store_run(s, "DELETE FROM tile_use WHERE tile_id = $1", &STORE_TEXT(id), 1, NULL, err) &&
         store_run(s, "DELETE FROM tile_outcome WHERE tile_id = $1", &STORE_TEXT(id), 1, NULL, err) &&
         store_run(s, "DELETE FROM tile_try WHERE tile_id = $1", &STORE_TEXT(id), 1, NULL, err);
}

static bool tile_insert_row(struct store *s, const struct board_tile *t, size_t bytes, struct str blob,
                            struct err *err) {
  const struct store_value values[] = {
      STORE_TEXT(t->dashboard_id), STORE_TEXT(t->id),        STORE_TEXT(t->size),      STORE_INT(t->every_ms),
      STORE_TEXT(t->owner),        STORE_INT(t->created_at), STORE_INT(t->updated_at), STORE_INT(t->version),
      STORE_INT((int64_t)bytes),   STORE_TEXT(blob)};
  return store_run(
             s,
             "INSERT INTO tile (dashboard_id, place, id, size, every_ms, owner, created_at, updated_at, "
             "version, bytes, document) VALUES ($1, (SELECT count(*) FROM tile WHERE dashboard_id = $1), "
             "$2, $3, $4, $5, $6, $7, $8, $9, $10)",
             values, sizeof values / sizeof *values, NULL, err) ||
         (err->code == ERR_CONFLICT
              ? err_at(err, ERR_MISSING, "dashboard", "the dashboard was deleted meanwhile")
              : false);
}

static bool tile_update_row(struct store *s, const struct board_tile *t, size_t bytes, struct str blob,
                            struct err *err) {
  bool done;
  const struct store_value values[] = {
      STORE_TEXT(t->size),      STORE_INT(t->every_ms), STORE_TEXT(t->owner),
      STORE_INT(t->updated_at), STORE_INT(t->version),  STORE_INT((int64_t)bytes),
      STORE_TEXT(blob),         STORE_TEXT(t->id),      STORE_INT(t->version - 1)};
  return store_change(s,
                      "UPDATE tile SET size = $1, every_ms = $2, owner = $3, updated_at = $4, version = $5, "
                      "bytes = $6, document = $7 WHERE id = $8 AND version = $9",
                      values, sizeof values / sizeof *values, &done, err) &&
         (done || store_outdated("the tile", err));
}

// Close the gap behind it, then make one where it goes.
static bool tile_place(struct store *s, const struct board_tile *t, int64_t place, struct arena *a,
                       struct err *err) {
  struct store_rows rows;
  const struct store_value both[] = {STORE_TEXT(t->dashboard_id), STORE_TEXT(t->id)};
  if (!store_query(s,
                   "SELECT count(*), (SELECT place FROM tile WHERE dashboard_id = $1 AND id = $2) FROM tile "
                   "WHERE dashboard_id = $1",
                   both, 2, a, &rows, err))
    return false;
  int64_t count = store_cell(&rows, 0, 0)->number, was = store_cell(&rows, 0, 1)->number;
  if (!count || store_cell(&rows, 0, 1)->type == STORE_NULL)
    return err_set(err, ERR_MISSING, "the tile was deleted meanwhile");
  if (place < 0 || place >= count) place = count - 1;
  const struct store_value leaves[] = {both[0], STORE_INT(was)},
                           comes[] = {both[0], STORE_INT(place), both[1]},
                           stands[] = {STORE_INT(place), both[1]};
  return store_run(s, "UPDATE tile SET place = place - 1 WHERE dashboard_id = $1 AND place > $2", leaves, 2,
                   NULL, err) &&
         store_run(s,
                   "UPDATE tile SET place = place + 1 WHERE dashboard_id = $1 AND place >= $2 AND id <> $3",
                   comes, 3, NULL, err) &&
         store_run(s, "UPDATE tile SET place = $1 WHERE id = $2", stands, 2, NULL, err);
}

static bool tile_write(struct store *s, const struct tile_change *c, struct arena *a, struct err *err) {
  const struct board_tile *t = c->tile;
  struct str blob;
  size_t bytes;
  if (!tile_seal(s, t, a, &blob, &bytes, err) || !tile_has_room(s, t, bytes, a, err)) return false;
  if (c->is_new)
    return tile_insert_row(s, t, bytes, blob, err) && tile_write_uses(s, t, a, err) &&
           (t->place < 0 || tile_place(s, t, t->place, a, err));
  return tile_update_row(s, t, bytes, blob, err) &&
         (!c->anew || (tile_forget(s, t->id, err) && tile_write_uses(s, t, a, err)));
}

static bool tile_write_body(struct store *s, void *arg, struct err *err) {
  struct arena *a = arena_new();
  bool ok = tile_write(s, arg, a, err) &&
            changelog_note(s, CHANGELOG_TILE, ((const struct tile_change *)arg)->tile->id, err);
  arena_free(a);
  return ok;
}

bool board_tile_insert(struct store *s, const struct board_tile *t, struct err *err) {
  return store_transact(s, tile_write_body, &(struct tile_change){.tile = t, .is_new = true}, err);
}

bool board_tile_update(struct store *s, const struct board_tile *t, bool anew, struct err *err) {
  return store_transact(s, tile_write_body, &(struct tile_change){.tile = t, .anew = anew}, err);
}

static bool tile_move_body(struct store *s, void *arg, struct err *err) {
  struct arena *a = arena_new();
  const struct tile_change *c = arg;
  bool ok = tile_place(s, c->tile, c->place, a, err);
  arena_free(a);
  return ok;
}

bool board_tile_move(struct store *s, const struct board_tile *t, int64_t place, struct err *err) {
  return store_transact(s, tile_move_body, &(struct tile_change){.tile = t, .place = place}, err);
}

static bool tile_delete_body(struct store *s, void *arg, struct err *err) {
  const struct board_tile *t = arg;
  struct arena *a = arena_new();
  bool ok = tile_place(s, t, -1, a, err) &&
            store_run(s, "DELETE FROM tile WHERE id = $1", &STORE_TEXT(t->id), 1, NULL, err) &&
            changelog_note(s, CHANGELOG_TILE, t->id, err);
  arena_free(a);
  return ok;
}

bool board_tile_delete(struct store *s, const struct board_tile *t, struct err *err) {
  struct board_tile copy = *t;
  return store_transact(s, tile_delete_body, &copy, err);
}

// ---- read

static bool tile_take(struct store *s, const struct store_rows *rows, size_t i, struct arena *a,
                      struct board_tile *out) {
  struct err why;
  *out = (struct board_tile){.id = store_cell(rows, i, 0)->text,
                             .dashboard_id = store_cell(rows, i, 1)->text,
                             .place = store_cell(rows, i, 2)->number,
                             .size = store_cell(rows, i, 3)->text,
                             .every_ms = store_cell(rows, i, 4)->number,
                             .owner = store_cell(rows, i, 5)->text,
                             .created_at = store_cell(rows, i, 6)->number,
                             .updated_at = store_cell(rows, i, 7)->number,
                             .version = store_cell(rows, i, 8)->number};
  if (tile_open(s, store_cell(rows, i, 9)->text, a, out, &why)) return true;
  log_warn("the tile %.*s is left out: %s", STR_ARG(out->id), why.text);
  return false;
}

bool board_tile_find(struct store *s, struct str id, struct arena *a, struct board_tile *out,
                     struct err *err) {
  struct store_rows rows;
  if (!store_query(s, "SELECT " TILE_COLUMNS "WHERE id = $1", &STORE_TEXT(id), 1, a, &rows, err))
    return false;
  if (rows.count && tile_take(s, &rows, 0, a, out)) return true;
  err_at(err, ERR_MISSING, "tile", "there is no tile '%.*s'", STR_MOST(id, 64));
  err_hint(err, "GET /dashboard/{dashboard} shows the tiles of a dashboard");
  return false;
}

bool board_tiles_of(struct store *s, struct str dashboard_id, struct arena *a, struct board_tile **out,
                    size_t *count, struct err *err) {
  struct store_rows rows;
  if (!store_query(s, "SELECT " TILE_COLUMNS "WHERE dashboard_id = $1 ORDER BY place",
                   &STORE_TEXT(dashboard_id), 1, a, &rows, err))
    return false;
  struct board_tile *all = ARENA_ARRAY(a, rows.count + 1, struct board_tile);
  size_t n = 0;
  for (size_t i = 0; i < rows.count; i++) n += tile_take(s, &rows, i, a, &all[n]);
  *out = all;
  *count = n;
  return true;
}
