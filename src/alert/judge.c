// SPDX-License-Identifier: Apache-2.0
#include "alert/judge.h"

#include <math.h>
#include <stdlib.h>

#include "data/json.h"
#include "table/moment.h"

static const char *const judge_phases[] = {"fine", "pending", "firing"};
static const char *const judge_events[] = {"nothing", "began", "ended", "happened", "test"};

const char *alert_phase_name(enum alert_phase phase) {
  return judge_phases[phase];
}

const char *alert_event_name(enum alert_event event) {
  return judge_events[event];
}

static size_t judge_named(const char *const *names, size_t count, struct str name) {
  for (size_t i = 0; i < count; i++)
    if (str_is(name, names[i])) return i;
  return 0;
}

enum alert_phase alert_phase_named(struct str name) {
  return (enum alert_phase)judge_named(judge_phases, sizeof judge_phases / sizeof *judge_phases, name);
}

enum alert_event alert_event_named(struct str name) {
  return (enum alert_event)judge_named(judge_events, sizeof judge_events / sizeof *judge_events, name);
}

// ---- what proves it

static void proof_cell(struct buf *out, yyjson_val *cell) {
  if (yyjson_is_str(cell) && yyjson_get_len(cell) > ALERT_CELL_MOST)
    json_add_string(out, str_cut_utf8(json_text(cell), ALERT_CELL_MOST));
  else if (yyjson_is_ctn(cell))
    json_add_string(out, STR("…"));
  else
    json_write(out, cell);
}

static void proof_cells(struct buf *out, const char *key, yyjson_val *cells) {
  yyjson_val *cell;
  size_t i, n;
  buf_printf(out, "%s[", key);
  yyjson_arr_foreach (cells, i, n, cell) {
    if (i) buf_add_char(out, ',');
    proof_cell(out, cell);
  }
  buf_add_char(out, ']');
}

static void proof_row(struct buf *out, const struct alert_row *row) {
  const char *change = row->change == ALERT_NEW       ? "new"
                       : row->change == ALERT_CHANGED ? "changed"
                       : row->change == ALERT_REMOVED ? "removed"
                                                      : "meets";
  buf_printf(out, "{\"change\":\"%s\",", change);
  if (row->before) {
    proof_cells(out, "\"before\":", row->before);
    buf_add_char(out, ',');
  }
  proof_cells(out, "\"cells\":", row->cells);
  buf_add_char(out, '}');
}

static void proof_columns(struct buf *out, yyjson_val *columns) {
  yyjson_val *column;
  size_t i, n;
  buf_add_z(out, "{\"columns\":[");
  yyjson_arr_foreach (columns, i, n, column) {
    if (i) buf_add_char(out, ',');
    json_add_string(out, yyjson_is_str(column) ? json_text(column) : json_str(column, "name"));
  }
  buf_add_z(out, "],\"rows\":[");
}

// As many rows as fit; how many there are is said.
struct str alert_proof_write(yyjson_val *columns, const struct alert_row *rows, size_t count, size_t total,
                             const double *value, struct arena *a) {
  struct buf out = BUF_MAX(ALERT_PROOF_MOST);
  proof_columns(&out, columns);
  for (size_t i = 0; i < count; i++) {
    size_t before = out.n;
    if (i) buf_add_char(&out, ',');
    proof_row(&out, &rows[i]);
    if (!out.full && out.n <= ALERT_PROOF_MOST - 200) continue;
    buf_clear(&out); // those before it stand
    (void)before;
    struct str less = alert_proof_write(columns, rows, i, total, value, a);
    buf_free(&out);
    return less;
  }
  buf_printf(&out, "],\"row_count\":%zu", total);
  if (value) buf_printf(&out, ",\"value\":%.15g", *value);
  buf_add_char(&out, '}');
  struct str text = arena_dup(a, buf_str(&out));
  buf_free(&out);
  return text;
}

// ---- a level

struct level {
  const struct alert_condition *condition;
  const struct alert_sight *sight;
  yyjson_val *columns, *rows;
  int column, of, time;
  struct alert_row shown[ALERT_PROOF_ROWS];
  size_t shown_count, total;
  double value;
  bool holds, has_value;
};

static bool level_number(yyjson_val *cell, double *out) {
  struct str digits = yyjson_is_str(cell) ? json_text(cell) : json_raw_number(cell);
  char copy[400], *end;
  if (!digits.n || digits.n >= sizeof copy || !strchr("-0123456789", digits.p[0])) return false;
  memcpy(copy, digits.p, digits.n);
  copy[digits.n] = '\0';
  *out = strtod(copy, &end);
  return end == copy + digits.n && isfinite(*out);
}

