// SPDX-License-Identifier: Apache-2.0
#include "rig.h"

#include "chart/classes.h"

static const struct {
  const char *columns, *rows, *hints, *classes;
} class_rows[] = {
    // times
    {"t:time", "[[\"2026-11-01T00:00:00.000Z\"]]", NULL, "time"},
    {"d:time:days", "[[\"2026-11-01\"],[null]]", NULL, "time"},
    {"d:text", "[[\"2026-11-01\"],[\"2026-11-02T10:00:00+01:00\"]]", NULL, "time"},
    {"d:text", "[[\"2026-11-01\"],[\"soon\"]]", NULL, "text"},
    {"created_at:integer", "[[1793491200],[1793491201]]", NULL, "time"},
    {"createdAt:integer", "[[1793491200000]]", NULL, "time"},
    {"timestamp:integer", "[[1793491200000]]", NULL, "time"},
    {"response_time:integer", "[[250],[1200]]", NULL, "measure"},
    {"n:integer", "[[1793491200]]", NULL, "measure counts additive"},
    {"n:integer", "[[1793491200]]", "{\"n\":{\"type\":\"time\"}}", "time"},
    {"expires_date:integer", "[[12]]", NULL, "measure counts additive"},
    // ids
    {"zone_id:text", "[[\"a\"],[\"a\"],[\"a\"],[\"a\"]]", NULL, "id"},
    {"zoneId:integer", "[[1],[1]]", NULL, "id"},
    {"id:integer", "[[7]]", NULL, "id"},
    {"request_hash:text", "[[\"x\"]]", NULL, "id"},
    {"paid:boolean", "[[true],[false]]", NULL, "category"},
    {"ray:text", "[[\"8f3a91c2d4e5f607\"],[\"8f3a91c2d4e5f608\"]]", NULL, "id"},
    {"ray:text", "[[\"8f3a91c2d4e5f607\"],[\"8f3a91c2d4e5f607\"]]", NULL, "category"},
    {"zone:text", "[[\"staging-2.example.com\"],[\"shop-17.example.com\"]]", NULL, "text"}, // a name, no id
    {"rule:text", "[[\"production-firewall\"],[\"staging-environment\"]]", NULL, "text"},
    // categories of numbers
    {"src_port:integer", "[[443],[80],[443]]", NULL, "category"},
    {"edge_response_status:integer", "[[200],[404],[200]]", NULL, "category"},
    {"status_code:integer", "[[200]]", NULL, "category"},
    {"asn:integer", "[[13335]]", NULL, "category"},
    {"year:integer", "[[2025],[2026]]", NULL, "ordinal"},
    {"status_code_count:integer", "[[200]]", NULL, "measure counts additive"},
    {"code:decimal", "[[1.5]]", NULL, "measure additive"},
    // ordinals
    {"day:text", "[[\"Mon\"],[\"Tue\"],[\"Mon\"]]", NULL, "ordinal"},
    {"m:text", "[[\"January\"],[\"Feb\"]]", NULL, "ordinal"},
    {"severity:text", "[[\"low\"],[\"critical\"],[\"odd\"]]", NULL, "ordinal"},
    {"risk:text", "[[\"low\"],[\"high\"]]", NULL, "ordinal"},
    {"hour:integer", "[[0],[23]]", NULL, "ordinal"},
    {"hours:integer", "[[0],[23]]", NULL, "measure counts additive"},
    {"version:text", "[[\"1.10\"],[\"1.9\"]]", NULL, "ordinal"},
    // texts and categories
    {"action:text", "[[\"block\"],[\"log\"],[\"block\"],[\"log\"]]", NULL, "category"},
    {"action:text", "[[\"block\"],[\"log\"],[\"allow\"]]", NULL, "text"},
    {"action:text n:integer", "[[\"block\",1],[\"log\",2],[\"allow\",3]]", NULL,
     "category|measure counts additive"},
    {"a:text b:text n:integer", "[[\"x\",\"y\",1],[\"x\",\"z\",1]]", NULL,
     "category|category|measure counts additive"},
    {"a:text b:text n:integer", "[[\"x\",\"y\",1],[\"x\",\"y\",1],[\"z\",\"q\",1]]", NULL,
     "text|text|measure counts additive"},
    {"a:text b:text c:text d:text n:integer", "[[\"x\",\"y\",\"z\",\"q\",1]]", NULL,
     "text|text|text|text|measure counts additive"},
    {"message:text n:integer",
     "[[\"a message of many words that somebody is to read, and no name of anything that could be on an "
     "axis\",1]]",
     NULL, "text|measure counts additive"},
    {"tags:json n:integer", "[[\"[1]\",1],[\"[2]\",1]]", NULL, "text|measure counts additive"},
    {"x:text", "[[null],[null]]", NULL, "text"},
    {"x:integer", "[]", NULL, "text"},
    // units, and what may be summed
    {"size:integer", "[[1200]]", NULL, "measure bytes additive"},
    {"size:integer", "[[1200]]", "{\"size\":{\"unit\":\"KB\"}}", "measure other KB additive"},
    {"edge_bytes:integer", "[[1200]]", "{\"edge_bytes\":{\"kind\":\"gauge\"}}", "measure bytes"},
    {"duration_ms:integer", "[[1200]]", NULL, "measure ms"},
    {"total_duration_ms:integer", "[[1200]]", NULL, "measure ms additive"},
    {"p95:decimal", "[[12.5]]", NULL, "measure"},
    {"avg_size:decimal", "[[12.5]]", NULL, "measure bytes"},
    {"cache_ratio:decimal", "[[0.5]]", NULL, "measure ratio"},
    {"error_rate:decimal", "[[0.02]]", NULL, "measure ratio"},
    {"rate:integer", "[[1200]]", NULL, "measure"},
    {"share:decimal", "[[12.5]]", "{\"share\":{\"unit\":\"%\"}}", "measure percent %"},
    {"part:decimal", "[[0.2]]", "{\"part\":{\"kind\":\"ratio\"}}", "measure ratio"},
    {"cost_eur:decimal", "[[12.5]]", NULL, "measure money EUR additive"},
    {"cost:decimal", "[[12.5]]", "{\"cost\":{\"unit\":\"USD\"}}", "measure money USD additive"},
    {"cost:decimal", "[[\"12.50\"]]", NULL, "measure additive"},
    {"n:decimal", "[[1.5]]", "{\"n\":{\"kind\":\"count\"}}", "measure counts additive"},
    {"port:integer", "[[443]]", "{\"port\":{\"kind\":\"count\"}}", "measure counts additive"},
    {"n:integer", "[[443]]", "{\"n\":{\"type\":\"text\"}}", "text"},
};

