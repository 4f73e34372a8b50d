// SPDX-License-Identifier: Apache-2.0
// Links that show a dashboard, or one tile of it, to whoever has them: made, listed, revoked; and what is told by them, as a
// page, as JSON and as CSV. Such a link gives the outcomes of its tiles, read-only, and nothing else: no program, no
// reason of a failure (a vendor's words), no warning, no name of an account.
#include "admin/share.h"

#include "admin/boards.h"
#include "admin/body.h"
#include "admin/paging.h"
#include "admin/put.h"
#include "base/clock.h"
#include "board/share_row.h"
#include "data/csv.h"
#include "data/json.h"
#include "io/pool.h"

enum { SHARE_DAYS = 30, SHARE_DAYS_MOST = 366 };
#define SHARE_DAY_MS ((int64_t)24 * 60 * 60 * 1000)

static struct store *share_store(const struct admin_call *call) {
  return call->env->board->store;
}

// ---- what is told of a tile

static struct str share_document(struct arena *a, const struct boards_tile *t) {
  struct buf out = BUF_MAX(BOARD_OUTCOME_MOST * 2);
  yyjson_doc *doc;
  yyjson_val *result = boards_result(t, &doc), *root = yyjson_doc_get_root(doc);
  put_open(&out, NULL, '{');
  put_text(&out, "id", t->tile.id);
  put_text(&out, "title", t->tile.title);
  put_text(&out, "size", t->tile.size);
  put_text(&out, "state", str_of(boards_state(t)));
  put_time(&out, "as_of", t->outcome.at);
  put_bool(&out, "partial", str_is(json_str(root, "status"), "partial"));
  put_text_or_null(&out, "now", json_str(root, "now"));
  put_text_or_null(&out, "zone", json_str(root, "zone"));
  if (result)
    put_value(&out, "data", result);
  else
    put_json(&out, "data", STR_NONE);
  put_close(&out, '}');
  struct str text = out.full ? STR("") : arena_dup(a, buf_str(&out));
  buf_free(&out);
  yyjson_doc_free(doc);
  return text;
}

// As parts: all tiles, or the one of this id.
static bool share_read_live(struct admin_call *call, struct str dashboard_id, struct str tile_id,
                            struct share_shown *out, struct err *err) {
  const struct boards_wanted wanted = {dashboard_id, tile_id, BOARD_READ_OUTCOME};
  struct boards_tile *tiles;
  size_t count;
  if (!boards_read_tiles(call, &wanted, &tiles, &count, err)) return false;
  out->parts = ARENA_ARRAY(call->arena, count + 1, struct board_part);
  out->count = 0;
  for (size_t i = 0; i < count; i++) {
    struct board_part part = {tiles[i].tile.id, share_document(call->arena, &tiles[i]),
                              board_uses_of(tiles[i].tile.program, call->arena)};
    if (part.document.n) out->parts[out->count++] = part;
  }
  return true;
}

// ---- made

struct share_making {
  struct admin_call *call;
  struct board_share row;
  struct share_shown shown;
};

static bool share_make_job(void *arg, struct err *err) {
  struct share_making *m = arg;
  struct board_share *row = &m->row;
  if (!row->is_live && !share_read_live(m->call, row->dashboard_id, row->tile_id, &m->shown, err))
    return false;
  return board_share_insert(share_store(m->call), row, m->shown.parts, m->shown.count, err);
}

static void share_put(struct admin_call *call, const struct board_share *row, struct str url) {
  struct buf *out = &call->out;
  const struct access_token *owner = catalog_token_by_id(call->catalog, row->owner);
  put_open(out, NULL, '{');
  put_text(out, "id", row->id);
  put_text(out, "name", row->name);
  put_text(out, "dashboard_id", row->dashboard_id);
  put_text_or_null(out, "tile_id", row->tile_id);
  put_text(out, "mode", row->is_live ? STR("live") : STR("snapshot"));
  put_text(out, "owner", row->owner);
  put_text_or_null(out, "owner_name", owner ? owner->name : STR_NONE);
  put_time(out, "created_at", row->created_at);
  put_time(out, "expires_at", row->expires_at);
  if (url.n) put_text(out, "url", url);
  put_close(out, '}');
}

