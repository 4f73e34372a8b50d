// SPDX-License-Identifier: Apache-2.0
// Tiles over HTTP: pinned to a dashboard, shown, changed, moved, refreshed, deleted; what they gave as JSON and as CSV, and
// their values over time.
#include "admin/answers.h"
#include "admin/boards.h"
#include "admin/change.h"
#include "admin/put.h"
#include "admin/view.h"
#include "base/clock.h"
#include "crypto/token.h"
#include "data/csv.h"
#include "data/json.h"
#include "io/pool.h"

enum { TILE_WAIT_S = 45, TILE_PARAMETERS_MOST = 16 * 1024 };

static struct store *tile_store(const struct admin_call *call) {
  return call->env->board->store;
}

// ---- shown

bool admin_get_tile(struct admin_call *call, struct err *err) {
  struct board_row board;
  struct boards_tile t;
  if (!boards_find_tile(call, &board, &t, err)) return false;
  boards_put_tile(call, &t, BOARDS_WHOLE);
  return true;
}

bool admin_get_tile_csv(struct admin_call *call, struct err *err) {
  struct board_row board;
  struct boards_tile t;
  yyjson_doc *doc;
  if (!boards_find_tile(call, &board, &t, err)) return false;
  yyjson_val *result = boards_result(&t, &doc);
  if (result)
    csv_write(yyjson_obj_get(result, "columns"), yyjson_obj_get(result, "rows"), CSV_GUARDED, &call->out);
  yyjson_doc_free(doc);
  http_reply_header(call->http, "Content-Disposition", STR("attachment; filename=\"tile.csv\""));
  http_reply_header(call->http, "X-Content-Type-Options", STR("nosniff"));
  return result || err_at(err, ERR_MISSING, "tile", "the tile has given nothing yet");
}

bool admin_get_tile_history(struct admin_call *call, struct err *err) {
  struct board_row board;
  struct boards_tile t;
  if (!boards_find_tile(call, &board, &t, err)) return false;
  struct buf points = BUF_MAX(ADMIN_REPLY_MOST);
  values_write(t.outcome.points, &points);
  put_open(&call->out, NULL, '{');
  put_text(&call->out, "tile_id", t.tile.id);
  put_json(&call->out, "items", buf_str(&points));
  put_close(&call->out, '}');
  buf_free(&points);
  return true;
}

// ---- what is pinned

// Of a kept program, the stable form goes through the names of today: what fits no more is told.
static bool tile_take_stored(struct boards_pin *pin, struct str named, struct err *err) {
  struct admin_call *call = pin->call;
  const struct shelf_entry *e;
  struct stable_look look = {.catalog = call->catalog, .arena = call->arena};
  if (!admin_stored_named(call, named, "stored", &e, err)) return false;
  if (e->verdict.state != SHELF_OK)
    return err_at(err, ERR_UNPROCESSABLE, "stored", "the program is broken (%s): %.*s",
                  shelf_state_name(e->verdict.state), STR_ARG(e->verdict.why));
  pin->program = stable_write(yyjson_doc_get_root(e->program->doc), &look, STABLE_IDS, call->arena);
  stable_done(&look);
  return true;
}

static bool tile_take_answer(struct boards_pin *pin, struct str id, struct err *err) {
  struct admin_call *call = pin->call;
  struct answers_read r = {.call = call, .asker = answers_asker(call), .id = id};
  struct stable_look look = {.catalog = call->catalog, .arena = call->arena};
  if (!answers_read(&r, err)) return false;
  yyjson_val *program = answer_program(&r.answer);
  bool ok = program != NULL;
  if (program)
    pin->program = stable_write(program, &look, STABLE_IDS, call->arena);
  else
    err_at(err, ERR_UNPROCESSABLE, "answer",
           "the question ended without a program: there is nothing to run again");
  stable_done(&look);
  if (ok && r.verdict.state != SHELF_OK)
    ok = err_at(err, ERR_UNPROCESSABLE, "answer", "its program is broken (%s): %.*s",
                shelf_state_name(r.verdict.state), STR_ARG(r.verdict.why));
  if (!pin->tile.title.n)
    pin->tile.title =
        arena_dup(call->arena, str_cut_utf8(str_trim(answer_question(&r.answer)), BOARD_TITLE_MOST));
  answer_free(&r.answer);
  return ok;
}

