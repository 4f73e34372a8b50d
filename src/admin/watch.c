// SPDX-License-Identifier: Apache-2.0
// Watches over HTTP: conditions on tiles that tell webhooks; made, changed, paused, tried, deleted; what they told, and how
// telling went. Seen by who sees the tile's dashboard. Address and secret go in, and come out nowhere but the secret, once.
#include "admin/boards.h"
#include "admin/change.h"
#include "admin/paging.h"
#include "admin/put.h"
#include "alert/follow.h"
#include "alert/message.h"
#include "alert/post.h"
#include "alert/quiet.h"
#include "base/clock.h"
#include "crypto/token.h"
#include "data/json.h"
#include "data/uri.h"
#include "io/pool.h"

enum { WATCH_EVENTS_PAGE = 50 };

struct watch_job { // one watch with what it stands on
  struct admin_call *call;
  struct arena *arena; // for what is read of it
  struct str id;
  struct alert_watch watch;
  struct board_tile tile;
  struct board_row board;
  struct board_outcome outcome;
  struct alert_watch_change change;
  struct alert_event_row event, *events;
  struct alert_attempt *attempts, attempt;
  size_t count;
  int64_t before;
};

static struct store *watch_store(const struct admin_call *call) {
  return call->env->board->store;
}

static bool watch_ground(struct watch_job *job, struct err *err) {
  struct store *s = watch_store(job->call);
  return board_tile_find(s, job->watch.tile_id, job->arena, &job->tile, err) &&
         board_find(s, job->tile.dashboard_id, job->arena, &job->board, err) &&
         board_outcome_read(s, job->tile.id, BOARD_READ_OUTCOME, job->arena, &job->outcome, err);
}

static bool watch_find_job(void *arg, struct err *err) {
  struct watch_job *job = arg;
  return alert_watch_find(watch_store(job->call), job->id, job->call->arena, &job->watch, err) &&
         watch_ground(job, err);
}

// Of an editor's own dashboards alone.
static bool watch_is_seen(const struct admin_call *call, const struct board_row *board) {
  struct err none;
  return boards_sees(call, board) && boards_may_change(call, board, &none);
}

static bool watch_find(struct admin_call *call, struct watch_job *job, struct err *err) {
  *job = (struct watch_job){.call = call, .arena = call->arena, .id = http_param(&call->params, "watch")};
  if (!pool_run(watch_find_job, job, err)) return false;
  if (watch_is_seen(call, &job->board)) return true;
  err_at(err, ERR_MISSING, "watch", "there is no watch '%.*s'", STR_MOST(job->id, 64));
  err_hint(err, "postern watch list, or GET /watches, has them");
  return false;
}

// ---- shown

// Why it tells nobody, or cannot be judged; empty: all is well.
static struct str watch_why(const struct watch_job *job) {
  struct arena *a = job->call->arena;
  struct alert_condition c;
  struct err why;
  yyjson_doc *doc;
  struct str lost = alert_watch_lost(job->call->catalog, &job->watch, &job->board);
  if (lost.n) return lost;
  if (job->watch.stopped.n)
    return STR("the receiver answered 410: it is gone; give another address, or resume it");
  yyjson_val *result = alert_result_of(job->outcome.outcome, job->tile.result, &doc);
  bool fits = alert_condition_read(job->watch.condition, a, &c, &why) &&
              (!result || alert_condition_check(&c, result, &why));
  yyjson_doc_free(doc);
  return fits ? STR("") : arena_printf(a, "%s%s%s", why.text, *why.hint ? "; " : "", why.hint);
}

static const char *watch_state(const struct watch_job *job) {
  if (alert_watch_lost(job->call->catalog, &job->watch, &job->board).n || job->watch.stopped.n)
    return "stopped";
  return job->watch.paused ? "paused" : alert_phase_name(job->watch.state.phase);
}

