// SPDX-License-Identifier: Apache-2.0
#include "alert/follow.h"

#include "alert/message.h"
#include "alert/quiet.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "board/refresh.h"
#include "crypto/token.h"
#include "data/json.h"
#include "table/moment.h"

struct following {
  struct store *store;
  const struct board_news *news;
  const struct catalog *catalog;
  struct arena *arena;
  struct board_row board;
  struct alert_sight sight;
  struct store_value uses;
  bool any; // an event was made
};

struct str alert_watch_lost(const struct catalog *c, const struct alert_watch *w,
                            const struct board_row *board) {
  const struct access_token *t = catalog_token_by_id(c, w->owner);
  struct str rests = board_owner_rests(c, w->owner);
  if (rests.n) return rests;
  if (!t || !access_is_live(t->expires_at, clock_now_ms()))
    return STR("the API token of its owner was revoked, or has expired");
  if (!access_makes(t->role)) return STR("the API token of its owner may not look at dashboards any more");
  if (!board_is_changed_by(c, board, w->owner)) return STR("the dashboard is another's");
  if (board->is_private && !str_eq(board->owner, w->owner)) return STR("the dashboard is private to another");
  return STR("");
}

yyjson_val *alert_result_of(struct str outcome, struct str name, yyjson_doc **doc) {
  *doc = outcome.n ? yyjson_read(outcome.p, outcome.n, YYJSON_READ_NUMBER_AS_RAW) : NULL;
  yyjson_val *result;
  size_t i, n;
  yyjson_arr_foreach (yyjson_obj_get(yyjson_doc_get_root(*doc), "results"), i, n, result)
    if (str_eq(json_str(result, "name"), name)) return result;
  return NULL;
}

// ---- an event

// In quiet hours it waits for their end, or nobody is told at all. Of what nobody was told to have begun, nobody is told the
// end.
static void follow_quiet(const struct alert_watch *w, struct alert_event_row *e) {
  struct alert_quiet quiet;
  struct err why;
  int64_t end = alert_quiet_read(w->quiet, w->zone, &quiet, &why) ? alert_quiet_end(&quiet, e->at) : 0;
  bool silent = e->kind == ALERT_ENDED ? w->is_silent : end && w->quiet_drops;
  if (end) e->due_at = end;
  if (!silent) return;
  e->state = ALERT_SILENT;
  e->why = STR("it came in quiet hours");
}

static bool follow_tell(struct following *f, struct alert_watch *w, const struct alert_verdict *v,
                        struct err *err) {
  const struct board_tile *tile = f->news->tile;
  static const enum metric metrics[] = {[ALERT_BEGAN] = METRIC_WATCH_BEGAN,
                                        [ALERT_ENDED] = METRIC_WATCH_ENDED,
                                        [ALERT_HAPPENED] = METRIC_WATCH_HAPPENED};
  char id[TOKEN_ID];
  token_id("evt", id);
  struct alert_event_row e = {.id = arena_dup(f->arena, str_of(id)),
                              .watch_id = w->id,
                              .kind = v->event,
                              .began = v->event == ALERT_ENDED ? w->open_event : STR(""),
                              .at = f->sight.at,
                              .due_at = f->sight.at,
                              .state = ALERT_WAITING,
                              .why = STR("")};
  struct alert_message m = {.id = e.id,
                            .watch_id = w->id,
                            .tile_id = tile->id,
                            .tile = tile->title,
                            .dashboard_id = f->board.id,
                            .dashboard = f->board.name,
                            .condition = w->condition,
                            .kind = e.kind,
                            .began = e.began,
                            .at = e.at,
                            .since = e.kind == ALERT_BEGAN ? v->state.since : 0,
                            .proof = v->proof};
  follow_quiet(w, &e);
  e.document = alert_message_write(&m, f->arena);
  if (!alert_event_add(f->store, &e, tile->id, f->uses, f->arena, err)) return false;
  if (e.kind == ALERT_BEGAN) w->open_event = e.id;
  if (e.kind == ALERT_ENDED) w->open_event = STR("");
  w->is_silent = e.kind == ALERT_BEGAN && e.state == ALERT_SILENT;
  f->any = true;
  metrics_add(metrics[e.kind], 1);
  return true;
}

static bool follow_one(struct following *f, struct alert_watch *w, struct err *err) {
  struct alert_rule rule = {.for_ms = w->for_ms};
  struct alert_verdict v;
  struct err why;
  if (w->paused || w->stopped.n || alert_watch_lost(f->catalog, w, &f->board).n) return true;
  if (!alert_condition_read(w->condition, f->arena, &rule.condition, &why)) { // of a release that knew more
    log_warn("the watch %.*s is not judged: %s", STR_ARG(w->id), why.text);
    return true;
  }
  if (!alert_condition_lasts(&rule.condition) &&
      !alert_baseline_read(f->store, w, f->arena, &w->state.baseline, err))
    return false;
  alert_judge(&rule, &w->state, &f->sight, f->arena, &v);
  if (v.why.n) return true;
  if (v.event != ALERT_NOTHING && !follow_tell(f, w, &v, err)) return false;
  w->state = v.state;
  w->judged_at = f->sight.at;
  return alert_watch_stand(f->store, w, err) &&
         (!v.baseline_anew || alert_baseline_write(f->store, w, f->uses, f->sight.at, f->arena, err));
}

static bool follow_all(struct following *f, struct alert_watch *watches, size_t count, struct err *err) {
  const struct board_tile *tile = f->news->tile;
  struct board_uses uses = board_uses_of(tile->program, f->arena);
  yyjson_doc *doc;
  int64_t now_ms;
  if (!board_find(f->store, tile->dashboard_id, f->arena, &f->board, err)) return false;
  yyjson_val *result = alert_result_of(f->news->after, tile->result, &doc);
  if (!moment_read(json_str(yyjson_doc_get_root(doc), "now"), &now_ms)) now_ms = f->news->at;
  f->uses = uses.count ? STORE_INT((int64_t)uses.count - 1) : STORE_NONE;
  f->sight = (struct alert_sight){
      .result = result, .whole = !f->news->partial && !f->news->cut, .at = f->news->at, .now_ms = now_ms};
  bool ok = true;
  for (size_t i = 0; ok && i < count; i++) ok = follow_one(f, &watches[i], err);
  yyjson_doc_free(doc);
  return ok;
}

bool alert_follow(void *follower, struct store *s, const struct board_news *news, struct err *err) {
  const struct alert_follower *told = follower;
  struct following f = {.store = s, .news = news, .arena = arena_new()};
  struct alert_watch *watches;
  size_t count = 0;
  bool ok = news->state != BOARD_OK || !news->after.n ||
            alert_watches_of(s, news->tile->id, f.arena, &watches, &count, err);
  if (ok && count) {
    struct catalog *c = catalog_acquire();
    f.catalog = c;
    ok = follow_all(&f, watches, count, err);
    catalog_release(c);
  }
  if (ok && f.any && told->told) told->told(told->told_arg);
  arena_free(f.arena);
  return ok;
}