static bool tile_take_program(struct boards_pin *pin, struct err *err) {
  struct admin_call *call = pin->call;
  yyjson_val *program = yyjson_obj_get(call->body, "program");
  struct str stored = json_str(call->body, "stored"), answer = json_str(call->body, "answer");
  if ((stored.n > 0) + (answer.n > 0) + (program != NULL) > 1)
    return err_at(err, ERR_INVALID, "program", "give one of program, stored, answer");
  if (stored.n || answer.n || program) pin->tile.answer = answer;
  if (stored.n) return tile_take_stored(pin, stored, err);
  if (answer.n) return tile_take_answer(pin, answer, err);
  if (program) pin->program = json_to_text(call->arena, program);
  if (pin->program.n > PROGRAM_BYTES_MOST)
    return err_at(err, ERR_INVALID, "program", "the program has %zu bytes, of %d allowed", pin->program.n,
                  PROGRAM_BYTES_MOST);
  return true;
}

static bool tile_take_numbers(struct boards_pin *pin, struct err *err) {
  yyjson_val *body = pin->call->body;
  int64_t every_s = json_int(body, "every_seconds", pin->tile.every_ms / 1000);
  if (every_s && every_s * 1000 < BOARD_EVERY_LEAST_MS)
    return err_at(err, ERR_INVALID, "every_seconds", "at least %d, or 0: it is not run by itself",
                  BOARD_EVERY_LEAST_MS / 1000);
  pin->tile.every_ms = every_s * 1000;
  return true;
}

// What is left out stays, null takes away (RFC 7396).
static struct str tile_merge(struct admin_call *call, struct str was, yyjson_val *patch) {
  yyjson_doc *before = yyjson_read(was.p, was.n, YYJSON_READ_NUMBER_AS_RAW);
  yyjson_doc *merged = json_merge(yyjson_doc_get_root(before), patch);
  bool none = !yyjson_obj_size(yyjson_doc_get_root(merged));
  struct str text = none ? STR_NONE : json_to_text(call->arena, yyjson_doc_get_root(merged));
  yyjson_doc_free(merged);
  yyjson_doc_free(before);
  return text;
}

// "title", "result", "size", "every_seconds", "parameters", "chart", "program", "stored": what of them is there.
static bool tile_read(struct boards_pin *pin, struct err *err) {
  struct admin_call *call = pin->call;
  yyjson_val *body = call->body, *parameters = yyjson_obj_get(body, "parameters");
  if (yyjson_obj_get(body, "title")) pin->tile.title = str_trim(json_str(body, "title"));
  if (yyjson_obj_get(body, "result")) pin->tile.result = json_str(body, "result");
  if (yyjson_obj_get(body, "size")) pin->tile.size = json_str(body, "size");
  if (parameters) pin->tile.parameters = tile_merge(call, pin->tile.parameters, parameters);
  if (pin->tile.parameters.n > TILE_PARAMETERS_MOST)
    return err_at(err, ERR_INVALID, "parameters", "at most %d bytes", TILE_PARAMETERS_MOST);
  pin->chart = yyjson_obj_get(body, "chart");
  pin->tile.updated_at = clock_now_ms();
  return tile_take_numbers(pin, err) && tile_take_program(pin, err) &&
         admin_view_server(call, &pin->server, err);
}

static bool tile_insert_job(void *arg, struct err *err) {
  struct boards_pin *pin = arg;
  return boards_settle(pin, err) && board_tile_insert(tile_store(pin->call), &pin->tile, err);
}

static bool tile_put_new(struct admin_call *call, struct str id, struct err *err) {
  struct board_row board;
  struct boards_tile t;
  if (!boards_read_tile(call, id, &board, &t, err)) return false;
  boards_put_tile(call, &t, BOARDS_WHOLE);
  return true;
}

bool admin_pin_tile(struct admin_call *call, struct err *err) {
  struct board_row board;
  char id[TOKEN_ID];
  token_id("til", id);
  if (!boards_find(call, &board, err) || !boards_may_change(call, &board, err)) return false;
  struct boards_pin pin = {.call = call,
                           .tile = {.id = arena_dup(call->arena, str_of(id)),
                                    .dashboard_id = board.id,
                                    .owner = call->who.token.id,
                                    .size = STR("half"),
                                    .place = json_int(call->body, "place", -1),
                                    .created_at = clock_now_ms(),
                                    .version = 1}};
  if (!tile_read(&pin, err)) return false;
  if (!pin.program.n)
    return err_at(err, ERR_INVALID, "program", "say what is pinned: a program, a kept one, or an answer");
  call->detail = arena_printf(call->arena, "%.*s on %.*s", STR_ARG(pin.tile.id), STR_ARG(board.id));
  if (!pool_run(tile_insert_job, &pin, err)) return admin_put_faults(call, &pin.faults, err);
  boards_follow(call);
  schedule_look(&pin.tile.id, 1);
  return tile_put_new(call, pin.tile.id, err);
}

// ---- changed

