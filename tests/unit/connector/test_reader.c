// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "connector/reader.h"
#include "data/json.h"

static struct arena *arena;
static struct yaml_doc *yaml;
static struct err err;

static struct reader open(const char *text) {
  if (!yaml_read(str_of(text), &yaml, &err)) fail_msg("%s", err.text);
  err = (struct err){0};
  return (struct reader){.file = "x.yaml", .yaml = yaml, .arena = arena, .err = &err};
}

static void close_failed(const struct reader *r, const char *field, const char *text, const char *hint) {
  if (!r->failed) fail_msg("\"%s\" was not told", text);
  assert_int_equal(err.code, ERR_INVALID);
  assert_string_equal(err.field, field);
  check_has(err.text, text);
  check_has(err.hint, hint);
  yaml_close(yaml);
}

static int begin(void **state) {
  (void)state;
  arena = arena_new();
  return 0;
}

static int end(void **state) {
  (void)state;
  arena_free(arena);
  return 0;
}

#define ROOT yaml_root(yaml)

static void test_values(void **state) {
  (void)state;
  static const char *const kinds[] = {"rest", "mcp", NULL};
  struct reader r =
      open("name: a\nn: 7\non: true\nkind: mcp\nlist: [x, y]\nat: /a/b\nlink: https://a.example/\n");
  size_t count;
  check_text(reader_text(&r, ROOT, "name", READER_REQUIRED), "a");
  assert_int_equal(reader_text(&r, ROOT, "none", READER_OPTIONAL).n, 0);
  assert_int_equal(reader_int(&r, ROOT, "n", 1), 7);
  assert_int_equal(reader_int(&r, ROOT, "none", 1), 1);
  assert_true(reader_bool(&r, ROOT, "on", false) && reader_bool(&r, ROOT, "none", true));
  assert_int_equal(reader_choice(&r, ROOT, "kind", kinds), 1);
  struct str *texts = reader_texts(&r, ROOT, "list", 2, &count);
  assert_int_equal(count, 2);
  check_text(texts[1], "y");
  check_text(reader_pointer(&r, ROOT, "at", READER_REQUIRED), "/a/b");
  check_text(reader_link(&r, ROOT, "link"), "https://a.example/");
  assert_false(r.failed);
  yaml_close(yaml);
}

static void test_keys(void **state) {
  (void)state;
  static const char *const keys[] = {"label", "name", NULL};
  struct reader r = open("name: a\nlable: b\n");
  reader_keys(&r, ROOT, "a thing", keys);
  close_failed(&r, "x.yaml:2", "a thing has no key 'lable'", "did you mean 'label'?");
  r = open("something: a\n");
  reader_keys(&r, ROOT, "a thing", keys);
  close_failed(&r, "x.yaml:1", "no key 'something'", "its keys are label, name");
  r = open("- a\n");
  reader_keys(&r, ROOT, "a thing", keys);
  close_failed(&r, "x.yaml:1", "a thing must be a mapping", "");
}

static void test_refused(void **state) {
  (void)state;
  static const char text[] =
      "name: [1]\nempty: ''\nn: x\non: 1\nkind: soap\nlist: a\nlong: [a, b, c]\nat: a\nlink: "
      "ftp://a\ntexts: [a, 1]\n";
  static const char *const kinds[] = {"rest", "mcp", NULL};
  size_t count;
  struct reader r = open(text);
  (void)reader_text(&r, ROOT, "name", READER_OPTIONAL);
  close_failed(&r, "x.yaml:1", "'name' must be text", "");
  r = open(text);
  (void)reader_text(&r, ROOT, "empty", READER_REQUIRED);
  close_failed(&r, "x.yaml:2", "'empty' is empty", "");
  r = open(text);
  (void)reader_text(&r, ROOT, "none", READER_REQUIRED);
  close_failed(&r, "x.yaml:1", "'none' is missing", "");
  r = open(text);
  assert_int_equal(reader_int(&r, ROOT, "n", 3), 3);
  close_failed(&r, "x.yaml:3", "'n' must be a whole number", "");
  r = open(text);
  (void)reader_bool(&r, ROOT, "on", false);
  close_failed(&r, "x.yaml:4", "'on' must be true or false", "");
  r = open(text);
  (void)reader_choice(&r, ROOT, "kind", kinds);
  close_failed(&r, "x.yaml:5", "'kind' is 'soap', not one of rest, mcp", "");
  r = open(text);
  assert_null(reader_list(&r, ROOT, "list", 2));
  close_failed(&r, "x.yaml:6", "'list' must be a list", "");
  r = open(text);
  assert_null(reader_list(&r, ROOT, "long", 2));
  close_failed(&r, "x.yaml:7", "'long' has 3 entries, at most 2 are read", "");
  r = open(text);
  (void)reader_pointer(&r, ROOT, "at", READER_OPTIONAL);
  close_failed(&r, "x.yaml:8", "a JSON pointer starts with '/'", "");
  r = open(text);
  (void)reader_link(&r, ROOT, "link");
  close_failed(&r, "x.yaml:9", "'link'", "");
  r = open(text);
  (void)reader_texts(&r, ROOT, "texts", 9, &count);
  close_failed(&r, "x.yaml:10", "an entry of 'texts' must be text", "");
}

// The first fault stays, whatever comes behind it.
static void test_first(void **state) {
  (void)state;
  struct reader r = open("a: [1]\nb: [2]\nc: [3]\n");
  (void)reader_text(&r, ROOT, "b", READER_REQUIRED);
  (void)reader_text(&r, ROOT, "a", READER_REQUIRED);
  assert_null(reader_list(&r, ROOT, "c", 1));
  close_failed(&r, "x.yaml:2", "'b' must be text", "");
}

static void test_words(void **state) {
  (void)state;
  assert_true(reader_is_word(STR("a"), '-') && reader_is_word(STR("ab-c9"), '-'));
  assert_false(reader_is_word(STR(""), '-') || reader_is_word(STR("9a"), '-') ||
               reader_is_word(STR("aB"), '-') || reader_is_word(STR("a_b"), '-') ||
               reader_is_word(STR("-a"), '-'));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_values), cmocka_unit_test(test_keys),  cmocka_unit_test(test_refused),
      cmocka_unit_test(test_first),  cmocka_unit_test(test_words),
  };
  return cmocka_run_group_tests_name("connector/reader", tests, begin, end);
}