static bool level_time(const struct level *l, yyjson_val *row, int64_t *ms) {
  yyjson_val *cell = l->time < 0 ? NULL : yyjson_arr_get(row, (size_t)l->time);
  return yyjson_is_str(cell) && moment_read(json_text(cell), ms);
}

// The last bucket of a series is not over: it says nothing yet of "less than".
static bool level_counts(const struct level *l, yyjson_val *row, int64_t last) {
  const struct alert_condition *c = l->condition;
  int64_t ms = 0;
  bool timed = level_time(l, row, &ms);
  if (c->within_ms && (!timed || ms <= l->sight->now_ms - c->within_ms || ms > l->sight->now_ms))
    return false;
  bool rises = c->compare == ALERT_OVER || c->compare == ALERT_LEAST;
  return rises || c->kind != ALERT_MEASURE || !timed || ms != last;
}

static int64_t level_unfinished(const struct level *l) {
  yyjson_val *row;
  size_t i, n;
  int64_t last = INT64_MIN, ms;
  if (!json_bool(yyjson_obj_get(l->sight->result, "time"), "unfinished", false)) return last;
  yyjson_arr_foreach (l->rows, i, n, row)
    if (level_time(l, row, &ms) && ms > last) last = ms;
  return last;
}

static void level_show(struct level *l, yyjson_val *row) {
  if (l->shown_count < ALERT_PROOF_ROWS) l->shown[l->shown_count++] = (struct alert_row){.cells = row};
  l->total++;
}

static enum alert_aggregate level_aggregate(const struct level *l) {
  const struct alert_condition *c = l->condition;
  yyjson_val *column = yyjson_arr_get(l->columns, (size_t)l->column);
  struct str kind = json_str(column, "kind");
  bool counts = str_is(kind, "count") || (!kind.n && str_is(json_str(column, "type"), "integer"));
  if (c->has_aggregate) return c->aggregate;
  return c->within_ms && counts ? ALERT_SUM : ALERT_CELL;
}

struct level_sum {
  double sum, most, least, count;
};

static void level_add(struct level_sum *s, double v) {
  s->sum += v;
  s->most = s->count && s->most > v ? s->most : v;
  s->least = s->count && s->least < v ? s->least : v;
  s->count++;
}

// False: there is no such value, as the greatest of nothing.
static bool level_of(const struct level_sum *s, enum alert_aggregate how, double *out) {
  *out = how == ALERT_SUM       ? s->sum
         : how == ALERT_MAX     ? s->most
         : how == ALERT_MIN     ? s->least
         : how == ALERT_AVERAGE ? s->sum / (s->count ? s->count : 1)
                                : s->count;
  return s->count > 0 || how == ALERT_SUM || how == ALERT_COUNT;
}

static void level_measure(struct level *l) {
  const struct alert_condition *c = l->condition;
  enum alert_aggregate how = level_aggregate(l);
  struct level_sum sum = {0};
  int64_t last = level_unfinished(l);
  yyjson_val *row;
  size_t i, n;
  yyjson_arr_foreach (l->rows, i, n, row) {
    yyjson_val *cell = yyjson_arr_get(row, (size_t)l->column);
    double v = 0;
    if (!level_counts(l, row, last)) continue;
    bool there = how == ALERT_COUNT ? cell && !yyjson_is_null(cell) : level_number(cell, &v);
    if (!there) continue;
    level_add(&sum, v);
    if (how != ALERT_CELL || alert_compare(c->compare, v, c->bound)) level_show(l, row);
    if (how == ALERT_CELL && alert_compare(c->compare, v, c->bound) && !l->holds) {
      l->holds = l->has_value = true;
      l->value = v;
    }
  }
  if (how == ALERT_CELL) return;
  l->has_value = level_of(&sum, how, &l->value);
  l->holds = l->has_value && alert_compare(c->compare, l->value, c->bound);
}

static void level_rows(struct level *l) {
  yyjson_val *row;
  size_t i, n;
  yyjson_arr_foreach (l->rows, i, n, row)
    if (level_counts(l, row, INT64_MIN)) level_show(l, row);
  l->value = (double)l->total;
  l->has_value = true;
  l->holds = alert_compare(l->condition->compare, l->value, l->condition->bound);
}