static bool share_expiry(struct admin_call *call, struct board_share *row, struct err *err) {
  if (!admin_body_read_expiry(call->body, row->created_at, &row->expires_at, err)) return false;
  if (!row->expires_at) row->expires_at = row->created_at + SHARE_DAYS * SHARE_DAY_MS;
  return row->expires_at <= row->created_at + SHARE_DAYS_MOST * SHARE_DAY_MS ||
         err_at(err, ERR_INVALID, "expires_at", "a link lasts at most %d days", SHARE_DAYS_MOST);
}

bool admin_create_share(struct admin_call *call, struct err *err) {
  struct board_row board;
  struct boards_tile tile = {.tile = {.title = STR("")}};
  struct str tile_id = json_str(call->body, "tile"), name = str_trim(json_str(call->body, "name"));
  char id[TOKEN_ID], secret[TOKEN_TEXT];
  struct share_making m = {.call = call};
  if (!boards_find(call, &board, err) || !boards_may_change(call, &board, err)) return false;
  if (tile_id.n) {
    struct board_row of;
    if (!boards_read_tile(call, tile_id, &of, &tile, err)) return false;
    if (!str_eq(of.id, board.id)) return err_at(err, ERR_MISSING, "tile", "the tile is on another dashboard");
  }
  token_id("shr", id);
  token_new("psh", secret);
  m.row = (struct board_share){.id = arena_dup(call->arena, str_of(id)),
                               .dashboard_id = board.id,
                               .tile_id = tile_id,
                               .name = name.n ? name : board.name,
                               .is_live = !str_is(json_str(call->body, "mode"), "snapshot"),
                               .owner = call->who.token.id,
                               .created_at = clock_now_ms()};
  token_hash_hex(str_of(secret), m.row.token_hash);
  if (!share_expiry(call, &m.row, err)) return false;
  call->detail = arena_printf(call->arena, "%.*s, %s, of %.*s%s%.*s", STR_ARG(m.row.id),
                              m.row.is_live ? "live" : "snapshot", STR_ARG(board.id), tile_id.n ? " " : "",
                              STR_ARG(tile_id));
  if (!pool_run(share_make_job, &m, err)) return false;
  share_put(call, &m.row, ARENA_JOIN(call->arena, admin_public_url(call), STR(SHARE_PAGE), str_of(secret)));
  secret_wipe(secret, sizeof secret);
  return true;
}

// ---- listed, revoked

struct share_job {
  struct admin_call *call;
  struct board_share *all;
  struct board_row *boards;
  size_t count, board_count;
  struct str id;
};

static bool share_all_job(void *arg, struct err *err) {
  struct share_job *job = arg;
  return board_share_all(share_store(job->call), job->call->arena, &job->all, &job->count, err) &&
         board_all(share_store(job->call), job->call->arena, &job->boards, &job->board_count, err);
}

// Of an editor's own dashboards alone.
static bool share_is_seen(const struct share_job *job, const struct board_share *row) {
  struct err none;
  for (size_t i = 0; i < job->board_count; i++)
    if (str_eq(job->boards[i].id, row->dashboard_id))
      return boards_sees(job->call, &job->boards[i]) && boards_may_change(job->call, &job->boards[i], &none);
  return false;
}

bool admin_list_shares(struct admin_call *call, struct err *err) {
  struct share_job job = {.call = call};
  if (!pool_run(share_all_job, &job, err)) return false;
  struct paging page = paging_begin(call);
  for (size_t i = 0; i < job.count && !page.full; i++)
    if (share_is_seen(&job, &job.all[i]) && paging_takes(&page, job.all[i].id))
      share_put(call, &job.all[i], STR(""));
  paging_close(&page);
  paging_end(&page);
  return true;
}

static bool share_delete_job(void *arg, struct err *err) {
  struct share_job *job = arg;
  return board_share_delete(share_store(job->call), job->id, err);
}

