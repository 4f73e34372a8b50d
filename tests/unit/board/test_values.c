// SPDX-License-Identifier: Apache-2.0
// Values over time: which cells count, which points stay, and that all of it stays small.
#include "../support/check.h"

#include "board/values.h"
#include "data/json.h"

enum { MINUTE = 60 * 1000, DAY = 24 * 60 * MINUTE };

static struct arena *arena;

static int setup(void **state) {
  (void)state;
  arena = arena_new();
  return 0;
}

static int teardown(void **state) {
  (void)state;
  arena_free(arena);
  return 0;
}

static struct table_cell text(const char *s) {
  return (struct table_cell){.kind = TABLE_CELL_TEXT, .text = str_of(s)};
}

static struct table_cell number(int64_t n) {
  return (struct table_cell){.kind = TABLE_CELL_INTEGER, .integer = n};
}

static void test_pick(void **state) {
  (void)state;
  struct table_column columns[] = {{STR("zone"), TABLE_TEXT, false},
                                   {STR("action"), TABLE_TEXT, false},
                                   {STR("rules"), TABLE_INTEGER, false}};
  struct table_cell cells[] = {text("a.example"), text("block"), number(12),
                               text("a.example"), text("log"),   number(-3),
                               text("b"),         text("log"),   {.kind = TABLE_CELL_NULL},
                               text("a.example"), text("log"),   number(9)};
  struct program_result asked = {.name = STR("r")};
  struct outcome_result r = {.asked = &asked, .rows = {3, 4, columns, cells, false}};
  struct values_cell picked[VALUES_CELLS_MOST];
  size_t n = values_pick(&r, arena, picked);
  assert_int_equal(n, 2); // a null is no value, and a key counts once
  check_text(picked[0].key, "a.example \xc2\xb7 block \xc2\xb7 rules");
  check_text(picked[0].number, "12");
  check_text(picked[1].number, "-3");
}

// Of a series by time the last bucket that is over.
static void test_series(void **state) {
  (void)state;
  struct table_column columns[] = {{STR("hour"), TABLE_TIME, false}, {STR("n"), TABLE_INTEGER, false}};
  struct table_cell cells[] = {text("2026-11-20T08:00:00.000Z"), number(1),
                               text("2026-11-20T10:00:00.000Z"), number(3),
                               text("2026-11-20T09:00:00.000Z"), number(2)};
  struct program_result asked = {.name = STR("r"), .time_column = STR("hour"), .time_bucket = STR("hour")};
  struct outcome_result r = {.asked = &asked, .rows = {2, 3, columns, cells, false}};
  struct values_cell picked[VALUES_CELLS_MOST];
  assert_int_equal(values_pick(&r, arena, picked), 1);
  check_text(picked[0].key, "n");
  check_text(picked[0].number, "3");
  r.has_unfinished = true;
  assert_int_equal(values_pick(&r, arena, picked), 1);
  check_text(picked[0].number, "2");
}

static size_t thin_all(int64_t *at, size_t n, int64_t now) {
  bool *stays = ARENA_ARRAY(arena, n, bool);
  size_t left = values_thin(at, n, now, VALUES_PART, stays), k = 0;
  for (size_t i = 0; i < n; i++)
    if (stays[i]) at[k++] = at[i];
  assert_int_equal(k, left);
  return k;
}

// A year of refreshes every five minutes: some hundred points, near ones dense, far ones far apart.
static void test_year(void **state) {
  (void)state;
  enum { STEPS = 366 * 24 * 12 };
  int64_t *at = ARENA_ARRAY(arena, 4096, int64_t);
  size_t n = 0, most = 0;
  for (int64_t i = 0; i < STEPS; i++) {
    at[n++] = i * 5 * MINUTE;
    if (i % 12 == 0) n = thin_all(at, n, i * 5 * MINUTE);
    if (n > most) most = n;
    assert_true(n < 4000);
  }
  int64_t now = (STEPS - 1) * (int64_t)5 * MINUTE;
  n = thin_all(at, n, now);
  if (n < 200 || most > 1500) fail_msg("%zu points, at most %zu", n, most);
  assert_int_equal(at[n - 1], now);
  assert_true(at[0] <= 30 * (int64_t)DAY); // the beginning is still told
  for (size_t i = 0; i + 1 < n; i++) {
    int64_t age = now - at[i], space = at[i + 1] - at[i];
    if (space > age / 8 + 10 * MINUTE)
      fail_msg("a gap of %lld min at an age of %lld min", (long long)space / MINUTE, (long long)age / MINUTE);
  }
}

static void test_too_old(void **state) {
  (void)state;
  int64_t at[] = {0, 10 * (int64_t)DAY, 401 * (int64_t)DAY, 402 * (int64_t)DAY};
  bool stays[4];
  assert_int_equal(values_thin(at, 4, 405 * (int64_t)DAY, VALUES_PART, stays), 3);
  assert_true(!stays[0] && stays[1] && stays[2] && stays[3]);
}

