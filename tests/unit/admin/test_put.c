// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "admin/put.h"
#include "data/json.h"

static void test_commas_stand_where_they_belong(void **state) {
  (void)state;
  struct buf out = BUF_MAX(4096);
  yyjson_doc *doc;
  struct err err;
  assert_true(json_read(STR("{\"n\":[1,{\"x\":null}]}"), &JSON_LIMITS, &doc, &err));
  put_open(&out, NULL, '{');
  put_open(&out, "empty", '[');
  put_close(&out, ']');
  put_text(&out, "text", STR("a\"b{"));
  put_text_or_null(&out, "none", STR_NONE);
  put_int(&out, "int", -5);
  put_bool(&out, "bool", true);
  put_time(&out, "never", 0);
  put_time(&out, "time", 1700000000000);
  put_time(&out, "last", INT64_MAX);
  put_time(&out, "first", INT64_MIN);
  put_texts(&out, "list", (struct str[]){STR("a"), STR("b")}, 2);
  put_open(&out, "rows", '[');
  for (int i = 0; i < 2; i++) {
    put_open(&out, NULL, '{');
    put_int(&out, "i", i);
    put_close(&out, '}');
  }
  put_close(&out, ']');
  put_json(&out, "raw", STR("{\"a\":1}"));
  put_value(&out, "value", yyjson_doc_get_root(doc));
  put_value(&out, "nothing", NULL);
  put_close(&out, '}');
  yyjson_doc_free(doc);
  const char *wanted =
      "{\"empty\":[],\"text\":\"a\\\"b{\",\"none\":null,\"int\":-5,\"bool\":true,\"never\":null,"
      "\"time\":\"2023-11-14T22:13:20Z\",\"last\":\"9999-12-31T23:59:59.999Z\",\"first\":\"1000-01-01T00:00:"
      "00Z\",\"list\":[\"a\",\"b\"],\"rows\":[{\"i\":0},{\"i\":1}],"
      "\"raw\":{\"a\":1},\"value\":{\"n\":[1,{\"x\":null}]},\"nothing\":null}";
  if (!str_is(buf_str(&out), wanted)) fail_msg("%.*s", STR_ARG(buf_str(&out)));
  buf_free(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_commas_stand_where_they_belong)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
