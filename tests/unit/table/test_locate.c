// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "table/locate.h"

static struct str path_text(struct arena *a, const struct locate_path *p) {
  struct str text = STR("");
  for (size_t i = 0; i < p->n; i++)
    text = arena_printf(a, "%.*s/%.*s", STR_ARG(text), p->steps[i].each ? 1 : (int)p->steps[i].key.n,
                        p->steps[i].each ? "*" : p->steps[i].key.p);
  return text;
}

static void test_find(void **state) {
  (void)state;
  static const struct {
    const char *json;
    bool deep;
    const char *want;
  } rows[] = {
      {"[{\"a\":1}]", false, ""},
      {"{\"success\":true,\"result\":[{\"id\":1}],\"result_info\":{\"page\":1}}", false, "/result"},
      {"{\"success\":true,\"errors\":[],\"messages\":[],\"result\":[]}", false, "/result"},
      {"{\"errors\":[{\"code\":1}],\"result\":[]}", false, "/result"},
      {"{\"zones\":[{\"id\":1}],\"total\":1,\"page\":1,\"per_page\":20}", false, "/zones"},
      {"{\"success\":true,\"result\":{\"rules\":[{\"id\":1}],\"id\":\"x\"}}", false, "/result/rules"},
      {"{\"success\":true,\"result\":{\"id\":\"x\",\"name\":\"y\",\"kind\":\"z\",\"phase\":\"p\",\"rules\":[{"
       "\"id\":1}]}}",
       false, "/result"},
      {"{\"id\":\"x\",\"name\":\"y\",\"version\":3,\"rules\":[{\"id\":1}]}", false, ""},
      {"{\"data\":{\"list\":{\"items\":[{\"a\":1}]}}}", false, "/data/list/items"},
      {"{\"resources\":[{\"public_id\":1}],\"next_cursor\":\"x\"}", false, "/resources"},
      {"{\"names\":[\"a\"]}", false, "/names"}, // nothing else is there: the names are the rows
      {"{\"names\":[\"a\"],\"next_cursor\":\"x\",\"total\":7}", false, "/names"},
      {"{\"names\":[\"a\"],\"owner\":\"x\"}", false, ""},
      {"{\"v4\":[\"a\"],\"v6\":[\"b\"]}", false, ""},
      {"{\"sites\":[],\"count\":0}", false, "/sites"},
      {"{\"logs\":[],\"result_info\":{\"count\":0}}", false, "/logs"},
      {"{\"id\":\"x\",\"sites\":[]}", false, ""},
      {"{\"result\":[\"a\",\"b\"]}", false, "/result"},
      {"{\"data\":{\"viewer\":{\"zones\":[{\"zoneTag\":\"a\",\"events\":[{\"n\":1}]}]}}}", true,
       "/data/viewer/zones/*/events"},
      {"{\"data\":{\"viewer\":{\"zones\":[]}}}", true, "/data/viewer/zones"},
      {"{\"data\":{\"viewer\":{\"zones\":[{\"zoneTag\":\"a\",\"events\":[]}]}}}", true,
       "/data/viewer/zones/*/events"},
      {"{\"errors\":[{\"message\":\"x\"}],\"data\":{\"a\":[{\"n\":1}]}}", true, "/data/a"},
      // what pages are called elsewhere: Spring, Link headers in a body, HAL
      {"{\"content\":[{\"a\":1}],\"number\":0,\"size\":20,\"totalPages\":1,\"totalElements\":1,\"last\":"
       "true}",
       false, "/content"},
      {"{\"content\":[],\"number\":0,\"size\":20,\"totalPages\":0,\"totalElements\":0,\"last\":true,"
       "\"pageable\":{}}",
       false, "/content"},
      {"{\"members\":[{\"a\":1}],\"current_page\":1,\"last_page\":4,\"next_page_url\":\"x\",\"per_page\":15}",
       false, "/members"},
      {"{\"number\":\"R-1\",\"customer\":\"x\",\"issued_on\":\"y\",\"sum\":3,\"lines\":[{\"a\":1}]}", false,
       ""},
      {"7", false, ""},
  };
  struct arena *a = arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    yyjson_doc *doc = yyjson_read(rows[i].json, strlen(rows[i].json), 0);
    struct locate_path path;
    locate_find(yyjson_doc_get_root(doc), rows[i].deep, &path);
    struct str got = path_text(a, &path);
    if (!str_is(got, rows[i].want))
      fail_msg("%s\n  gives '%.*s', not '%s'", rows[i].json, STR_ARG(got), rows[i].want);
    yyjson_doc_free(doc);
  }
  arena_free(a);
}

struct walked {
  size_t rows, parents;
};

static bool walked_row(void *arg, yyjson_val *row, const struct locate_parent *parents, size_t n) {
  struct walked *w = arg;
  (void)row;
  (void)parents;
  w->rows++;
  w->parents += n;
  return w->rows < 3;
}

static void test_walk(void **state) {
  (void)state;
  static const struct {
    const char *pointer;
    size_t rows, parents;
  } rows[] = {{"/a/*/b", 3, 3},  {"/a/*/b/*", 3, 3}, {"/a", 2, 0},   {"/a/0/b", 2, 2},
              {"/none/x", 0, 0}, {"/n", 0, 0},       {"/t~1x", 1, 0}};
  const char *json = "{\"a\":[{\"b\":[1,2]},{\"b\":[3,4]}],\"n\":null,\"t/x\":5}";
  yyjson_doc *doc = yyjson_read(json, strlen(json), 0);
  struct arena *a = arena_new();
  struct err err;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct locate_path path;
    struct walked w = {0};
    struct locate_walk walk = {.arg = &w, .row = walked_row};
    assert_true(locate_read(str_of(rows[i].pointer), a, &path, &err));
    locate_each(yyjson_doc_get_root(doc), &path, &walk);
    if (w.rows != rows[i].rows || w.parents != rows[i].parents)
      fail_msg("%s gives %zu rows and %zu parents, not %zu and %zu", rows[i].pointer, w.rows, w.parents,
               rows[i].rows, rows[i].parents);
  }
  struct locate_path path;
  assert_false(locate_read(STR("a/b"), a, &path, &err));
  assert_false(locate_read(STR("/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a"), a, &path, &err));
  arena_free(a);
  yyjson_doc_free(doc);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_find), cmocka_unit_test(test_walk)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
