// SPDX-License-Identifier: Apache-2.0
#include "rig.h"

#include <math.h>

#include "chart/format.h"
#include "chart/scale.h"

static void test_steps(void **state) {
  (void)state;
  static const struct {
    double span, n, step;
  } rows[] = {{41200, 10, 5000},  {31, 10, 2},   {13, 10, 1},      {14, 6, 2},    {1, 10, 0.1},
              {0.7, 10, 0.05},    {100, 1, 100}, {0, 10, 0.1},     {-5, 10, 0.1}, {1e-9, 5, 2e-10},
              {1e300, 10, 1e299}, {95, 10, 10},  {INFINITY, 1, 1}, {NAN, 1, 1},   {1e-320, 10, 1},
              {3.1, 1, 2},        {3.2, 1, 5},   {7.1, 1, 10}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    double got = chart_step_size(chart_step_of(rows[i].span, rows[i].n));
    if (got != rows[i].step)
      fail_msg("step(%g, %g) is %g, not %g", rows[i].span, rows[i].n, got, rows[i].step);
  }
  assert_true(chart_step_times((struct chart_step){1, -1}, 3) == 0.3); // not 0.30000000000000004
  assert_true(chart_step_times((struct chart_step){5, 3}, 9) == 45000);
}

static void test_domains(void **state) {
  (void)state;
  static const struct {
    double least, most;
    bool zero;
    double low, high;
  } rows[] = {{950, 41200, true, 0, 45000}, {1.2e9, 2.05e9, false, 1.2e9, 2.1e9},
              {-7, 12, true, -8, 12},       {-7, -3, true, -7, 0},
              {0, 0, true, 0, 1},           {5, 5, false, 0, 5},
              {-5, -5, false, -5, 0},       {0.1, 0.3, false, 0.1, 0.3}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct chart_range r = chart_domain(rows[i].least, rows[i].most, rows[i].zero);
    if (r.low != rows[i].low || r.high != rows[i].high)
      fail_msg("%g to %g becomes %g to %g, not %g to %g", rows[i].least, rows[i].most, r.low, r.high,
               rows[i].low, rows[i].high);
  }
}

// ---- against what Vega gave

struct oracle {
  yyjson_val *spec, *want;
  const char *channel;
  double least, most;
  bool any;
};

static void oracle_take(struct oracle *o, double v) {
  o->least = !o->any || v < o->least ? v : o->least;
  o->most = !o->any || v > o->most ? v : o->most;
  o->any = true;
}

// What a channel's scale spans: its field, its end in x2, or the sums of a stack.
static void oracle_values(struct oracle *o) {
  yyjson_val *encoding = yyjson_obj_get(o->spec, "encoding"), *channel = yyjson_obj_get(encoding, o->channel),
             *row;
  yyjson_val *rows = json_at(o->spec, STR("/data/values"));
  const char *field = yyjson_get_str(yyjson_obj_get(channel, "field")),
             *end = yyjson_get_str(json_at(encoding, STR("/x2/field"))),
             *of = yyjson_get_str(json_at(encoding, STR("/y/field")));
  struct str group = STR_NONE;
  double sum = 0;
  yyjson_arr_iter it = yyjson_arr_iter_with(rows);
  while ((row = yyjson_arr_iter_next(&it))) {
    yyjson_val *v = yyjson_obj_get(row, field);
    if (yyjson_is_null(v)) continue;
    if (yyjson_obj_get(channel, "stack")) {
      sum = str_eq(json_str(row, of), group) ? sum + yyjson_get_num(v) : yyjson_get_num(v);
      group = json_str(row, of);
      oracle_take(o, sum);
    } else {
      oracle_take(o, yyjson_get_num(v));
      if (end && strcmp(o->channel, "x") == 0) oracle_take(o, yyjson_get_num(yyjson_obj_get(row, end)));
    }
  }
}

