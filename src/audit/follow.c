// SPDX-License-Identifier: Apache-2.0
#include "audit/follow.h"

#include <stdio.h>

#include "audit/columns.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"

enum { FOLLOW_RUN_FROM = 17, FOLLOW_RUN = 8, FOLLOW_SEEN_MS = 3600 * 1000 };
#define FOLLOW_RUN_OF_ID "substr(id, 18)" // what all ids of a run end with

struct follow_unsure {
  char run[FOLLOW_RUN], last[TOKEN_ID];
  uint64_t at_us;
};

struct audit_follow {
  struct store *store;
  char *sink;
  int64_t seen_at;
  struct follow_unsure unsure[AUDIT_FOLLOW_UNSURE_MOST]; // oldest first
  size_t count;
};

struct audit_follow *audit_follow_new(struct store *s, struct str sink) {
  struct audit_follow *f = MEM_NEW(struct audit_follow);
  f->store = s;
  f->sink = mem_copy(sink.p, sink.n);
  return f;
}

void audit_follow_free(struct audit_follow *f) {
  if (!f) return;
  mem_free(f->sink);
  mem_free(f);
}

// ---- a sink's marks

static bool follow_begin(struct store *s, void *arg, struct err *err) {
  const struct audit_follow *f = arg;
  const struct store_value values[] = {STORE_TEXT(str_of(f->sink)), STORE_INT(clock_now_ms())};
  int64_t fresh;
  if (!store_run(s,
                 "INSERT INTO audit_sink (sink, run, sent_id, seen_at, lost) VALUES ($1, '', '', $2, 0) "
                 "ON CONFLICT (sink, run) DO NOTHING",
                 values, 2, &fresh, err))
    return false;
  return !fresh || store_run(s,
                             "INSERT INTO audit_sink (sink, run, sent_id, seen_at, lost) "
                             "SELECT CAST($1 AS TEXT), run, last_id, 0, 0 FROM audit_run",
                             values, 1, NULL, err);
}

bool audit_follow_begin(struct audit_follow *f, struct err *err) {
  return store_transact(f->store, follow_begin, f, err);
}

// That somebody looks after it, every hour.
static bool follow_see(struct audit_follow *f, struct err *err) {
  int64_t now = clock_now_ms();
  const struct store_value values[] = {STORE_INT(now), STORE_TEXT(str_of(f->sink))};
  if (f->seen_at && now >= f->seen_at && now - f->seen_at < FOLLOW_SEEN_MS) return true;
  if (!store_run(f->store, "UPDATE audit_sink SET seen_at = $1 WHERE sink = $2 AND run = ''", values, 2, NULL,
                 err))
    return false;
  f->seen_at = now;
  return true;
}

static bool follow_mark(struct audit_follow *f, const struct follow_unsure *u, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(str_of(f->sink)), STORE_TEXT(str_of(u->run)),
                                       STORE_TEXT(str_of(u->last))};
  return store_run(f->store,
                   "INSERT INTO audit_sink (sink, run, sent_id, seen_at, lost) VALUES ($1, $2, $3, 0, 0) "
                   "ON CONFLICT (sink, run) DO UPDATE SET sent_id = excluded.sent_id "
                   "WHERE audit_sink.sent_id < excluded.sent_id",
                   values, 3, NULL, err);
}

// A run that has begun since: all of it is meant.
static bool follow_meet(struct audit_follow *f, struct str run, struct err *err) {
  struct follow_unsure from_start = {0};
  snprintf(from_start.run, sizeof from_start.run, "%.*s", STR_ARG(run));
  return follow_mark(f, &from_start, err);
}

bool audit_follow_settle(struct audit_follow *f, uint64_t until_us, struct err *err) {
  size_t done = 0;
  while (done < f->count && f->unsure[done].at_us <= until_us) {
    const struct follow_unsure *u = &f->unsure[done++];
    bool later =
        done < f->count && f->unsure[done].at_us <= until_us && strcmp(f->unsure[done].run, u->run) == 0;
    if (!later && !follow_mark(f, u, err))
      return false; // what was written is written once more, which changes nothing
  }
  f->count -= done;
  memmove(f->unsure, f->unsure + done, f->count * sizeof *f->unsure);
  return true;
}

void audit_follow_again(struct audit_follow *f) {
  f->count = 0;
}

size_t audit_follow_unsure(const struct audit_follow *f) {
  return f->count;
}

bool audit_follow_lost(struct audit_follow *f, int64_t *out, struct err *err) {
  struct arena *a = arena_new();
  struct store_rows rows;
  bool ok = store_query(f->store, "SELECT lost FROM audit_sink WHERE sink = $1 AND run = ''",
                        &STORE_TEXT(str_of(f->sink)), 1, a, &rows, err);
  if (ok) *out = rows.count ? store_cell(&rows, 0, 0)->number : 0;
  arena_free(a);
  return ok;
}

// ---- rows

static struct str follow_position(const struct audit_follow *f, struct str run, struct str mark) {
  for (size_t i = f->count; i-- > 0;)
    if (str_is(run, f->unsure[i].run)) return str_of(f->unsure[i].last);
  return mark;
}

static bool follow_rows(struct audit_follow *f, struct str behind, size_t limit, struct arena *a,
                        struct audit_follow_page *page, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(behind), STORE_TEXT(page->last), STORE_TEXT(page->run),
                                       STORE_INT((int64_t)limit)};
  struct store_rows rows;
  if (!store_query(f->store,
                   "SELECT " AUDIT_COLUMNS " FROM audit WHERE id > $1 AND id <= $2 AND " FOLLOW_RUN_OF_ID
                   " = $3 ORDER BY id LIMIT $4",
                   values, 4, a, &rows, err))
    return false;
  page->count = rows.count;
  page->entries = ARENA_ARRAY(a, rows.count + 1, struct audit_entry);
  for (size_t i = 0; i < rows.count; i++) audit_entry_read(&rows, i, &page->entries[i]);
  if (rows.count == limit) page->last = page->entries[limit - 1].id;
  return true;
}