static void test_classes(void **state) {
  (void)state;
  static const char *const units[] = {"",       " bytes",   " binary", " ms",   " seconds",
                                      " ratio", " percent", " money",  " other"};
  for (size_t i = 0; i < sizeof class_rows / sizeof *class_rows; i++) {
    struct arena *a = arena_new();
    struct buf got = BUF_MAX(4096);
    yyjson_doc *hints = class_rows[i].hints ? rig_json(class_rows[i].hints) : NULL;
    struct table_result r = rig_result(a, class_rows[i].columns, class_rows[i].rows);
    struct chart_source from = {.rows = &r, .hints = yyjson_doc_get_root(hints)};
    struct chart_column *columns = chart_classify(&from, a);
    for (size_t c = 0; c < r.column_count; c++) {
      buf_printf(&got, "%s%s", c ? "|" : "", chart_class_name(columns[c].class));
      if (columns[c].class != CHART_CLASS_MEASURE) continue;
      buf_add_z(&got, units[columns[c].unit]);
      if (columns[c].unit_word.n) buf_printf(&got, " %.*s", STR_ARG(columns[c].unit_word));
      if (columns[c].counts) buf_add_z(&got, " counts");
      if (columns[c].additive) buf_add_z(&got, " additive");
    }
    if (!str_is(buf_str(&got), class_rows[i].classes))
      fail_msg("%s %s %s\n  is %.*s\n  not %s", class_rows[i].columns, class_rows[i].rows,
               class_rows[i].hints ? class_rows[i].hints : "", STR_ARG(buf_str(&got)), class_rows[i].classes);
    buf_free(&got);
    yyjson_doc_free(hints);
    arena_free(a);
  }
}

static void test_titles(void **state) {
  (void)state;
  struct arena *a = arena_new();
  yyjson_doc *hints = rig_json("{\"n\":{\"title\":\"Rules\"}}");
  struct table_result r = rig_result(a, "zone_name:text n:integer plan__name:text count(*):integer _:text",
                                     "[[\"a\",1,\"b\",2,\"c\"]]");
  struct chart_column *c =
      chart_classify(&(struct chart_source){.rows = &r, .hints = yyjson_doc_get_root(hints)}, a);
  check_text(c[0].title, "Zone name");
  check_text(c[1].title, "Rules");
  check_text(c[2].title, "Plan name");
  check_text(c[3].title, "Count(*)");
  check_text(c[4].title, "_");
  yyjson_doc_free(hints);
  arena_free(a);
}

static void test_orders(void **state) {
  (void)state;
  static const struct {
    enum chart_order order;
    const char *before, *after;
  } rows[] = {{CHART_ORDER_NATURAL, "1.9", "1.10"},
              {CHART_ORDER_NATURAL, "9", "10"},
              {CHART_ORDER_NATURAL, "-10", "-9"},
              {CHART_ORDER_NATURAL, "-1", "0"},
              {CHART_ORDER_NATURAL, "a", "ab"},
              {CHART_ORDER_NATURAL, "v2", "v10"},
              {CHART_ORDER_NATURAL, "01", "1"},
              {CHART_ORDER_NATURAL, "99999999999999999999", "100000000000000000000"},
              {CHART_ORDER_WEEKDAY, "Mon", "Tuesday"},
              {CHART_ORDER_WEEKDAY, "sat", "SUN"},
              {CHART_ORDER_MONTH, "Apr", "August"},
              {CHART_ORDER_SEVERITY, "low", "critical"},
              {CHART_ORDER_SEVERITY, "odd", "critical"},
              {CHART_ORDER_WEEKDAY, "(none)", "Mon"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct str a = str_of(rows[i].before), b = str_of(rows[i].after);
    if (chart_compare_labels(rows[i].order, a, b) >= 0 || chart_compare_labels(rows[i].order, b, a) <= 0 ||
        chart_compare_labels(rows[i].order, a, a) != 0)
      fail_msg("%s does not come before %s", rows[i].before, rows[i].after);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_classes), cmocka_unit_test(test_titles),
                                     cmocka_unit_test(test_orders)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
