// SPDX-License-Identifier: Apache-2.0
// x-mcp-header (MCP 2026-07-28): which schemas are sound, what is sent, and what is taken as equal.
#include "../support/check.h"
#include "base/buf.h"
#include "mcp/param.h"

static yyjson_doc *parse(const char *json) {
  yyjson_doc *doc = yyjson_read(json, strlen(json), YYJSON_READ_NUMBER_AS_RAW);
  assert_non_null(doc);
  return doc;
}

#define OF(property) "{\"type\":\"object\",\"properties\":{\"a\":" property "}}"
#define NAMED(type, name) "{\"type\":\"" type "\",\"x-mcp-header\":\"" name "\"}"

static const struct {
  const char *schema;
  bool sound, any;
} schemas[] = {
    {"{\"type\":\"object\"}", true, false},
    {OF(NAMED("string", "Region")), true, true},
    {OF(NAMED("integer", "N")), true, true},
    {OF(NAMED("boolean", "B")), true, true},
    {OF("{\"type\":\"object\",\"properties\":{\"b\":" NAMED("string", "Deep") "}}"), true, true},
    // a property may bear the name, and data may look like a schema
    {"{\"properties\":{\"x-mcp-header\":{\"type\":\"object\"}}}", true, false},
    {OF("{\"type\":\"object\",\"default\":{\"x-mcp-header\":\"\"},\"enum\":[{\"x-mcp-header\":1}]}"), true,
     false},
    {OF(NAMED("string", "")), false, true},
    {OF(NAMED("string", "a b")), false, true},
    {OF(NAMED("string", "a:b")), false, true},
    {OF(NAMED("string", "caf\xc3\xa9")), false, true},
    {OF(NAMED("string", "a\\tb")), false, true},
    {OF(NAMED("number", "N")), false, true},
    {OF(NAMED("object", "O")), false, true},
    {OF(NAMED("array", "A")), false, true},
    {OF(NAMED("null", "N")), false, true},
    {OF("{\"x-mcp-header\":\"A\"}"), false, true},
    {OF("{\"type\":[\"string\",\"null\"],\"x-mcp-header\":\"A\"}"), false, true},
    {OF("{\"type\":\"string\",\"x-mcp-header\":7}"), false, false},
    {"{\"type\":\"string\",\"x-mcp-header\":\"Root\"}", false, false},
    {"{\"properties\":{\"a\":" NAMED("string", "X") ",\"b\":" NAMED("string", "x") "}}", false, true},
    {OF("{\"type\":\"array\",\"items\":" NAMED("string", "I") "}"), false, false},
    {OF("{\"anyOf\":[" NAMED("string", "I") "]}"), false, false},
    {"{\"$defs\":{\"d\":" NAMED("string", "I") "}}", false, false},
    {"{\"patternProperties\":{\"d\":" NAMED("string", "I") "}}", false, false},
    {"{\"if\":{\"properties\":{\"d\":" NAMED("string", "I") "}}}", false, false},
    {OF("{\"additionalProperties\":" NAMED("string", "I") "}"), false, false},
};

static void soundness(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++) {
    yyjson_doc *doc = parse(schemas[i].schema);
    struct err err;
    if (param_schema_is_sound(yyjson_doc_get_root(doc), &err) != schemas[i].sound)
      fail_msg("%s is %ssound", schemas[i].schema, schemas[i].sound ? "not " : "");
    if (param_schema_has_any(yyjson_doc_get_root(doc)) != schemas[i].any)
      fail_msg("any: %s", schemas[i].schema);
    yyjson_doc_free(doc);
  }
}

static void too_many(void **state) {
  (void)state;
  char json[8192] = "{\"properties\":{";
  for (int i = 0; i <= PARAM_HEADERS_MOST; i++)
    snprintf(json + strlen(json), sizeof json - strlen(json),
             "%s\"p%d\":{\"type\":\"string\",\"x-mcp-header\":\"H%d\"}", i ? "," : "", i, i);
  snprintf(json + strlen(json), sizeof json - strlen(json), "}}");
  yyjson_doc *doc = parse(json);
  struct err err;
  assert_false(param_schema_is_sound(yyjson_doc_get_root(doc), &err));
  assert_int_equal(err.code, ERR_LIMIT);
  yyjson_doc_free(doc);
}

static const char schema_text[] =
    "{\"properties\":{\"s\":" NAMED("string", "S") ",\"n\":" NAMED("integer", "N") ",\"b\":" NAMED(
        "boolean",
        "B") ",\"o\":{\"type\":\"object\",\"properties\":{\"in\":" NAMED("string",
                                                                         "In") "}},\"plain\":{\"type\":"
                                                                               "\"string\"}}}";

