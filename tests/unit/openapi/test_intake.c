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
  struct security_ask ask = {d, STR("https://api.example/v1"), a, remarks};
  security_ways(&ask, doc, ways);
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
#define FLOW(url)                                                                                            \
  "type: oauth2, flows: {clientCredentials: {tokenUrl: '" url                                                \
  "', scopes: {r: Read, 'w:x': Write, 'no scope': No}}}"
#define CLIENT_WITH(url, scope, more)                                                                        \
  "{\"id\":\"client_credentials\",\"label\":\"o, client "                                                    \
  "credentials\",\"client_credentials\":{\"token_url\":\"" url "\"" scope "}" more "}"
#define CLIENT(url) CLIENT_WITH(url, ",\"scope\":\"r w:x\"", "")
#define OPEN "{\"id\":\"open\",\"label\":\"Open\",\"open\":true}"

static const struct {
  const char *document, *ways, *remarks; // remarks NULL: none
} ways[] = {
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
    // A client's own credentials stand; an access token does, too. A relative token URL starts at the API.
    {THREE("{o: {" FLOW("https://auth.example/token?p=1") "}}", ""),
     "[" CLIENT("https://auth.example/token?p=1") "," BEARER("o", "Access token") "]", "scheme o is OAuth"},
    {THREE("{o: {" FLOW("/oauth/token") "}}", ""),
     "[" CLIENT("https://api.example/oauth/token") "," BEARER("o", "Access token") "]", "scheme o is OAuth"},
    {THREE("{o: {" FLOW("token") "}}", ""),
     "[" CLIENT("https://api.example/token") "," BEARER("o", "Access token") "]", "scheme o is OAuth"},
    {"swagger: '2.0'\nsecurityDefinitions: {o: {type: oauth2, flow: application, tokenUrl: "
     "'https://a.example/t'}}\n"
     "paths: {}\n",
     "[" CLIENT_WITH("https://a.example/t", "", "") "," BEARER("o", "Access token") "]", "scheme o is OAuth"},
    {THREE("{o: {" FLOW("javascript:alert(1)") "}}", ""), "[" BEARER("o", "Access token") "]",
     "scheme o is OAuth"},
    {THREE("{o: {" FLOW("https://a.example/t#x") "}}", ""), "[" BEARER("o", "Access token") "]",
     "scheme o is OAuth"},
    {THREE("{o: {type: oauth2, flows: {implicit: {authorizationUrl: 'https://a.example'}}}}", ""),
     "[" BEARER("o", "Access token") "]", "scheme o is OAuth"},
    // Beside a key; but two cannot have the header Authorization.
    {THREE("{k: {type: apiKey, in: header, name: Client-Id}, o: {type: oauth2, flows: {clientCredentials: "
           "{tokenUrl: "
           "'https://a.example/t'}}}}",
           "security: [{k: [], o: []}]"),
     "[{\"id\":\"client_credentials\",\"label\":\"k and o, client "
     "credentials\",\"client_credentials\":{\"token_url\":"
     "\"https://a.example/"
     "t\"},\"send\":[{\"in\":\"header\",\"name\":\"Client-Id\",\"value\":\"{client_id}\"}]},"
     "{\"id\":\"k_and_o\",\"label\":\"k and o\",\"fields\":[{\"name\":\"token\",\"label\":\"Access "
     "token\",\"secret\":"
     "true},{\"name\":\"client_id\",\"label\":\"Client-Id\",\"secret\":true}],\"send\":[{\"in\":\"bearer\","
     "\"value\":"
     "\"{token}\"},{\"in\":\"header\",\"name\":\"Client-Id\",\"value\":\"{client_id}\"}]}]",
     "scheme o is OAuth"},
    {THREE("{b: {type: http, scheme: basic}, o: {type: oauth2, flows: {clientCredentials: {tokenUrl: "
           "'https://a.example/t'}}}}",
           "security: [{o: [], b: []}, {b: []}]"),
     "[" BASIC ",{\"id\":\"o_and_b\",\"label\":\"o and "
     "b\",\"fields\":[{\"name\":\"token\",\"label\":\"Access token\","
     "\"secret\":true},{\"name\":\"user\",\"label\":\"User\",\"secret\":false},{\"name\":\"password\","
     "\"label\":"
     "\"Password\",\"secret\":true}],\"send\":[{\"in\":\"bearer\",\"value\":\"{token}\"},{\"in\":\"basic\","
     "\"user\":"
     "\"{user}\",\"password\":\"{password}\"}]}]",
     "scheme o is OAuth"},
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

static void test_ways(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    struct arena *a = arena_new();
    struct buf remarks = BUF_MAX(4096);
    struct str got = ways_of(a, ways[i].document, &remarks);
    if (!str_is(got, ways[i].ways))
      fail_msg("%s\n%.*s\nnot\n%s", ways[i].document, STR_ARG(got), ways[i].ways);
    bool said = ways[i].remarks ? str_contains(buf_str(&remarks), str_of(ways[i].remarks)) : !remarks.n;
    if (!said) fail_msg("%s: %.*s", ways[i].document, STR_ARG(buf_str(&remarks)));
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
