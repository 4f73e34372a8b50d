// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "base/str.h"

static void test_compare(void **state) {
  (void)state;
  assert_true(str_eq(STR(""), STR_NONE));
  assert_false(str_eq(STR("a"), STR("b")));
  assert_true(str_is_nocase(STR("Content-TYPE"), "content-type"));
  assert_false(str_is_nocase(STR("content-typ"), "content-type"));
  assert_true(str_compare(STR("a"), STR("b")) < 0);
  assert_true(str_compare(STR("ab"), STR("a")) > 0);
  assert_true(str_compare(STR("\xff"), STR("a")) > 0);
  assert_int_equal(str_compare(STR_NONE, STR("")), 0);
  assert_true(str_eq_secret(STR("abc"), STR("abc")));
  assert_false(str_eq_secret(STR("abc"), STR("abd")));
  assert_false(str_eq_secret(STR("abc"), STR("ab")));
}

static void test_parts(void **state) {
  (void)state;
  assert_true(str_starts(STR("abc"), "ab") && str_ends(STR("abc"), "bc"));
  assert_false(str_starts(STR("a"), "ab") || str_ends(STR("c"), "bc"));
  assert_true(str_starts(STR("x"), "") && str_ends(STR_NONE, ""));
  assert_true(str_contains(STR("abc"), STR("bc")) && str_contains(STR_NONE, STR("")));
  assert_false(str_contains(STR("abc"), STR("ac")) || str_contains(STR_NONE, STR("a")));
  check_text(str_trim(STR(" \t a b \r\n")), "a b");
  check_text(str_trim(STR(" \t ")), "");
  check_text(str_trim_end(STR("/a/b//"), '/'), "/a/b");
  check_text(str_trim_end(STR("//"), '/'), "");
  assert_int_equal(str_trim_end(STR_NONE, '/').n, 0);
  check_text(str_from(STR("abc"), 1), "bc");
  check_text(str_from(STR("abc"), 9), "");
  assert_int_equal(str_find(STR("abc"), 'c'), 2);
  assert_int_equal(str_find(STR_NONE, 'c'), -1);
}

static void test_cut(void **state) {
  (void)state;
  static const struct {
    const char *list, *items[4];
  } rows[] = {{"a,b,c", {"a", "b", "c"}}, {"a", {"a"}}, {"", {""}}, {"a,", {"a", ""}}, {",", {"", ""}}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    size_t n = 0;
    for (struct str rest = str_of(rows[i].list), item; str_cut(&rest, ',', &item); n++) {
      assert_non_null(rows[i].items[n]);
      check_text(item, rows[i].items[n]);
    }
    assert_null(rows[i].items[n]);
  }
  struct str none = STR_NONE, item;
  assert_false(str_cut(&none, ',', &item));
}

static void test_cut_utf8(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t most;
    const char *cut;
  } rows[] = {
      {"abc", 3, "abc"},
      {"abc", 2, "ab"},
      {"abc", 0, ""},
      {"", 0, ""},
      {"aé", 3, "aé"},
      {"aé", 2, "a"},
      {"日本", 5, "日"},
      {"日本", 3, "日"},
      {"日本", 2, ""},
      {"a😀", 4, "a"},
      {"😀😀", 7, "😀"},
      {"a\x80\x80\x80\x80\x80", 5, "a\x80\x80\x80\x80"}, // no UTF-8: cut where it was asked
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    check_text(str_cut_utf8(str_of(rows[i].text), rows[i].most), rows[i].cut);
  assert_int_equal(str_cut_utf8(STR_NONE, 4).n, 0);

  char shown[64];
  snprintf(shown, sizeof shown, "%.*s|%.*s|%.*s", STR_MOST(STR("Zürich"), 2), STR_MOST(STR("Genf"), 9),
           STR_MOST(STR_NONE, 9));
  assert_string_equal(shown, "Z|Genf|");

  assert_int_equal(str_characters(STR("a日本😀")), 4);
  assert_int_equal(str_characters(STR_NONE), 0);
}

