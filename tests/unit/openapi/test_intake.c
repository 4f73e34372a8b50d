// SPDX-License-Identifier: Apache-2.0
// What an import takes from a document beside its tools: the ways to authenticate, and all of it in one text.
#include "openapi/bundle.h"
#include "openapi/security.h"

#include "../support/check.h"
#include "../support/temp.h"
#include "data/json.h"

static struct str ways_of(struct arena *a, const char *text, struct buf *remarks) {
  struct document *d;
  struct err err;
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *ways = yyjson_mut_arr(doc);
  if (!document_parse(str_of(text), a, &d, &err)) fail_msg("%s: %s", text, err.text);
  security_ways(d, a, doc, ways, remarks);
  size_t n;
  char *out = yyjson_mut_val_write(ways, 0, &n);
  struct str kept = arena_dup(a, str_make(out, n));
  free(out);
  yyjson_mut_doc_free(doc);
  document_close(d);
  return kept;
}

#define THREE(schemes, more)                                                                                 \
  "openapi: 3.0.3\ncomponents: {securitySchemes: " schemes "}\n" more "\npaths: {}\n"
#define KEY                                                                                                  \
  "{\"id\":\"k\",\"label\":\"k\",\"fields\":[{\"name\":\"x_k\",\"label\":\"X-K\",\"secret\":true}],"         \
  "\"send\":[{\"in\":\"header\",\"name\":\"X-K\",\"value\":\"{x_k}\"}]}"
#define BEARER(id, label)                                                                                    \
  "{\"id\":\"" id "\",\"label\":\"" id "\",\"fields\":[{\"name\":\"token\",\"label\":\"" label               \
  "\",\"secret\":true}],\"send\":[{\"in\":\"bearer\",\"value\":\"{token}\"}]}"
#define BASIC                                                                                                \
  "{\"id\":\"b\",\"label\":\"b\",\"fields\":[{\"name\":\"user\",\"label\":\"User\",\"secret\":false},{"      \
  "\"name\":\"password\",\"label\":\"Password\",\"secret\":true}],\"send\":[{\"in\":\"basic\",\"user\":\"{"  \
  "user}\",\"password\":\"{password}\"}]}"
#define OPEN "{\"id\":\"open\",\"label\":\"Open\",\"open\":true}"

static void test_ways(void **state) {
  (void)state;
  static const struct {
    const char *document, *ways, *remarks; // remarks NULL: none
  } rows[] = {
      {THREE("{k: {type: apiKey, in: header, name: X-K}}", ""), "[" KEY "]", NULL},
      {THREE("{k: {$ref: '#/x'}}", "x: {type: apiKey, in: header, name: X-K}"), "[" KEY "]", NULL},
      {THREE("{b: {type: http, scheme: BASIC}}", ""), "[" BASIC "]", NULL},
      {"swagger: '2.0'\nsecurityDefinitions: {b: {type: basic}}\npaths: {}\n", "[" BASIC "]", NULL},
      {THREE("{t: {type: http, scheme: bearer, description: A token}}", ""), "[" BEARER("t", "A token") "]",
       NULL},
      {THREE("{o: {type: oauth2}}", ""), "[" BEARER("o", "Access token") "]", "scheme o is OAuth"},
      {THREE("{o: {type: openIdConnect}}", ""), "[" BEARER("o", "Access token") "]", "scheme o is OAuth"},
      // What sends the same is one way.
      {THREE("{t: {type: http, scheme: bearer}, o: {type: oauth2}}", ""), "[" BEARER("t", "t") "]", NULL},
      {THREE("{o: {type: oauth2}, k: {type: apiKey, in: header, name: X-K}}",
             "security: [{}, {o: []}, {k: []}]"),
       "[" KEY "," BEARER("o", "Access token") "," OPEN "]", "OAuth"},
      {THREE("{m: {type: mutualTLS}, d: {type: http, scheme: digest}}", ""), "[]", "scheme m is none"},
      {THREE("{k: {type: apiKey, in: body, name: X-K}}", ""), "[]", "scheme k is none"},
      {THREE("{k: {type: apiKey, in: header, name: 'X K'}}", ""), "[]", "scheme k is none"},
      {THREE("{}", "security: [{gone: []}]"), "[]", "scheme gone is none"},
      {THREE("{}", ""), "[]", NULL},
      {THREE("{}", "security: []"), "[" OPEN "]", NULL},
      {THREE("{k: {type: apiKey, in: header, name: X-K}}", "security: []"), "[" KEY "]", NULL},
      {THREE("{k: {type: apiKey, in: header, name: X-K}}", "security: [{k: []}, {}]"), "[" KEY "," OPEN "]",
       NULL},
      // The document's word before its operations', and of those what most ask for.
      {THREE("{k: {type: apiKey, in: header, name: X-K}, b: {type: http, scheme: basic}}",
             "security: [{b: []}]"),
       "[" BASIC "]", NULL},
      {"openapi: 3.0.3\ncomponents: {securitySchemes: {k: {type: apiKey, in: header, name: X-K}, b: {type: "
       "http, "
       "scheme: basic}}}\npaths: {/a: {get: {security: [{b: []}]}, put: {security: [{k: []}]}}, /b: {get: "
       "{security: "
       "[{k: []}]}}}\n",
       "[" KEY "," BASIC "]", NULL},
      // Two cookies are one header; names that clash get a number.
      {THREE("{a: {type: apiKey, in: cookie, name: s-1}, b: {type: apiKey, in: cookie, name: s_1}}",
             "security: [{a: [], b: []}]"),
       "[{\"id\":\"a_and_b\",\"label\":\"a and "
       "b\",\"fields\":[{\"name\":\"s_1\",\"label\":\"s-1\",\"secret\":true},{"
       "\"name\":\"s_1_2\",\"label\":\"s_1\",\"secret\":true}],\"send\":[{\"in\":\"header\",\"name\":"
       "\"Cookie\",\"value\":"
       "\"s-1={s_1}; s_1={s_1_2}\"}]}]",
       NULL},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *a = arena_new();
    struct buf remarks = BUF_MAX(4096);
    struct str ways = ways_of(a, rows[i].document, &remarks);
    if (!str_is(ways, rows[i].ways))
      fail_msg("%s\n%.*s\nnot\n%s", rows[i].document, STR_ARG(ways), rows[i].ways);
    bool said = rows[i].remarks ? str_contains(buf_str(&remarks), str_of(rows[i].remarks)) : !remarks.n;
    if (!said) fail_msg("%s: %.*s", rows[i].document, STR_ARG(buf_str(&remarks)));
    buf_free(&remarks);
    arena_free(a);
  }
}