bool audit_follow_next(struct audit_follow *f, size_t limit, struct arena *a, struct audit_follow_page *out,
                       struct err *err) {
  struct store_rows runs;
  *out = (struct audit_follow_page){0};
  if (!follow_see(f, err) ||
      !store_query(f->store,
                   "SELECT r.run, r.last_id, m.sent_id FROM audit_run r LEFT JOIN audit_sink m "
                   "ON m.run = r.run AND m.sink = $1 ORDER BY r.last_id",
                   &STORE_TEXT(str_of(f->sink)), 1, a, &runs, err))
    return false;
  for (size_t i = 0; i < runs.count && !out->count; i++) {
    struct str run = store_cell(&runs, i, 0)->text, last = store_cell(&runs, i, 1)->text;
    if (store_cell(&runs, i, 2)->type == STORE_NULL && !follow_meet(f, run, err)) return false;
    struct str behind = follow_position(f, run, store_cell(&runs, i, 2)->text);
    *out = (struct audit_follow_page){.run = run, .last = last};
    if (str_compare(behind, last) < 0 && !follow_rows(f, behind, limit, a, out, err)) return false;
  }
  return true;
}

bool audit_follow_handed(struct audit_follow *f, const struct audit_follow_page *page) {
  if (f->count == AUDIT_FOLLOW_UNSURE_MOST) return false;
  struct follow_unsure *u = &f->unsure[f->count++];
  snprintf(u->run, sizeof u->run, "%.*s", STR_ARG(page->run));
  snprintf(u->last, sizeof u->last, "%.*s", STR_ARG(page->last));
  u->at_us = clock_mono_us();
  return true;
}

// ---- the other side

struct str audit_run_of(struct str id) {
  return id.n > FOLLOW_RUN_FROM ? str_from(id, FOLLOW_RUN_FROM) : STR_NONE;
}

bool audit_follow_note(struct store *s, struct str id, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(audit_run_of(id)), STORE_TEXT(id)};
  return store_run(s,
                   "INSERT INTO audit_run (run, last_id) VALUES ($1, $2) ON CONFLICT (run) DO UPDATE SET "
                   "last_id = excluded.last_id WHERE audit_run.last_id < excluded.last_id",
                   values, 2, NULL, err);
}

struct follow_pass {
  struct str first, last, run;
  struct arena *arena;
};

#define FOLLOW_MISSED                                                                                        \
  "SELECT m.sink, count(*) FROM audit_sink m JOIN audit a ON a.id > m.sent_id AND a.id >= $1 AND a.id <= "   \
  "$2 "                                                                                                      \
  "AND substr(a.id, 18) = m.run WHERE m.run = $3 GROUP BY m.sink"

static bool follow_pass(struct store *s, void *arg, struct err *err) {
  const struct follow_pass *p = arg;
  const struct store_value span[] = {STORE_TEXT(p->first), STORE_TEXT(p->last), STORE_TEXT(p->run)};
  const struct store_value on[] = {STORE_TEXT(p->last), STORE_TEXT(p->run)};
  struct store_rows rows;
  if (!store_query(s, FOLLOW_MISSED, span, 3, p->arena, &rows, err)) return false;
  for (size_t i = 0; i < rows.count; i++) {
    struct str sink = store_cell(&rows, i, 0)->text;
    int64_t missed = store_cell(&rows, i, 1)->number;
    const struct store_value values[] = {STORE_INT(missed), STORE_TEXT(sink)};
    log_warn("audit: %lld row(s) go by their age before %.*s has had them", (long long)missed, STR_ARG(sink));
    metrics_add(METRIC_AUDIT_SINK_LOST, missed);
    if (!store_run(s, "UPDATE audit_sink SET lost = lost + $1 WHERE sink = $2 AND run = ''", values, 2, NULL,
                   err))
      return false;
  }
  return store_run(s, "UPDATE audit_sink SET sent_id = $1 WHERE run = $2 AND sent_id < $1", on, 2, NULL, err);
}

bool audit_follow_pass(struct store *s, struct str first, struct str last, struct err *err) {
  struct follow_pass p = {first, last, audit_run_of(first), arena_new()};
  const struct store_value values[] = {STORE_TEXT(p.run), STORE_TEXT(last)};
  struct store_rows behind;
  bool ok = store_query(s, "SELECT 1 FROM audit_sink WHERE run = $1 AND sent_id < $2 LIMIT 1", values, 2,
                        p.arena, &behind, err) &&
            (!behind.count || store_transact(s, follow_pass, &p, err));
  arena_free(p.arena);
  return ok;
}

bool audit_follow_tidy(struct store *s, int64_t cutoff, struct err *err) {
  return store_run(
             s, "DELETE FROM audit_run WHERE last_id < (SELECT coalesce(min(first_id), '') FROM audit_span)",
             NULL, 0, NULL, err) &&
         store_run(s,
                   "DELETE FROM audit_sink WHERE sink IN (SELECT sink FROM audit_sink WHERE run = '' AND "
                   "seen_at < $1)",
                   &STORE_INT(cutoff), 1, NULL, err) &&
         store_run(s,
                   "DELETE FROM audit_sink WHERE run <> '' AND NOT EXISTS (SELECT 1 FROM audit_run WHERE "
                   "audit_run.run = audit_sink.run)",
                   NULL, 0, NULL, err);
}
