// SPDX-License-Identifier: Apache-2.0
// Documents that grow in one direction. The work grows with them, and not with their square: most of these
// would not end within the time that a test has (on 10,000 members, 20 seconds to hours), and the memory is
// held to what the document has.
#include "openapi_fixture.h"

enum { MEMORY_SHARE = 100 }; // times the document, at most

#define LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ANSWERS "\"responses\":{\"200\":{\"description\":\"ok\"}}}"
#define BODY(before)                                                                                         \
  "\"/a\":{\"post\":{\"requestBody\":{\"content\":{\"application/json\":{\"schema\":" before
#define BODY_ENDS "}}}," ANSWERS "}"

static const struct growth {
  const char *before, *each, *between, *again,
      *after; // `each` and then `again` come n times; % is the number
  int n;
  size_t tools;
} growths[] = {
    // operations that all want one name
    {"",
     "\"/things/{a%}/"
     "x\":{\"get\":{\"parameters\":[{\"name\":\"a%\",\"in\":\"path\",\"required\":true,\"schema\":{}}]"
     "," ANSWERS "}",
     "", "", "", 15000, 15000},
    {"", "\"/é%\":{\"get\":{\"operationId\":\"é\"," ANSWERS "}", "", "", "", 15000, 15000},
    // properties and parameters that want one name
    {BODY("{\"type\":\"object\",\"properties\":{"), "\"" LONG "%\":{\"type\":\"string\"}", "", "",
     "}}" BODY_ENDS, 10000, 1},
    {"\"/a\":{\"get\":{\"parameters\":[", "{\"name\":\"" LONG "%\",\"in\":\"query\",\"schema\":{}}", "", "",
     "]," ANSWERS "}", 500, 1},
    // names that are required, known here or nowhere, of one schema and of many parts
    {BODY("{\"type\":\"object\",\"properties\":{"), "\"p%\":{}", "},\"required\":[", "\"r%\"", "]}" BODY_ENDS,
     15000, 1},
    {BODY("{\"type\":\"object\",\"properties\":{\"a\":{}},\"required\":["), "\"r%\"", "", "", "]}" BODY_ENDS,
     400000, 1},
    {BODY("{\"oneOf\":["), "{\"properties\":{\"p%\":{}},\"required\":[\"p%\"]}", "", "", "]}" BODY_ENDS,
     10000, 1},
    {BODY("{\"allOf\":["), "{\"properties\":{\"p%\":{}},\"required\":[\"p%\"]}", "", "", "]}" BODY_ENDS,
     10000, 1},
    {BODY("{\"allOf\":["), "{\"properties\":{\"p\":{\"enum\":[%]}}}", "", "", "]}" BODY_ENDS, 10000, 1},
    {BODY("{\"type\":\"object\",\"properties\":{"), "\"p%\":{\"type\":\"string\",\"readOnly\":true}",
     "},\"required\":[", "\"p%\"", "]}" BODY_ENDS, 15000, 1},
    // references: from as many places, of one operation and of many, and to schemas that want one name
    {BODY("{\"properties\":{"), "\"p%\":{\"$ref\":\"#/components/schemas/s%\"}",
     "}}" BODY_ENDS "},\"components\":{\"schemas\":{", "\"s%\":{\"type\":\"string\"}", "}", 30000, 1},
    {"",
     "\"/t%\":{\"post\":{\"requestBody\":{\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/"
     "components/schemas/s%\"}" BODY_ENDS,
     "},\"components\":{\"schemas\":{", "\"s%\":{\"properties\":{\"a\":{}}}", "}", 15000, 15000},
    // branches that are closed, of a schema that is closed and wide
    {BODY("{\"additionalProperties\":false,\"properties\":{"), "\"p%\":{}", "},\"oneOf\":[",
     "{\"properties\":{\"q%\":{}},\"additionalProperties\":false}", "]}" BODY_ENDS, 10000, 1},
    // forms: of one schema many, of many schemas many, in a chain, and examples that many show
    {BODY("{\"$ref\":\"#/components/schemas/b\"}") BODY_ENDS "},\"components\":{\"schemas\":{\"b\":{"
                                                             "\"discriminator\":{\"propertyName\":\"k\"}},",
     "\"s%\":{\"allOf\":[{\"$ref\":\"#/components/schemas/b\"}]}", "", "", "}", 10000, 1},
    {BODY("{\"properties\":{"), "\"p%\":{\"$ref\":\"#/components/schemas/s%\"}",
     "}}" BODY_ENDS "},\"components\":{\"schemas\":{\"s\":{\"discriminator\":{\"propertyName\":\"k\"}},",
     "\"s%\":{\"discriminator\":{\"propertyName\":\"k\"},"
     "\"allOf\":[{\"$ref\":\"#/components/schemas/s\"}]}",
     "}", 3000, 1},
    {BODY("{\"anyOf\":["), "{\"$ref\":\"#/components/schemas/s%\"}",
     "]}" BODY_ENDS "},\"components\":{\"schemas\":{",
     "\"s%\":{\"discriminator\":{\"propertyName\":\"k\",\"mapping\":{"
     "\"a\":\"s0\",\"b\":\"s1\",\"c\":\"s%\"}},\"properties\":{\"a\":{\"$ref\":\"#/components/schemas/"
     "s%\"}}}",
     "}", 3000, 1},
    {"",
     "\"/t%\":{\"post\":{\"requestBody\":{\"content\":{\"application/json\":{\"schema\":{\"type\":\"array\"},"
     "\"examples\":{\"a\":{\"$ref\":\"#/components/examples/e\"}}" BODY_ENDS,
     "},\"components\":{\"examples\":{\"e\":{\"value\":[", "%", "]}}", 5000, 5000},
    {BODY("{\"properties\":{"), "\"p%\":{\"$ref\":\"#/components/schemas/" LONG "%\"}",
     "}}" BODY_ENDS "},\"components\":{\"schemas\":{",
     "\"" LONG "%\":{\"properties\":{\"a\":{\"$ref\":\"#/components/schemas/" LONG "%\"}}}", "}", 5000, 1},
    // a base and its subtypes, each other
    {BODY("{\"$ref\":\"#/components/schemas/base\"}") BODY_ENDS
     "},\"components\":{\"schemas\":{\"base\":{\"properties\":{\"k\":{}},"
     "\"oneOf\":[",
     "{\"$ref\":\"#/components/schemas/s%\"}", "]},",
     "\"s%\":{\"allOf\":[{\"$ref\":\"#/components/schemas/base\"},{\"properties\":{\"p%\":{}}}]}", "}", 3000,
     1},
    {"",
     "\"/t%\":{\"post\":{\"requestBody\":{\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/"
     "components/schemas/"
     "s%\"}" BODY_ENDS,
     "},\"components\":{\"schemas\":{\"base\":{\"oneOf\":[{\"$ref\":\"#/components/schemas/s0\"}]},",
     "\"s%\":{\"allOf\":[{\"$ref\":\"#/components/schemas/base\"},{\"properties\":{\"p%\":{}}}]}", "}", 3000,
     3000},
};

