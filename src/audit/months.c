// SPDX-License-Identifier: Apache-2.0
#include "audit/months.h"

#include <stdio.h>
#include <time.h>

#include "audit/follow.h"
#include "audit/ids.h"
#include "base/log.h"

enum { MONTHS_NAME = 32, MONTHS_SPANS = 500 }; // spans looked at, at a time
enum { MONTHS_PART, MONTHS_BELOW };            // columns of store_parts

// The month that many months behind that of a time begins, ms.
static int64_t months_begin(int64_t ms, int later) {
  time_t seconds = (time_t)(ms / 1000);
  struct tm tm;
  gmtime_r(&seconds, &tm);
  struct tm first = {.tm_year = tm.tm_year, .tm_mon = tm.tm_mon + later, .tm_mday = 1};
  return (int64_t)timegm(&first) * 1000;
}

// ---- ahead

static bool months_make(struct store *s, struct str from, int64_t below_ms, struct arena *a,
                        struct str *below, struct err *err) {
  time_t within = (time_t)(below_ms / 1000) - 1;
  struct tm tm;
  char name[MONTHS_NAME], digits[AUDIT_ID_TIME];
  gmtime_r(&within, &tm);
  strftime(name, sizeof name, "audit_%Y_%m", &tm);
  audit_ids_write((uint64_t)below_ms, digits, sizeof digits);
  *below = ARENA_JOIN(a, STR("aud_"), str_make(digits, sizeof digits));
  const struct store_part part = {str_of(name), from, *below};
  return store_part_make(s, "audit", &part, err);
}

struct months_ahead {
  int64_t now_ms;
  struct arena *arena;
  bool enough;
};

// Each begins where the one before it ends.
static bool months_look(struct store *s, struct months_ahead *m, bool make, struct err *err) {
  struct store_rows parts;
  if (!store_parts(s, "audit", m->arena, &parts, err)) return false;
  struct str last = parts.count ? store_cell(&parts, parts.count - 1, MONTHS_BELOW)->text : STR("aud_");
  int64_t until = audit_ids_time(last), wanted = months_begin(m->now_ms, 2);
  m->enough = until >= wanted;
  while (make && until < wanted) {
    int64_t since = until > m->now_ms ? until : m->now_ms; // what nobody came to is part of this month's
    until = months_begin(since, 1);
    if (!months_make(s, last, until, m->arena, &last, err)) return false;
  }
  return true;
}

static bool months_ahead(struct store *s, void *arg, struct err *err) {
  return months_look(s, arg, true, err);
}

bool audit_months_ahead(struct store *s, int64_t now_ms, struct err *err) {
  if (!store_has_parts(s)) return true;
  struct months_ahead m = {.now_ms = now_ms, .arena = arena_new()};
  bool ok = months_look(s, &m, false, err) && (m.enough || store_transact(s, months_ahead, &m, err));
  arena_free(m.arena);
  return ok;
}

// ---- gone

struct months_part {
  struct str name, below;
};

static bool months_pass(struct store *s, const struct months_part *p, struct err *err) {
  struct str from = STR("");
  size_t count = MONTHS_SPANS;
  char last[64] = "";
  while (count == MONTHS_SPANS) {
    const struct store_value values[] = {STORE_TEXT(from), STORE_TEXT(p->below), STORE_INT(MONTHS_SPANS)};
    struct arena *a = arena_new();
    struct store_rows rows;
    bool ok = store_query(s,
                          "SELECT first_id, last_id FROM audit_span WHERE first_id > $1 AND first_id < $2 "
                          "ORDER BY first_id LIMIT $3",
                          values, 3, a, &rows, err);
    count = ok ? rows.count : 0;
    for (size_t i = 0; ok && i < count; i++) {
      struct str first = store_cell(&rows, i, 0)->text, end = store_cell(&rows, i, 1)->text;
      ok = audit_follow_pass(s, first, str_compare(end, p->below) < 0 ? end : p->below, err);
      snprintf(last, sizeof last, "%.*s", STR_ARG(first));
    }
    from = str_of(last);
    arena_free(a);
    if (!ok) return false;
  }
  return true;
}

static bool months_drop(struct store *s, void *arg, struct err *err) {
  const struct months_part *p = arg;
  return months_pass(s, p, err) && store_part_drop(s, p->name, err) &&
         store_run(s, "DELETE FROM audit_span WHERE last_id < $1", &STORE_TEXT(p->below), 1, NULL, err);
}

// Has it, or one before it, a row that stays? It was written by then, and may be of a later time where the clock was set.
static bool months_has_young(struct store *s, const struct months_part *p, int64_t cutoff, struct arena *a,
                             bool *young, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(p->below), STORE_INT(cutoff)};
  struct store_rows rows;
  if (!store_query(s, "SELECT 1 FROM audit_span WHERE first_id < $1 AND last_at >= $2 LIMIT 1", values, 2, a,
                   &rows, err))
    return false;
  *young = rows.count > 0;
  return true;
}

static bool months_drop_old(struct store *s, int64_t cutoff, struct arena *a, struct err *err) {
  struct store_rows parts;
  bool young = false;
  if (!store_parts(s, "audit", a, &parts, err)) return false;
  for (size_t i = 0; i < parts.count; i++) {
    struct months_part p = {store_cell(&parts, i, MONTHS_PART)->text,
                            store_cell(&parts, i, MONTHS_BELOW)->text};
    if (audit_ids_time(p.below) > cutoff) return true;
    if (!months_has_young(s, &p, cutoff, a, &young, err)) return false;
    if (young) return true;
    if (!store_transact(s, months_drop, &p, err)) return false;
    log_info("audit: all rows of %.*s are older than audit_retention; they have gone at once",
             STR_ARG(p.name));
  }
  return true;
}

bool audit_months_drop(struct store *s, int64_t cutoff, struct err *err) {
  if (!store_has_parts(s)) return true;
  struct arena *a = arena_new();
  bool ok = months_drop_old(s, cutoff, a, err);
  arena_free(a);
  return ok;
}
