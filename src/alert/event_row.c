// SPDX-License-Identifier: Apache-2.0
#include "alert/event_row.h"

#include "account/sealed.h"
#include "base/log.h"
#include "store/changelog.h"

#define EVENT_COLUMNS                                                                                        \
  "e.id, e.watch_id, e.n, e.kind, e.began, e.at, e.state, e.tries, e.due_at, e.next_at, e.touched_at, "      \
  "e.why "

enum { EVENT_PURGE = 1000, EVENT_PURGE_PIECES = 20 };

static const char *const event_states[] = {"waiting", "delivered", "failed", "silent", "stopped"};

const char *alert_delivery_name(enum alert_delivery d) {
  return event_states[d];
}

static enum alert_delivery event_state_named(struct str name) {
  for (size_t i = 0; i < sizeof event_states / sizeof *event_states; i++)
    if (str_is(name, event_states[i])) return (enum alert_delivery)i;
  return ALERT_FAILED;
}

// ---- written

static struct sealed_at event_proof_at(struct str id, struct str tile_id) {
  return (struct sealed_at){SEALED_PROOF, id, {tile_id}};
}

static bool event_number(struct store *s, struct alert_event_row *e, struct arena *a, struct err *err) {
  struct store_rows rows;
  if (!store_query(
          s,
          "SELECT coalesce(max(n), 0), count(CASE WHEN state = 'waiting' THEN 1 END) FROM watch_event WHERE "
          "watch_id = $1",
          &STORE_TEXT(e->watch_id), 1, a, &rows, err))
    return false;
  e->n = store_cell(&rows, 0, 0)->number + 1;
  if (e->state != ALERT_WAITING || store_cell(&rows, 0, 1)->number < ALERT_WAITING_MOST) return true;
  e->state = ALERT_FAILED;
  e->why = arena_printf(a, "%d events of this watch waited already", ALERT_WAITING_MOST);
  return true;
}

static bool event_insert(struct store *s, const struct alert_event_row *e, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(e->id),
                                       STORE_TEXT(e->watch_id),
                                       STORE_INT(e->n),
                                       STORE_TEXT(str_of(alert_event_name(e->kind))),
                                       STORE_TEXT(e->began),
                                       STORE_INT(e->at),
                                       STORE_TEXT(str_of(event_states[e->state])),
                                       STORE_INT(e->due_at),
                                       STORE_TEXT(e->why)};
  return changelog_note(s, CHANGELOG_EVENT, STR(""), err) &&
         store_run(
             s,
             "INSERT INTO watch_event (id, watch_id, n, kind, began, at, state, tries, due_at, next_at, "
             "touched_at, why) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $8, $6, $9)",
             values, sizeof values / sizeof *values, NULL, err);
}

static bool event_trim(struct store *s, const struct alert_event_row *e, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(e->watch_id), STORE_INT(e->n - ALERT_EVENTS_OF_MOST)};
  return store_run(s, "DELETE FROM watch_event WHERE watch_id = $1 AND n <= $2 AND state <> 'waiting'",
                   values, 2, NULL, err);
}

bool alert_event_add(struct store *s, struct alert_event_row *e, struct str tile_id, struct store_value uses,
                     struct arena *a, struct err *err) {
  struct sealed_at at = event_proof_at(e->id, tile_id);
  struct str blob;
  if (!event_number(s, e, a, err) || !event_insert(s, e, err) || !event_trim(s, e, err) ||
      !sealed_close(store_ring(s), &at, e->document, a, &blob, err))
    return false;
  const struct store_value values[] = {STORE_TEXT(e->id), STORE_TEXT(tile_id), uses, STORE_TEXT(blob)};
  return store_run(s, "INSERT INTO watch_proof (event_id, tile_id, uses, document) VALUES ($1, $2, $3, $4)",
                   values, 4, NULL, err);
}

struct event_trying {
  const struct alert_event_row *event;
  const struct alert_attempt *attempt;
};