static void watch_put(const struct watch_job *job, struct str secret) {
  struct buf *out = &job->call->out;
  const struct alert_watch *w = &job->watch;
  const struct access_token *owner = catalog_token_by_id(job->call->catalog, w->owner);
  put_open(out, NULL, '{');
  put_text(out, "id", w->id);
  put_text(out, "tile_id", w->tile_id);
  put_text(out, "tile", job->tile.title);
  put_text(out, "dashboard", job->board.name);
  put_text(out, "condition", w->condition);
  put_int(out, "for_seconds", w->for_ms / 1000);
  put_text_or_null(out, "quiet", w->quiet);
  put_text_or_null(out, "zone", w->zone);
  put_text(out, "quiet_then", w->quiet_drops ? STR("drop") : STR("after"));
  put_text(out, "form", w->slack ? STR("slack") : STR("json"));
  put_text(out, "receiver", w->origin);
  put_text(out, "state", str_of(watch_state(job)));
  put_text_or_null(out, "why", watch_why(job));
  put_time(out, "since", w->state.since);
  put_time(out, "judged_at", w->judged_at);
  put_text_or_null(out, "open_event", w->open_event);
  put_int(out, "tile_every_seconds", job->tile.every_ms / 1000);
  put_text(out, "owner", w->owner);
  put_text_or_null(out, "owner_name", owner ? owner->name : STR_NONE);
  put_int(out, "version", w->version);
  put_time(out, "created_at", w->created_at);
  put_time(out, "updated_at", w->updated_at);
  if (secret.n) put_text(out, "secret", secret);
  put_close(out, '}');
}

bool admin_get_watch(struct admin_call *call, struct err *err) {
  struct watch_job job;
  if (!watch_find(call, &job, err)) return false;
  watch_put(&job, STR(""));
  return true;
}

struct watch_listing {
  struct admin_call *call;
  struct paging page;
};

// What a tile gave is large, and may be looked at by many: one is read at a time.
static bool watch_list_one(struct watch_listing *l, const struct alert_watch *w, struct err *err) {
  struct watch_job job = {.call = l->call, .arena = arena_new(), .watch = *w};
  bool ok = watch_ground(&job, err);
  if (ok && watch_is_seen(l->call, &job.board) && paging_takes(&l->page, w->id)) watch_put(&job, STR(""));
  arena_free(job.arena);
  return ok || err->code == ERR_MISSING; // deleted meanwhile
}

static bool watch_list_job(void *arg, struct err *err) {
  struct watch_listing *l = arg;
  struct alert_watch *all;
  size_t n;
  bool ok =
      alert_watches_of(watch_store(l->call), admin_query(l->call, "tile"), l->call->arena, &all, &n, err);
  for (size_t i = 0; ok && i < n && !l->page.full; i++)
    ok = str_compare(all[i].id, l->page.after) <= 0 || watch_list_one(l, &all[i], err);
  return ok;
}

bool admin_list_watches(struct admin_call *call, struct err *err) {
  struct watch_listing l = {.call = call, .page = paging_begin(call)};
  if (!pool_run(watch_list_job, &l, err)) return false;
  paging_close(&l.page);
  paging_end(&l.page);
  return true;
}

// ---- made and changed

// Names are looked up when it is told, and judged then; what is an address can be told now.
static bool watch_take_url(struct watch_job *job, struct err *err) {
  struct str url = str_trim(json_str(job->call->body, "webhook"));
  char judged[HTTP_ADDRESS_MOST];
  struct uri uri;
  struct err why;
  if (!url.n) return true;
  if (url.n > ALERT_URL_MOST)
    return err_at(err, ERR_INVALID, "webhook", "has more than %d characters", ALERT_URL_MOST);
  if (!uri_parse_http(url, &uri, &why)) return err_at(err, ERR_INVALID, "webhook", "%s", why.text);
  if (uri.fragment.p) return err_at(err, ERR_INVALID, "webhook", "must end with the path or the query");
  if (!http_guard_allows_host(job->call->env->run->guard, uri.host, judged)) {
    err_at(err, ERR_DENIED, "webhook", "%.*s is an address inside, and nobody is told there",
           STR_MOST(uri.host, 100));
    err_hint(err, "whoever runs Postern can open it with the setting upstream_allow");
    return false;
  }
  job->change.url = url;
  job->watch.origin = fetch_origin(url);
  job->watch.stopped = STR("");
  return true;
}

