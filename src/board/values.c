// SPDX-License-Identifier: Apache-2.0
// Kept as {"keys":["a","b"],"points":[[at,0,12,1,7],…]}: a point is its time, then number and cell of each key.
#include "board/values.h"

#include "base/clock.h"
#include "base/map.h"
#include "data/json.h"

enum { VALUES_DAY_MS = 24 * 60 * 60 * 1000 };

// ---- which cells

static bool values_is_measure(const struct table_column *c) {
  return c->type == TABLE_INTEGER || c->type == TABLE_DECIMAL;
}

static size_t values_time_column(const struct outcome_result *r) {
  size_t c = 0;
  while (c < r->rows.column_count && !str_eq_nocase(r->rows.columns[c].name, r->asked->time_column)) c++;
  return r->asked->time_column.n ? c : r->rows.column_count;
}

static const struct table_cell *values_cell_at(const struct outcome_result *r, size_t row, size_t column) {
  return &r->rows.cells[row * r->rows.column_count + column];
}

// The last time that is over, or the only one. Times are one form, and sort as texts.
static struct str values_last_bucket(const struct outcome_result *r, size_t time) {
  struct str last = STR(""), before = STR("");
  for (size_t i = 0; i < r->rows.row_count; i++) {
    const struct table_cell *cell = values_cell_at(r, i, time);
    if (cell->kind != TABLE_CELL_TEXT) continue;
    if (str_compare(cell->text, last) > 0) {
      before = last;
      last = cell->text;
    } else if (str_compare(cell->text, before) > 0 && !str_eq(cell->text, last)) {
      before = cell->text;
    }
  }
  return r->has_unfinished && before.n ? before : last;
}

static struct str values_key(const struct outcome_result *r, size_t row, size_t time, size_t measure,
                             struct arena *a) {
  struct buf key = BUF_MAX(64 * 1024);
  for (size_t c = 0; c < r->rows.column_count; c++) {
    if (c == time || values_is_measure(&r->rows.columns[c])) continue;
    table_cell_print(&key, values_cell_at(r, row, c), r->rows.columns[c].type);
    buf_add_z(&key, " \xc2\xb7 ");
  }
  buf_add(&key, r->rows.columns[measure].name);
  struct str out = arena_dup(a, str_cut_utf8(buf_str(&key), VALUES_KEY_MOST));
  buf_free(&key);
  return out;
}

static bool values_is_there(const struct values_cell *cells, size_t count, struct str key) {
  for (size_t i = 0; i < count; i++)
    if (str_eq(cells[i].key, key)) return true;
  return false;
}

static struct str values_number(const struct outcome_result *r, size_t row, size_t column, struct arena *a) {
  const struct table_cell *cell = values_cell_at(r, row, column);
  struct buf text = BUF_MAX(TABLE_CELL_MOST);
  if (cell->kind != TABLE_CELL_NULL) table_cell_write(&text, cell, r->rows.columns[column].type);
  bool plain = text.n && text.n <= 40 && (text.p[0] == '-' || (text.p[0] >= '0' && text.p[0] <= '9'));
  struct str out = plain ? arena_dup(a, buf_str(&text)) : STR("");
  buf_free(&text);
  return out;
}

size_t values_pick(const struct outcome_result *r, struct arena *a,
                   struct values_cell cells[VALUES_CELLS_MOST]) {
  size_t n = 0, time = values_time_column(r);
  struct str bucket = time < r->rows.column_count ? values_last_bucket(r, time) : STR("");
  for (size_t i = 0; i < r->rows.row_count && n < VALUES_CELLS_MOST; i++) {
    if (time < r->rows.column_count && (values_cell_at(r, i, time)->kind != TABLE_CELL_TEXT ||
                                        !str_eq(values_cell_at(r, i, time)->text, bucket)))
      continue;
    for (size_t c = 0; c < r->rows.column_count && n < VALUES_CELLS_MOST; c++) {
      if (!values_is_measure(&r->rows.columns[c])) continue;
      struct values_cell cell = {values_key(r, i, time, c, a), values_number(r, i, c, a)};
      if (cell.number.n && !values_is_there(cells, n, cell.key)) cells[n++] = cell;
    }
  }
  return n;
}

// ---- which points