static bool event_tried_body(struct store *s, void *arg, struct err *err) {
  const struct event_trying *t = arg;
  const struct alert_event_row *e = t->event;
  const struct alert_attempt *attempt = t->attempt;
  bool done;
  const struct store_value values[] = {STORE_TEXT(str_of(event_states[e->state])),
                                       STORE_INT(e->next_at),
                                       STORE_INT(e->touched_at),
                                       STORE_TEXT(e->why),
                                       STORE_INT(attempt->n),
                                       STORE_TEXT(e->id)};
  if (!store_change(
          s,
          "UPDATE watch_event SET state = $1, next_at = $2, touched_at = $3, why = $4, tries = $5 WHERE id "
          "= $6",
          values, 6, &done, err))
    return false;
  if (!done) return true;
  const struct store_value row[] = {STORE_TEXT(e->id),          STORE_INT(attempt->n),
                                    STORE_INT(attempt->at),     STORE_INT(attempt->ms),
                                    STORE_INT(attempt->status), STORE_TEXT(attempt->why)},
                           old[] = {STORE_TEXT(e->id), STORE_INT(attempt->n - ALERT_ATTEMPTS_MOST)};
  return store_run(
             s,
             "INSERT INTO watch_attempt (event_id, n, at, ms, status, why) VALUES ($1, $2, $3, $4, $5, $6)",
             row, 6, NULL, err) &&
         store_run(s, "DELETE FROM watch_attempt WHERE event_id = $1 AND n <= $2", old, 2, NULL, err);
}

bool alert_event_tried(struct store *s, const struct alert_event_row *e, const struct alert_attempt *t,
                       struct err *err) {
  return store_transact(s, event_tried_body, &(struct event_trying){e, t}, err);
}

bool alert_event_claim(struct store *s, const struct alert_event_row *found, int64_t until, bool *done,
                       struct err *err) {
  const struct store_value values[] = {STORE_INT(until), STORE_TEXT(found->id), STORE_INT(found->tries),
                                       STORE_INT(found->next_at)};
  return store_change(s,
                      "UPDATE watch_event SET next_at = $1 WHERE id = $2 AND tries = $3 AND next_at = $4 AND "
                      "state = 'waiting'",
                      values, 4, done, err);
}

struct event_stopping {
  struct str watch_id, why;
  bool gone;
};

static bool event_stop_body(struct store *s, void *arg, struct err *err) {
  const struct event_stopping *job = arg;
  const struct store_value values[] = {STORE_TEXT(job->why), STORE_TEXT(job->watch_id)};
  return store_run(
             s,
             "UPDATE watch_event SET state = 'stopped', why = $1 WHERE watch_id = $2 AND state = 'waiting'",
             values, 2, NULL, err) &&
         (!job->gone ||
          store_run(s, "UPDATE watch SET stopped = 'gone' WHERE id = $1", &values[1], 1, NULL, err));
}

bool alert_events_stop(struct store *s, struct str watch_id, struct str why, bool gone, struct err *err) {
  return store_transact(s, event_stop_body, &(struct event_stopping){watch_id, why, gone}, err);
}

bool alert_events_purge(struct store *s, int64_t before_ms, struct err *err) {
  const struct store_value values[] = {STORE_INT(before_ms), STORE_INT(EVENT_PURGE)};
  int64_t gone = EVENT_PURGE;
  for (int i = 0; i < EVENT_PURGE_PIECES && gone == EVENT_PURGE; i++)
    if (!store_run(
            s,
            "DELETE FROM watch_event WHERE id IN (SELECT id FROM watch_event WHERE at < $1 AND state <> "
            "'waiting' ORDER BY at LIMIT $2)",
            values, 2, &gone, err))
      return false;
  return true;
}

// ---- read

static struct alert_event_row *event_take(const struct store_rows *rows, struct arena *a) {
  struct alert_event_row *all = ARENA_ARRAY(a, rows->count + 1, struct alert_event_row);
  for (size_t i = 0; i < rows->count; i++)
    all[i] = (struct alert_event_row){.id = store_cell(rows, i, 0)->text,
                                      .watch_id = store_cell(rows, i, 1)->text,
                                      .n = store_cell(rows, i, 2)->number,
                                      .kind = alert_event_named(store_cell(rows, i, 3)->text),
                                      .began = store_cell(rows, i, 4)->text,
                                      .at = store_cell(rows, i, 5)->number,
                                      .state = event_state_named(store_cell(rows, i, 6)->text),
                                      .tries = store_cell(rows, i, 7)->number,
                                      .due_at = store_cell(rows, i, 8)->number,
                                      .next_at = store_cell(rows, i, 9)->number,
                                      .touched_at = store_cell(rows, i, 10)->number,
                                      .why = store_cell(rows, i, 11)->text};
  return all;
}

