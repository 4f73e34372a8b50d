// SPDX-License-Identifier: Apache-2.0
#include "audit/span.h"

#include <stdio.h>

#include "audit/follow.h"
#include "audit/list.h"
#include "audit/months.h"

enum {
  SPAN_PURGE_ROWS = 500, // of a transaction, which takes some milliseconds
  SPAN_PURGE_SPANS = 64, // looked at, at a time
};

// ---- written

bool audit_span_fits(const struct audit_span *span, struct str id) {
  return !span->rows || str_eq(audit_run_of(str_of(span->first)), audit_run_of(id));
}

void audit_span_add(struct audit_span *span, struct str id, int64_t at) {
  if (span->rows == AUDIT_SPAN_ROWS) *span = (struct audit_span){0};
  if (!span->rows++) {
    snprintf(span->first, sizeof span->first, "%.*s", STR_ARG(id));
    span->first_at = span->last_at = at;
  }
  snprintf(span->last, sizeof span->last, "%.*s", STR_ARG(id));
  if (at < span->first_at) span->first_at = at;
  if (at > span->last_at) span->last_at = at;
}

// A batch that fills one span and begins the next calls it for both.
bool audit_span_write(struct store *s, const struct audit_span *span, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(str_of(span->first)), STORE_TEXT(str_of(span->last)),
                                       STORE_INT(span->first_at), STORE_INT(span->last_at)};
  return store_run(s,
                   "INSERT INTO audit_span (first_id, last_id, first_at, last_at) VALUES ($1, $2, $3, $4) "
                   "ON CONFLICT (first_id) DO UPDATE SET last_id = excluded.last_id, "
                   "first_at = excluded.first_at, last_at = excluded.last_at",
                   values, 4, NULL, err);
}

// ---- read

bool audit_span_bounds(struct store *s, int64_t since, int64_t until, struct arena *a,
                       struct audit_bounds *out, struct err *err) {
  const struct store_value values[] = {STORE_INT(since), STORE_INT(until ? until : INT64_MAX)};
  struct store_rows rows;
  *out = (struct audit_bounds){.least = STR(""), .most = STR("~")};
  if (!since && !until) return true;
  if (!store_query(s,
                   "SELECT min(first_id), max(last_id) FROM audit_span WHERE last_at >= $1 AND first_at < $2",
                   values, 2, a, &rows, err))
    return false;
  struct str first = store_cell(&rows, 0, 0)->text, last = store_cell(&rows, 0, 1)->text;
  out->empty = !first.n;
  if (since) out->least = first;
  if (until) out->most = audit_reach_behind(last, a);
  return true;
}

// ---- gone

struct span_purge {
  int64_t cutoff;
  size_t most, count;
  struct str first, last;
};

// Rows of one span, piece by piece. False: an error.
static bool span_purge_rows(struct store *s, struct span_purge *p, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(p->first), STORE_TEXT(p->last), STORE_INT(p->cutoff),
                                       STORE_INT(SPAN_PURGE_ROWS)};
  int64_t gone;
  do {
    if (!store_run(
            s,
            "DELETE FROM audit WHERE id >= $1 AND id <= $2 AND id IN (SELECT id FROM audit WHERE id >= $1 "
            "AND id <= $2 AND at < $3 ORDER BY id LIMIT $4)",
            values, 4, &gone, err))
      return false;
    p->count += (size_t)gone;
  } while (gone == SPAN_PURGE_ROWS && p->count < p->most);
  return true;
}

// What is left of it begins later; of nothing that is left nothing is known.
static bool span_shrink(struct store *s, void *arg, struct err *err) {
  const struct span_purge *p = arg;
  const struct store_value cut[] = {STORE_INT(p->cutoff), STORE_TEXT(p->first)};
  return store_run(s, "UPDATE audit_span SET first_at = $1 WHERE first_id = $2", cut, 2, NULL, err) &&
         store_run(s, "DELETE FROM audit_span WHERE last_at < first_at AND first_id = $1",
                   &STORE_TEXT(p->first), 1, NULL, err);
}

static bool span_purge(struct store *s, struct span_purge *p, struct arena *a, bool *more, struct err *err) {
  const struct store_value values[] = {STORE_INT(p->cutoff), STORE_INT(SPAN_PURGE_SPANS)};
  struct store_rows rows;
  if (!store_query(s,
                   "SELECT first_id, last_id FROM audit_span WHERE first_at < $1 ORDER BY first_id LIMIT $2",
                   values, 2, a, &rows, err))
    return false;
  *more = rows.count == SPAN_PURGE_SPANS;
  for (size_t i = 0; i < rows.count && p->count < p->most; i++) {
    p->first = store_cell(&rows, i, 0)->text;
    p->last = store_cell(&rows, i, 1)->text;
    if (!audit_follow_pass(s, p->first, p->last, err) || !span_purge_rows(s, p, err)) return false;
    if (p->count < p->most && !store_transact(s, span_shrink, p, err)) return false;
  }
  return true;
}

bool audit_span_purge(struct store *s, int64_t cutoff, size_t most, size_t *count, struct err *err) {
  struct span_purge p = {.cutoff = cutoff, .most = most};
  bool ok = audit_months_drop(s, cutoff, err), more = true;
  while (ok && more && p.count < most) {
    struct arena *a = arena_new();
    ok = span_purge(s, &p, a, &more, err);
    arena_free(a);
  }
  *count = p.count;
  return ok && audit_list_purge(s, err) && audit_follow_tidy(s, cutoff, err);
}
