// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "base/arena.h"
#include "data/json.h"
#include "data/yaml.h"

static struct yaml_doc *read_ok(const char *text) {
  struct yaml_doc *y = NULL;
  struct err err;
  if (!yaml_read(str_of(text), &y, &err)) fail_msg("%s\n%s: %s", text, err.field, err.text);
  return y;
}

static void check_yaml(const char *text, const char *json) {
  struct yaml_doc *y = read_ok(text);
  struct arena *a = arena_new();
  struct str got = json_to_text(a, yaml_root(y));
  if (!str_is(got, json)) fail_msg("%s\nis %.*s\nnot %s", text, STR_ARG(got), json);
  arena_free(a);
  yaml_close(y);
}

static void test_core_schema(void **state) {
  (void)state;
  static const char *const rows[][2] = {
      {"", "null"},
      {"# nothing\n", "null"},
      {"~", "null"},
      {"null", "null"},
      {"Null", "null"},
      {"nULL", "\"nULL\""},
      {"true", "true"},
      {"FALSE", "false"},
      {"yes", "\"yes\""},
      {"No", "\"No\""},
      {"on", "\"on\""},
      {"off", "\"off\""},
      {"0", "0"},
      {"-12", "-12"},
      {"+12", "12"},
      {"007", "7"},
      {"-007", "-7"},
      {"0o17", "15"},
      {"0x1F", "31"},
      {"0o8", "\"0o8\""},
      {"0xg", "\"0xg\""},
      {"0x", "\"0x\""},
      {"1_000", "\"1_000\""},
      {"0b1", "\"0b1\""},
      {"1:30", "\"1:30\""},
      {"18446744073709551615", "18446744073709551615"},
      {"1.5", "1.5"},
      {"1.", "1.0"},
      {".5", "0.5"},
      {"-.5", "-0.5"},
      {"+1.25", "1.25"},
      {"1e3", "1000.0"},
      {"1E-2", "0.01"},
      {"1.5e+1", "15.0"},
      {".", "\".\""},
      {"-", "[null]"},
      {"1e", "\"1e\""},
      {"e1", "\"e1\""},
      {"1.2.3", "\"1.2.3\""},
      {"2020-01-01", "\"2020-01-01\""},
      {"\"12\"", "\"12\""},
      {"'true'", "\"true\""},
      {"''", "\"\""},
      {"!!str 12", "\"12\""},
      {"! 12", "\"12\""},
      {"!!int \"12\"", "12"},
      {"!!float 3", "3"},
      {"!!null ''", "null"},
      {"!!bool 'true'", "true"},
      {"|\n a\n b\n", "\"a\\nb\\n\""},
      {">\n a\n b\n", "\"a b\\n\""},
      {"\"\\u00e9\\n\\0\"", "\"é\\n\\u0000\""},
      {"%YAML 1.2\n---\na\n", "\"a\""},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) check_yaml(rows[i][0], rows[i][1]);
}

static void test_collections(void **state) {
  (void)state;
  check_yaml("a: 1\nb:\n  - x\n  - y: 2\n", "{\"a\":1,\"b\":[\"x\",{\"y\":2}]}");
  check_yaml("{a: 1, 'b': [1, 2,], }", "{\"a\":1,\"b\":[1,2]}");
  check_yaml("200: ok\ntrue: t\n~: n\n1.50: f\n",
             "{\"200\":\"ok\",\"true\":\"t\",\"~\":\"n\",\"1.50\":\"f\"}");
  check_yaml("? a\n: 1\n", "{\"a\":1}");
  check_yaml("!!map {a: !!seq [1]}", "{\"a\":[1]}");
  check_yaml("\xef\xbb\xbf"
             "a: 1",
             "{\"a\":1}");
  check_yaml("--- 1\n...\n", "1");
}

static void test_aliases_and_merges(void **state) {
  (void)state;
  check_yaml("a: &x {p: 1}\nb: *x\nc: [*x, *x]\n",
             "{\"a\":{\"p\":1},\"b\":{\"p\":1},\"c\":[{\"p\":1},{\"p\":1}]}");
  check_yaml("a: &k key\n*k : v\n", "{\"a\":\"key\",\"key\":\"v\"}");
  check_yaml("a: &x 1\nb: &x 2\nc: *x\n", "{\"a\":1,\"b\":2,\"c\":2}");
  check_yaml("a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3, r: 4}\n",
             "{\"a\":{\"p\":1,\"q\":2},\"b\":{\"q\":3,\"r\":4,\"p\":1}}");
  check_yaml("- &x {p: 1}\n- &y {p: 2, q: 2}\n- {<<: [*x, *y]}\n",
             "[{\"p\":1},{\"p\":2,\"q\":2},{\"p\":1,\"q\":2}]");
  check_yaml("'<<': 1", "{\"<<\":1}");
}

