// SPDX-License-Identifier: Apache-2.0
#include "board/refresh.h"

#include "base/clock.h"
#include "base/metrics.h"
#include "catalog/sight.h"
#include "crypto/token.h"
#include "data/json.h"
#include "io/pool.h"

enum {
  REFRESH_HALVES_MOST = 24, // times that the rows of an outcome that is too long are halved
  REFRESH_RESTS_S = 600,    // until it is seen whether its owner has signed in
};

struct refreshing {
  const struct board_env *env;
  struct catalog *catalog;
  struct arena *arena;
  struct board_tile tile;
  struct board_row board;
  struct shelf_verdict verdict;
  struct str program; // accounts by id
  struct board_keeping keeping;
  const struct outcome *outcome;
  struct board_refreshed *out;
};

struct board_batch board_batch_now(void) {
  uint64_t now_us = clock_mono_us();
  return (struct board_batch){clock_now_ms(), now_us, now_us};
}

// ---- what is to be run

struct str board_owner_lost(const struct catalog *c, struct str owner) {
  const struct access_token *t = catalog_token_by_id(c, owner);
  if (!t || !access_is_live(t->expires_at, clock_now_ms()))
    return STR("the API token of its owner was revoked, or has expired: it is not run any more; change its "
               "program to make it yours");
  if (!access_makes(t->role)) return STR("the API token of its owner may not run programs any more");
  return STR("");
}

struct str board_owner_rests(const struct catalog *c, struct str owner) {
  const struct access_user *u = catalog_user_by_id(c, owner);
  if (catalog_bars(c, owner))
    return STR(
        "no rule of the company's provider lets its owner in at present: it goes on when its owner has "
        "signed in");
  if (u && user_is_stale(u, clock_now_ms()))
    return STR(
        "what the company's provider says of its owner is too old: it goes on when its owner has signed "
        "in");
  return STR("");
}

bool board_is_changed_by(const struct catalog *c, const struct board_row *row, struct str who) {
  const struct access_token *t = catalog_token_by_id(c, who);
  return t && (t->role == ACCESS_ADMIN || (access_makes(t->role) && str_eq(row->owner, who)));
}

struct catalog *board_sight(struct catalog *c, struct str owner) {
  return board_owner_lost(c, owner).n ? c : sight_of(c, catalog_token_by_id(c, owner));
}

struct shelf_verdict board_judge(const struct board_env *env, const struct board_tile *t,
                                 struct stable_look *look) {
  yyjson_doc *doc = yyjson_read(t->program.p, t->program.n, YYJSON_READ_NUMBER_AS_RAW);
  struct shelf_verdict v = shelf_judge(env->program(env->program_arg), yyjson_doc_get_root(doc), look);
  v.step = arena_dup(look->arena, v.step);
  v.why = arena_dup(look->arena, v.why);
  yyjson_doc_free(doc);
  return v;
}

struct refresh_reading {
  struct refreshing *r;
  struct str tile_id;
};

static bool refresh_read_job(void *arg, struct err *err) {
  struct refresh_reading *job = arg;
  struct refreshing *r = job->r;
  if (!board_tile_find(r->env->store, job->tile_id, r->arena, &r->tile, err) ||
      !board_find(r->env->store, r->tile.dashboard_id, r->arena, &r->board, err))
    return false;
  r->catalog = board_sight(r->catalog, r->tile.owner);
  struct stable_look look = {.catalog = r->catalog, .arena = r->arena};
  yyjson_doc *doc = yyjson_read(r->tile.program.p, r->tile.program.n, YYJSON_READ_NUMBER_AS_RAW);
  r->verdict = board_judge(r->env, &r->tile, &look);
  r->program = stable_write(yyjson_doc_get_root(doc), &look, STABLE_IDS, r->arena);
  stable_done(&look);
  yyjson_doc_free(doc);
  return true;
}

static void refresh_put(yyjson_mut_doc *doc, const char *key, struct str text) {
  if (text.n)
    yyjson_mut_obj_put(yyjson_mut_doc_get_root(doc), yyjson_mut_str(doc, key),
                       yyjson_mut_strncpy(doc, text.p, text.n));
}