bool admin_delete_share(struct admin_call *call, struct err *err) {
  struct share_job job = {.call = call, .id = http_param(&call->params, "share")};
  if (!pool_run(share_all_job, &job, err)) return false;
  for (size_t i = 0; i < job.count; i++) {
    if (!str_eq(job.all[i].id, job.id) || !share_is_seen(&job, &job.all[i])) continue;
    call->detail = arena_printf(call->arena, "%.*s \"%.*s\"", STR_ARG(job.id), STR_ARG(job.all[i].name));
    return pool_run(share_delete_job, &job, err);
  }
  err_at(err, ERR_MISSING, "share", "there is no link '%.*s'", STR_MOST(job.id, 64));
  err_hint(err, "GET /share lists them");
  return false;
}

// ---- what is told by one

struct share_opening {
  struct admin_call *call;
  struct share_shown *out;
};

static bool share_open_job(void *arg, struct err *err) {
  struct share_opening *o = arg;
  struct admin_call *call = o->call;
  struct board_share *row = &o->out->row;
  struct board_row board;
  if (!board_share_find(share_store(call), http_param(&call->params, "secret"), clock_now_ms(), call->arena,
                        row, err))
    return false;
  bool there = board_find(share_store(call), row->dashboard_id, call->arena, &board, err);
  if (!there && err->code != ERR_MISSING) return false;
  if (!there || board_owner_lost(call->catalog, row->owner).n ||
      !boards_sees_as(call->catalog, &board, row->owner) || // it may have become private meanwhile
      !board_is_changed_by(call->catalog, &board, row->owner))
    return err_set(err, ERR_MISSING, "this link is unknown, revoked or has expired");
  // What is asked for of what is shown: no more is read than is told.
  struct str wanted = http_param(&call->params, "tile"), only = wanted.n ? wanted : row->tile_id;
  if (row->tile_id.n && !str_eq(only, row->tile_id)) return o->out->count = 0, true;
  return row->is_live ? share_read_live(call, row->dashboard_id, only, o->out, err)
                      : board_share_parts(share_store(call), row, wanted, call->arena, &o->out->parts,
                                          &o->out->count, err);
}

bool admin_open_share(struct admin_call *call, struct share_shown *out, struct err *err) {
  http_reply_header(call->http, "X-Robots-Tag", STR("noindex, nofollow"));
  if (!pool_run(share_open_job, &(struct share_opening){call, out}, err)) return false;
  if (!out->row.is_live) return true;
  struct str *ids = ARENA_ARRAY(call->arena, out->count + 1, struct str);
  for (size_t i = 0; i < out->count; i++) ids[i] = out->parts[i].tile_id;
  schedule_look(ids, out->count); // who looks later sees what is newer
  return true;
}

// The tile that {tile} names, of those that the link shows.
static bool share_tile(struct admin_call *call, struct str *document, struct err *err) {
  struct share_shown shown;
  struct str id = http_param(&call->params, "tile");
  http_reply_header(call->http, "Referrer-Policy", STR("no-referrer"));
  http_reply_header(call->http, "X-Content-Type-Options", STR("nosniff"));
  if (!admin_open_share(call, &shown, err)) return false;
  for (size_t i = 0; i < shown.count; i++)
    if (str_eq(shown.parts[i].tile_id, id)) return *document = shown.parts[i].document, true;
  return err_set(err, ERR_MISSING, "this link shows no such tile");
}

bool admin_get_shared_tile(struct admin_call *call, struct err *err) {
  struct str document;
  if (!share_tile(call, &document, err)) return false;
  buf_add(&call->out, document);
  return true;
}

bool admin_get_shared_csv(struct admin_call *call, struct err *err) {
  struct str document;
  if (!share_tile(call, &document, err)) return false;
  yyjson_doc *doc = yyjson_read(document.p, document.n, YYJSON_READ_NUMBER_AS_RAW);
  yyjson_val *data = yyjson_obj_get(yyjson_doc_get_root(doc), "data");
  bool has = yyjson_is_obj(data);
  if (has) csv_write(yyjson_obj_get(data, "columns"), yyjson_obj_get(data, "rows"), CSV_GUARDED, &call->out);
  yyjson_doc_free(doc);
  http_reply_header(call->http, "Content-Disposition", STR("attachment; filename=\"tile.csv\""));
  return has || err_set(err, ERR_MISSING, "the tile has given nothing yet");
}