static void add(struct buf *b, const char *text, int n) {
  for (const char *hole; (hole = strchr(text, '%')); text = hole + 1) {
    buf_add(b, str_make(text, (size_t)(hole - text)));
    buf_printf(b, "%d", n);
  }
  buf_add_z(b, text);
}

static void add_times(struct buf *b, const char *each, int n) {
  for (int i = 0; i < n && *each; i++) {
    if (i) buf_add_char(b, ',');
    add(b, each, i);
  }
}

static void one_name_each(void) {
  struct map seen = {0};
  yyjson_val *tool;
  size_t i, n;
  yyjson_arr_foreach (yyjson_obj_get(yyjson_doc_get_root(fixture.doc), "tools"), i, n, tool) {
    struct str name = json_str(tool, "name");
    if (map_get(&seen, name)) fail_msg("two tools are called %.*s", STR_ARG(name));
    map_put(&seen, name, tool);
  }
  map_free(&seen);
}

static void test_the_work_grows_with_the_document(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof growths / sizeof *growths; i++) {
    const struct growth *g = &growths[i];
    struct buf b = BUF_MAX(64 << 20);
    buf_add_z(&b, "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"T\",\"version\":\"1\"},"
                  "\"servers\":[{\"url\":\"https://a.example\"}],\"paths\":{");
    buf_add_z(&b, g->before);
    add_times(&b, g->each, g->n);
    buf_add_z(&b, g->between);
    add_times(&b, g->again, g->n);
    buf_add_z(&b, g->after);
    buf_add(&b, str_make("}}", 3));
    fixture_compile(b.p, NULL);
    if (fixture.result.tools != g->tools) fail_msg("%zu: %zu tools", i, fixture.result.tools);
    if (arena_bytes(fixture.arena) > MEMORY_SHARE * b.n)
      fail_msg("%zu: %zu bytes for %zu", i, arena_bytes(fixture.arena), b.n);
    one_name_each();
    fixture_end();
    buf_free(&b);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_the_work_grows_with_the_document)};
  return cmocka_run_group_tests_name("openapi/growth", tests, NULL, NULL);
}
