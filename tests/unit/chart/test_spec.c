// SPDX-License-Identifier: Apache-2.0
#include "rig.h"

#include <math.h>

#include "chart/choose.h"
#include "chart/spec.h"
#include "data/schema.h"

// As JSON that reads back without a key twice, passes our check, and the schema.
static struct str written(struct arena *a, const struct chart *c) {
  struct buf out = BUF_MAX(64 << 20);
  yyjson_doc *doc, *schema = rig_file("chartspec.schema.json");
  struct err err;
  chart_write(c, &out);
  if (!json_read(buf_str(&out), &JSON_LIMITS, &doc, &err))
    fail_msg("%s %s: %.*s", err.field, err.text, STR_ARG(buf_str(&out)));
  if (!chart_check(yyjson_doc_get_root(doc), &err))
    fail_msg("%s %s: %.*s", err.field, err.text, STR_ARG(buf_str(&out)));
  struct schema_report report = {.arena = a};
  yyjson_mut_doc *copy = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *value = yyjson_val_mut_copy(copy, yyjson_doc_get_root(doc));
  if (!schema_check(yyjson_doc_get_root(schema), copy, &value, &report))
    fail_msg("%.*s: %.*s: %.*s", STR_ARG(report.items[0].pointer), STR_ARG(report.items[0].expected),
             STR_ARG(buf_str(&out)));
  yyjson_mut_doc_free(copy);
  yyjson_doc_free(schema);
  yyjson_doc_free(doc);
  struct str text = arena_dup(a, buf_str(&out));
  buf_free(&out);
  return text;
}

static struct str spec_of(struct arena *a, const char *columns, const char *rows, const char *hints,
                          struct chart_source from) {
  struct table_result r = rig_result(a, columns, rows);
  yyjson_doc *doc = hints ? rig_json(hints) : NULL;
  struct chart chart;
  from.rows = &r;
  from.hints = yyjson_doc_get_root(doc);
  chart_choose(&from, a, &chart);
  struct str text = written(a, &chart);
  yyjson_doc_free(doc);
  return text;
}

#define OPENING "{\"$schema\":\"https://vega.github.io/schema/vega-lite/v6.json\""
#define END "\"width\":480,\"height\":240}"

static void test_bytes(void **state) {
  (void)state;
  struct arena *a = arena_new();
  check_text(spec_of(a, "zone:text requests:integer", "[[\"a \\\"b\\\"\",950],[\"example.com\",41200]]", NULL,
                     (struct chart_source){.title = STR("Requests by zone")}),
             OPENING
             ",\"title\":\"Requests by zone\",\"description\":\"Requests by Zone. Largest: example.com, "
             "41,200.\",\"mark\":\"bar\","
             "\"data\":{\"values\":[{\"zone\":\"example.com\",\"requests\":41200},{\"zone\":\"a "
             "\\\"b\\\"\",\"requests\":950}]},"
             "\"encoding\":{\"x\":{\"field\":\"requests\",\"type\":\"quantitative\",\"title\":\"Requests\","
             "\"axis\":{\"format\":\"~s\"}},"
             "\"y\":{\"field\":\"zone\",\"type\":\"nominal\",\"sort\":null,\"title\":\"Zone\"}}," END);
  check_text(
      spec_of(a, "t:time v:integer",
              "[[\"2026-11-01T00:00:00.000Z\",1200000000],[\"2026-11-02T00:00:00.500Z\",null],"
              "[\"2026-11-03T00:00:00.000Z\",1700000000]]",
              "{\"t\":{\"title\":\"Day\"},\"v\":{\"title\":\"Bytes\",\"unit\":\"bytes\",\"kind\":\"gauge\"}}",
              (struct chart_source){0}),
      OPENING ",\"description\":\"Bytes from 2026-11-01 to 2026-11-03. Largest: 1.7 GB at 2026-11-03; last: "
              "1.7 GB.\","
              "\"mark\":{\"type\":\"line\",\"point\":true},"
              "\"data\":{\"values\":[{\"t\":\"2026-11-01T00:00:00Z\",\"v\":1200000000},{\"t\":\"2026-11-"
              "02T00:00:00.500Z\",\"v\":null},"
              "{\"t\":\"2026-11-03T00:00:00Z\",\"v\":1700000000}]},"
              "\"encoding\":{\"x\":{\"field\":\"t\",\"type\":\"temporal\",\"scale\":{\"type\":\"utc\"},"
              "\"title\":\"Day (UTC)\"},"
              "\"y\":{\"field\":\"v\",\"type\":\"quantitative\",\"scale\":{\"zero\":false},\"title\":"
              "\"Bytes\",\"axis\":{\"format\":\"~s\"}}}," END);
  check_text(
      spec_of(a, "v:integer", "[[0],[1],[2],[3],[4],[5],[6],[7],[8],[9]]", NULL, (struct chart_source){0}),
      OPENING
      ",\"description\":\"10 values of V from 0 to 10. Most, 2, lie between 0 and 2.\",\"mark\":\"bar\","
      "\"data\":{\"values\":[{\"from\":0,\"to\":2,\"n\":2},{\"from\":2,\"to\":4,\"n\":2},{\"from\":4,\"to\":"
      "6,\"n\":2},"
      "{\"from\":6,\"to\":8,\"n\":2},{\"from\":8,\"to\":10,\"n\":2}]},"
      "\"encoding\":{\"x\":{\"field\":\"from\",\"type\":\"quantitative\",\"bin\":{\"binned\":true,\"step\":2}"
      ",\"title\":\"V\"},"
      "\"x2\":{\"field\":\"to\"},\"y\":{\"field\":\"n\",\"type\":\"quantitative\",\"title\":\"Rows\"}}," END);
  check_text(spec_of(a, "name:text paused:boolean seen:time size:integer",
                     "[[\"a\",false,\"2026-11-01T00:00:00.000Z\",7],[\"b\",null,null,9]]", NULL,
                     (struct chart_source){.list = true}),
             OPENING ",\"description\":\"2 rows, 4 columns.\",\"mark\":\"text\",\"data\":{\"values\":["
                     "{\"name\":\"a\",\"paused\":false,\"seen\":\"2026-11-01T00:00:00.000Z\",\"size\":7},"
                     "{\"name\":\"b\",\"paused\":null,\"seen\":null,\"size\":9}]},\"encoding\":{},"
                     "\"usermeta\":{\"postern\":{\"kind\":\"table\","
                     "\"columns\":[{\"field\":\"name\",\"title\":\"Name\"},{\"field\":\"paused\",\"title\":"
                     "\"Paused\",\"format\":\"yes-no\"},"
                     "{\"field\":\"seen\",\"title\":\"Seen\",\"format\":\"time\"},{\"field\":\"size\","
                     "\"title\":\"Size\",\"format\":\"bytes\"}]}}," END);
  double spark[] = {150, NAN, 224.5};
  struct chart_delta delta = {212, STR("previous 7 days")};
  check_text(spec_of(a, "n:integer", "[[1284]]", NULL,
                     (struct chart_source){
                         .title = STR("Denied"), .spark = spark, .spark_count = 3, .delta = &delta}),
             OPENING ",\"title\":\"Denied\",\"description\":\"N: "
                     "1,284.\",\"mark\":\"text\",\"data\":{\"values\":[{\"n\":1284}]},"
                     "\"encoding\":{\"text\":{\"field\":\"n\",\"type\":\"quantitative\",\"format\":\",\"}},"
                     "\"usermeta\":{\"postern\":{"
                     "\"kind\":\"kpi\",\"format\":\",\",\"delta\":{\"value\":212,\"from\":\"previous 7 "
                     "days\"},\"spark\":[150,null,224.5]}}," END);
  arena_free(a);
}

