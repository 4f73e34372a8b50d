// SPDX-License-Identifier: Apache-2.0
// Dashboards over HTTP: made, listed, shown with their tiles, changed, refreshed, deleted. Whoever made one for itself alone
// is the only one to see it, while its token lives.
#include "admin/boards.h"
#include "admin/change.h"
#include "admin/paging.h"
#include "admin/put.h"
#include "base/clock.h"
#include "crypto/token.h"
#include "data/json.h"
#include "io/pool.h"
#include "program/when.h"

enum { DASHBOARD_WAIT_S = 45 }; // for a refresh, where the request does not say

struct dashboard_job {
  struct admin_call *call;
  struct board_row row, *all;
  struct boards_tile *tiles;
  size_t count;
  enum board_reading what; // of its tiles
};

static struct store *dashboard_store(const struct dashboard_job *job) {
  return job->call->env->board->store;
}

// ---- shown

static void dashboard_put(struct admin_call *call, const struct board_row *row) {
  struct buf *out = &call->out;
  const struct access_token *owner = catalog_token_by_id(call->catalog, row->owner);
  put_text(out, "id", row->id);
  put_text(out, "name", row->name);
  put_text(out, "owner", row->owner);
  put_text_or_null(out, "owner_name", owner ? owner->name : STR_NONE);
  put_text(out, "visibility", row->is_private ? STR("private") : STR("shared"));
  put_text_or_null(out, "since", row->since);
  put_text_or_null(out, "until", row->until);
  put_int(out, "tile_count", row->tile_count);
  put_time(out, "as_of", row->newest_at);
  put_int(out, "version", row->version);
  put_time(out, "created_at", row->created_at);
  put_time(out, "updated_at", row->updated_at);
}

static bool dashboard_all_job(void *arg, struct err *err) {
  struct dashboard_job *job = arg;
  return board_all(dashboard_store(job), job->call->arena, &job->all, &job->count, err);
}

bool admin_list_dashboards(struct admin_call *call, struct err *err) {
  struct dashboard_job job = {.call = call};
  if (!pool_run(dashboard_all_job, &job, err)) return false;
  struct paging page = paging_begin(call);
  for (size_t i = 0; i < job.count && !page.full; i++) {
    if (!boards_sees(call, &job.all[i]) || !paging_takes(&page, job.all[i].id)) continue;
    put_open(&call->out, NULL, '{');
    dashboard_put(call, &job.all[i]);
    put_close(&call->out, '}');
  }
  paging_close(&page);
  paging_end(&page);
  return true;
}

static bool dashboard_tiles_job(void *arg, struct err *err) {
  struct dashboard_job *job = arg;
  const struct boards_wanted wanted = {.dashboard_id = job->row.id, .what = job->what};
  return boards_read_tiles(job->call, &wanted, &job->tiles, &job->count, err);
}

// With its tiles and what they gave.
static bool dashboard_put_whole(struct dashboard_job *job, int64_t left, struct err *err) {
  struct admin_call *call = job->call;
  job->what = BOARD_READ_VALUES;
  if (!pool_run(dashboard_tiles_job, job, err)) return false;
  put_open(&call->out, NULL, '{');
  dashboard_put(call, &job->row);
  put_open(&call->out, "tiles", '[');
  for (size_t i = 0; i < job->count; i++) boards_put_tile(call, &job->tiles[i], BOARDS_RESULT);
  put_close(&call->out, ']');
  if (left >= 0) put_int(&call->out, "left", left);
  put_close(&call->out, '}');
  return true;
}

bool admin_get_dashboard(struct admin_call *call, struct err *err) {
  struct dashboard_job job = {.call = call};
  return boards_find(call, &job.row, err) && dashboard_put_whole(&job, -1, err);
}

// How its tiles stand, without what they gave: for whoever looks again and again.
bool admin_get_dashboard_state(struct admin_call *call, struct err *err) {
  struct dashboard_job job = {.call = call};
  if (!boards_find(call, &job.row, err) || !pool_run(dashboard_tiles_job, &job, err)) return false;
  put_open(&call->out, NULL, '{');
  put_int(&call->out, "version", job.row.version);
  put_open(&call->out, "tiles", '[');
  for (size_t i = 0; i < job.count; i++) boards_put_tile(call, &job.tiles[i], BOARDS_HEAD);
  put_close(&call->out, ']');
  put_close(&call->out, '}');
  return true;
}

// ---- written

// A moment as programs have it: "now-7d", an instant; empty: none.
static bool dashboard_when(struct admin_call *call, const char *key, struct str *out, struct err *err) {
  yyjson_val *v = yyjson_obj_get(call->body, key);
  struct table_clock clock = {.now_ms = clock_now_ms(),
                              .zone = call->env->program->zone,
                              .first_weekday = call->env->program->first_weekday};
  int64_t ms;
  if (!v) return true;
  *out = str_trim(json_text(v));
  if (!out->n || when_read(*out, &clock, &ms, err)) return true;
  return err_at(err, ERR_INVALID, key, "%s", arena_dup(call->arena, str_of(err->text)).p);
}

