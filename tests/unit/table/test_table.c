// SPDX-License-Identifier: Apache-2.0
#include "rig.h"

static void test_types(void **state) {
  (void)state;
  static const struct {
    const char *json, *want;
  } rows[] = {
      {"[{\"a\":1},{\"a\":2}]", "a:integer|1|2"},
      {"[{\"a\":1},{\"a\":2.5},{\"a\":null}]", "a:decimal|1|2.5|null"},
      {"[{\"a\":true},{\"a\":false}]", "a:boolean|true|false"},
      {"[{\"a\":true},{\"a\":\"yes\"}]", "a:text|\"true\"|\"yes\""},
      {"[{\"a\":true},{\"a\":7}]", "a:text|\"true\"|\"7\""},
      {"[{\"a\":\"007\"}]", "a:text|\"007\""},
      {"[{\"a\":\"2026-11-20T09:15:00+01:00\"},{\"a\":\"2026-11-20 08:15:00.5\"}]",
       "a:time|\"2026-11-20T08:15:00.000Z\"|\"2026-11-20T08:15:00.500Z\""},
      {"[{\"a\":\"2026-11-20\"},{\"a\":\"2026-11-21\"}]", "a:time|\"2026-11-20\"|\"2026-11-21\""},
      {"[{\"a\":\"2026-11-20\"},{\"a\":\"soon\"}]", "a:text|\"2026-11-20\"|\"soon\""},
      {"[{\"a\":\"2026-02-30\"}]", "a:text|\"2026-02-30\""},
      {"[{\"a\":[1,\"x\"]},{\"a\":[]}]", "a:json|[1,\"x\"]|[]"},
      {"[{\"a\":{}},{\"a\":null}]", "a:json|{}|null"},
      {"[{\"a\":9007199254740993}]", "a:integer|9007199254740993"},
      {"[{\"a\":18446744073709551616},{\"a\":5}]", "a:integer|18446744073709551616|5"},
      {"[{\"a\":0.1234567890123456789}]", "a:decimal|0.1234567890123456789"},
      {"[{\"a\":0.30000000000000004}]", "a:decimal|0.30000000000000004"},
      {"[{\"a\":1e400}]", "a:decimal|\"1e400\""},
      {"[{\"a\":null}]", "a:text|null"},
      {"[\"x\",\"y\"]", "value:text|\"x\"|\"y\""},
      {"[]", "no_columns:text"},
      {"[{},{}]", "no_columns:text|null|null"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct rig r = rig_new();
    rig_table(&r, "t", rows[i].json);
    check_text(rig_select(&r, "SELECT * FROM t"), rows[i].want);
    rig_free(&r);
  }
}

static void test_nested(void **state) {
  (void)state;
  struct rig r = rig_new();
  rig_table(&r, "zones",
            "{\"success\":true,\"result\":[{\"id\":\"a\",\"plan\":{\"name\":\"Free\",\"price\":{\"n\":0}},"
            "\"ns\":[\"x\",\"y\"]},"
            "{\"id\":\"b\",\"plan\":null}]}");
  check_text(rig_select(&r, "SELECT id, plan__name, plan__price__n, ns FROM zones"),
             "id:text plan__name:text plan__price__n:integer "
             "ns:json|\"a\",\"Free\",0,[\"x\",\"y\"]|\"b\",null,null,null");
  check_text(rig_select(&r, "SELECT z.id, j.value FROM zones z, json_each(z.ns) j"),
             "id:text value:text|\"a\",\"x\"|\"a\",\"y\"");
  struct arena *a = arena_new();
  const struct table_column *columns;
  assert_int_equal(table_columns(table_find(r.set, STR("ZONES")), a, &columns),
                   4); // `plan` itself says nothing
  arena_free(a);
  rig_free(&r);
}

static void test_names(void **state) {
  (void)state;
  struct rig r = rig_new();
  rig_table(&r, "t", "[{\"ID\":1,\"id\":2,\"a b\":3,\"x\\\"y\":4,\"select\":5,\"\":6}]");
  check_text(rig_select(&r, "SELECT * FROM t"),
             "ID:integer id__2:integer a b:integer x\"y:integer select:integer column:integer|1,2,3,4,5,6");
  check_text(rig_select(&r, "SELECT \"x\"\"y\", \"select\" FROM t"), "x\"y:integer select:integer|4,5");
  rig_free(&r);
}

static void test_extras_and_parents(void **state) {
  (void)state;
  struct rig r = rig_new();
  struct err err;
  struct table *t = table_begin(r.set, STR("rules"));
  yyjson_doc *zone = rig_json("[\"z1\",\"z2\"]");
  struct table_extra extra = {STR("zone_id"), yyjson_arr_get_first(yyjson_doc_get_root(zone))};
  rig_add(t, "{\"result\":[{\"id\":1,\"zone_id\":\"own\"}]}",
          (struct table_batch){.extras = &extra, .extra_count = 1});
  extra.value = yyjson_arr_get(yyjson_doc_get_root(zone), 1);
  rig_add(t, "{\"result\":[{\"id\":2}]}", (struct table_batch){.extras = &extra, .extra_count = 1});
  assert_true(table_seal(t, &err));
  check_text(rig_select(&r, "SELECT zone_id, id, zone_id__2 FROM rules"),
             "zone_id:text id:integer zone_id__2:text|\"z1\",1,\"own\"|\"z2\",2,null");
  struct table *g = table_begin(r.set, STR("events"));
  rig_add(g,
          "{\"data\":{\"viewer\":{\"zones\":[{\"zoneTag\":\"a\",\"events\":[{\"count\":3,\"dimensions\":{"
          "\"action\":\"block\"}}]},"
          "{\"zoneTag\":\"b\",\"events\":[{\"count\":4,\"dimensions\":{\"action\":\"skip\"}}]}]}},\"errors\":"
          "null}",
          (struct table_batch){.deep = true});
  assert_true(table_seal(g, &err));
  check_text(rig_select(&r, "SELECT zoneTag, dimensions__action, count FROM events"),
             "zoneTag:text dimensions__action:text count:integer|\"a\",\"block\",3|\"b\",\"skip\",4");
  yyjson_doc_free(zone);
  rig_free(&r);
}

static void test_untyped(void **state) {
  (void)state;
  struct rig r = rig_new();
  struct table *t = table_begin(r.set, STR("t"));
  struct err err;
  rig_add(t,
          "[{\"n\":\"1\",\"d\":\"2.50\",\"b\":\"TRUE\",\"z\":\"01\",\"e\":\"\"},{\"n\":\"\",\"d\":\"3\","
          "\"b\":\"false\",\"z\":\"2\",\"e\":\"x\"}]",
          (struct table_batch){.untyped = true});
  assert_true(table_seal(t, &err));
  check_text(rig_select(&r, "SELECT * FROM t"),
             "n:integer d:decimal b:boolean z:text e:text|1,2.5,true,\"01\",null|null,3,false,\"2\",\"x\"");
  rig_free(&r);
}

static void test_limits(void **state) {
  (void)state;
  struct table_limits limits = TABLE_LIMITS;
  limits.rows = 3;
  limits.columns = 2;
  limits.result_rows = 2;
  struct rig r = rig_with(&limits);
  struct table *t = table_begin(r.set, STR("t"));
  struct err err;
  struct table_added added = rig_add(t, "[{\"a\":1,\"b\":1,\"c\":1},{\"d\":1},{\"a\":3},{\"a\":4},{\"a\":5}]",
                                     (struct table_batch){0});
  assert_int_equal(added.rows, 3);
  assert_int_equal(added.cut, 2);
  assert_true(table_seal(t, &err));
  check_text(rig_select(&r, "SELECT * FROM t"), "a:integer b:integer|1,1|null,null|cut");
  const struct str *warnings;
  assert_int_equal(table_warnings(r.set, &warnings), 1);
  check_has(warnings[0].p, "program_columns");
  rig_free(&r);
}

static void test_memory(void **state) {
  (void)state;
  struct table_limits limits = TABLE_LIMITS;
  limits.memory = 2 << 20;
  struct rig r = rig_with(&limits);
  struct table *t = table_begin(r.set, STR("t"));
  struct err err = {.code = ERR_OK};
  struct table_added added;
  struct buf text = BUF_MAX(4 << 20);
  buf_add_z(&text, "[");
  for (int i = 0; i < 1000; i++) buf_printf(&text, "%s{\"a\":\"%01000d\"}", i ? "," : "", i);
  buf_add_z(&text, "]");
  yyjson_doc *doc = yyjson_read(text.p, text.n, 0);
  struct table_batch batch = {.root = yyjson_doc_get_root(doc)};
  size_t before = 0;
  bool ok = true;
  for (int i = 0; i < 10 && ok; i++, before += added.rows) ok = table_add(t, &batch, &added, &err);
  assert_false(ok);
  assert_int_equal(err.code, ERR_LIMIT);
  check_has(err.hint, "program_memory");
  assert_true(table_set_memory(r.set) <= limits.memory + 65536);
  yyjson_doc_free(doc);
  buf_free(&text);
  rig_free(&r);
}

static void test_table_names(void **state) {
  (void)state;
  static const char *const bad[] = {"",         "1a",        "a-b", "select", "SELECT",
                                    "sqlite_x", "json_each", "a b", "a\"b"};
  struct err err;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (table_name_is_sound(str_of(bad[i]), &err)) fail_msg("'%s' passed", bad[i]);
  assert_true(table_name_is_sound(STR("zones_2"), &err));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_types),   cmocka_unit_test(test_nested),
      cmocka_unit_test(test_names),   cmocka_unit_test(test_extras_and_parents),
      cmocka_unit_test(test_untyped), cmocka_unit_test(test_limits),
      cmocka_unit_test(test_memory),  cmocka_unit_test(test_table_names)};
  return cmocka_run_group_tests(tests, rig_start, NULL);
}