static void test_unfinished(void **state) {
  (void)state;
  struct arena *a = arena_new();
  const char *rows = "[[\"2026-11-01\",1],[\"2026-11-02\",2],[\"2026-11-03\",3]]";
  struct str got =
      spec_of(a, "day:time:days n:integer", rows, NULL, (struct chart_source){.unfinished = true});
  check_has(got.p, "\"title\":\"Day, the last not over\"");
  check_has(got.p, "last so far: 3. The last one is not over.");
  arena_free(a);
}

// ---- the encodings of the examples, from their rows

static const struct example {
  const char *kind, *columns, *wish, *hints;
} examples[] = {
    {"bar", "zone:text requests:integer", NULL, NULL},
    {"column", "day:text n:integer", NULL, NULL},
    {"bar-stacked", "a:text s:text n:integer", NULL, NULL},
    {"line", "t:time v:integer", NULL, "{\"v\":{\"kind\":\"gauge\"}}"},
    {"line-multi", "t:time v:integer s:text", NULL, NULL},
    {"area", "t:time v:integer", "{\"mark\":\"area\"}", NULL},
    {"point", "age:integer size:integer", NULL, NULL},
    {"heatmap", "d:text h:integer n:integer", "{\"mark\":\"heatmap\",\"x\":\"h\",\"y\":\"d\"}",
     "{\"h\":{\"type\":\"category\"}}"},
    {"timeline", "t:time k:text w:text", NULL, NULL},
};

static struct str example_rows(struct arena *a, yyjson_val *spec) {
  struct buf out = BUF_MAX(1 << 16);
  yyjson_val *row, *key, *cell;
  size_t i, n, f, fields;
  buf_add_char(&out, '[');
  yyjson_arr_foreach (json_at(spec, STR("/data/values")), i, n, row) {
    buf_add_z(&out, i ? ",[" : "[");
    yyjson_obj_foreach (row, f, fields, key, cell) {
      if (f) buf_add_char(&out, ',');
      json_write(&out, cell);
    }
    buf_add_char(&out, ']');
  }
  buf_add_char(&out, ']');
  struct str rows = arena_dup(a, buf_str(&out));
  buf_free(&out);
  return rows;
}