// The tile's values, and the dashboard's range over them.
static yyjson_doc *refresh_parameters(const struct refreshing *r) {
  yyjson_doc *own = yyjson_read(r->tile.parameters.p, r->tile.parameters.n, 0);
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_val *root = yyjson_doc_get_root(own);
  yyjson_mut_doc_set_root(doc, yyjson_is_obj(root) ? yyjson_val_mut_copy(doc, root) : yyjson_mut_obj(doc));
  refresh_put(doc, "since", r->board.since);
  refresh_put(doc, "until", r->board.until);
  yyjson_doc *copy = yyjson_mut_doc_imut_copy(doc, NULL);
  yyjson_mut_doc_free(doc);
  yyjson_doc_free(own);
  return copy;
}

// ---- what came of it

static const struct outcome_result *refresh_result(const struct refreshing *r) {
  for (size_t i = 0; i < r->outcome->result_count; i++)
    if (str_eq(r->outcome->results[i].name, r->tile.result)) return &r->outcome->results[i];
  return r->tile.result.n || !r->outcome->result_count ? NULL : &r->outcome->results[0];
}

static bool refresh_fits(struct refreshing *r, const struct outcome *o) {
  struct buf text = BUF_MAX(BOARD_OUTCOME_MOST);
  outcome_write(o, &text);
  bool fits = !text.full;
  if (fits) r->keeping.news.after = arena_dup(r->arena, buf_str(&text));
  buf_free(&text);
  return fits;
}

// Whole, where it is not too long; else what the tile shows, without its calls, without its chart, its first rows.
static bool refresh_write(struct refreshing *r, const struct outcome_result *shown) {
  if (refresh_fits(r, r->outcome)) return true;
  struct outcome less = *r->outcome;
  struct outcome_result only = *shown;
  struct str *warnings = ARENA_ARRAY(r->arena, less.warning_count + 1, struct str);
  for (size_t i = 0; i < less.warning_count; i++) warnings[i] = less.warnings[i];
  less.results = &only;
  less.result_count = 1;
  less.call_count = 0;
  less.warnings = warnings;
  if (refresh_fits(r, &less)) return true;
  only.chart = only.panels = STR("");
  size_t rows = only.rows.row_count;
  if (!only.total) only.total = rows;
  less.warning_count++;
  for (int i = 0; i < REFRESH_HALVES_MOST; i++) {
    warnings[less.warning_count - 1] =
        only.rows.row_count < rows
            ? arena_printf(r->arena, "%.*s: the first %zu of %zu rows are kept", STR_ARG(only.name),
                           only.rows.row_count, rows)
            : arena_printf(r->arena, "%.*s: its chart is too long to be kept", STR_ARG(only.name));
    if (refresh_fits(r, &less)) return true;
    only.rows.row_count /= 2;
    only.rows.cut = r->keeping.news.cut = true;
  }
  return false;
}

static bool refresh_is_cut(const struct outcome *o) {
  bool cut = false;
  for (size_t i = 0; i < o->step_count; i++) cut = cut || o->steps[i].cut || o->steps[i].maybe_cut;
  for (size_t i = 0; i < o->result_count; i++) cut = cut || o->results[i].rows.cut;
  return cut;
}

static void refresh_fail(struct refreshing *r, enum board_state state, struct str why) {
  r->keeping.news.state = state;
  r->keeping.news.why = arena_dup(r->arena, str_cut_utf8(why, 2000));
}

static void refresh_take(struct refreshing *r) {
  const struct outcome *o = r->outcome;
  const struct outcome_result *shown = refresh_result(r);
  struct board_news *news = &r->keeping.news;
  if (o->status == OUTCOME_PAUSED) {
    r->out->wait_s = o->wait_s;
    refresh_fail(r, BOARD_WAITING,
                 o->wait_s
                     ? arena_printf(r->arena, "a vendor's rate limit: it is run again in %lld s or later",
                                    (long long)o->wait_s)
                     : STR("the time for it was over before all was read"));
    return;
  }
  if (!shown || shown->why.n || o->status == OUTCOME_FAILED) {
    struct str why = shown && shown->why.n ? shown->why
                     : !shown              ? STR("the program has no result of this name")
                                           : STR("no result of the program could be made");
    refresh_fail(r, BOARD_FAILED, why);
    return;
  }
  news->partial = o->status == OUTCOME_PARTIAL;
  news->cut = refresh_is_cut(o);
  struct values_cell *cells = ARENA_ARRAY(r->arena, VALUES_CELLS_MOST, struct values_cell);
  r->keeping.cell_count = values_pick(shown, r->arena, cells);
  r->keeping.cells = cells;
  if (!refresh_write(r, shown)) refresh_fail(r, BOARD_FAILED, STR("what it gives is too long to be kept"));
}