static void test_numbers(void **state) {
  (void)state;
  uint64_t u;
  int64_t i;
  assert_true(str_to_u64(STR("18446744073709551615"), &u) && u == UINT64_MAX);
  assert_false(str_to_u64(STR("18446744073709551616"), &u));
  assert_false(str_to_u64(STR("99999999999999999999"), &u));
  assert_false(str_to_u64(STR(""), &u) || str_to_u64(STR("+1"), &u) || str_to_u64(STR("1 "), &u));
  assert_true(str_to_i64(STR("-9223372036854775808"), &i) && i == INT64_MIN);
  assert_true(str_to_i64(STR("9223372036854775807"), &i) && i == INT64_MAX);
  assert_false(str_to_i64(STR("9223372036854775808"), &i) || str_to_i64(STR("-9223372036854775809"), &i));
  assert_false(str_to_i64(STR("-"), &i) || str_to_i64(STR("--1"), &i));
}

static void test_glob(void **state) {
  (void)state;
  static const struct {
    const char *pattern, *text;
    bool match;
  } rows[] = {
      {"", "", true},
      {"", "a", false},
      {"*", "", true},
      {"*", "abc", true},
      {"*", "a/b", false},
      {"**", "a/b/c", true},
      {"a*c", "abbc", true},
      {"a*c", "abb", false},
      {"a?c", "abc", true},
      {"a?c", "ac", false},
      {"list_*", "list_x", true},
      {"*_zones", "list_all_zones", true},
      {"*a*b*", "xaxbx", true},
      {"*a*b", "xaxbx", false},
      {"**/x", "a/b/x", true},
      {"**/x", "x", false},
      {"a/**/c", "a/b/d/c", true},
      {"a/*/c", "a/b/d/c", false},
      {"**b*/c", "ab/bb/c", true},
      {"*b/c", "a/b/c", false},
      {"get_*_by_id", "get_a_by_id_by_id", true},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (str_glob(str_of(rows[i].pattern), str_of(rows[i].text)) != rows[i].match)
      fail_msg("\"%s\" and \"%s\"", rows[i].pattern, rows[i].text);
}

// Thirty stars over 4,096 letters: a matcher that goes back to each of them would not come back at all.
static void test_glob_goes_back_to_one_star(void **state) {
  (void)state;
  static char text[4097], pattern[64];
  memset(text, 'a', sizeof text - 1);
  for (int i = 0; i < 60; i += 2) memcpy(pattern + i, "a*", 3);
  strcat(pattern, "b");
  assert_false(str_glob(str_of(pattern), str_of(text)));
}

static void test_distance(void **state) {
  (void)state;
  assert_int_equal(str_distance(STR("zone_id"), STR("zone_id")), 0);
  assert_int_equal(str_distance(STR("zoneid"), STR("zone_id")), 1);
  assert_int_equal(str_distance(STR("kitten"), STR("sitting")), 3);
  assert_int_equal(str_distance(STR("DNS"), STR("dns")), 0);
  assert_int_equal(str_distance(STR(""), STR("abc")), 3);
  assert_int_equal(str_distance(STR("abc"), STR_NONE), 3);
  char longer[64];
  memset(longer, 'a', 64);
  assert_int_equal(str_distance(str_make(longer, 63), STR("a")), 62);
  assert_int_equal(str_distance(str_make(longer, 64), STR("a")), 64);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_compare),
      cmocka_unit_test(test_parts),
      cmocka_unit_test(test_cut),
      cmocka_unit_test(test_numbers),
      cmocka_unit_test(test_cut_utf8),
      cmocka_unit_test(test_glob),
      cmocka_unit_test(test_glob_goes_back_to_one_star),
      cmocka_unit_test(test_distance),
  };
  return cmocka_run_group_tests_name("base/str", tests, NULL, NULL);
}