static bool level_has_label(const struct level *l, yyjson_val *row) {
  yyjson_val *cell;
  size_t i, n;
  yyjson_arr_foreach (row, i, n, cell)
    if (yyjson_is_str(cell) && str_eq(json_text(cell), l->condition->label)) return true;
  return false;
}

// Of nothing there is no share.
static void level_share(struct level *l) {
  const struct alert_condition *c = l->condition;
  double part = 0, whole = 0, v;
  int of = c->of.n ? l->of : l->column;
  yyjson_val *row;
  size_t i, n;
  bool each = !c->label.n && !c->of.n;
  yyjson_arr_foreach (l->rows, i, n, row) {
    if (!level_counts(l, row, INT64_MIN)) continue;
    if (level_number(yyjson_arr_get(row, (size_t)of), &v)) whole += v;
    if (!each && (!c->label.n || level_has_label(l, row)) &&
        level_number(yyjson_arr_get(row, (size_t)l->column), &v)) {
      part += v;
      level_show(l, row);
    }
  }
  if (whole == 0) return;
  if (!each) {
    l->value = part / whole;
    l->has_value = true;
    l->holds = alert_compare(c->compare, l->value, c->bound);
    return;
  }
  yyjson_arr_foreach (l->rows, i, n, row) {
    if (!level_counts(l, row, INT64_MIN) || !level_number(yyjson_arr_get(row, (size_t)l->column), &v) ||
        !alert_compare(c->compare, v / whole, c->bound))
      continue;
    level_show(l, row);
    if (!l->holds) l->value = v / whole;
    l->holds = l->has_value = true;
  }
}

static void judge_level(const struct alert_rule *rule, const struct alert_state *was,
                        const struct alert_sight *sight, struct arena *a, struct alert_verdict *out) {
  const struct alert_condition *c = &rule->condition;
  struct level l = {.condition = c,
                    .sight = sight,
                    .columns = yyjson_obj_get(sight->result, "columns"),
                    .rows = yyjson_obj_get(sight->result, "rows"),
                    .column = alert_column_find(sight->result, c->column),
                    .of = alert_column_find(sight->result, c->of),
                    .time = alert_column_time(sight->result)};
  if (l.column < 0) l.column = alert_column_only_measure(sight->result);
  if (c->kind == ALERT_MEASURE) level_measure(&l);
  if (c->kind == ALERT_ROWS) level_rows(&l);
  if (c->kind == ALERT_SHARE) level_share(&l);
  struct alert_state *state = &out->state;
  if (!l.holds) {
    out->event = was->phase == ALERT_FIRING ? ALERT_ENDED : ALERT_NOTHING;
    state->phase = ALERT_FINE;
    state->since = 0;
  } else if (was->phase != ALERT_FIRING) {
    if (was->phase == ALERT_FINE || sight->at < was->since) state->since = sight->at;
    bool fires = sight->at - state->since >= rule->for_ms;
    state->phase = fires ? ALERT_FIRING : ALERT_PENDING;
    out->event = fires ? ALERT_BEGAN : ALERT_NOTHING;
  }
  if (out->event != ALERT_NOTHING)
    out->proof = alert_proof_write(l.columns, l.shown, l.holds ? l.shown_count : 0, l.holds ? l.total : 0,
                                   l.has_value ? &l.value : NULL, a);
}

void alert_judge(const struct alert_rule *rule, const struct alert_state *was,
                 const struct alert_sight *sight, struct arena *a, struct alert_verdict *out) {
  struct err err;
  *out = (struct alert_verdict){.event = ALERT_NOTHING, .state = *was};
  if (!sight->result)
    out->why = STR("the last run failed");
  else if (!sight->whole)
    out->why = STR("the last run was partial, or its rows were cut: it neither begins nor ends a condition");
  else if (!alert_condition_check(&rule->condition, sight->result, &err))
    out->why = arena_printf(a, "%s%s%s", err.text, *err.hint ? "; " : "", err.hint);
  else if (alert_condition_lasts(&rule->condition))
    judge_level(rule, was, sight, a, out);
  else if (was->phase != ALERT_FINE) { // it was another condition, of the kind that ends
    out->event = was->phase == ALERT_FIRING ? ALERT_ENDED : ALERT_NOTHING;
    out->state.phase = ALERT_FINE;
    out->state.since = 0;
  } else
    alert_changes_judge(&rule->condition, was, sight, a, out);
}