static void test_refused(void **state) {
  (void)state;
  static const struct {
    const char *text, *field, *says;
  } rows[] = {
      {"a: 1\nb: 2\na: 3\n", "3:1", "\"a\" at line 3 is there before, at line 1"},
      {"{\"a\": 1,\n\"a\": 2}", "2:2", "twice"},
      {"1: a\n'1': b\n", "2:1", "before"},
      {"a: &x [*x]\n", "1:8", "inside what it stands for"},
      {"a: *nowhere\n", "1:4", "without an anchor"},
      {"a: !!binary aGk=\n", "1:4", "core schema"},
      {"a: !local 1\n", "1:4", "core schema"},
      {"!!set {a}\n", "1:1", "core schema"},
      {"a: !!int x\n", "1:4", "does not fit its tag"},
      {"a: .inf\n", "1:4", "JSON cannot express"},
      {"a: 1e999\n", "1:4", "JSON cannot express"},
      {"a: 0xfffffffffffffffff\n", "1:4", "JSON cannot express"},
      {"? [a]\n: 1\n", "1:3", "collection"},
      {"a: 1\n---\nb: 2\n", "2:1", "second document"},
      {"a: {<<: 1}\n", "1:10", "no mapping"},
      {"a: [1\n", "2:1", ""},
      {"a: 1\n\tb: 2\n", "2:1", ""},
      {"a: 1\nb: \xff\n", "2:4", "UTF-8"},
      {"{\"a\": 1", "1:8", "JSON"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct yaml_doc *y = NULL;
    struct err err;
    if (yaml_read(str_of(rows[i].text), &y, &err)) fail_msg("taken: %s", rows[i].text);
    assert_null(y);
    if (err.code != ERR_INVALID || strcmp(err.field, rows[i].field) != 0 || !strstr(err.text, rows[i].says))
      fail_msg("%s\n%s at %s: %s", rows[i].text, err_name(err.code), err.field, err.text);
  }
}

static void check_limit(const char *text) {
  struct yaml_doc *y;
  struct err err;
  assert_false(yaml_read(str_of(text), &y, &err));
  if (err.code != ERR_LIMIT) fail_msg("%s: %s", err_name(err.code), err.text);
}

static void test_bombs(void **state) {
  (void)state;
  struct buf b = BUF_MAX(8 << 20);
  buf_add_z(&b, "a0: &a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol]\n");
  for (int i = 1; i < 20; i++) {
    buf_printf(&b, "a%d: &a%d [", i, i);
    for (int j = 0; j < 9; j++) buf_printf(&b, "%s*a%d", j ? "," : "", i - 1);
    buf_add_z(&b, "]\n");
  }
  buf_add_char(&b, 0);
  check_limit(b.p);
  buf_clear(&b); // deep, once the aliases are in place
  buf_add_z(&b, "- &a0 [x]\n");
  for (int i = 1; i < 80; i++) buf_printf(&b, "- &a%d [*a%d]\n", i, i - 1);
  buf_add_char(&b, 0);
  check_limit(b.p);
  buf_clear(&b); // deep as it stands
  for (int i = 0; i < 100; i++) buf_add_char(&b, '[');
  for (int i = 0; i < 100; i++) buf_add_char(&b, ']');
  buf_add_char(&b, 0);
  check_limit(b.p);
  buf_clear(&b); // merges of merges
  buf_add_z(&b, "- &m {");
  for (int i = 0; i < 2000; i++) buf_printf(&b, "k%d: 1,", i);
  buf_add_z(&b, "}\n");
  for (int i = 0; i < 2000; i++) buf_add_z(&b, "- {<<: *m}\n");
  buf_add_char(&b, 0);
  check_limit(b.p);
  buf_clear(&b); // long text many times over
  buf_add_z(&b, "- &t ");
  for (int i = 0; i < 100000; i++) buf_add_char(&b, 't');
  for (int i = 0; i < 4000; i++) buf_add_z(&b, "\n- *t");
  buf_add_char(&b, 0);
  check_limit(b.p);
  buf_free(&b);
}

static void check_line(const struct yaml_doc *y, const char *pointer, unsigned line) {
  unsigned got = yaml_line(y, json_at(yaml_root(y), str_of(pointer)));
  if (got != line) fail_msg("%s is at line %u, not %u", pointer, got, line);
}

static void test_lines(void **state) {
  (void)state;
  struct yaml_doc *y = read_ok("# c\na: 1\nb:\n  c: x\n  d:\n    - 1\n\n    - e: &z 2\nf: *z\n");
  check_line(y, "", 2);
  check_line(y, "/a", 2);
  check_line(y, "/b", 4);
  check_line(y, "/b/c", 4);
  check_line(y, "/b/d", 6);
  check_line(y, "/b/d/0", 6);
  check_line(y, "/b/d/1", 8);
  check_line(y, "/f", 8);
  assert_int_equal(yaml_line(y, NULL), 0);
  yaml_close(y);
  y = read_ok("{\n  \"a\": 1,\n  \"b\": {\n    \"c\": [\n      {\"d\": \"x\\ny\"},\n      7\n    ]\n  },\n  "
              "\"e\": \"z\"\n}");
  check_line(y, "", 2);
  check_line(y, "/a", 2);
  check_line(y, "/b", 4);
  check_line(y, "/b/c/0", 5);
  check_line(y, "/b/c/0/d", 5);
  check_line(y, "/e", 9);
  yaml_close(y);
  yaml_close(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_core_schema),
      cmocka_unit_test(test_collections),
      cmocka_unit_test(test_aliases_and_merges),
      cmocka_unit_test(test_refused),
      cmocka_unit_test(test_bombs),
      cmocka_unit_test(test_lines),
  };
  return cmocka_run_group_tests_name("data/yaml", tests, NULL, NULL);
}