static bool watch_take_condition(struct watch_job *job, struct err *err) {
  struct arena *a = job->call->arena;
  yyjson_val *body = job->call->body, *keys = yyjson_obj_get(body, "key"), *key;
  struct str text = json_str(body, "condition");
  struct str names[ALERT_KEYS_MOST + 1];
  struct alert_condition c;
  struct buf out = BUF_MAX(4 * ALERT_TEXT_MOST);
  yyjson_doc *doc;
  size_t i, n, count = 0;
  if (!alert_condition_read(text.n ? text : job->watch.condition, a, &c, err)) return false;
  yyjson_arr_foreach (keys, i, n, key)
    if (count <= ALERT_KEYS_MOST) names[count++] = json_text(key);
  if (keys && !text.n) c.key_count = 0;
  if (!alert_condition_add_keys(&c, names, count, err)) return false;
  if (!alert_condition_lasts(&c) && job->watch.for_ms)
    return err_at(err, ERR_INVALID, "for_seconds",
                  "goes with what lasts; rows that are compared happen at once");
  yyjson_val *result = alert_result_of(job->outcome.outcome, job->tile.result, &doc);
  bool ok = !result || !(text.n || keys) || alert_condition_check(&c, result, err);
  yyjson_doc_free(doc);
  alert_condition_write(&c, &out);
  struct str was = job->watch.condition;
  job->watch.condition = arena_dup(a, buf_str(&out));
  job->change.anew = !str_eq(was, job->watch.condition);
  buf_free(&out);
  return ok && (job->watch.condition.n <= ALERT_TEXT_MOST ||
                err_at(err, ERR_INVALID, "condition", "has more than %d characters", ALERT_TEXT_MOST));
}

static bool watch_take(struct watch_job *job, struct err *err) {
  yyjson_val *body = job->call->body;
  struct alert_watch *w = &job->watch;
  struct alert_quiet quiet;
  if (yyjson_obj_get(body, "quiet")) w->quiet = str_trim(json_str(body, "quiet"));
  if (yyjson_obj_get(body, "zone")) w->zone = json_str(body, "zone");
  if (w->quiet.n && !w->zone.n) w->zone = zone_name(job->call->env->program->zone);
  if (!w->quiet.n) w->zone = STR("");
  if (yyjson_obj_get(body, "quiet_then")) w->quiet_drops = str_is(json_str(body, "quiet_then"), "drop");
  if (yyjson_obj_get(body, "form")) w->slack = str_is(json_str(body, "form"), "slack");
  w->for_ms = json_int(body, "for_seconds", w->for_ms / 1000) * 1000;
  w->updated_at = clock_now_ms();
  return alert_quiet_read(w->quiet, w->zone, &quiet, err) && watch_take_url(job, err) &&
         watch_take_condition(job, err);
}

static bool watch_write_job(void *arg, struct err *err) {
  struct watch_job *job = arg;
  return alert_watch_write(watch_store(job->call), &job->change, err);
}

static struct str watch_secret(struct admin_call *call) {
  char text[TOKEN_TEXT];
  token_new("whs", text);
  struct str secret = arena_dup(call->arena, str_of(text));
  secret_wipe(text, sizeof text);
  return secret;
}

bool admin_create_watch(struct admin_call *call, struct err *err) {
  struct boards_tile t;
  struct watch_job job = {.call = call};
  char id[TOKEN_ID];
  token_id("wat", id);
  if (!boards_read_tile(call, json_str(call->body, "tile"), &job.board, &t, err) ||
      !boards_may_change(call, &job.board, err))
    return false;
  job.tile = t.tile;
  job.outcome = t.outcome;
  job.watch = (struct alert_watch){.id = arena_dup(call->arena, str_of(id)),
                                   .tile_id = t.tile.id,
                                   .owner = call->who.token.id,
                                   .created_at = clock_now_ms(),
                                   .version = 1};
  if (!watch_take(&job, err)) return false;
  job.change.watch = &job.watch;
  job.change.secret = watch_secret(call);
  job.change.is_new = true;
  call->detail = arena_printf(call->arena, "%.*s on %.*s to %.*s", STR_ARG(job.watch.id), STR_ARG(t.tile.id),
                              STR_MOST(job.watch.origin, 200));
  if (!pool_run(watch_write_job, &job, err)) return false;
  watch_put(&job, job.change.secret);
  return true;
}

