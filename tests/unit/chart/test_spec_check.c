// SPDX-License-Identifier: Apache-2.0
// Our checks against the grammar's own schema: what the one takes, the other takes too.
#include "rig.h"

#include "chart/spec.h"
#include "data/schema.h"

static bool by_schema(yyjson_val *schema, yyjson_val *spec) {
  struct schema_report report = {.arena = arena_new()};
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *value = yyjson_val_mut_copy(doc, spec);
  bool ok = schema_check(schema, doc, &value, &report) && report.coerced == 0;
  yyjson_mut_doc_free(doc);
  arena_free(report.arena);
  return ok;
}

static void test_examples(void **state) {
  (void)state;
  yyjson_doc *schema = rig_file("chartspec.schema.json"), *examples = rig_file("examples.json");
  yyjson_val *example;
  struct err err = {.code = ERR_OK};
  size_t i, n;
  assert_true(schema_is_sound(yyjson_doc_get_root(schema), &err));
  assert_int_equal(yyjson_arr_size(yyjson_doc_get_root(examples)), 12);
  yyjson_arr_foreach (yyjson_doc_get_root(examples), i, n, example) {
    yyjson_val *spec = yyjson_obj_get(example, "spec");
    assert_true(by_schema(yyjson_doc_get_root(schema), spec));
    if (!chart_check(spec, &err))
      fail_msg("%.*s: %s: %s", STR_ARG(json_str(example, "kind")), err.field, err.text);
  }
  yyjson_doc_free(schema);
  yyjson_doc_free(examples);
}

static void test_refused(void **state) {
  (void)state;
  static const struct {
    const char *at, *text; // in the order of the file
  } want[] = {
      {"/data/url", "rows stand in the chart itself; nothing is fetched"},
      {"/params", "a chart computes nothing: no parameters or expressions"},
      {"/transform", "rows come as they are drawn: no transforms"},
      {"/encoding/href", "a chart has no links"},
      {"/mark", "'image' is none of bar, line, area, point, rect, tick, text"},
      {"/layer", "a chart is one chart: no layers or parts"},
      {"/mark/color", "colours are the view's"},
      {"/encoding/color/condition", "a chart has no conditions"},
      {"/data/values/0/a", "rows are flat: a text, a number, true, false or null stands here, not an object"},
      {"/encoding/x/field", "a field is a plain name, no path: without . [ ] and \\"},
      {"/encoding/x/aggregate", "rows come summed and binned: nothing is aggregated in the chart"},
      {"/resolve", "there are never two axes for one direction"},
      {"/encoding/x/axis/format", "'.30f' is none of ,, .1%, .0%, d, ~s, ~g, ,.2f"},
      {"/encoding/x/axis/labelExpr", "a chart computes nothing: no parameters or expressions"},
      {"/config", "how it looks is the view's"},
      {"/usermeta/postern/kind", "'pie' is none of kpi, table"},
      {"/data/values/0", "a row is an object, not an array"},
      {"", "'data' is missing"},
  };
  yyjson_doc *schema = rig_file("chartspec.schema.json"), *refused = rig_file("refused.json");
  yyjson_val *one;
  size_t i, n;
  assert_int_equal(yyjson_arr_size(yyjson_doc_get_root(refused)), sizeof want / sizeof *want);
  yyjson_arr_foreach (yyjson_doc_get_root(refused), i, n, one) {
    struct err err = {.code = ERR_OK};
    yyjson_val *spec = yyjson_obj_get(one, "spec");
    assert_false(by_schema(yyjson_doc_get_root(schema), spec));
    if (chart_check(spec, &err)) fail_msg("taken: %.*s", STR_ARG(json_str(one, "why")));
    assert_int_equal(err.code, ERR_INVALID);
    assert_string_equal(err.field, want[i].at);
    assert_string_equal(err.text, want[i].text);
  }
  yyjson_doc_free(schema);
  yyjson_doc_free(refused);
}

