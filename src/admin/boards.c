// SPDX-License-Identifier: Apache-2.0
#include "admin/boards.h"

#include "admin/put.h"
#include "base/clock.h"
#include "data/json.h"
#include "io/pool.h"

static struct store *boards_store(const struct admin_call *call) {
  return call->env->board->store;
}

// ---- who sees which

bool boards_sees_as(const struct catalog *catalog, const struct board_row *row, struct str token_id) {
  const struct access_token *owner = catalog_token_by_id(catalog, row->owner);
  bool lives = owner && access_is_live(owner->expires_at, clock_now_ms());
  return !row->is_private || str_eq(row->owner, token_id) || !lives;
}

bool boards_sees(const struct admin_call *call, const struct board_row *row) {
  // Of an owner who is gone, who manages sees the private ones too.
  if (admin_manages(call)) return boards_sees_as(call->catalog, row, call->who.token.id);
  return !row->is_private || str_eq(row->owner, call->who.token.id);
}

bool boards_may_change(const struct admin_call *call, const struct board_row *row, struct err *err) {
  if (board_is_changed_by(call->catalog, row, call->who.token.id)) return true;
  err_set(err, ERR_DENIED, "the dashboard is another's: its owner changes it, or an administrator");
  err_hint(err, "pin to a dashboard of your own");
  return false;
}

bool boards_tells(const struct admin_call *call, const struct board_tile *tile) {
  return admin_manages(call) || str_eq(tile->owner, call->who.token.id);
}

struct boards_search {
  struct admin_call *call;
  struct str named;
  struct board_row *board;
  struct boards_tile *tile; // NULL: the dashboard is looked for
};

static bool boards_find_job(void *arg, struct err *err) {
  struct boards_search *s = arg;
  return board_find(boards_store(s->call), s->named, s->call->arena, s->board, err);
}

static bool boards_none(const char *what, struct str named, struct err *err) {
  err_at(err, ERR_MISSING, what, "there is no %s '%.*s'", what, STR_MOST(named, 64));
  err_hint(err, "GET /dashboard lists the dashboards, GET /dashboard/{dashboard} the tiles of one");
  return false;
}

bool boards_find(struct admin_call *call, struct board_row *out, struct err *err) {
  struct boards_search s = {.call = call, .named = http_param(&call->params, "dashboard"), .board = out};
  if (!pool_run(boards_find_job, &s, err)) return false;
  return boards_sees(call, out) || boards_none("dashboard", s.named, err);
}

static bool boards_fill(struct admin_call *call, struct boards_tile *t, enum board_reading what,
                        struct stable_look *look, struct err *err) {
  t->at_work = schedule_is_at_work(t->tile.id);
  t->next_in_ms = schedule_next_in(t->tile.id);
  look->catalog = board_sight(call->catalog, t->tile.owner); // it is run with its owner's view
  t->verdict = board_judge(call->env->board, &t->tile, look);
  t->lost = board_owner_lost(call->catalog, t->tile.owner);
  t->rests = board_owner_rests(call->catalog, t->tile.owner);
  return board_outcome_read(boards_store(call), t->tile.id, what, call->arena, &t->outcome, err);
}

static bool boards_find_tile_job(void *arg, struct err *err) {
  struct boards_search *s = arg;
  struct store *store = boards_store(s->call);
  struct stable_look look = {.catalog = s->call->catalog, .arena = s->call->arena};
  bool ok = board_tile_find(store, s->named, s->call->arena, &s->tile->tile, err) &&
            board_find(store, s->tile->tile.dashboard_id, s->call->arena, s->board, err) &&
            boards_fill(s->call, s->tile, BOARD_READ_VALUES, &look, err);
  stable_done(&look);
  return ok;
}

bool boards_find_tile(struct admin_call *call, struct board_row *board, struct boards_tile *out,
                      struct err *err) {
  return boards_read_tile(call, http_param(&call->params, "tile"), board, out, err);
}

bool boards_read_tile(struct admin_call *call, struct str id, struct board_row *board,
                      struct boards_tile *out, struct err *err) {
  struct boards_search s = {call, id, board, out};
  if (!pool_run(boards_find_tile_job, &s, err)) return false;
  return boards_sees(call, board) || boards_none("tile", s.named, err);
}

bool boards_read_tiles(struct admin_call *call, const struct boards_wanted *wanted, struct boards_tile **out,
                       size_t *count, struct err *err) {
  struct board_tile *tiles;
  size_t there, n = 0;
  if (!board_tiles_of(boards_store(call), wanted->dashboard_id, call->arena, &tiles, &there, err))
    return false;
  struct boards_tile *all = ARENA_ARRAY(call->arena, there + 1, struct boards_tile);
  struct stable_look look = {.catalog = call->catalog, .arena = call->arena}; // tools are told once for all
  bool ok = true;
  for (size_t i = 0; ok && i < there; i++) {
    if (wanted->only.n && !str_eq(wanted->only, tiles[i].id)) continue;
    all[n].tile = tiles[i];
    ok = boards_fill(call, &all[n++], wanted->what, &look, err);
  }
  stable_done(&look);
  *out = all;
  *count = n;
  return ok;
}