size_t values_thin(const int64_t *at_ms, size_t count, int64_t now_ms, int64_t part, bool *stays) {
  size_t left = 0, last = count;
  for (size_t i = 0; i < count; i++) {
    int64_t age = now_ms - at_ms[i];
    bool edge = last == count || i + 1 == count;
    stays[i] = i + 1 == count || age <= (int64_t)VALUES_DAYS_MOST * VALUES_DAY_MS;
    if (stays[i] && !edge) stays[i] = (at_ms[i + 1] - at_ms[last]) * part >= age;
    if (!stays[i]) continue;
    last = i;
    left++;
  }
  return left;
}

struct values_set { // as read
  yyjson_val *keys, *points;
  size_t count;
  int64_t *at;
  bool *stays;
};

static void values_read(yyjson_doc *doc, struct arena *a, struct values_set *out) {
  yyjson_val *root = yyjson_doc_get_root(doc), *point;
  size_t i, n;
  *out = (struct values_set){.keys = yyjson_obj_get(root, "keys"), .points = yyjson_obj_get(root, "points")};
  out->at = ARENA_ARRAY(a, yyjson_arr_size(out->points) + 1, int64_t);
  out->stays = ARENA_ARRAY(a, yyjson_arr_size(out->points) + 1, bool);
  yyjson_arr_foreach (out->points, i, n, point)
    if (str_to_i64(json_raw_number(yyjson_arr_get_first(point)), &out->at[i])) out->count = i + 1;
}

// ---- written

struct values_text { // in the making: keys get their numbers as they come
  struct map numbers;
  struct buf keys, points;
  size_t key_count;
};

static void values_put(struct values_text *t, struct str key, struct str number) {
  uintptr_t known = (uintptr_t)map_get(&t->numbers, key);
  if (!known) {
    known = ++t->key_count;
    map_put(&t->numbers, key, (void *)known);
    if (known > 1) buf_add_char(&t->keys, ',');
    json_add_string(&t->keys, key);
  }
  buf_printf(&t->points, ",%zu,%.*s", (size_t)known - 1, STR_ARG(number));
}

static void values_begin(struct values_text *t, int64_t at_ms) {
  buf_printf(&t->points, "%s[%lld", t->points.n ? "," : "", (long long)at_ms);
}

static void values_copy(struct values_text *t, const struct values_set *set, size_t i) {
  yyjson_val *point = yyjson_arr_get(set->points, i);
  uint64_t number;
  values_begin(t, set->at[i]);
  for (size_t k = 1; k + 1 < yyjson_arr_size(point); k += 2)
    if (str_to_u64(json_raw_number(yyjson_arr_get(point, k)), &number) && yyjson_arr_get(set->keys, number))
      values_put(t, json_text(yyjson_arr_get(set->keys, number)),
                 json_raw_number(yyjson_arr_get(point, k + 1)));
  buf_add_char(&t->points, ']');
}

static struct str values_text(const struct values_set *set, const struct values_cell *cells, size_t count,
                              struct arena *a) {
  enum { VALUES_TEXT_MOST = 8 << 20 };
  struct values_text t = {.keys = BUF_MAX(VALUES_TEXT_MOST), .points = BUF_MAX(VALUES_TEXT_MOST)};
  for (size_t i = 0; i < set->count; i++)
    if (set->stays[i]) values_copy(&t, set, i);
  values_begin(&t, set->at[set->count]);
  for (size_t i = 0; i < count; i++) values_put(&t, cells[i].key, cells[i].number);
  buf_add_char(&t.points, ']');
  struct str out = arena_printf(a, "{\"keys\":[%.*s],\"points\":[%.*s]}", STR_ARG(buf_str(&t.keys)),
                                STR_ARG(buf_str(&t.points)));
  map_free(&t.numbers);
  buf_free(&t.keys);
  buf_free(&t.points);
  return out;
}

struct str values_add(struct str before, int64_t at_ms, const struct values_cell *cells, size_t count,
                      size_t most, struct arena *a) {
  yyjson_doc *doc = before.n ? yyjson_read(before.p, before.n, YYJSON_READ_NUMBER_AS_RAW) : NULL;
  struct values_set set;
  struct str out;
  values_read(doc, a, &set);
  while (set.count && set.at[set.count - 1] >= at_ms) set.count--; // the clock was set back
  set.at[set.count] = at_ms;
  int64_t part = VALUES_PART;
  do {
    values_thin(set.at, set.count + 1, at_ms, part, set.stays);
    out = values_text(&set, cells, count, a);
    part /= 2;
  } while (out.n > most && part);
  for (size_t i = 0; out.n > most && i < set.count; i++) { // many keys: the oldest go
    set.stays[i] = false;
    if (i % 4 == 3 || i + 1 == set.count) out = values_text(&set, cells, count, a);
  }
  yyjson_doc_free(doc);
  return out.n <= most ? out : STR("");
}