static bool refresh_keep_job(void *arg, struct err *err) {
  struct refreshing *r = arg;
  if (r->outcome) refresh_take(r);
  r->keeping.news.at = clock_now_ms();
  if (board_outcome_keep(r->env->store, &r->keeping, err)) return true;
  if (err->code != ERR_LIMIT || !r->keeping.news.after.n) return false;
  r->keeping.news.after = STR(""); // there is no room for it: what was there stays, and this is said
  refresh_fail(r, BOARD_FAILED, str_of(err->text));
  return board_outcome_keep(r->env->store, &r->keeping, err);
}

// ---- the run

static bool refresh_run(struct refreshing *r, const struct board_batch *batch, struct program_run **run,
                        struct err *err) {
  const struct access_token *owner = catalog_token_by_id(r->catalog, r->tile.owner);
  struct program_faults faults = {.arena = r->arena};
  char id[TOKEN_ID];
  token_id("tile", id);
  yyjson_doc *given = refresh_parameters(r);
  struct program_request request = {
      .env = r->env->program(r->env->program_arg),
      .catalog = r->catalog,
      .doc = yyjson_read(r->program.p, r->program.n, YYJSON_READ_NUMBER_AS_RAW),
      .given = yyjson_doc_get_root(given),
      .principal =
          arena_printf(r->arena, "/%.*s", STR_ARG(owner->id)), // as whoever has the token (access/principal)
      .request_id = arena_dup(r->arena, str_of(id)),
      .by = {.actor = owner->id, .actor_name = owner->name, .client = STR("tile")},
      .now_ms = batch->now_ms,
      .waits = true,
      .fresh = true,
      .since_us = batch->since_us,
      .spares = true,
      .charts = true};
  bool begun = program_begin(&request, run, &faults, err);
  yyjson_doc_free(given);
  if (!begun) {
    if (err->code == ERR_CANCELED) return false;
    refresh_fail(r, BOARD_FAILED, str_of(err->text));
    *run = NULL;
    return true;
  }
  return program_go_on(*run, 0, err) && program_outcome(*run, &r->outcome, err);
}

static bool refresh_whole(struct refreshing *r, const struct board_batch *batch, struct err *err) {
  struct program_run *run = NULL;
  struct str lost = board_owner_lost(r->catalog, r->tile.owner),
             rests = board_owner_rests(r->catalog, r->tile.owner);
  r->keeping.news = (struct board_news){.tile = &r->tile, .state = BOARD_OK};
  if (rests.n) {
    r->out->wait_s = REFRESH_RESTS_S;
    refresh_fail(r, BOARD_WAITING, rests);
  } else if (lost.n) {
    refresh_fail(r, BOARD_STOPPED, lost);
  } else if (r->verdict.state != SHELF_OK) {
    r->out->broken = true;
    r->out->state = BOARD_FAILED;
    r->out->why = r->verdict.why;
    return true;
  } else if (!refresh_run(r, batch, &run, err)) {
    program_end(run);
    return false;
  }
  bool kept = pool_run(refresh_keep_job, r, err);
  program_end(run);
  r->out->state = r->keeping.news.state;
  r->out->why = r->keeping.news.why;
  return kept;
}

static void refresh_count(const struct board_refreshed *out) {
  static const enum metric metrics[] = {[BOARD_OK] = METRIC_TILES_OK,
                                        [BOARD_FAILED] = METRIC_TILES_FAILED,
                                        [BOARD_WAITING] = METRIC_TILES_WAITING,
                                        [BOARD_STOPPED] = METRIC_TILES_FAILED};
  metrics_add(metrics[out->state], 1);
}

bool board_refresh(const struct board_env *env, const struct board_batch *batch, struct str tile_id,
                   struct arena *a, struct board_refreshed *out, struct err *err) {
  struct refreshing r = {.env = env, .catalog = catalog_acquire(), .arena = a, .out = out};
  *out = (struct board_refreshed){.state = BOARD_OK};
  bool ok = pool_run(refresh_read_job, &(struct refresh_reading){&r, tile_id}, err) &&
            refresh_whole(&r, batch, err);
  catalog_release(r.catalog);
  if (ok) refresh_count(out);
  return ok;
}