// ---- shown

const char *boards_state(const struct boards_tile *t) {
  if (t->verdict.state != SHELF_OK) return shelf_state_name(t->verdict.state);
  if (t->rests.n) return "resting";
  if (t->lost.n) return board_state_name(BOARD_STOPPED);
  return t->outcome.tried_at ? board_state_name(t->outcome.state) : "new";
}

struct str boards_why(const struct boards_tile *t) {
  if (t->verdict.state != SHELF_OK) return t->verdict.why;
  return t->rests.n ? t->rests : t->lost.n ? t->lost : t->outcome.why;
}

yyjson_val *boards_result(const struct boards_tile *t, yyjson_doc **doc) {
  struct str text = t->outcome.outcome;
  *doc = text.n ? yyjson_read(text.p, text.n, YYJSON_READ_NUMBER_AS_RAW) : NULL;
  yyjson_val *results = yyjson_obj_get(yyjson_doc_get_root(*doc), "results"), *result;
  size_t i, n;
  yyjson_arr_foreach (results, i, n, result)
    if (str_eq(json_str(result, "name"), t->tile.result)) return result;
  return NULL;
}

static void boards_put_outcome(struct buf *out, const struct boards_tile *t, bool manages) {
  yyjson_doc *doc;
  yyjson_val *result = boards_result(t, &doc), *root = yyjson_doc_get_root(doc);
  put_text_or_null(out, "outcome_status", json_str(root, "status"));
  put_text_or_null(out, "now", json_str(root, "now"));
  put_text_or_null(out, "zone", json_str(root, "zone"));
  put_open(out, "warnings", '[');
  size_t i, n;
  yyjson_val *warning;
  yyjson_arr_foreach (manages ? yyjson_obj_get(root, "warnings") : NULL, i, n, warning)
    put_text(out, NULL, json_text(warning));
  put_close(out, ']');
  struct buf trend = BUF_MAX(VALUES_BYTES_MOST * 8);
  values_trend(t->outcome.points, &trend);
  put_json(out, "trend", trend.full ? STR("[]") : buf_str(&trend));
  buf_free(&trend);
  if (result)
    put_value(out, "data", result);
  else
    put_json(out, "data", STR_NONE);
  yyjson_doc_free(doc);
}

void boards_put_tile(struct admin_call *call, const struct boards_tile *t, enum boards_form form) {
  struct buf *out = &call->out;
  const struct board_tile *tile = &t->tile;
  const struct access_token *owner = catalog_token_by_id(call->catalog, tile->owner);
  put_open(out, NULL, '{');
  put_text(out, "id", tile->id);
  put_text(out, "dashboard_id", tile->dashboard_id);
  put_text(out, "title", tile->title);
  put_text(out, "result", tile->result);
  put_text_or_null(out, "answer", boards_tells(call, tile) ? tile->answer : STR_NONE);
  put_text(out, "size", tile->size);
  put_int(out, "place", tile->place);
  put_int(out, "every_seconds", tile->every_ms / 1000);
  put_json(out, "parameters", tile->parameters);
  put_text(out, "state", str_of(boards_state(t)));
  // What went wrong names tools and accounts: that is for who manages, and who pinned it.
  bool manages = boards_tells(call, tile);
  put_text_or_null(out, "step", manages ? t->verdict.step : STR_NONE);
  put_text_or_null(out, "why", manages ? boards_why(t) : STR_NONE);
  put_time(out, "as_of", t->outcome.at);
  put_time(out, "tried_at", t->outcome.tried_at);
  put_bool(out, "refreshing", t->at_work);
  put_time(out, "next_at", t->next_in_ms < 0 ? 0 : clock_now_ms() + t->next_in_ms);
  put_text(out, "owner", tile->owner);
  put_text_or_null(out, "owner_name", owner ? owner->name : STR_NONE);
  put_int(out, "version", tile->version);
  put_time(out, "created_at", tile->created_at);
  put_time(out, "updated_at", tile->updated_at);
  if (form != BOARDS_HEAD) boards_put_outcome(out, t, manages);
  if (form == BOARDS_WHOLE && !manages) { // what it calls is its owner's
    put_json(out, "program", STR_NONE);
    put_json(out, "outcome", STR_NONE);
  } else if (form == BOARDS_WHOLE) {
    struct stable_look look = {.catalog = call->catalog, .arena = call->arena};
    yyjson_doc *doc = yyjson_read(tile->program.p, tile->program.n, YYJSON_READ_NUMBER_AS_RAW);
    put_json(out, "program", stable_write(yyjson_doc_get_root(doc), &look, STABLE_NAMES, call->arena));
    put_json(out, "outcome", t->outcome.outcome);
    stable_done(&look);
    yyjson_doc_free(doc);
  }
  put_close(out, '}');
}