static const struct {
  const char *arguments, *headers; // "Name=value;…", in the schema's order
} sent[] = {
    {"{\"s\":\"us-west1\",\"n\":42,\"b\":false,\"plain\":\"x\"}", "S=us-west1;N=42;B=false;"},
    {"{\"s\":\"\"}", "S==?base64?\?=;"},
    {"{\"s\":null}", ""},
    {"{}", ""},
    {"{\"s\":\" edge\"}", "S==?base64?IGVkZ2U=?=;"},
    {"{\"s\":\"in side\\tout\"}", "S=in side\tout;"},
    {"{\"s\":\"a\\r\\nX: y\"}", "S==?base64?YQ0KWDogeQ==?=;"},
    {"{\"s\":\"=?base64?YQ==?=\"}", "S==?base64?PT9iYXNlNjQ/WVE9PT89?=;"},
    {"{\"n\":5.0}", "N=5;"},
    {"{\"n\":1e3}", "N=1000;"},
    {"{\"n\":5.5}", ""},
    {"{\"n\":9007199254740993}", ""}, // no longer exact in every reader
    {"{\"n\":-9007199254740991}", "N=-9007199254740991;"},
    {"{\"o\":{\"in\":\"x\"}}", "In=x;"},
    {"{\"o\":\"x\",\"s\":[1]}", ""}, // of another type: the server judges it
};

static void what_is_sent(void **state) {
  (void)state;
  yyjson_doc *schema = parse(schema_text);
  for (size_t i = 0; i < sizeof sent / sizeof *sent; i++) {
    struct arena *a = arena_new();
    yyjson_doc *read = parse(sent[i].arguments);
    yyjson_mut_doc *made = yyjson_doc_mut_copy(read, NULL);
    struct http_header own = {STR("Mcp-Name"), STR("t")};
    struct http_headers headers = {&own, 1};
    struct err err;
    assert_true(param_headers(yyjson_doc_get_root(schema), yyjson_mut_doc_get_root(made), a, &headers, &err));
    check_text(headers.items[0].value, "t");
    struct buf text = BUF_MAX(4096);
    for (size_t k = 1; k < headers.count; k++) {
      assert_true(str_starts(headers.items[k].name, "Mcp-Param-"));
      buf_printf(&text, "%.*s=%.*s;", STR_ARG(str_from(headers.items[k].name, 10)),
                 STR_ARG(headers.items[k].value));
    }
    check_text(buf_str(&text), sent[i].headers);
    // And it agrees with itself.
    if (!param_agree(yyjson_doc_get_root(schema), yyjson_doc_get_root(read), &headers, a, &err))
      fail_msg("%s: %s", sent[i].arguments, err.text);
    buf_free(&text);
    yyjson_mut_doc_free(made);
    yyjson_doc_free(read);
    arena_free(a);
  }
  yyjson_doc_free(schema);
}

static const struct {
  const char *arguments, *name, *value; // the header; value NULL: none
  const char *wrong;                    // NULL: they agree
} compared[] = {
    {"{\"n\":42}", "mcp-param-n", "42.0", NULL},
    {"{\"n\":42.0}", "MCP-PARAM-N", "42", NULL},
    {"{\"n\":42}", "Mcp-Param-N", "43", "differs"},
    {"{\"n\":42}", "Mcp-Param-N", "0x2a", "differs"},
    {"{\"n\":42}", "Mcp-Param-N", "42 ", NULL}, // OWS
    {"{\"n\":42}", "Mcp-Param-N", "", "differs"},
    {"{\"n\":42}", "Mcp-Param-N", NULL, "missing"},
    {"{\"s\":\"caf\xc3\xa9\"}", "Mcp-Param-S", "=?base64?Y2Fmw6k=?=", NULL},
    {"{\"s\":\"cafe\"}", "Mcp-Param-S", "=?base64?Y2Fmw6k=?=", "differs"},
    {"{\"s\":\"cafe\"}", "Mcp-Param-S", "=?base64?Y2Fmw6k?=", "wrongly coded"},
    {"{\"s\":\"A\"}", "Mcp-Param-S", "a", "differs"},
    {"{\"b\":true}", "Mcp-Param-B", "True", "differs"},
    {"{}", "Mcp-Param-S", "one too many", NULL},
    {"{\"s\":null}", "Mcp-Param-S", "one too many", NULL},
};

static void what_agrees(void **state) {
  (void)state;
  yyjson_doc *schema = parse(schema_text);
  for (size_t i = 0; i < sizeof compared / sizeof *compared; i++) {
    struct arena *a = arena_new();
    yyjson_doc *arguments = parse(compared[i].arguments);
    struct http_header header = {str_of(compared[i].name), str_of(compared[i].value)};
    struct http_headers headers = {&header, compared[i].value ? 1 : 0};
    struct err err;
    bool agree = param_agree(yyjson_doc_get_root(schema), yyjson_doc_get_root(arguments), &headers, a, &err);
    if (agree != !compared[i].wrong) fail_msg("%s, %s", compared[i].arguments, compared[i].value);
    if (!agree) check_has(err.text, compared[i].wrong);
    if (!agree) assert_int_equal(err.code, ERR_INVALID);
    yyjson_doc_free(arguments);
    arena_free(a);
  }
  yyjson_doc_free(schema);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(soundness),
      cmocka_unit_test(too_many),
      cmocka_unit_test(what_is_sent),
      cmocka_unit_test(what_agrees),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