// What it shows of which program becomes another: it is the changer's then, who answers for what is called.
static bool tile_is_anew(const struct boards_pin *pin, const struct board_tile *was) {
  return pin->program.n || pin->chart || !str_eq(pin->tile.result, was->result) ||
         !str_eq(pin->tile.parameters, was->parameters);
}

// A title that was taken away is the program's.
static bool tile_settles(const struct boards_pin *pin) {
  return pin->anew || !pin->tile.title.n;
}

static bool tile_update_job(void *arg, struct err *err) {
  struct boards_pin *pin = arg;
  return (!tile_settles(pin) || boards_settle(pin, err)) &&
         board_tile_update(tile_store(pin->call), &pin->tile, pin->anew, err);
}

static bool tile_move_job(void *arg, struct err *err) {
  struct boards_pin *pin = arg;
  return board_tile_move(tile_store(pin->call), &pin->tile, pin->tile.place, err);
}

static struct str tile_changes(const struct boards_pin *pin, const struct board_tile *was) {
  struct buf said = BUF_MAX(CHANGE_MOST);
  struct arena *a = pin->call->arena;
  change_text(&said, "size", was->size, pin->tile.size);
  change_text(&said, "every", arena_printf(a, "%lld s", (long long)was->every_ms / 1000),
              arena_printf(a, "%lld s", (long long)pin->tile.every_ms / 1000));
  change_text(&said, "owner", was->owner, pin->tile.owner);
  if (pin->anew)
    buf_printf(&said, "%sprogram: version %lld", said.n ? "; " : "", (long long)pin->tile.version);
  struct str changes = change_end(&said, a);
  return arena_printf(a, "%.*s: %.*s", STR_ARG(was->id), STR_ARG(changes));
}

bool admin_change_tile(struct admin_call *call, struct err *err) {
  struct board_row board;
  struct boards_tile t;
  if (!boards_find_tile(call, &board, &t, err) || !boards_may_change(call, &board, err)) return false;
  struct boards_pin pin = {.call = call, .tile = t.tile, .there = true};
  int64_t place = json_int(call->body, "place", t.tile.place);
  if (json_int(call->body, "version", t.tile.version) != t.tile.version)
    return store_outdated("the tile", err);
  if (!tile_read(&pin, err)) return false;
  pin.anew = tile_is_anew(&pin, &t.tile);
  if (pin.anew) pin.tile.owner = call->who.token.id;
  if (tile_settles(&pin) && !pin.program.n) {
    struct stable_look look = {.catalog = call->catalog, .arena = call->arena};
    yyjson_doc *doc = yyjson_read(t.tile.program.p, t.tile.program.n, YYJSON_READ_NUMBER_AS_RAW);
    pin.program = stable_write(yyjson_doc_get_root(doc), &look, STABLE_IDS, call->arena);
    stable_done(&look);
    yyjson_doc_free(doc);
  }
  pin.tile.version++;
  call->detail = tile_changes(&pin, &t.tile);
  if (!pool_run(tile_update_job, &pin, err)) return admin_put_faults(call, &pin.faults, err);
  pin.tile.place = place;
  if (place != t.tile.place && !pool_run(tile_move_job, &pin, err)) return false;
  boards_follow(call);
  if (pin.anew) schedule_look(&pin.tile.id, 1);
  return tile_put_new(call, pin.tile.id, err);
}

static bool tile_delete_job(void *arg, struct err *err) {
  struct boards_pin *pin = arg;
  return board_tile_delete(tile_store(pin->call), &pin->tile, err);
}

bool admin_delete_tile(struct admin_call *call, struct err *err) {
  struct board_row board;
  struct boards_tile t;
  if (!boards_find_tile(call, &board, &t, err) || !boards_may_change(call, &board, err)) return false;
  struct boards_pin pin = {.call = call, .tile = t.tile};
  call->detail = arena_printf(call->arena, "%.*s of %.*s", STR_ARG(t.tile.id), STR_ARG(board.id));
  if (!pool_run(tile_delete_job, &pin, err)) return false;
  boards_follow(call);
  return true;
}

// ---- refreshed

bool admin_refresh_tile(struct admin_call *call, struct err *err) {
  struct board_row board;
  struct boards_tile t;
  size_t left;
  if (!boards_find_tile(call, &board, &t, err)) return false;
  int64_t wait_s = json_int(call->body, "wait_seconds", TILE_WAIT_S);
  call->detail = t.tile.id;
  if (!schedule_refresh(&t.tile.id, 1, (uint64_t)wait_s * 1000, &left, err) ||
      !boards_find_tile(call, &board, &t, err))
    return false;
  boards_put_tile(call, &t, BOARDS_WHOLE);
  return true;
}
