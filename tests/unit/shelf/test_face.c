// SPDX-License-Identifier: Apache-2.0
// A published program's definition, as clients get it.
#include "../support/check.h"
#include "../tool/fixture.h"

#include "data/json.h"
#include "shelf/face.h"

static struct str face(struct arena *a, const char *program, const char *description) {
  yyjson_doc *doc = fixture_doc(a, program);
  struct buf out = BUF_MAX(1 << 16);
  struct shelf_face f = {yyjson_doc_get_root(doc), STR("weekly"), str_of(description)};
  shelf_face_write(&f, a, &out);
  struct str text = arena_dup(a, buf_str(&out));
  buf_free(&out);
  yyjson_doc_free(doc);
  yyjson_doc *read = yyjson_read(text.p, text.n, 0);
  if (!read) fail_msg("no JSON: %.*s", STR_ARG(text));
  yyjson_doc_free(read);
  return text;
}

static void test_parameters(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct str text =
      face(a,
           "{'version':1,'title':'Denials','parameters':{'site':{'type':'text','description':'Of a zone'},"
           "'most':10,'share':0.10,'sure':false,'since':'now-7d','zone':{'type':'zone'},'$ref':'x'},"
           "'steps':[{'id':'z','keys':[]}],'results':{'n':'SELECT 1'}}",
           "");
  check_has(text.p, "{\"name\":\"weekly\",\"title\":\"Denials\",\"description\":\"Denials\",");
  check_has(text.p, "\"site\":{\"type\":\"string\",\"description\":\"Of a zone\"}");
  check_has(text.p, "\"most\":{\"type\":\"integer\",\"default\":10}");
  check_has(text.p, "\"share\":{\"type\":\"number\",\"default\":0.10}"); // as it was written
  check_has(text.p, "\"sure\":{\"type\":\"boolean\",\"default\":false}");
  check_has(text.p, "\"since\":{\"type\":\"string\",\"description\":\"A time: ");
  check_has(text.p, "\"default\":\"now-7d\"}");
  check_has(text.p, "\"required\":[\"site\",\"zone\"],\"additionalProperties\":false}");
  check_has(text.p, "\"continue\":{\"type\":\"string\"");
  check_has(text.p, "\"readOnlyHint\":true,\"destructiveHint\":false");
  arena_free(a);
}

static void test_words(void **state) {
  (void)state;
  struct arena *a = arena_new();
  struct str text = face(a, "{'version':1,'results':{'n':'SELECT 1'}}", "Says \"hello\"\n");
  check_has(text.p, "\"title\":\"weekly\",\"description\":\"Says \\\"hello\\\"\\n\"");
  assert_null(strstr(text.p, "\"required\":[]"));
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_parameters), cmocka_unit_test(test_words)};
  return cmocka_run_group_tests_name("shelf/face", tests, NULL, NULL);
}