static struct str watch_changes(const struct alert_watch *was, const struct watch_job *job) {
  struct buf said = BUF_MAX(CHANGE_MOST);
  const struct alert_watch *is = &job->watch;
  struct arena *a = job->call->arena;
  change_text(&said, "condition", was->condition, is->condition);
  change_text(&said, "for", arena_printf(a, "%lld s", (long long)was->for_ms / 1000),
              arena_printf(a, "%lld s", (long long)is->for_ms / 1000));
  change_text(&said, "quiet", was->quiet, is->quiet);
  change_text(&said, "form", was->slack ? STR("slack") : STR("json"), is->slack ? STR("slack") : STR("json"));
  change_text(&said, "owner", was->owner, is->owner);
  change_text(&said, "paused", was->paused ? STR("yes") : STR("no"), is->paused ? STR("yes") : STR("no"));
  if (job->change.url.n) buf_printf(&said, "%sreceiver: %.*s", said.n ? "; " : "", STR_MOST(is->origin, 200));
  struct str changes = change_end(&said, a);
  return arena_printf(a, "%.*s: %.*s", STR_ARG(was->id), STR_ARG(changes));
}

bool admin_change_watch(struct admin_call *call, struct err *err) {
  struct watch_job job;
  if (!watch_find(call, &job, err)) return false;
  struct alert_watch was = job.watch;
  if (json_int(call->body, "version", was.version) != was.version) return store_outdated("the watch", err);
  if (!watch_take(&job, err)) return false;
  job.watch.paused = json_bool(call->body, "paused", was.paused);
  bool resumes = yyjson_obj_get(call->body, "paused") && !job.watch.paused;
  if (resumes) job.watch.stopped = STR("");
  // Who says what is told, or whom, answers for it from then on.
  if (job.change.url.n || job.change.anew) job.watch.owner = call->who.token.id;
  job.change.from = was.owner;
  job.change.anew = job.change.anew || (resumes && was.paused); // what came meanwhile is not told
  job.watch.version++;
  job.change.watch = &job.watch;
  call->detail = watch_changes(&was, &job);
  if (!pool_run(watch_write_job, &job, err)) return false;
  alert_post_wake(NULL);
  watch_put(&job, STR(""));
  return true;
}

bool admin_rotate_watch(struct admin_call *call, struct err *err) {
  struct watch_job job;
  if (!watch_find(call, &job, err)) return false;
  job.watch.version++;
  job.watch.updated_at = clock_now_ms();
  job.change = (struct alert_watch_change){.watch = &job.watch, .secret = watch_secret(call)};
  call->detail = job.watch.id;
  if (!pool_run(watch_write_job, &job, err)) return false;
  watch_put(&job, job.change.secret);
  return true;
}

static bool watch_delete_job(void *arg, struct err *err) {
  struct watch_job *job = arg;
  return alert_watch_delete(watch_store(job->call), job->watch.id, err);
}

bool admin_delete_watch(struct admin_call *call, struct err *err) {
  struct watch_job job;
  if (!watch_find(call, &job, err)) return false;
  call->detail = arena_printf(call->arena, "%.*s on %.*s", STR_ARG(job.watch.id), STR_ARG(job.tile.id));
  return pool_run(watch_delete_job, &job, err);
}

// ---- events

static void watch_put_event(const struct watch_job *job, const struct alert_event_row *e, bool whole) {
  struct buf *out = &job->call->out;
  put_open(out, NULL, '{');
  put_text(out, "id", e->id);
  put_text(out, "watch_id", e->watch_id);
  put_int(out, "number", e->n);
  put_text(out, "event", str_of(alert_event_name(e->kind)));
  put_time(out, "at", e->at);
  put_text_or_null(out, "began", e->began);
  put_text(out, "delivery", str_of(alert_delivery_name(e->state)));
  put_int(out, "tries", e->tries);
  put_time(out, "next_try_at", e->state == ALERT_WAITING ? e->next_at : 0);
  put_text_or_null(out, "why", e->why);
  if (whole) {
    put_json(out, "message", e->document);
    put_open(out, "attempts", '[');
    for (size_t i = 0; i < job->count; i++) {
      const struct alert_attempt *t = &job->attempts[i];
      put_open(out, NULL, '{');
      put_int(out, "number", t->n);
      put_time(out, "at", t->at);
      put_int(out, "ms", t->ms);
      put_int(out, "status", t->status);
      put_text_or_null(out, "why", t->why);
      put_close(out, '}');
    }
    put_close(out, ']');
  }
  put_close(out, '}');
}

