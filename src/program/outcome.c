// SPDX-License-Identifier: Apache-2.0
#include "program/outcome.h"

#include "base/map.h"
#include "base/mem.h"
#include "data/json.h"
#include "table/moment.h"

static const char *const outcome_states[] = {"complete", "partial", "paused", "failed"};

const char *outcome_status_name(enum outcome_status s) {
  return outcome_states[s];
}

// ---- time: gaps and the last bucket

struct outcome_filling {
  struct outcome_result *r;
  const struct table_clock *clock;
  struct arena *arena;
  size_t time;
  enum zone_unit unit;
  int count;
  int64_t first, last; // instants of buckets
};

static bool outcome_time_at(const struct outcome_filling *f, size_t row, int64_t *ms) {
  const struct table_cell *c = &f->r->rows.cells[row * f->r->rows.column_count + f->time];
  return c->kind == TABLE_CELL_TEXT && moment_read(c->text, ms);
}

static bool outcome_bucket(const struct outcome_result *r, enum zone_unit *unit, int *count) {
  uint64_t number = 1;
  struct str rest = r->asked->time_bucket, first;
  if (str_find(rest, ' ') > 0 && str_cut(&rest, ' ', &first) && !str_to_u64(first, &number)) return false;
  *count = (int)number;
  return number >= 1 && number <= 1000 && zone_unit_read(rest, unit);
}

static bool outcome_find_time(struct outcome_filling *f) {
  const struct table_result *rows = &f->r->rows;
  int64_t ms;
  for (f->time = 0; f->time < rows->column_count; f->time++)
    if (str_eq_nocase(rows->columns[f->time].name, f->r->asked->time_column)) break;
  if (f->time == rows->column_count || !rows->row_count) return false;
  for (size_t i = 0; i < rows->row_count; i++) {
    if (!outcome_time_at(f, i, &ms)) return false; // a bucket without a time: nothing to fill between
    if (i == 0 || ms < f->first) f->first = ms;
    if (i == 0 || ms > f->last) f->last = ms;
  }
  return true;
}

static bool outcome_is_measure(const struct table_column *c) {
  return c->type == TABLE_INTEGER || c->type == TABLE_DECIMAL;
}

// The series a row is of: its columns that are neither time nor measure.
static struct str outcome_series(const struct outcome_filling *f, size_t row) {
  const struct table_result *rows = &f->r->rows;
  struct buf key = BUF_MAX(64 * 1024);
  for (size_t c = 0; c < rows->column_count; c++) {
    if (c == f->time || outcome_is_measure(&rows->columns[c])) continue;
    table_cell_write(&key, &rows->cells[row * rows->column_count + c], rows->columns[c].type);
    buf_add_char(&key, '\n');
  }
  struct str copy = arena_dup(f->arena, buf_str(&key));
  buf_free(&key);
  return copy;
}

static size_t outcome_bucket_count(const struct outcome_filling *f, size_t most) {
  size_t n = 1;
  for (int64_t at = f->first; at < f->last && n <= most; n++)
    at = zone_bucket_after(f->clock->zone, at, f->unit, f->count, 1);
  return n;
}

static size_t outcome_place(const struct outcome_filling *f, const int64_t *buckets, size_t n, int64_t ms) {
  size_t low = 0, high = n;
  (void)f;
  while (high - low > 1) {
    size_t middle = (low + high) / 2;
    if (buckets[middle] <= ms)
      low = middle;
    else
      high = middle;
  }
  return low;
}

static void outcome_gap(const struct outcome_filling *f, struct table_cell *row,
                        const struct table_cell *like, int64_t at) {
  const struct table_result *rows = &f->r->rows;
  char text[MOMENT_TEXT];
  for (size_t c = 0; c < rows->column_count; c++) {
    const struct table_column *column = &rows->columns[c];
    struct str kind = json_str(yyjson_obj_getn(f->r->asked->columns, column->name.p, column->name.n), "kind");
    row[c] = like[c];
    if (c == f->time) {
      moment_write(at, text);
      struct str whole = str_of(text);
      if (column->days) whole.n = 10;
      row[c] = (struct table_cell){.kind = TABLE_CELL_TEXT, .text = arena_dup(f->arena, whole)};
    } else if (outcome_is_measure(column)) { // nothing counted is none; nothing measured is not known
      bool counts = str_is(kind, "count") || (!kind.n && column->type == TABLE_INTEGER);
      row[c] = (struct table_cell){.kind = counts ? TABLE_CELL_INTEGER : TABLE_CELL_NULL};
    }
  }
}

