// SPDX-License-Identifier: Apache-2.0
#include "alert/watch_row.h"

#include "account/sealed.h"
#include "base/log.h"
#include "data/json.h"
#include "fetch/client.h"

#define WATCH_COLUMNS                                                                                        \
  "id, tile_id, owner, paused, stopped, phase, since, judged_at, open_event, is_silent, created_at, "        \
  "updated_at, "                                                                                             \
  "version, document FROM watch "

enum { WATCH_DOCUMENT_MOST = 16 * 1024 };

static struct sealed_at watch_at(const struct alert_watch *w) {
  return (struct sealed_at){SEALED_WATCH, w->id, {w->tile_id, w->owner}};
}

static bool watch_ring(struct store *s, struct err *err) {
  return store_ring(s) || err_set(err, ERR_INTERNAL, "the store has no keys, and watches are kept sealed");
}

// ---- the document

static void watch_put(struct buf *out, const char *key, struct str text) {
  buf_printf(out, "%s\"%s\":", out->n > 1 ? "," : "", key);
  json_add_string(out, text);
}

static bool watch_seal(struct store *s, const struct alert_watch *w, struct str url, struct str secret,
                       struct arena *a, struct str *blob, struct err *err) {
  struct sealed_at at = watch_at(w);
  struct buf out = BUF_MAX(WATCH_DOCUMENT_MOST);
  buf_add_char(&out, '{');
  watch_put(&out, "url", url);
  watch_put(&out, "secret", secret);
  watch_put(&out, "condition", w->condition);
  watch_put(&out, "quiet", w->quiet);
  watch_put(&out, "zone", w->zone);
  buf_printf(&out, ",\"quiet_drops\":%s,\"slack\":%s,\"for\":%lld}", w->quiet_drops ? "true" : "false",
             w->slack ? "true" : "false", (long long)w->for_ms);
  bool ok = (!out.full || err_set(err, ERR_LIMIT, "the watch is too long")) &&
            sealed_close(store_ring(s), &at, buf_str(&out), a, blob, err);
  secret_wipe(out.p, out.n);
  buf_free(&out);
  return ok;
}

static bool watch_open(struct store *s, struct arena *a, struct alert_watch *w, struct err *err) {
  struct sealed_at at = watch_at(w);
  struct secret *plain;
  if (!watch_ring(s, err) || !sealed_open(store_ring(s), &at, w->blob, &plain, err)) return false;
  struct str text = secret_reveal(plain);
  yyjson_doc *doc = yyjson_read(text.p, text.n, 0);
  yyjson_val *root = yyjson_doc_get_root(doc);
  w->condition = arena_dup(a, json_str(root, "condition"));
  w->quiet = arena_dup(a, json_str(root, "quiet"));
  w->zone = arena_dup(a, json_str(root, "zone"));
  w->quiet_drops = json_bool(root, "quiet_drops", false);
  w->slack = json_bool(root, "slack", false);
  w->for_ms = json_int(root, "for", 0);
  w->origin = arena_dup(a, fetch_origin(json_str(root, "url")));
  yyjson_doc_free(doc);
  secret_free(plain);
  return w->condition.n > 0 || err_set(err, ERR_INTERNAL, "its document is damaged");
}

bool alert_watch_reach(struct store *s, const struct alert_watch *w, struct secret **url,
                       struct secret **secret, struct err *err) {
  struct sealed_at at = watch_at(w);
  struct secret *plain;
  if (!watch_ring(s, err) || !sealed_open(store_ring(s), &at, w->blob, &plain, err)) return false;
  struct str text = secret_reveal(plain);
  yyjson_doc *doc = yyjson_read(text.p, text.n, 0);
  yyjson_val *root = yyjson_doc_get_root(doc);
  *url = secret_new(json_str(root, "url"));
  *secret = secret_new(json_str(root, "secret"));
  yyjson_doc_free(doc);
  secret_free(plain);
  return true;
}

// ---- written

static bool watch_has_room(struct store *s, const struct alert_watch *w, struct arena *a, struct err *err) {
  struct store_rows rows;
  if (!store_query(s, "SELECT count(*), count(CASE WHEN tile_id = $1 THEN 1 END) FROM watch",
                   &STORE_TEXT(w->tile_id), 1, a, &rows, err))
    return false;
  int64_t all = store_cell(&rows, 0, 0)->number, here = store_cell(&rows, 0, 1)->number;
  if (all < ALERT_WATCHES_MOST && here < ALERT_WATCHES_OF_MOST) return true;
  if (here >= ALERT_WATCHES_OF_MOST)
    err_set(err, ERR_LIMIT, "the tile has %d watches, and may not have more", ALERT_WATCHES_OF_MOST);
  else
    err_set(err, ERR_LIMIT, "there are %d watches, and may not be more", ALERT_WATCHES_MOST);
  err_hint(err, "delete some first");
  return false;
}