// ---- after a change

static bool boards_follow_job(void *arg, struct err *err) {
  return schedule_reload(arg, err);
}

void boards_follow(struct admin_call *call) {
  struct err why;
  // What is stored counts also where the client has gone meanwhile: the next change has it read again.
  (void)!pool_run(boards_follow_job, (void *)(uintptr_t)call->env->board, &why);
}

// ---- a program that is to be pinned

// "chart" into the result that is shown, which may be written as its query alone.
static struct str boards_with_chart(struct boards_pin *pin, yyjson_val *root) {
  struct arena *a = pin->call->arena;
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *copy = yyjson_val_mut_copy(doc, root), *results = yyjson_mut_obj_get(copy, "results");
  struct str name = pin->tile.result;
  yyjson_mut_val *shown = yyjson_mut_obj_getn(results, name.p, name.n);
  if (yyjson_mut_is_str(shown)) {
    yyjson_mut_val *query = yyjson_mut_strncpy(doc, yyjson_mut_get_str(shown), yyjson_mut_get_len(shown));
    yyjson_mut_set_obj(shown);
    yyjson_mut_obj_add_val(doc, shown, "query", query);
  }
  yyjson_val *was = yyjson_obj_getn(yyjson_obj_get(root, "results"), name.p, name.n);
  if (shown && yyjson_is_null(pin->chart))
    yyjson_mut_obj_remove_key(shown, "chart");
  else if (shown)
    yyjson_mut_obj_put(shown, yyjson_mut_str(doc, "chart"),
                       yyjson_merge_patch(doc, yyjson_obj_get(was, "chart"), pin->chart));
  size_t n = 0;
  char *text = yyjson_mut_val_write(copy, 0, &n);
  struct str out = arena_dup(a, str_make(text ? text : "", n));
  free(text);
  yyjson_mut_doc_free(doc);
  return out;
}

// The result that is shown; without a name the first. Its title, where the tile has none.
static bool boards_choose(struct boards_pin *pin, const struct program *p, struct err *err) {
  const struct program_result *shown = NULL;
  for (size_t i = 0; i < p->result_count; i++)
    if (!pin->tile.result.n || str_eq(p->results[i].name, pin->tile.result)) {
      shown = &p->results[i];
      break;
    }
  if (!shown) {
    err_at(err, ERR_UNPROCESSABLE, "result", "the program has no result '%.*s'",
           STR_MOST(pin->tile.result, 64));
    err_hint(err, "its first is '%.*s'", STR_MOST(p->results[0].name, 64));
    return false;
  }
  struct arena *a = pin->call->arena;
  pin->tile.result = arena_dup(a, shown->name);
  struct str title = shown->title.n ? shown->title : p->title.n ? p->title : shown->name;
  if (!pin->tile.title.n) pin->tile.title = arena_dup(a, str_cut_utf8(title, BOARD_TITLE_MOST));
  return true;
}

static const struct program_examined *boards_examine(struct boards_pin *pin, yyjson_doc *doc) {
  struct program_view view = {pin->call->catalog, pin->server};
  struct str parameters = pin->tile.parameters;
  yyjson_doc *given = yyjson_read(parameters.p, parameters.n, YYJSON_READ_NUMBER_AS_RAW);
  const struct program_examined *x =
      program_examine(pin->call->env->program, &view, yyjson_doc_get_root(doc), yyjson_doc_get_root(given),
                      pin->call->arena, &pin->faults);
  yyjson_doc_free(given);
  return x;
}

bool boards_settle(struct boards_pin *pin, struct err *err) {
  struct arena *a = pin->call->arena;
  struct stable_look look = {.catalog = pin->call->catalog, .arena = a};
  yyjson_doc *doc = yyjson_read(pin->program.p, pin->program.n, YYJSON_READ_NUMBER_AS_RAW);
  pin->faults.arena = a;
  const struct program_examined *x = boards_examine(pin, doc);
  if (x && x->program.table_count)
    program_fault_add(&pin->faults, STR("/tables"),
                      "a program that is pinned reads no kept results: they are gone in ten minutes");
  bool ok = x && !pin->faults.count && boards_choose(pin, &x->program, err);
  if (ok && pin->chart) { // checked anew with it
    struct str with = boards_with_chart(pin, yyjson_doc_get_root(doc));
    yyjson_doc *charted = yyjson_read(with.p, with.n, YYJSON_READ_NUMBER_AS_RAW);
    yyjson_doc_free(doc);
    doc = charted;
    x = boards_examine(pin, doc);
    ok = x && !pin->faults.count;
  }
  if (ok) pin->tile.program = stable_make(&x->program, &x->plan, &look);
  stable_done(&look);
  yyjson_doc_free(doc);
  return ok || (pin->faults.count ? program_faults_fail(&pin->faults, err) : false);
}
