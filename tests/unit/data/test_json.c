// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "base/arena.h"
#include "data/json.h"

static yyjson_doc *read_ok(const char *text) {
  yyjson_doc *doc;
  struct err err;
  if (!json_read(str_of(text), &JSON_LIMITS, &doc, &err)) fail_msg("%s: %s", text, err.text);
  return doc;
}

static void test_errors_say_where(void **state) {
  (void)state;
  static const struct {
    const char *text, *field, *says;
  } rows[] = {
      {"", "1:1", "empty"},
      {"{", "1:2", ""},
      {"{\"a\":1,}", "1:7", "line 1, column 7"},
      {"{\n  \"a\": 1,\n  \"b\": tru\n}", "3:8", "line 3"},
      {"[1] x", "1:5", ""},
      {"\"\xff\"", "1:2", "UTF-8"},
      {"[1,\n // no\n2]", "2:2", ""},
      {"[NaN]", "1:2", ""},
      {"{\"a\":1,\n \"b\":2,\n \"a\":3}", "3:3", "\"a\" is there twice"},
      {"[{\"x\\n\":1,\n\"x\\u000a\":2}]", "2:2", "twice"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    yyjson_doc *doc = NULL;
    struct err err;
    if (json_read(str_of(rows[i].text), &JSON_LIMITS, &doc, &err)) fail_msg("taken: %s", rows[i].text);
    assert_null(doc);
    assert_int_equal(err.code, ERR_INVALID);
    if (strcmp(err.field, rows[i].field) != 0)
      fail_msg("%s: at %s, not %s", rows[i].text, err.field, rows[i].field);
    check_has(err.text, rows[i].says);
  }
}

static void test_spoiled_characters_cost_themselves(void **state) {
  (void)state;
  static const struct {
    const char *text, *strict, *forgiving; // NULL: refused
  } rows[] = {
      {"{\"a\":\"cut \\ud83d here\"}", "{\"a\":\"cut \xef\xbf\xbd here\"}",
       "{\"a\":\"cut \xef\xbf\xbd here\"}"},
      {"[\"\\ude00\\ud83d\"]", "[\"\xef\xbf\xbd\xef\xbf\xbd\"]", "[\"\xef\xbf\xbd\xef\xbf\xbd\"]"},
      {"[\"\\ud83d\\ud83d\\ude00\"]", "[\"\xef\xbf\xbd\xf0\x9f\x98\x80\"]",
       "[\"\xef\xbf\xbd\xf0\x9f\x98\x80\"]"},
      {"[\"\\\\ud83d \\ud83d\"]", "[\"\\\\ud83d \xef\xbf\xbd\"]", "[\"\\\\ud83d \xef\xbf\xbd\"]"},
      {"\xef\xbb\xbf[1]", "[1]", "[1]"},
      {"[\"a\xff\"]", NULL, "[\"a\xef\xbf\xbd\"]"},
      {"[\"a\nb\"]", NULL, "[\"a\\nb\"]"},
      {"[1] and more", NULL, "[1]"},
      {"{\"a\":1}{\"a\":2}", NULL, "{\"a\":1}"},
      {"[1]\n \t", "[1]", "[1]"},
      {"7 apples", NULL, NULL},
      {"[\"\\ud83d\"", NULL, NULL},
      {"[\"\\ud83\"]", NULL, NULL},
  };
  for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
    const struct json_limits *limits = i % 2 ? &JSON_FORGIVING : &JSON_LIMITS;
    const char *want = i % 2 ? rows[i / 2].forgiving : rows[i / 2].strict;
    yyjson_doc *doc;
    struct err err;
    if (json_read(str_of(rows[i / 2].text), limits, &doc, &err)) {
      char *got = yyjson_write(doc, 0, NULL);
      if (!want || strcmp(got, want) != 0) fail_msg("%s: %s", rows[i / 2].text, got);
      free(got);
      yyjson_doc_free(doc);
    } else if (want) {
      fail_msg("%s: %s", rows[i / 2].text, err.text);
    }
  }
}