void values_write(struct str points, struct buf *out) {
  yyjson_doc *doc = points.n ? yyjson_read(points.p, points.n, YYJSON_READ_NUMBER_AS_RAW) : NULL;
  struct arena *a = arena_new();
  struct values_set set;
  uint64_t number;
  char at[CLOCK_TEXT];
  values_read(doc, a, &set);
  buf_add_char(out, '[');
  for (size_t i = 0; i < set.count; i++) {
    yyjson_val *point = yyjson_arr_get(set.points, i);
    clock_rfc3339(set.at[i], at);
    buf_printf(out, "%s{\"at\":\"%s\",\"values\":{", i ? "," : "", at);
    for (size_t k = 1, put = 0; k + 1 < yyjson_arr_size(point); k += 2) {
      if (!str_to_u64(json_raw_number(yyjson_arr_get(point, k)), &number)) continue;
      if (put++) buf_add_char(out, ',');
      json_add_string(out, json_text(yyjson_arr_get(set.keys, number)));
      buf_printf(out, ":%.*s", STR_ARG(json_raw_number(yyjson_arr_get(point, k + 1))));
    }
    buf_add_z(out, "}}");
  }
  buf_add_char(out, ']');
  arena_free(a);
  yyjson_doc_free(doc);
}

// ---- a trend

struct values_line { // of one key, in the making
  struct buf at, values;
  size_t count;
};

static void values_line_add(struct values_line *line, const struct values_set *set, size_t i, size_t key) {
  yyjson_val *point = yyjson_arr_get(set->points, i);
  uint64_t number;
  char at[CLOCK_TEXT];
  for (size_t k = 1; k + 1 < yyjson_arr_size(point); k += 2) {
    if (!str_to_u64(json_raw_number(yyjson_arr_get(point, k)), &number) || number != key) continue;
    clock_rfc3339(set->at[i], at);
    buf_printf(&line->at, "%s\"%s\"", line->count ? "," : "", at);
    buf_printf(&line->values, "%s%.*s", line->count ? "," : "",
               STR_ARG(json_raw_number(yyjson_arr_get(point, k + 1))));
    line->count++;
    return;
  }
}

static void values_line_write(const struct values_set *set, size_t key, struct buf *out) {
  struct values_line line = {.at = BUF_MAX(out->max), .values = BUF_MAX(out->max)};
  for (size_t i = set->count > VALUES_TREND_MOST ? set->count - VALUES_TREND_MOST : 0; i < set->count; i++)
    values_line_add(&line, set, i, key);
  if (line.count > 1) {
    if (out->p[out->n - 1] != '[') buf_add_char(out, ',');
    buf_add_z(out, "{\"key\":");
    json_add_string(out, json_text(yyjson_arr_get(set->keys, key)));
    buf_printf(out, ",\"at\":[%.*s],\"values\":[%.*s]}", STR_ARG(buf_str(&line.at)),
               STR_ARG(buf_str(&line.values)));
  }
  buf_free(&line.at);
  buf_free(&line.values);
}

void values_trend(struct str points, struct buf *out) {
  yyjson_doc *doc = points.n ? yyjson_read(points.p, points.n, YYJSON_READ_NUMBER_AS_RAW) : NULL;
  struct arena *a = arena_new();
  struct values_set set;
  uint64_t key;
  values_read(doc, a, &set);
  yyjson_val *last = set.count ? yyjson_arr_get(set.points, set.count - 1) : NULL;
  buf_add_char(out, '[');
  for (size_t k = 1; k < 1 + 2 * VALUES_TREND_KEYS && k + 1 < yyjson_arr_size(last); k += 2)
    if (str_to_u64(json_raw_number(yyjson_arr_get(last, k)), &key) && yyjson_arr_get(set.keys, key))
      values_line_write(&set, key, out);
  buf_add_char(out, ']');
  arena_free(a);
  yyjson_doc_free(doc);
}
