// SPDX-License-Identifier: Apache-2.0
#include "fixture.h"

#include "tool/fence.h"

static struct fences read(struct arena *a, const char *text) {
  struct fences f = {0};
  struct err err = {0};
  yyjson_doc *doc = fixture_doc(a, text);
  if (!fence_read(yyjson_doc_get_root(doc), a, &f, &err)) fail_msg("%s: %s %s", text, err.field, err.text);
  yyjson_doc_free(doc);
  return f;
}

static void what_is_read_is_written(void **state) {
  (void)state;
  static const struct {
    const char *text, *written;
  } rows[] = {
      {"{}", "{}"},
      {"null", "{}"},
      {"{'acc_1':{'zone_id':['a','b','a']}}", "{'acc_1':{'zone_id':[{'id':'a'},{'id':'b'}]}}"},
      {"{'acc_1':{'zone_id':[{'id':'a','name':'A \\'1\\''}],'account_id':['x']},'acc_2':{'k':['v']}}",
       "{'acc_1':{'zone_id':[{'id':'a','name':'A "
       "\\'1\\''}],'account_id':[{'id':'x'}]},'acc_2':{'k':[{'id':'v'}]}}"},
  };
  struct arena *a = arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fences f = read(a, rows[i].text), copy = fence_copy(&f, a);
    struct buf out = BUF_MAX(4096);
    fence_write(&copy, &out);
    fixture_is(buf_str(&out), fixture_json(a, rows[i].written).p);
    assert_true(fence_is_same(&f, &copy));
    buf_free(&out);
  }
  arena_free(a);
}

static void what_is_none_is_refused_with_its_place(void **state) {
  (void)state;
  static const struct {
    const char *text, *field;
  } rows[] = {
      {"[]", "config.fence"},
      {"{'a':[]}", "config.fence.a"},
      {"{'a':{}}", "config.fence.a"},
      {"{'a':{'k':'v'}}", "config.fence.a.k"},
      {"{'a':{'k':[]}}", "config.fence.a.k"},
      {"{'a':{'k':['']}}", "config.fence.a.k"},
      {"{'a':{'k':[1]}}", "config.fence.a.k"},
      {"{'a':{'k':[{'name':'x'}]}}", "config.fence.a.k"},
      {"{'a':{'k':['v'],'k':['w']}}", "config.fence.a.k"},
      {"{'a':{'k':['v']},'a':{'k':['w']}}", "config.fence.a"},
      {"{'a':{'1':['v'],'2':['v'],'3':['v'],'4':['v'],'5':['v'],'6':['v'],'7':['v'],'8':['v'],'9':['v']}}",
       "config.fence.a"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *a = arena_new();
    struct fences f;
    struct err err = {0};
    yyjson_doc *doc = fixture_doc(a, rows[i].text);
    if (fence_read(yyjson_doc_get_root(doc), a, &f, &err)) fail_msg("taken: %s", rows[i].text);
    assert_string_equal(err.field, rows[i].field);
    yyjson_doc_free(doc);
    arena_free(a);
  }
}

static void two_are_the_same_whatever_their_order_and_names(void **state) {
  (void)state;
  static const struct {
    const char *one, *other;
    bool same;
  } rows[] = {
      {"{'a':{'k':['1','2'],'l':['3']}}", "{'a':{'l':['3'],'k':[{'id':'2','name':'x'},'1']}}", true},
      {"{'a':{'k':['1']}}", "{'a':{'k':['1','2']}}", false},
      {"{'a':{'k':['1']}}", "{'a':{'l':['1']}}", false},
      {"{'a':{'k':['1']}}", "{'b':{'k':['1']}}", false},
      {"{'a':{'k':['1']}}", "{}", false},
  };
  struct arena *a = arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fences one = read(a, rows[i].one), other = read(a, rows[i].other);
    assert_int_equal(fence_is_same(&one, &other), rows[i].same);
    assert_int_equal(fence_is_same(&other, &one), rows[i].same);
  }
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_read_is_written),
      cmocka_unit_test(what_is_none_is_refused_with_its_place),
      cmocka_unit_test(two_are_the_same_whatever_their_order_and_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