// Each part of each example replaced by each of these, or taken away: both say the same.
static void vary(yyjson_val *schema, yyjson_mut_doc *doc, yyjson_mut_val *at, size_t *count) {
  static const char *const others[] = {"null",
                                       "true",
                                       "7",
                                       "-0.5",
                                       "100000",
                                       "\"\"",
                                       "\"utc\"",
                                       "\"a.b\"",
                                       "[]",
                                       "[{}]",
                                       "{}",
                                       "{\"a\":1}",
                                       "{\"type\":\"line\"}",
                                       "{\"field\":\"v\",\"type\":\"nominal\"}"};
  yyjson_mut_obj_iter it = yyjson_mut_obj_iter_with(at);
  yyjson_mut_val *key;
  for (size_t members = yyjson_mut_obj_size(at), m = 0; m < members && (key = yyjson_mut_obj_iter_next(&it));
       m++) {
    yyjson_mut_val *value = yyjson_mut_obj_iter_get_val(key), before = *value;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++, ++*count) {
      yyjson_doc *other = rig_json(others[i]);
      yyjson_mut_val *put = yyjson_val_mut_copy(doc, yyjson_doc_get_root(other));
      struct err err = {.code = ERR_OK};
      value->tag = put->tag;
      value->uni = put->uni;
      yyjson_doc *spec = yyjson_mut_doc_imut_copy(doc, NULL);
      bool taken = chart_check(yyjson_doc_get_root(spec), &err);
      if (taken != by_schema(schema, yyjson_doc_get_root(spec)))
        fail_msg("%s as %s: our check says %s %s", yyjson_mut_get_str(key), others[i], err.field,
                 taken ? "yes" : err.text);
      yyjson_doc_free(spec);
      yyjson_doc_free(other);
      value->tag = before.tag;
      value->uni = before.uni;
    }
    vary(schema, doc, yyjson_mut_is_arr(value) ? yyjson_mut_arr_get_first(value) : value, count);
  }
}

static void test_variations(void **state) {
  (void)state;
  yyjson_doc *schema = rig_file("chartspec.schema.json"), *examples = rig_file("examples.json");
  yyjson_val *example;
  size_t i, n, count = 0;
  yyjson_arr_foreach (yyjson_doc_get_root(examples), i, n, example) {
    yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
    yyjson_mut_doc_set_root(doc, yyjson_val_mut_copy(doc, yyjson_obj_get(example, "spec")));
    vary(yyjson_doc_get_root(schema), doc, yyjson_mut_doc_get_root(doc), &count);
    yyjson_mut_doc_free(doc);
  }
  assert_true(count > 3000);
  yyjson_doc_free(schema);
  yyjson_doc_free(examples);
}

static void test_limits(void **state) {
  (void)state;
  static const struct {
    size_t rows, fields, field, title;
    bool taken;
  } cases[] = {{2000, 50, 200, 300, true},
               {2001, 1, 1, 1, false},
               {1, 51, 1, 1, false},
               {1, 1, 201, 1, false},
               {1, 1, 1, 301, false}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct buf text = BUF_MAX(64 << 20);
    struct err err = {.code = ERR_OK};
    buf_add_z(&text, "{\"title\":\"");
    for (size_t c = 0; c < cases[i].title; c++) buf_add_z(&text, "ü");
    buf_add_z(&text, "\",\"mark\":\"bar\",\"encoding\":{},\"data\":{\"values\":[");
    for (size_t row = 0; row < cases[i].rows; row++) {
      buf_add_z(&text, row ? ",{" : "{");
      for (size_t f = 0; f < cases[i].fields; f++)
        buf_printf(&text, "%s\"%0*zu\":0", f ? "," : "", (int)cases[i].field, f);
      buf_add_char(&text, '}');
    }
    buf_add_z(&text, "]}}");
    yyjson_doc *doc = yyjson_read(text.p, text.n, 0);
    if (chart_check(yyjson_doc_get_root(doc), &err) != cases[i].taken)
      fail_msg("case %zu: %s %s", i, err.field, err.text);
    yyjson_doc_free(doc);
    buf_free(&text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_examples), cmocka_unit_test(test_refused),
                                     cmocka_unit_test(test_variations), cmocka_unit_test(test_limits)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