static bool watch_events_job(void *arg, struct err *err) {
  struct watch_job *job = arg;
  size_t most = (size_t)admin_query_int(job->call, "limit", WATCH_EVENTS_PAGE);
  return alert_events_of(watch_store(job->call), job->watch.id, job->before, most, job->call->arena,
                         &job->events, &job->count, err);
}

bool admin_list_watch_events(struct admin_call *call, struct err *err) {
  struct watch_job job;
  if (!watch_find(call, &job, err)) return false;
  job.before = admin_query_int(call, "before", 0);
  if (!pool_run(watch_events_job, &job, err)) return false;
  put_open(&call->out, NULL, '{');
  put_open(&call->out, "items", '[');
  for (size_t i = 0; i < job.count; i++) watch_put_event(&job, &job.events[i], false);
  put_close(&call->out, ']');
  bool more = job.count == (size_t)admin_query_int(call, "limit", WATCH_EVENTS_PAGE);
  admin_put_next(call, "before",
                 more ? arena_printf(call->arena, "%lld", (long long)job.events[job.count - 1].n) : STR_NONE);
  put_close(&call->out, '}');
  return true;
}

static bool watch_event_job(void *arg, struct err *err) {
  struct watch_job *job = arg;
  struct store *s = watch_store(job->call);
  if (!alert_event_find(s, job->event.id, job->call->arena, &job->event, err)) return false;
  if (!str_eq(job->event.watch_id, job->watch.id))
    return err_at(err, ERR_MISSING, "event", "it is an event of another watch");
  return alert_attempts_of(s, job->event.id, job->call->arena, &job->attempts, &job->count, err);
}

static bool watch_show_event(struct watch_job *job, struct str id, struct err *err) {
  job->event.id = id;
  if (!pool_run(watch_event_job, job, err)) return false;
  watch_put_event(job, &job->event, true);
  return true;
}

bool admin_get_watch_event(struct admin_call *call, struct err *err) {
  struct watch_job job;
  return watch_find(call, &job, err) && watch_show_event(&job, http_param(&call->params, "event"), err);
}

// ---- a test

static bool watch_test_body(struct store *s, void *arg, struct err *err) {
  struct watch_job *job = arg;
  struct arena *a = job->call->arena;
  struct board_uses uses = board_uses_of(job->tile.program, a);
  return alert_event_add(s, &job->event, job->tile.id,
                         uses.count ? STORE_INT((int64_t)uses.count - 1) : STORE_NONE, a, err);
}

static bool watch_test_job(void *arg, struct err *err) {
  struct watch_job *job = arg;
  return store_transact(watch_store(job->call), watch_test_body, job, err);
}

// It is no part of the queue: it goes at once, and once.
bool admin_test_watch(struct admin_call *call, struct err *err) {
  struct watch_job job;
  char id[TOKEN_ID];
  if (!watch_find(call, &job, err)) return false;
  token_id("evt", id);
  int64_t now = clock_now_ms();
  job.event = (struct alert_event_row){.id = arena_dup(call->arena, str_of(id)),
                                       .watch_id = job.watch.id,
                                       .kind = ALERT_TEST,
                                       .at = now,
                                       .due_at = now,
                                       .state = ALERT_FAILED,
                                       .why = STR("it was not told to the end")};
  struct alert_message m = {.id = job.event.id,
                            .watch_id = job.watch.id,
                            .tile_id = job.tile.id,
                            .tile = job.tile.title,
                            .dashboard_id = job.board.id,
                            .dashboard = job.board.name,
                            .condition = job.watch.condition,
                            .kind = ALERT_TEST,
                            .at = now};
  job.event.document = alert_message_write(&m, call->arena);
  call->detail =
      arena_printf(call->arena, "%.*s to %.*s", STR_ARG(job.watch.id), STR_MOST(job.watch.origin, 200));
  return pool_run(watch_test_job, &job, err) &&
         alert_post_try(call->env->post, job.event.id, call->arena, &job.attempt, err) &&
         watch_show_event(&job, job.event.id, err);
}