// What the oracle says is drawn: as many marks, names in this order. Of lines the order is ours: the largest first.
static void example_drawn(const struct example *e, yyjson_val *ours, yyjson_val *oracle) {
  static const char *const channels[] = {"x", "y", "color"};
  yyjson_val *row, *name;
  size_t i, n, marks = 0, at = 0;
  yyjson_arr_foreach (json_at(ours, STR("/data/values")), i, n, row) {
    bool whole = true;
    for (size_t c = 0; c < 3; c++) {
      yyjson_val *field =
          yyjson_obj_get(yyjson_obj_get(yyjson_obj_get(ours, "encoding"), channels[c]), "field");
      whole = whole && (!field || !yyjson_is_null(yyjson_obj_get(row, yyjson_get_str(field))));
    }
    marks += whole;
  }
  assert_int_equal(marks, yyjson_get_uint(yyjson_obj_get(oracle, "marks")));
  for (size_t c = 0; c < 3 && strcmp(e->kind, "line-multi") != 0; c++) {
    yyjson_val *channel = yyjson_obj_get(yyjson_obj_get(ours, "encoding"), channels[c]);
    struct str type = json_str(channel, "type"), seen[40];
    yyjson_val *domain = yyjson_obj_get(yyjson_obj_get(oracle, channels[c]), "domain");
    if (!domain || (!str_is(type, "nominal") && !str_is(type, "ordinal"))) continue;
    at = 0;
    yyjson_arr_foreach (json_at(ours, STR("/data/values")), i, n, row) {
      struct str value = json_str(row, yyjson_get_str(yyjson_obj_get(channel, "field")));
      bool known = false;
      for (size_t k = 0; k < at; k++) known = known || str_eq(seen[k], value);
      if (!known) seen[at++] = value;
    }
    assert_int_equal(at, yyjson_arr_size(domain));
    yyjson_arr_foreach (domain, i, n, name) {
      char number[24];
      snprintf(number, sizeof number, "%lld", (long long)yyjson_get_sint(name));
      check_text(seen[i], yyjson_is_str(name) ? yyjson_get_str(name) : number);
    }
  }
}

static void example_check(const struct example *e, yyjson_val *spec, yyjson_val *oracle) {
  static const char *const parts[] = {"/mark",
                                      "/encoding/x/field",
                                      "/encoding/x/type",
                                      "/encoding/x/sort",
                                      "/encoding/x/scale",
                                      "/encoding/x/stack",
                                      "/encoding/y/field",
                                      "/encoding/y/type",
                                      "/encoding/y/sort",
                                      "/encoding/y/stack",
                                      "/encoding/color/field",
                                      "/encoding/color/type",
                                      "/encoding/color/sort",
                                      "/encoding/strokeDash"};
  struct arena *a = arena_new();
  yyjson_doc *wish = e->wish ? rig_json(e->wish) : NULL;
  struct chart_source from = {.wish = yyjson_doc_get_root(wish)};
  yyjson_doc *ours = rig_json(spec_of(a, e->columns, example_rows(a, spec).p, e->hints, from).p);
  for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
    yyjson_val *want = json_at(spec, str_of(parts[p])),
               *got = json_at(yyjson_doc_get_root(ours), str_of(parts[p]));
    if ((want || got) && !yyjson_equals(want, got))
      fail_msg("%s %s: %.*s", e->kind, parts[p], STR_ARG(json_to_text(a, yyjson_doc_get_root(ours))));
  }
  example_drawn(e, yyjson_doc_get_root(ours), oracle);
  yyjson_doc_free(ours);
  yyjson_doc_free(wish);
  arena_free(a);
}

static void test_examples(void **state) {
  (void)state;
  yyjson_doc *doc = rig_file("examples.json");
  yyjson_val *one;
  size_t i, n, seen = 0;
  yyjson_arr_foreach (yyjson_doc_get_root(doc), i, n, one) {
    for (size_t e = 0; e < sizeof examples / sizeof *examples; e++) {
      if (!str_is(json_str(one, "kind"), examples[e].kind)) continue;
      example_check(&examples[e], yyjson_obj_get(one, "spec"), yyjson_obj_get(one, "oracle"));
      seen++;
    }
  }
  assert_int_equal(seen, sizeof examples / sizeof *examples);
  yyjson_doc_free(doc);
}

// What a vendor may send still makes a sound spec.
static void test_hostile(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct buf text = BUF_MAX(1 << 20);
  buf_add_z(&text, "[[\"");
  for (int i = 0; i < 5000; i++) buf_add_z(&text, "ü");
  buf_add_z(&text, "\",9223372036854775807,1e308]]");
  buf_add_char(&text, '\0');
  struct str got = spec_of(a, "a.b[0]\\c:text id:integer x:decimal", text.p, NULL,
                           (struct chart_source){.title = buf_str(&text)});
  check_has(got.p, "\"a_b_0__c\":\"");
  check_has(got.p, "ü…\",\"id\":\"9223372036854775807\",\"x\":\"1e308\"}");
  spec_of(a, "\x1b[2J\xff:text n:integer", "[[\"\\u0000\\u202e\",1],[\"b\",2]]", NULL,
          (struct chart_source){.title = STR("\xff\x1b")});
  buf_free(&text);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_bytes), cmocka_unit_test(test_unfinished),
                                     cmocka_unit_test(test_examples), cmocka_unit_test(test_hostile)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