// All series times all buckets, in the order of time within each series as they came first.
static void outcome_spread(struct outcome_filling *f, size_t buckets, size_t most) {
  struct table_result *rows = &f->r->rows;
  struct map series = {0};
  int64_t *starts = ARENA_ARRAY(f->arena, buckets, int64_t);
  size_t *of = ARENA_ARRAY(f->arena, rows->row_count, size_t),
         *like = ARENA_ARRAY(f->arena, rows->row_count, size_t), count = 0;
  starts[0] = f->first;
  for (size_t i = 1; i < buckets; i++)
    starts[i] = zone_bucket_after(f->clock->zone, starts[i - 1], f->unit, f->count, 1);
  for (size_t i = 0; i < rows->row_count; i++) {
    struct str key = outcome_series(f, i);
    uintptr_t known = (uintptr_t)map_get(&series, key);
    if (!known) {
      like[count] = i;
      known = ++count;
      map_put(&series, key, (void *)known);
    }
    of[i] = known - 1;
  }
  map_free(&series);
  if (count * buckets > most) return;
  struct table_cell *cells = ARENA_ARRAY(f->arena, count * buckets * rows->column_count, struct table_cell);
  bool *there = ARENA_ARRAY(f->arena, count * buckets, bool);
  for (size_t i = 0; i < rows->row_count; i++) {
    int64_t ms = 0;
    outcome_time_at(f, i, &ms);
    size_t place = outcome_place(f, starts, buckets, ms);
    if (starts[place] != ms || there[of[i] * buckets + place]) return; // no such buckets: left as it is
    there[of[i] * buckets + place] = true;
    memcpy(&cells[(place * count + of[i]) * rows->column_count], &rows->cells[i * rows->column_count],
           rows->column_count * sizeof *cells);
  }
  for (size_t s = 0; s < count; s++)
    for (size_t b = 0; b < buckets; b++) {
      if (there[s * buckets + b]) continue;
      outcome_gap(f, &cells[(b * count + s) * rows->column_count], &rows->cells[like[s] * rows->column_count],
                  starts[b]);
      f->r->gaps++;
    }
  rows->cells = cells;
  rows->row_count = count * buckets;
}

void outcome_fill(struct outcome_result *r, const struct table_clock *clock, struct arena *a) {
  enum { FILL_ROWS_MOST = 20000 };
  struct outcome_filling f = {.r = r, .clock = clock, .arena = a};
  if (!r->asked->time_column.n || !outcome_bucket(r, &f.unit, &f.count) || !outcome_find_time(&f)) return;
  r->has_unfinished =
      zone_bucket_after(clock->zone, f.last, f.unit, f.count, 1) > clock->now_ms && f.last <= clock->now_ms;
  size_t buckets = outcome_bucket_count(&f, FILL_ROWS_MOST);
  if (buckets <= FILL_ROWS_MOST && !r->rows.cut) outcome_spread(&f, buckets, FILL_ROWS_MOST);
}

// ---- as JSON

static void outcome_key(struct buf *out, const char *key) {
  char last = out->n ? out->p[out->n - 1] : '{';
  if (last != '{' && last != '[') buf_add_char(out, ',');
  json_add_string(out, str_of(key));
  buf_add_char(out, ':');
}

static void outcome_text(struct buf *out, const char *key, struct str text) {
  if (!text.n) return;
  outcome_key(out, key);
  json_add_string(out, text);
}

static void outcome_int(struct buf *out, const char *key, int64_t n) {
  outcome_key(out, key);
  buf_printf(out, "%lld", (long long)n);
}

static void outcome_flag(struct buf *out, const char *key, bool set) {
  if (!set) return;
  outcome_key(out, key);
  buf_add_z(out, "true");
}

static void outcome_value(struct buf *out, const char *key, yyjson_val *v) {
  if (!v) return;
  outcome_key(out, key);
  json_write(out, v);
}

static void outcome_columns(const struct outcome_result *r, struct buf *out) {
  outcome_key(out, "columns");
  buf_add_char(out, '[');
  for (size_t i = 0; i < r->rows.column_count; i++) {
    const struct table_column *c = &r->rows.columns[i];
    yyjson_val *words = yyjson_obj_getn(r->asked->columns, c->name.p, c->name.n);
    struct str type = json_str(words, "type");
    buf_add_z(out, i ? ",{" : "{");
    outcome_text(out, "name", c->name.n ? c->name : STR("?"));
    outcome_text(out, "type", type.n ? type : str_of(table_type_name(c->type)));
    outcome_flag(out, "days", c->days);
    outcome_text(out, "kind", json_str(words, "kind"));
    outcome_text(out, "unit", json_str(words, "unit"));
    outcome_text(out, "title", json_str(words, "title"));
    buf_add_char(out, '}');
  }
  buf_add_char(out, ']');
}

