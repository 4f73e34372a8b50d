// SPDX-License-Identifier: Apache-2.0
// From a document to the request, with arguments as models send them: what is compiled, checked and built.
#include "../tool/fixture.h"

#include "base/buf.h"
#include "call/check.h"
#include "call/rest.h"
#include "connector/connector.h"
#include "openapi/compile.h"

struct row {
  const char *body;       // the request body, as the document says it
  const char *arguments;  // ' for "
  const char *url, *sent; // NULL: refused
};

#define SCHEMA(type, schema) "{required: true, content: {" type ": {schema: " schema "}}}"
#define JSON(schema) SCHEMA("application/json", schema)
#define FORM(schema) SCHEMA("application/x-www-form-urlencoded", schema)

static struct toolset *compiled(struct arena *a, const char *body) {
  struct openapi_options o = {.connector = STR("acme"), .tool_bytes = 24 * 1024};
  struct openapi_result r;
  struct toolset *s = NULL;
  struct err err = {0};
  struct str text =
      arena_printf(a,
                   "openapi: 3.1.0\npaths:\n  /v/{id}:\n    post:\n      summary: Do it\n      parameters:\n"
                   "        - {name: id, in: path, required: true, schema: {type: integer}}\n"
                   "        - {name: q, in: query, schema: {type: string}}\n"
                   "        - {name: n, in: query, schema: {type: integer}}\n"
                   "      requestBody: %s\n"
                   "components:\n  schemas:\n    Pet: {type: object, required: [kind], discriminator: "
                   "{propertyName: kind}, "
                   "properties: {kind: {type: string}, name: {type: string}}}\n"
                   "    Cat: {allOf: [{$ref: '#/components/schemas/Pet'}, {type: object, required: [meow], "
                   "properties: {meow: "
                   "{type: boolean}}}]}\n",
                   body);
  if (!openapi_compile_text(text, &o, a, &r, &err)) fail_msg("%s: %s", body, err.text);
  if (r.tools != 1) fail_msg("%s: %.*s", body, STR_ARG(r.notes[0].reason));
  if (!toolset_read(r.toolset, &s, &err)) fail_msg("%s: %s", err.field, err.text);
  return s;
}

static void check_row(const struct row *row) {
  struct arena *a = arena_new();
  struct toolset *s = compiled(a, row->body);
  struct connector connector = {.name = STR("acme")};
  struct account account = {.base_url = STR("https://a.example")};
  struct catalog_account owner = {.account = &account, .connector = &connector, .tools = s};
  struct catalog_tool tool = {s->tools, &owner, s->tools[0].name};
  struct run_call call = {.tool = &tool};
  yyjson_doc *doc = fixture_doc(a, row->arguments);
  yyjson_mut_doc *mut = yyjson_doc_mut_copy(doc, NULL);
  yyjson_mut_val *arguments = yyjson_mut_doc_get_root(mut);
  struct str text = STR_NONE;
  struct rest_request r;
  struct err err = {0};
  bool ok = check_arguments(&call, mut, &arguments, a, &text);
  if (ok != (row->url != NULL)) fail_msg("%s, %s: %.*s", row->body, row->arguments, STR_ARG(text));
  if (ok && !rest_build(s->tools, &account, arguments, a, &r, &err))
    fail_msg("%s, %s: %s %s", row->body, row->arguments, err.field, err.text);
  if (ok) {
    fixture_is(str_from(r.url, strlen("https://a.example")), row->url);
    fixture_is(buf_str(&r.body), fixture_json(a, row->sent).p);
    rest_request_free(&r);
  }
  yyjson_mut_doc_free(mut);
  yyjson_doc_free(doc);
  toolset_unref(s);
  arena_free(a);
}

#define NAME "{type: object, required: [name], properties: {name: {type: string}}}"
#define KEY "{type: object, required: [key], properties: {key: {type: string}}, additionalProperties: false}"
#define SHUT_NAME                                                                                            \
  "{type: object, required: [name], properties: {name: {type: string}}, additionalProperties: false}"
#define ALL "{allOf: [" KEY ", " SHUT_NAME "]}"
#define PET "{$ref: '#/components/schemas/Pet'}"
#define WIDE                                                                                                 \
  "{type: object, properties: {opt: {type: string}, may: {type: [string, 'null']}, list: {type: array, "     \
  "items: {type: integer}}, deep: {type: object, properties: {a: {type: integer}, b: {type: string}}}}}"
#define GHOST "{type: object, required: [ghost], properties: {a: {type: string}}}"
#define EITHER                                                                                               \
  "{oneOf: [{properties: {code: {type: string}}}, {properties: {code: {type: string}}}, {properties: "       \
  "{answer: {type: string}}}]}"

