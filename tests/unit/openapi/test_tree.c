// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "base/arena.h"
#include "openapi/tree.h"

static yyjson_mut_doc *doc_of(const char *text) {
  yyjson_doc *read = yyjson_read(text, strlen(text), 0);
  assert_non_null(read);
  yyjson_mut_doc *doc = yyjson_doc_mut_copy(read, NULL);
  yyjson_doc_free(read);
  return doc;
}

static void note(yyjson_mut_val *child, struct str keyword, void *arg) {
  char *seen = arg;
  size_t n = strlen(seen);
  snprintf(seen + n, 400 - n, "%.*s=%.*s ", STR_ARG(keyword),
           STR_ARG(tree_text(yyjson_mut_obj_get(child, "title"))));
}

// Schemas stand in keywords in three ways; what says nothing of schemas is passed over.
static void test_each(void **state) {
  (void)state;
  yyjson_mut_doc *doc =
      doc_of("{\"title\":\"t\",\"properties\":{\"a\":{\"title\":\"A\"},\"title\":{\"title\":\"B\"}},"
             "\"items\":{\"title\":\"C\"},\"allOf\":[{\"title\":\"D\"},{\"title\":\"E\"}],"
             "\"enum\":[{\"title\":\"no\"}],\"default\":{\"title\":\"no\"},\"x-own\":{\"title\":\"no\"}}");
  char seen[400] = "";
  tree_each(yyjson_mut_doc_get_root(doc), note, seen);
  assert_string_equal(seen, "properties=A properties=B items=C allOf=D allOf=E ");
  *seen = 0;
  tree_each(NULL, note, seen);
  assert_string_equal(seen, "");
  yyjson_mut_doc_free(doc);
}

static void test_keywords(void **state) {
  (void)state;
  assert_int_equal(tree_holds(STR("oneOf")), TREE_LIST);
  assert_int_equal(tree_holds(STR("$defs")), TREE_MAP);
  assert_int_equal(tree_holds(STR("not")), TREE_SCHEMA);
  assert_int_equal(tree_holds(STR("one")), TREE_NONE);
  assert_true(tree_in_place(STR("allOf")) && tree_in_place(STR("if")));
  assert_false(tree_in_place(STR("items")) || tree_in_place(STR("not")) || tree_in_place(STR("")));
  assert_true(tree_is_annotation(STR("description")) && tree_is_annotation(STR(TREE_LOOSE)));
  assert_false(tree_is_annotation(STR("minLength")) || tree_is_annotation(STR("allOf")));
}

// Near enough to the text's length, and never less.
static void test_bytes(void **state) {
  (void)state;
  static const char *const texts[] = {
      "{}",    "[]",       "null",       "true",
      "12345", "\"text\"", "[1,22,333]", "{\"a\":1,\"long name\":[\"x\",null,{\"b\":false}]}"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    yyjson_mut_doc *doc = doc_of(texts[i]);
    size_t bytes = tree_bytes(yyjson_mut_doc_get_root(doc)), n = strlen(texts[i]);
    if (bytes < n || bytes > 2 * n + 2) fail_msg("%s: %zu bytes, reckoned as %zu", texts[i], n, bytes);
    yyjson_mut_doc_free(doc);
  }
}

static void test_lists_and_members(void **state) {
  (void)state;
  yyjson_mut_doc *doc = doc_of("{\"required\":[\"a\"],\"type\":\"string\"}");
  yyjson_mut_val *root = yyjson_mut_doc_get_root(doc), *list = tree_get(root, STR("required"));
  tree_list_add(doc, list, STR("b"));
  tree_list_add(doc, list, STR("a"));
  assert_int_equal(yyjson_mut_arr_size(list), 2);
  assert_true(tree_list_has(list, STR("b")));
  assert_false(tree_list_has(list, STR("c")) || tree_list_has(NULL, STR("a")));
  tree_set(doc, root, str_make("type|", 4), yyjson_mut_int(doc, 1)); // replaces
  tree_set(doc, root, STR("new"), yyjson_mut_int(doc, 2));
  assert_int_equal(yyjson_mut_get_int(tree_get(root, STR("type"))), 1);
  assert_int_equal(yyjson_mut_obj_size(root), 3);
  assert_null(tree_get(root, STR("typ")));
  yyjson_mut_doc_free(doc);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_each),
      cmocka_unit_test(test_keywords),
      cmocka_unit_test(test_bytes),
      cmocka_unit_test(test_lists_and_members),
  };
  return cmocka_run_group_tests_name("openapi/tree", tests, NULL, NULL);
}