static void test_depth_and_nodes(void **state) {
  (void)state;
  struct json_limits limits = {.depth = 3, .nodes = 7};
  yyjson_doc *doc;
  struct err err;
  assert_true(json_read(STR("[[[1]],[[]]]"), &limits, &doc, &err));
  yyjson_doc_free(doc);
  assert_false(json_read(STR("[[],[[[]]]]"), &limits, &doc, &err));
  assert_int_equal(err.code, ERR_LIMIT);
  assert_true(json_read(STR("[1,2,3,4,5,6]"), &limits, &doc, &err));
  yyjson_doc_free(doc);
  assert_false(json_read(STR("[1,2,3,4,5,6,7]"), &limits, &doc, &err));
  assert_int_equal(err.code, ERR_LIMIT);
  static char deep[200001];
  memset(deep, '[', 100000);
  memset(deep + 100000, ']', 100000);
  assert_false(json_read(str_of(deep), &JSON_LIMITS, &doc, &err));
  assert_int_equal(err.code, ERR_LIMIT);
}

static void test_twins_in_big_objects(void **state) {
  (void)state;
  struct buf b = BUF_MAX(1 << 20);
  yyjson_doc *doc;
  struct err err;
  buf_add_char(&b, '{');
  for (int i = 0; i < 1000; i++) buf_printf(&b, "\"k%d\":%d,\n", i, i);
  size_t n = b.n;
  buf_add_z(&b, "\"last\":0}");
  assert_true(json_read(buf_str(&b), &JSON_LIMITS, &doc, &err));
  yyjson_doc_free(doc);
  b.n = n;
  buf_add_z(&b, "\"k7\":0}");
  assert_false(json_read(buf_str(&b), &JSON_LIMITS, &doc, &err));
  assert_string_equal(err.field, "1001:2");
  buf_free(&b);
}

static void test_access(void **state) {
  (void)state;
  yyjson_doc *doc = read_ok("{\"s\":\"x\",\"t\":true,\"n\":-7,\"f\":1.5,\"big\":18446744073709551615,"
                            "\"a\":[10,{\"x/y~\":\"deep\"}],\"o\":{}}");
  yyjson_val *root = yyjson_doc_get_root(doc);
  check_text(json_str(root, "s"), "x");
  assert_null(json_str(root, "n").p);
  assert_null(json_str(root, "none").p);
  assert_null(json_text(root).p);
  assert_true(json_bool(root, "t", false));
  assert_true(json_bool(root, "none", true));
  assert_int_equal(json_int(root, "n", 0), -7);
  assert_int_equal(json_int(root, "f", 3), 3);
  assert_int_equal(json_int(root, "big", 3), 3);
  assert_int_equal(json_int(NULL, "n", 4), 4);
  check_text(json_text(json_at(root, STR("/a/1/x~1y~0"))), "deep");
  assert_ptr_equal(json_at(root, STR("")), root);
  assert_null(json_at(root, STR("/a/2")));
  assert_null(json_at(root, STR("/a/01")));
  assert_null(json_at(root, STR("a")));
  assert_null(json_at(NULL, STR("/a")));
  yyjson_doc_free(doc);
}

static void test_raw_numbers_come_back(void **state) {
  (void)state;
  const char *text = "{\"a\":1.10,\"b\":[1E+2,-0,123456789012345678901234567890],\"c\":7}";
  struct json_limits limits = JSON_LIMITS;
  limits.raw_numbers = true;
  yyjson_doc *doc;
  struct err err;
  struct arena *a = arena_new();
  assert_true(json_read(str_of(text), &limits, &doc, &err));
  yyjson_val *root = yyjson_doc_get_root(doc);
  check_text(json_raw_number(yyjson_obj_get(root, "a")), "1.10");
  assert_int_equal(json_int(root, "c", 0), 7);
  assert_int_equal(json_int(root, "a", 9), 9);
  check_text(json_to_text(a, root), text);
  check_text(json_to_text(a, NULL), "null");
  struct buf b = BUF_MAX(100);
  json_write(&b, yyjson_obj_get(root, "b"));
  check_text(buf_str(&b), "[1E+2,-0,123456789012345678901234567890]");
  buf_free(&b);
  arena_free(a);
  yyjson_doc_free(doc);
}

static void test_escaping(void **state) {
  (void)state;
  struct buf b = BUF_MAX(1000);
  json_add_string(&b, str_make("a\"\\\b\f\n\r\t\0\x1f\x7fé/", 14));
  check_text(buf_str(&b), "\"a\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f\x7fé/\"");
  buf_clear(&b);
  json_add_escaped(
      &b, STR("ok \xff\xc3 \xed\xa0\x80 \xe2\x82 end of it all, long enough for blocks \xf0\x9f\x98\x80"));
  check_text(buf_str(&b), "ok \xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd "
                          "\xef\xbf\xbd\xef\xbf\xbd end of it all, "
                          "long enough for blocks \xf0\x9f\x98\x80");
  buf_clear(&b);
  json_pointer_push(&b, STR("a/b"));
  json_pointer_push(&b, STR("~c"));
  json_pointer_push(&b, STR(""));
  check_text(buf_str(&b), "/a~1b/~0c/");
  buf_free(&b);
}