static struct str bundle_of(struct arena *a, struct document *d) {
  struct buf out = BUF_MAX(1 << 20);
  struct err err;
  if (!bundle_write(d, a, &out, &err)) fail_msg("%s", err.text);
  struct str text = arena_dup(a, buf_str(&out));
  buf_free(&out);
  document_close(d);
  return text;
}

// White space goes, and each value stays on its line.
static void test_one_text(void **state) {
  (void)state;
  static const char *const rows[][2] = {
      {"openapi: 3.0.0\npaths:\n\n  /a:   {get: {}}\n",
       "{\"openapi\":\"3.0.0\",\n\"paths\":\n\n{\"/a\":{\"get\":{}}}}"},
      {"{ \"openapi\" : \"3.0.0\",\n  \"paths\":\n  { }, \"x\": [1,\n2.50, \"a  b\\n\"] }",
       "{\"openapi\":\"3.0.0\",\n\"paths\":{},\n\"x\":[1,2.5,\n\"a  b\\n\"]}"},
      {"openapi: 3.0.0\npaths: {/a: {$ref: 'gone.yaml#/a'}}",
       "{\"openapi\":\"3.0.0\",\n\"paths\":{\"/a\":{\"$ref\":\"gone.yaml#/a\"}}}"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *a = arena_new();
    struct document *d;
    struct err err;
    assert_true(document_parse(str_of(rows[i][0]), a, &d, &err));
    struct str text = bundle_of(a, d);
    if (!str_is(text, rows[i][1])) fail_msg("%.*s\nnot\n%s", STR_ARG(text), rows[i][1]);
    arena_free(a);
  }
}

static void test_many_files(void **state) {
  (void)state;
  char folder[64], path[256];
  struct arena *a = arena_new();
  struct document *d;
  struct err err;
  temp_make(folder);
  snprintf(path, sizeof path, "%s/b.yaml", folder);
  temp_write(path, "x: {$ref: '#/y'}\ny: {$ref: 'a.yaml#/z', also: {$ref: a.yaml}}\n");
  snprintf(path, sizeof path, "%s/a.yaml", folder);
  temp_write(path, "openapi: 3.0.0\npaths: {/a: {$ref: 'b.yaml#/x'}}\nz: {mapping: {p: b.yaml, q: b, r: "
                   "'#/z'}}\nw: {$ref: "
                   "b.yaml}\n");
  assert_true(document_open(path, STR_NONE, a, &d, &err));
  check_text(bundle_of(a, d),
             "{\"openapi\":\"3.0.0\",\n\"paths\":{\"/a\":{\"$ref\":\"#/x-postern-files/1/x\"}},\n"
             "\"z\":{\"mapping\":{\"p\":\"#/x-postern-files/1\",\"q\":\"b\",\"r\":\"#/z\"}},\n"
             "\"w\":{\"$ref\":\"#/x-postern-files/1\"},\"x-postern-files\":{\"1\":{\"x\":{\"$ref\":\"#/"
             "x-postern-files/1/y\"},"
             "\"y\":{\"$ref\":\"#/z\",\"also\":{\"$ref\":\"#\"}}}}}");
  temp_remove(folder);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_ways),
      cmocka_unit_test(test_one_text),
      cmocka_unit_test(test_many_files),
  };
  return cmocka_run_group_tests_name("openapi/intake", tests, NULL, NULL);
}