static void outcome_rows(const struct table_result *rows, struct buf *out) {
  outcome_key(out, "rows");
  buf_add_char(out, '[');
  for (size_t i = 0; i < rows->row_count; i++) {
    buf_add_z(out, i ? ",[" : "[");
    for (size_t c = 0; c < rows->column_count; c++) {
      if (c) buf_add_char(out, ',');
      table_cell_write(out, &rows->cells[i * rows->column_count + c], rows->columns[c].type);
    }
    buf_add_char(out, ']');
  }
  buf_add_char(out, ']');
}

void outcome_write_result(const struct outcome_result *r, struct buf *out) {
  buf_add_char(out, '{');
  outcome_text(out, "name", r->name);
  outcome_text(out, "title", r->title);
  outcome_text(out, "error", r->why);
  if (!r->why.n) {
    outcome_columns(r, out);
    outcome_rows(&r->rows, out);
    outcome_int(out, "row_count", (int64_t)r->rows.row_count);
    if (r->total > r->rows.row_count) outcome_int(out, "total_rows", (int64_t)r->total);
    outcome_flag(out, "cut", r->rows.cut);
    if (r->asked->time_column.n) {
      outcome_key(out, "time");
      buf_add_char(out, '{');
      outcome_text(out, "column", r->asked->time_column);
      outcome_text(out, "bucket", r->asked->time_bucket);
      if (r->gaps) outcome_int(out, "gaps", r->gaps);
      outcome_flag(out, "unfinished", r->has_unfinished);
      buf_add_char(out, '}');
    }
    outcome_value(out, "wish", r->asked->chart);
    if (r->chart.n) {
      outcome_key(out, "chart");
      buf_add(out, r->chart);
    }
    if (r->panels.n) {
      outcome_key(out, "panels");
      buf_add(out, r->panels);
    }
    outcome_text(out, "chart_why", r->chart_why);
  }
  buf_add_char(out, '}');
}

static void outcome_step_write(const struct outcome_step *s, struct buf *out) {
  buf_add_char(out, '{');
  outcome_text(out, "id", s->id);
  outcome_text(out, "state", str_of(s->state));
  outcome_int(out, "calls", (int64_t)s->calls);
  if (s->failed) outcome_int(out, "failed", (int64_t)s->failed);
  outcome_int(out, "rows", (int64_t)s->rows);
  if (s->cut) outcome_int(out, "cut", (int64_t)s->cut);
  if (s->total >= 0) outcome_int(out, "total", s->total);
  outcome_flag(out, "maybe_cut", s->maybe_cut);
  outcome_int(out, "bytes", (int64_t)s->bytes);
  outcome_text(out, "why", s->why);
  buf_add_char(out, '}');
}

static void outcome_call_write(const struct outcome_call *c, struct buf *out) {
  buf_add_char(out, '{');
  outcome_text(out, "account", c->account);
  outcome_text(out, "tool", c->tool);
  outcome_key(out, "arguments");
  buf_add(out, c->arguments);
  outcome_int(out, "page", c->page);
  outcome_int(out, "rows", (int64_t)c->rows);
  outcome_int(out, "bytes", (int64_t)c->bytes);
  outcome_int(out, "ms", c->elapsed_ms);
  outcome_flag(out, "cached", c->cached);
  if (c->cached) outcome_int(out, "age_ms", c->age_ms);
  outcome_text(out, "why", c->why);
  buf_add_char(out, '}');
}

#define OUTCOME_LIST(out, key, count, write_one)                                                             \
  do {                                                                                                       \
    outcome_key((out), (key));                                                                               \
    buf_add_char((out), '[');                                                                                \
    for (size_t i = 0; i < (count); i++) {                                                                   \
      if (i) buf_add_char((out), ',');                                                                       \
      write_one;                                                                                             \
    }                                                                                                        \
    buf_add_char((out), ']');                                                                                \
  } while (0)

void outcome_write(const struct outcome *o, struct buf *out) {
  char now[MOMENT_TEXT];
  moment_write(o->now_ms, now);
  buf_add_char(out, '{');
  outcome_text(out, "status", str_of(outcome_states[o->status]));
  outcome_text(out, "title", o->title);
  outcome_text(out, "now", str_of(now));
  outcome_text(out, "zone", o->zone);
  outcome_text(out, "handle", o->handle);
  if (o->wait_s) outcome_int(out, "wait_seconds", o->wait_s);
  OUTCOME_LIST(out, "results", o->result_count, outcome_write_result(&o->results[i], out));
  OUTCOME_LIST(out, "steps", o->step_count, outcome_step_write(&o->steps[i], out));
  OUTCOME_LIST(out, "calls", o->call_count, outcome_call_write(&o->calls[i], out));
  OUTCOME_LIST(out, "warnings", o->warning_count, json_add_string(out, o->warnings[i]));
  buf_add_char(out, '}');
}