static bool watch_insert(struct store *s, const struct alert_watch *w, struct str blob, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(w->id),        STORE_TEXT(w->tile_id),
                                       STORE_TEXT(w->owner),     STORE_INT(w->created_at),
                                       STORE_INT(w->updated_at), STORE_TEXT(blob)};
  return store_run(
             s,
             "INSERT INTO watch (id, tile_id, owner, paused, stopped, phase, since, judged_at, open_event, "
             "is_silent, created_at, updated_at, version, document) VALUES ($1, $2, $3, 0, '', 'fine', 0, 0, "
             "'', 0, $4, $5, 1, $6)",
             values, 6, NULL, err) ||
         (err->code == ERR_CONFLICT ? err_at(err, ERR_MISSING, "tile", "the tile was deleted meanwhile")
                                    : false);
}

static struct str watch_owner_before(const struct alert_watch_change *change) {
  return change->from.n ? change->from : change->watch->owner;
}

static bool watch_update(struct store *s, const struct alert_watch_change *change, struct str blob,
                         struct err *err) {
  const struct alert_watch *w = change->watch;
  bool done;
  const struct store_value values[] = {
      STORE_INT(w->paused),  STORE_TEXT(w->stopped),    STORE_INT(w->updated_at),
      STORE_INT(w->version), STORE_TEXT(blob),          STORE_TEXT(w->owner),
      STORE_TEXT(w->id),     STORE_INT(w->version - 1), STORE_TEXT(watch_owner_before(change))};
  if (!store_change(
          s,
          "UPDATE watch SET paused = $1, stopped = $2, updated_at = $3, version = $4, document = $5, owner = "
          "$6 WHERE id = $7 AND version = $8 AND owner = $9",
          values, sizeof values / sizeof *values, &done, err))
    return false;
  if (!done) return store_outdated("the watch", err);
  return !change->anew ||
         store_run(s, "DELETE FROM watch_baseline WHERE watch_id = $1", &STORE_TEXT(w->id), 1, NULL, err);
}

static bool watch_write(struct store *s, const struct alert_watch_change *change, struct arena *a,
                        struct err *err) {
  const struct alert_watch *w = change->watch;
  struct alert_watch was = *w;
  struct secret *url = NULL, *secret = NULL;
  struct str blob;
  was.owner = watch_owner_before(change);
  if (!watch_ring(s, err) || (change->is_new && !watch_has_room(s, w, a, err)) ||
      (!change->is_new && !alert_watch_reach(s, &was, &url, &secret, err)))
    return false;
  bool ok = watch_seal(s, w, change->url.n ? change->url : secret_reveal(url),
                       change->secret.n ? change->secret : secret_reveal(secret), a, &blob, err) &&
            (change->is_new ? watch_insert(s, w, blob, err) : watch_update(s, change, blob, err));
  secret_free(url);
  secret_free(secret);
  return ok;
}

static bool watch_write_body(struct store *s, void *arg, struct err *err) {
  struct arena *a = arena_new();
  bool ok = watch_write(s, arg, a, err);
  arena_free(a);
  return ok;
}

bool alert_watch_write(struct store *s, const struct alert_watch_change *change, struct err *err) {
  struct alert_watch_change copy = *change;
  if (!store_transact(s, watch_write_body, &copy, err)) return false;
  if (!change->is_new) store_settle(s); // an address or secret of before leaves the log too
  return true;
}

bool alert_watch_delete(struct store *s, struct str id, struct err *err) {
  bool done;
  if (!store_change(s, "DELETE FROM watch WHERE id = $1", &STORE_TEXT(id), 1, &done, err)) return false;
  store_settle(s);
  return done || err_at(err, ERR_MISSING, "watch", "the watch was deleted meanwhile");
}

// ---- read