static bool dashboard_read(struct admin_call *call, struct board_row *row, struct err *err) {
  struct str seen = json_str(call->body, "visibility");
  if (yyjson_obj_get(call->body, "name")) row->name = str_trim(json_str(call->body, "name"));
  if (seen.n) row->is_private = str_is(seen, "private");
  row->updated_at = clock_now_ms();
  return board_name_is_good(row->name, err) && dashboard_when(call, "since", &row->since, err) &&
         dashboard_when(call, "until", &row->until, err);
}

static bool dashboard_insert_job(void *arg, struct err *err) {
  struct dashboard_job *job = arg;
  return board_insert(dashboard_store(job), &job->row, err);
}

bool admin_create_dashboard(struct admin_call *call, struct err *err) {
  char id[TOKEN_ID];
  token_id("dsh", id);
  struct dashboard_job job = {.call = call,
                              .row = {.id = arena_dup(call->arena, str_of(id)),
                                      .owner = call->who.token.id,
                                      .created_at = clock_now_ms(),
                                      .version = 1}};
  if (!dashboard_read(call, &job.row, err)) return false;
  call->detail = arena_printf(call->arena, "%.*s \"%.*s\"", STR_ARG(job.row.id), STR_ARG(job.row.name));
  return pool_run(dashboard_insert_job, &job, err) && dashboard_put_whole(&job, -1, err);
}

static bool dashboard_update_job(void *arg, struct err *err) {
  struct dashboard_job *job = arg;
  return board_update(dashboard_store(job), &job->row, err);
}

bool admin_change_dashboard(struct admin_call *call, struct err *err) {
  struct dashboard_job job = {.call = call};
  if (!boards_find(call, &job.row, err) || !boards_may_change(call, &job.row, err)) return false;
  struct board_row was = job.row;
  if (json_int(call->body, "version", was.version) != was.version)
    return store_outdated("the dashboard", err);
  job.row.version++;
  if (!dashboard_read(call, &job.row, err)) return false;
  if (job.row.is_private && !was.is_private && !str_eq(was.owner, call->who.token.id))
    return err_at(err, ERR_DENIED, "visibility", "only who made a shared dashboard can make it private");
  struct buf said = BUF_MAX(CHANGE_MOST);
  change_text(&said, "name", was.name, job.row.name);
  change_text(&said, "visibility", was.is_private ? STR("private") : STR("shared"),
              job.row.is_private ? STR("private") : STR("shared"));
  change_text(&said, "since", was.since, job.row.since);
  change_text(&said, "until", was.until, job.row.until);
  struct str changes = change_end(&said, call->arena);
  call->detail = arena_printf(call->arena, "%.*s: %.*s", STR_ARG(was.id), STR_ARG(changes));
  return pool_run(dashboard_update_job, &job, err) && dashboard_put_whole(&job, -1, err);
}

static bool dashboard_delete_job(void *arg, struct err *err) {
  struct dashboard_job *job = arg;
  return board_delete(dashboard_store(job), job->row.id, err);
}

bool admin_delete_dashboard(struct admin_call *call, struct err *err) {
  struct dashboard_job job = {.call = call};
  if (!boards_find(call, &job.row, err) || !boards_may_change(call, &job.row, err)) return false;
  call->detail = arena_printf(call->arena, "%.*s \"%.*s\"", STR_ARG(job.row.id), STR_ARG(job.row.name));
  if (!pool_run(dashboard_delete_job, &job, err)) return false;
  boards_follow(call);
  return true;
}

// ---- refreshed

bool admin_refresh_dashboard(struct admin_call *call, struct err *err) {
  struct dashboard_job job = {.call = call};
  size_t left = 0;
  if (!boards_find(call, &job.row, err) || !pool_run(dashboard_tiles_job, &job, err)) return false;
  struct str *ids = ARENA_ARRAY(call->arena, job.count + 1, struct str);
  for (size_t i = 0; i < job.count; i++) ids[i] = job.tiles[i].tile.id;
  call->detail = arena_printf(call->arena, "%.*s, %zu tiles", STR_ARG(job.row.id), job.count);
  if (json_bool(call->body, "stale", false)) {
    call->detail = arena_printf(call->arena, "%.*s, on view", STR_ARG(job.row.id));
    left = schedule_look(ids, job.count);
    return dashboard_put_whole(&job, (int64_t)left, err);
  }
  int64_t wait_s = json_int(call->body, "wait_seconds", DASHBOARD_WAIT_S);
  return schedule_refresh(ids, job.count, (uint64_t)wait_s * 1000, &left, err) &&
         dashboard_put_whole(&job, (int64_t)left, err);
}