// Empty where it is gone, or does not open.
static struct str event_document(struct store *s, const struct store_rows *rows, struct str id,
                                 struct arena *a) {
  struct secret *plain;
  struct err why;
  if (store_cell(rows, 0, 12)->type == STORE_NULL) return STR("");
  struct sealed_at at = event_proof_at(id, store_cell(rows, 0, 13)->text);
  if (!sealed_open(store_ring(s), &at, store_cell(rows, 0, 12)->text, &plain, &why)) {
    log_warn("what proves the event %.*s is left out: %s", STR_ARG(id), why.text);
    return STR("");
  }
  struct str text = arena_dup(a, secret_reveal(plain));
  secret_free(plain);
  return text;
}

bool alert_event_find(struct store *s, struct str id, struct arena *a, struct alert_event_row *out,
                      struct err *err) {
  struct store_rows rows;
  if (!store_query(s,
                   "SELECT " EVENT_COLUMNS
                   ", p.document, p.tile_id FROM watch_event e LEFT JOIN watch_proof p ON "
                   "p.event_id = e.id WHERE e.id = $1",
                   &STORE_TEXT(id), 1, a, &rows, err))
    return false;
  if (!rows.count) return err_at(err, ERR_MISSING, "event", "there is no event '%.*s'", STR_MOST(id, 64));
  *out = *event_take(&rows, a);
  out->document = event_document(s, &rows, id, a);
  return true;
}

bool alert_events_of(struct store *s, struct str watch_id, int64_t before, size_t most, struct arena *a,
                     struct alert_event_row **out, size_t *count, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(watch_id), STORE_INT(before ? before : INT64_MAX),
                                       STORE_INT((int64_t)most)};
  struct store_rows rows;
  if (!store_query(s,
                   "SELECT " EVENT_COLUMNS
                   "FROM watch_event e WHERE e.watch_id = $1 AND e.n < $2 ORDER BY e.n DESC "
                   "LIMIT $3",
                   values, 3, a, &rows, err))
    return false;
  *out = event_take(&rows, a);
  *count = rows.count;
  return true;
}

bool alert_attempts_of(struct store *s, struct str event_id, struct arena *a, struct alert_attempt **out,
                       size_t *count, struct err *err) {
  struct store_rows rows;
  if (!store_query(s, "SELECT n, at, ms, status, why FROM watch_attempt WHERE event_id = $1 ORDER BY n",
                   &STORE_TEXT(event_id), 1, a, &rows, err))
    return false;
  struct alert_attempt *all = ARENA_ARRAY(a, rows.count + 1, struct alert_attempt);
  for (size_t i = 0; i < rows.count; i++)
    all[i] = (struct alert_attempt){store_cell(&rows, i, 0)->number, store_cell(&rows, i, 1)->number,
                                    store_cell(&rows, i, 2)->number, (int)store_cell(&rows, i, 3)->number,
                                    store_cell(&rows, i, 4)->text};
  *out = all;
  *count = rows.count;
  return true;
}

bool alert_events_due(struct store *s, struct arena *a, struct alert_event_row **out, size_t *count,
                      struct err *err) {
  struct store_rows rows;
  if (!store_query(
          s,
          "SELECT " EVENT_COLUMNS "FROM watch_event e JOIN watch w ON w.id = e.watch_id WHERE e.state = "
          "'waiting' AND w.paused = 0 AND w.stopped = '' AND NOT EXISTS (SELECT 1 FROM watch_event f WHERE "
          "f.watch_id = e.watch_id AND f.state = 'waiting' AND f.n < e.n) ORDER BY e.next_at LIMIT $1",
          &STORE_INT(ALERT_DUE_MOST), 1, a, &rows, err))
    return false;
  *out = event_take(&rows, a);
  *count = rows.count;
  return true;
}

bool alert_events_count(struct store *s, int64_t *waiting, struct err *err) {
  struct arena *a = arena_new();
  struct store_rows rows;
  bool ok =
      store_query(s, "SELECT count(*) FROM watch_event WHERE state = 'waiting'", NULL, 0, a, &rows, err);
  if (ok) *waiting = store_cell(&rows, 0, 0)->number;
  arena_free(a);
  return ok;
}