static void test_paid(void **state) {
  (void)state;
  struct payer *p = budget_payer(BUDGET_UPSTREAM, STR("somebody"));
  struct err err;
  yyjson_doc *doc = NULL, *copy = NULL;
  budget_set(BUDGET_UPSTREAM, 64 * 1024);
  assert_true(json_read_paid(STR("{\"a\":[1,2,\"three\"]}"), &JSON_LIMITS, p, &doc, &err));
  assert_true(payer_held(p) >= 6 * sizeof(yyjson_val) + sizeof "three");
  yyjson_mut_doc *made = yyjson_doc_mut_copy(doc, NULL);
  size_t one = payer_held(p);
  assert_true(json_copy_paid(made, p, &copy, &err));
  assert_int_equal(payer_held(p), 2 * one);
  yyjson_doc_free(doc);
  yyjson_doc_free(copy);
  yyjson_mut_doc_free(made);
  assert_int_equal(payer_held(p), 0);
  assert_false(json_read_paid(STR("{\"a\":"), &JSON_LIMITS, p, &doc, &err)); // bad: nothing is left behind
  assert_int_equal(err.code, ERR_INVALID);
  struct buf many =
      BUF_MAX(4 << 20); // small as text, many times as large as a tree: before and after reading
  for (size_t n = 10000; n <= 1000000; n *= 100) {
    buf_clear(&many);
    buf_add_z(&many, "[1");
    for (size_t k = 1; k < n; k++) buf_add_z(&many, ",1");
    buf_add_char(&many, ']');
    assert_false(json_read_paid(buf_str(&many), &JSON_LIMITS, p, &doc, &err));
    assert_int_equal(err.code, ERR_LIMIT);
    assert_non_null(strstr(err.hint, "upstream_memory"));
    assert_int_equal(budget_held(BUDGET_UPSTREAM), 0);
  }
  buf_free(&many);
  budget_set(BUDGET_UPSTREAM, 0);
}

static void test_merge(void **state) { // RFC 7396, appendix A, and depth
  (void)state;
  static const char *const rows[][3] = {
      {"{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
      {"{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}"},
      {"{\"a\":\"b\"}", "{\"a\":null}", "{}"},
      {"{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}"},
      {"{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
      {"{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}", "{\"a\":{\"b\":\"d\"}}"},
      {"{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}"},
      {"{\"e\":null}", "{\"a\":1}", "{\"a\":1,\"e\":null}"},
      {"[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}"},
      {"{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}"},
      {"{\"a\":{\"n\":1.10,\"o\":{\"p\":2}}}", "{\"a\":{\"o\":{\"q\":3}}}",
       "{\"a\":{\"n\":1.10,\"o\":{\"p\":2,\"q\":3}}}"},
      {NULL, "{\"a\":1,\"b\":null}", "{\"a\":1}"},
  };
  const struct json_limits limits = {.depth = 8, .nodes = 100, .raw_numbers = true};
  struct arena *a = arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct err err;
    yyjson_doc *was = NULL, *patch;
    if (rows[i][0]) assert_true(json_read(str_of(rows[i][0]), &limits, &was, &err));
    assert_true(json_read(str_of(rows[i][1]), &limits, &patch, &err));
    yyjson_doc *merged = json_merge(yyjson_doc_get_root(was), yyjson_doc_get_root(patch));
    struct buf out = BUF_MAX(1024);
    json_write_sorted(&out, yyjson_doc_get_root(merged), NULL, a);
    if (!str_is(buf_str(&out), rows[i][2])) fail_msg("row %zu: %.*s", i, STR_ARG(buf_str(&out)));
    buf_free(&out);
    yyjson_doc_free(merged);
    yyjson_doc_free(patch);
    yyjson_doc_free(was);
  }
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_merge),
      cmocka_unit_test(test_paid),
      cmocka_unit_test(test_errors_say_where),
      cmocka_unit_test(test_spoiled_characters_cost_themselves),
      cmocka_unit_test(test_depth_and_nodes),
      cmocka_unit_test(test_twins_in_big_objects),
      cmocka_unit_test(test_access),
      cmocka_unit_test(test_raw_numbers_come_back),
      cmocka_unit_test(test_escaping),
  };
  return cmocka_run_group_tests_name("data/json", tests, NULL, NULL);
}