static yyjson_doc *written(struct str points) {
  struct buf out = BUF_MAX(1 << 20);
  values_write(points, &out);
  yyjson_doc *doc = yyjson_read(out.p, out.n, YYJSON_READ_NUMBER_AS_RAW);
  assert_non_null(doc);
  buf_free(&out);
  return doc;
}

static void test_add(void **state) {
  (void)state;
  struct values_cell a = {STR("a"), STR("1")}, b[] = {{STR("b \"x\""), STR("2.5")}, {STR("a"), STR("-7")}};
  struct str points = values_add(STR(""), DAY, &a, 1, VALUES_BYTES_MOST, arena);
  points = values_add(points, DAY + MINUTE, b, 2, VALUES_BYTES_MOST, arena);
  points = values_add(points, DAY + 2 * MINUTE, NULL, 0, VALUES_BYTES_MOST, arena); // nothing was measured
  yyjson_doc *doc = written(points);
  yyjson_val *root = yyjson_doc_get_root(doc);
  assert_int_equal(yyjson_arr_size(root), 3);
  check_text(json_str(yyjson_arr_get(root, 0), "at"), "1970-01-02T00:00:00Z");
  yyjson_val *values = yyjson_obj_get(yyjson_arr_get(root, 1), "values");
  check_text(json_raw_number(yyjson_obj_get(values, "b \"x\"")), "2.5");
  check_text(json_raw_number(yyjson_obj_get(values, "a")), "-7");
  yyjson_doc_free(doc);
}

static void test_trend(void **state) {
  (void)state;
  struct str points = STR("");
  struct buf out = BUF_MAX(1 << 16);
  for (int64_t i = 0; i < 3; i++) {
    struct values_cell cells[] = {{STR("a"), arena_printf(arena, "%lld", (long long)i)},
                                  {i == 2 ? STR("new") : STR("b"), STR("1.5")}};
    points = values_add(points, DAY + i * MINUTE, cells, 2, VALUES_BYTES_MOST, arena);
  }
  values_trend(points, &out); // what is new has no trend yet, and what is gone has none any more
  check_text(buf_str(&out), "[{\"key\":\"a\",\"at\":[\"1970-01-02T00:00:00Z\",\"1970-01-02T00:01:00Z\","
                            "\"1970-01-02T00:02:00Z\"],\"values\":[0,1,2]}]");
  buf_clear(&out);
  values_trend(STR(""), &out);
  check_text(buf_str(&out), "[]");
  buf_free(&out);
}

// However much comes: the newest is there, and the bytes are held to.
static void test_budget(void **state) {
  (void)state;
  struct str points = STR("");
  struct values_cell cells[VALUES_CELLS_MOST];
  for (int64_t i = 0; i < 300; i++) {
    for (size_t k = 0; k < VALUES_CELLS_MOST; k++)
      cells[k] = (struct values_cell){
          arena_printf(arena, "%lld key %zu of %0150d", (long long)(i % 2 ? 0 : i), k, 0), STR("123456.789")};
    points = values_add(points, i * DAY, cells, VALUES_CELLS_MOST, VALUES_BYTES_MOST, arena);
    assert_true(points.n && points.n <= VALUES_BYTES_MOST);
  }
  yyjson_doc *doc = written(points);
  yyjson_val *last = yyjson_arr_get_last(yyjson_doc_get_root(doc));
  assert_int_equal(yyjson_obj_size(yyjson_obj_get(last, "values")), VALUES_CELLS_MOST);
  check_text(json_str(last, "at"), "1970-10-27T00:00:00Z");
  yyjson_doc_free(doc);
}

// What no writer of ours made is as if it were not there.
static void test_damaged(void **state) {
  (void)state;
  const char *texts[] = {"",
                         "x",
                         "{}",
                         "[]",
                         "{\"keys\":1,\"points\":[[]]}",
                         "{\"keys\":[],\"points\":[[\"x\",0,1]]}",
                         "{\"keys\":[\"a\"],\"points\":[[5,9,1],[6,0]]}"};
  struct values_cell a = {STR("a"), STR("1")};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    struct buf trend = BUF_MAX(4096);
    values_trend(str_of(texts[i]), &trend);
    check_text(buf_str(&trend), "[]");
    buf_free(&trend);
    yyjson_doc_free(written(str_of(texts[i])));
    struct str points = values_add(str_of(texts[i]), DAY, &a, 1, VALUES_BYTES_MOST, arena);
    assert_true(points.n > 0);
    yyjson_doc_free(written(points));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_pick, setup, teardown),
      cmocka_unit_test_setup_teardown(test_series, setup, teardown),
      cmocka_unit_test_setup_teardown(test_year, setup, teardown),
      cmocka_unit_test_setup_teardown(test_too_old, setup, teardown),
      cmocka_unit_test_setup_teardown(test_add, setup, teardown),
      cmocka_unit_test_setup_teardown(test_trend, setup, teardown),
      cmocka_unit_test_setup_teardown(test_budget, setup, teardown),
      cmocka_unit_test_setup_teardown(test_damaged, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
