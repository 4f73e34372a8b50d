// SPDX-License-Identifier: Apache-2.0
#include "limit/day_row.h"

struct day_taking {
  int64_t day;
  struct day_rule *rules;
  size_t count, full;
};

static bool day_row_one(struct store *s, int64_t day, struct day_rule *rule, struct err *err) {
  const struct store_value values[] = {STORE_INT(day), STORE_TEXT(rule->subject), STORE_INT(rule->limit)};
  int64_t changed = 0;
  if (!store_run(
          s, "INSERT INTO limit_day (subject, day, used) VALUES ($1, 0, 0) ON CONFLICT (subject) DO NOTHING",
          &values[1], 1, NULL, err) ||
      !store_run(s,
                 "UPDATE limit_day SET used = CASE WHEN day < $1 THEN 1 ELSE used + 1 END, day = $1 "
                 "WHERE subject = $2 AND (day < $1 OR used < $3)",
                 values, 3, &changed, err))
    return false;
  return changed || err_set(err, ERR_LIMIT, "the writes of this day are used up");
}

static bool day_row_used(struct store *s, struct day_rule *rule, struct err *err) {
  struct arena *a = arena_new();
  struct store_rows rows;
  bool ok = store_query(s, "SELECT used FROM limit_day WHERE subject = $1", &STORE_TEXT(rule->subject), 1, a,
                        &rows, err);
  if (ok) rule->used = rows.count ? store_cell(&rows, 0, 0)->number : 0;
  arena_free(a);
  return ok;
}

static bool day_row_take_body(struct store *s, void *arg, struct err *err) {
  struct day_taking *t = arg;
  for (t->full = 0; t->full < t->count; t->full++)
    if (!day_row_one(s, t->day, &t->rules[t->full], err) || !day_row_used(s, &t->rules[t->full], err))
      return false;
  return true;
}

bool day_row_take(struct store *s, int64_t day, struct day_rule *rules, size_t count, size_t *full,
                  struct err *err) {
  struct day_taking t = {day, rules, count, 0};
  bool ok = store_transact(s, day_row_take_body, &t, err);
  if (!ok) *full = t.full;
  return ok;
}

bool day_row_give(struct store *s, int64_t day, const struct day_rule *rules, size_t count, struct err *err) {
  for (size_t i = 0; i < count; i++) {
    const struct store_value values[] = {STORE_TEXT(rules[i].subject), STORE_INT(day)};
    if (!store_run(s, "UPDATE limit_day SET used = used - 1 WHERE subject = $1 AND day = $2 AND used > 0",
                   values, 2, NULL, err))
      return false;
  }
  return true;
}

bool day_row_purge(struct store *s, int64_t before, struct err *err) {
  return store_run(s, "DELETE FROM limit_day WHERE day < $1", &STORE_INT(before), 1, NULL, err);
}