static void bodies_take_what_the_document_leaves_open(void **state) {
  (void)state;
  static const struct row rows[] = {
      {JSON(NAME), "{'id':1,'name':'a','colour':'red'}", "/v/1", "{'name':'a','colour':'red'}"},
      {JSON(NAME), "{'id':1,'colour':'red'}", NULL, NULL},
      {FORM(NAME), "{'id':1,'name':'a','colour':['red','blue']}", "/v/1", "name=a&colour=red&colour=blue"},
      {JSON(SHUT_NAME), "{'id':1,'name':'a','colour':'red'}", NULL, NULL},
      {JSON(GHOST), "{'id':1,'a':'1','ghost':2}", "/v/1", "{'a':'1','ghost':2}"},
      {JSON(ALL), "{'id':1,'key':'k','name':'n'}", "/v/1", "{'key':'k','name':'n'}"},
      {JSON(ALL), "{'id':1,'key':'k','name':'n','more':1}", NULL, NULL},
      {JSON(ALL), "{'id':1,'key':'k'}", NULL, NULL},
      {JSON(EITHER), "{'id':1,'body':{'code':'123456'}}", "/v/1", "{'code':'123456'}"},
      {JSON(PET), "{'id':1,'body':{'kind':'Cat','name':'x','meow':true}}", "/v/1",
       "{'kind':'Cat','name':'x','meow':true}"},
      {JSON(PET), "{'id':1,'body':{'kind':'Dog'}}", "/v/1", "{'kind':'Dog'}"},
      {JSON(PET), "{'id':1,'body':{'name':'x'}}", NULL, NULL},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) check_row(&rows[i]);
}

// Members of a body beside the parameters, or all in `body`: a model that knew the other form is understood.
static void a_body_whole_or_in_its_members(void **state) {
  (void)state;
  static const struct row rows[] = {
      {JSON(ALL), "{'id':1,'body':{'key':'k','name':'n'}}", "/v/1", "{'key':'k','name':'n'}"},
      {JSON(NAME), "{'id':1,'body':{'name':'a','colour':'red'}}", "/v/1", "{'name':'a','colour':'red'}"},
      {JSON(PET), "{'id':1,'kind':'Cat','name':'x','meow':true}", "/v/1",
       "{'kind':'Cat','name':'x','meow':true}"},
      {JSON(EITHER), "{'id':1,'code':'1','q':'x'}", "/v/1?q=x", "{'code':'1'}"},
      // Not where it could be meant otherwise.
      {JSON(NAME), "{'id':1,'name':'a','body':{'name':'b'}}", "/v/1", "{'name':'a','body':{'name':'b'}}"},
      {JSON(NAME), "{'id':1,'body':{'name':'a','q':'x'}}", NULL, NULL},
      {JSON(SHUT_NAME), "{'id':1,'body':'a'}", NULL, NULL},
      {JSON("{type: object, properties: {body: {type: object}}}"), "{'id':1,'body':{'x':1}}", "/v/1",
       "{'body':{'x':1}}"},
      {JSON(PET), "{'id':1,'body':{'kind':'a'},'name':'x'}", NULL, NULL},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) check_row(&rows[i]);
}

static void arguments_as_models_send_them(void **state) {
  (void)state;
  static const struct row rows[] = {
      {JSON(WIDE), "{'id':1.0,'n':10.0,'q':null,'opt':null,'may':null}", "/v/1?n=10", "{'may':null}"},
      {JSON(WIDE), "{'id':1e3,'n':-0,'list':'[1, 2.0]'}", "/v/1000?n=0", "{'list':[1,2]}"},
      {JSON(WIDE), "{'id':'7','deep':'{\\'a\\': 1.0, \\'b\\': null}'}", "/v/7", "{'deep':{'a':1}}"},
      {JSON(WIDE), "{'id':1,'list':3}", "/v/1", "{'list':[3]}"},
      {JSON(WIDE), "{'id':1,'n':null,'q':null}", "/v/1", "{}"},
      {JSON(WIDE), "{'id':null}", NULL, NULL},
      {JSON(WIDE), "{'id':1,'list':[null]}", NULL, NULL},
      {JSON(WIDE), "{'id':1,'deep':'{a}'}", NULL, NULL},
      {FORM(WIDE), "{'id':1,'list':[1.0,'2'],'opt':null}", "/v/1", "list=1&list=2"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) check_row(&rows[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bodies_take_what_the_document_leaves_open),
      cmocka_unit_test(a_body_whole_or_in_its_members),
      cmocka_unit_test(arguments_as_models_send_them),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