static void oracle_check(struct oracle *o) {
  yyjson_val *channel = yyjson_obj_get(yyjson_obj_get(o->spec, "encoding"), o->channel);
  yyjson_val *domain = yyjson_obj_get(yyjson_obj_get(o->want, o->channel), "domain");
  if (!str_is(json_str(channel, "type"), "quantitative") || !domain) return;
  oracle_values(o);
  bool as_data = yyjson_obj_get(channel, "bin") || strcmp(o->channel, "color") == 0;
  struct chart_range r = {o->least, o->most};
  if (!as_data)
    r = chart_domain(o->least, o->most, json_bool(yyjson_obj_get(channel, "scale"), "zero", true));
  if (r.low != yyjson_get_num(yyjson_arr_get(domain, 0)) ||
      r.high != yyjson_get_num(yyjson_arr_get(domain, 1)))
    fail_msg("%.*s: the domain of %s is %g to %g", STR_ARG(json_str(o->spec, "title")), o->channel, r.low,
             r.high);
  yyjson_val *labels = yyjson_obj_get(yyjson_obj_get(o->want, "labels"), o->channel), *label;
  if (!labels || yyjson_obj_get(channel, "bin")) return; // an axis of bins has a label for each edge
  struct chart_step step;
  double ticks[CHART_TICKS_MOST];
  const char *side = strcmp(o->channel, "x") == 0 ? "width" : "height";
  size_t n = chart_ticks(r, (unsigned)yyjson_get_int(yyjson_obj_get(o->spec, side)), ticks, &step), i, most;
  bool prefixed = str_is(json_str(yyjson_obj_get(channel, "axis"), "format"), "~s");
  assert_int_equal(n, yyjson_arr_size(labels));
  yyjson_arr_foreach (labels, i, most, label) {
    struct buf text = BUF_MAX(100);
    chart_format_tick(&text, prefixed ? CHART_SHORT : CHART_AS_IS, ticks[i], step, r.high);
    check_text(buf_str(&text), yyjson_get_str(label));
    buf_free(&text);
  }
}

static void test_oracles(void **state) {
  (void)state;
  yyjson_doc *doc = rig_file("examples.json");
  static const char *const channels[] = {"x", "y", "color"};
  yyjson_val *example;
  size_t i, n, checked = 0;
  yyjson_arr_foreach (yyjson_doc_get_root(doc), i, n, example) {
    for (size_t c = 0; c < 3; c++) {
      struct oracle o = {.spec = yyjson_obj_get(example, "spec"),
                         .want = yyjson_obj_get(example, "oracle"),
                         .channel = channels[c]};
      oracle_check(&o);
      checked += o.any;
    }
  }
  assert_int_equal(checked, 11); // domains of numbers that the oracles have
  yyjson_doc_free(doc);
}

// ---- time

static void test_time_ticks(void **state) {
  (void)state;
  static const struct {
    const char *from, *to;
    unsigned pixels;
    const char *ticks;
  } rows[] = {
      {"2026-11-01", "2026-11-06", 240, "11-01 11-02 11-03 11-04 11-05 11-06"},
      {"2026-11-20T00:00:00Z", "2026-11-20T03:00:00Z", 120, "11-20 01:00 02:00 03:00"},
      {"2026-11-20T02:10:00Z", "2026-11-20T17:45:00Z", 240, "03:00 06:00 09:00 12:00 15:00"},
      {"2026-11-20T08:00:00Z", "2026-11-20T08:00:20Z", 160, "08:00:00 08:00:05 08:00:10 08:00:15 08:00:20"},
      {"2026-01-15", "2026-12-20", 480,
       "2026-02 2026-03 2026-04 2026-05 2026-06 2026-07 2026-08 2026-09 2026-10 "
       "2026-11 2026-12"},
      {"2026-10-28", "2026-11-06", 200, "10-29 10-31 11-01 11-03 11-05"},
      {"2026-11-04", "2026-12-01", 160, "11-09 11-16 11-23 11-30"},
      {"2001-01-01", "2026-01-01", 200, "2005 2010 2015 2020 2025"},
      {"0001-01-01", "9999-01-01", 80, "5000"},
      {"2026-11-20", "2026-11-20", 400, "11-20"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    int64_t from, to, ticks[CHART_TICKS_MOST];
    enum chart_time_unit unit;
    assert_true(moment_read(str_of(rows[i].from), &from) && moment_read(str_of(rows[i].to), &to));
    size_t n = chart_time_ticks(from, to, rows[i].pixels, ticks, &unit);
    struct buf text = BUF_MAX(4096);
    for (size_t t = 0; t < n; t++) {
      if (t) buf_add_char(&text, ' ');
      chart_format_time_tick(&text, ticks[t], unit);
    }
    check_text(buf_str(&text), rows[i].ticks);
    buf_free(&text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_steps), cmocka_unit_test(test_domains),
                                     cmocka_unit_test(test_oracles), cmocka_unit_test(test_time_ticks)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