static bool watch_take(struct store *s, const struct store_rows *rows, size_t i, struct arena *a,
                       struct alert_watch *out) {
  struct err why;
  *out = (struct alert_watch){.id = store_cell(rows, i, 0)->text,
                              .tile_id = store_cell(rows, i, 1)->text,
                              .owner = store_cell(rows, i, 2)->text,
                              .paused = store_cell(rows, i, 3)->number != 0,
                              .stopped = store_cell(rows, i, 4)->text,
                              .state = {.phase = alert_phase_named(store_cell(rows, i, 5)->text),
                                        .since = store_cell(rows, i, 6)->number},
                              .judged_at = store_cell(rows, i, 7)->number,
                              .open_event = store_cell(rows, i, 8)->text,
                              .is_silent = store_cell(rows, i, 9)->number != 0,
                              .created_at = store_cell(rows, i, 10)->number,
                              .updated_at = store_cell(rows, i, 11)->number,
                              .version = store_cell(rows, i, 12)->number,
                              .blob = store_cell(rows, i, 13)->text};
  if (watch_open(s, a, out, &why)) return true;
  log_warn("the watch %.*s is left out: %s", STR_ARG(out->id), why.text);
  return false;
}

bool alert_watch_find(struct store *s, struct str id, struct arena *a, struct alert_watch *out,
                      struct err *err) {
  struct store_rows rows;
  if (!store_query(s, "SELECT " WATCH_COLUMNS "WHERE id = $1", &STORE_TEXT(id), 1, a, &rows, err))
    return false;
  if (rows.count && watch_take(s, &rows, 0, a, out)) return true;
  err_at(err, ERR_MISSING, "watch", "there is no watch '%.*s'", STR_MOST(id, 64));
  err_hint(err, "postern watch list, or GET /watches, has them");
  return false;
}

bool alert_watches_of(struct store *s, struct str tile_id, struct arena *a, struct alert_watch **out,
                      size_t *count, struct err *err) {
  struct store_rows rows;
  if (!store_query(s,
                   tile_id.n ? "SELECT " WATCH_COLUMNS "WHERE tile_id = $1 ORDER BY id"
                             : "SELECT " WATCH_COLUMNS "ORDER BY id",
                   &STORE_TEXT(tile_id), tile_id.n ? 1 : 0, a, &rows, err))
    return false;
  struct alert_watch *all = ARENA_ARRAY(a, rows.count + 1, struct alert_watch);
  size_t n = 0;
  for (size_t i = 0; i < rows.count; i++) n += watch_take(s, &rows, i, a, &all[n]);
  *out = all;
  *count = n;
  return true;
}

// ---- where it stands

bool alert_watch_stand(struct store *s, const struct alert_watch *w, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(str_of(alert_phase_name(w->state.phase))),
                                       STORE_INT(w->state.since),
                                       STORE_INT(w->judged_at),
                                       STORE_TEXT(w->open_event),
                                       STORE_INT(w->is_silent),
                                       STORE_TEXT(w->id)};
  return store_run(
      s,
      "UPDATE watch SET phase = $1, since = $2, judged_at = $3, open_event = $4, is_silent = $5 WHERE "
      "id = $6",
      values, 6, NULL, err);
}

static struct sealed_at watch_baseline_at(const struct alert_watch *w, int64_t at, struct arena *a) {
  return (struct sealed_at){SEALED_BASELINE, w->id, {w->tile_id, sealed_number(a, at)}};
}

bool alert_baseline_read(struct store *s, const struct alert_watch *w, struct arena *a, struct str *out,
                         struct err *err) {
  struct store_rows rows;
  struct secret *plain;
  struct err why;
  *out = STR("");
  if (!store_query(s, "SELECT at, rows FROM watch_baseline WHERE watch_id = $1", &STORE_TEXT(w->id), 1, a,
                   &rows, err))
    return false;
  if (!rows.count) return true;
  struct sealed_at at = watch_baseline_at(w, store_cell(&rows, 0, 0)->number, a);
  if (!sealed_open(store_ring(s), &at, store_cell(&rows, 0, 1)->text, &plain, &why)) {
    log_warn("the rows that the watch %.*s compares with are left out: %s", STR_ARG(w->id), why.text);
    return true;
  }
  *out = arena_dup(a, secret_reveal(plain));
  secret_free(plain);
  return true;
}

bool alert_baseline_write(struct store *s, const struct alert_watch *w, struct store_value uses, int64_t at,
                          struct arena *a, struct err *err) {
  struct sealed_at place = watch_baseline_at(w, at, a);
  struct str blob;
  if (!sealed_close(store_ring(s), &place, w->state.baseline, a, &blob, err)) return false;
  const struct store_value values[] = {STORE_TEXT(w->id), STORE_TEXT(w->tile_id), uses, STORE_INT(at),
                                       STORE_TEXT(blob)};
  return store_run(
      s,
      "INSERT INTO watch_baseline (watch_id, tile_id, uses, at, rows) VALUES ($1, $2, $3, $4, $5) ON "
      "CONFLICT (watch_id) DO UPDATE SET uses = excluded.uses, at = excluded.at, rows = excluded.rows",
      values, 5, NULL, err);
}
