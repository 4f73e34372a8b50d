// SPDX-License-Identifier: Apache-2.0
#include "openapi_fixture.h"

#define HEAD "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n"

static void test_collisions_have_predictable_names(void **state) {
  (void)state;
  fixture_compile(
      HEAD
      "  /z/{id}:\n    put:\n      parameters:\n"
      "        - {name: id, in: cookie, schema: {type: string}}\n"
      "        - {name: id, in: header, schema: {type: string}}\n"
      "        - {name: id, in: query, schema: {type: string}}\n"
      "        - {name: id, in: path, required: true, schema: {type: string}}\n"
      "        - {name: 'a[b]<c>', in: query, schema: {type: string}}\n"
      "      requestBody: {required: true, content: {application/json: {schema: {type: "
      "object, required: [id],\n"
      "        properties: {id: {type: integer}, plain: {type: string}}, additionalProperties: false}}}}\n",
      NULL);
  yyjson_val *tool = fixture_tool("PUT /z/{id}");
  fixture_is(tool, "/params/0",
             "{\"arg\":\"id\",\"name\":\"id\",\"in\":\"path\",\"style\":\"simple\",\"explode\":false}");
  fixture_is(tool, "/params/1/arg", "\"query_id\"");
  fixture_is(tool, "/params/2",
             "{\"arg\":\"a_b_c\",\"name\":\"a[b]<c>\",\"in\":\"query\",\"style\":\"form\",\"explode\":true}");
  fixture_is(tool, "/params/3/arg", "\"header_id\"");
  fixture_is(tool, "/params/4/arg", "\"cookie_id\"");
  fixture_is(tool, "/body",
             "{\"kind\":\"json\",\"type\":\"application/"
             "json\",\"required\":true,\"args\":[[\"body_id\",\"id\"],[\"plain\",\"plain\"]]}");
  fixture_is(tool, "/input/required", "[\"id\",\"body_id\"]");
  assert_true(fixture_accepts(tool, "{\"id\":\"a\",\"body_id\":1}"));
  assert_false(fixture_accepts(tool, "{\"id\":\"a\"}"));
  assert_false(fixture_accepts(tool, "{\"id\":\"a\",\"body_id\":1,\"other\":1}"));
  fixture_end();
}

static void test_path_and_operation_parameters(void **state) {
  (void)state;
  fixture_compile(
      HEAD
      "  /a:\n    parameters:\n      - {name: p, in: query, schema: {type: string}}\n      - {name: q, in: "
      "query, schema: {type: string}}\n"
      "    get:\n      parameters:\n        - {name: p, in: query, required: true, schema: {type: integer}}\n"
      "        - {name: Authorization, in: header, schema: {type: string}}\n"
      "        - {name: j, in: query, content: {application/json: {schema: {type: object}}}}\n"
      "        - {name: d, in: query, style: deepObject, schema: {type: object}}\n"
      "        - {name: l, in: query, style: pipeDelimited, explode: false, schema: {type: array}}\n"
      "    post:\n      parameters:\n        - {name: p, in: nowhere, schema: {}}\n"
      "    put:\n      parameters:\n        - {name: s, in: query, style: matrix, schema: {}}\n"
      "    delete:\n      parameters: {}\n",
      NULL);
  yyjson_val *tool = fixture_tool("GET /a");
  fixture_is(tool, "/input/properties/p", "{\"type\":\"integer\"}");
  fixture_is(tool, "/input/required", "[\"p\"]");
  assert_null(fixture_at(tool, "/input/properties/Authorization"));
  fixture_is(tool, "/params/2",
             "{\"arg\":\"j\",\"name\":\"j\",\"in\":\"query\",\"style\":\"json\",\"explode\":true}");
  fixture_is(tool, "/params/3/style", "\"deepObject\"");
  fixture_is(tool, "/params/4",
             "{\"arg\":\"l\",\"name\":\"l\",\"in\":\"query\",\"style\":\"pipeDelimited\",\"explode\":false}");
  assert_true(fixture_noted(OPENAPI_SKIPPED, "POST /a", "no place"));
  assert_true(fixture_noted(OPENAPI_SKIPPED, "PUT /a", "matrix"));
  assert_true(fixture_noted(OPENAPI_SKIPPED, "DELETE /a", "not a list"));
  fixture_end();
}

static void check_body(const char *body, const char *want_body, const char *want_input) {
  char text[2048];
  snprintf(text, sizeof text, HEAD "  /v:\n    post:\n      requestBody: %s\n", body);
  fixture_compile(text, NULL);
  fixture_is(fixture_tool("POST /v"), "/body", want_body);
  fixture_is(fixture_tool("POST /v"), "/input", want_input);
  fixture_end();
}

#define JSON_BODY "\"kind\":\"json\",\"type\":\"application/json\""
#define CLOSED "\"additionalProperties\":false}"

static void test_bodies(void **state) {
  (void)state;
  check_body("{required: true, content: {application/json: {schema: {type: array, items: {type: string}}}}}",
             "{" JSON_BODY ",\"required\":true,\"whole\":\"body\"}",
             "{\"type\":\"object\",\"properties\":{\"body\":{\"type\":\"array\",\"items\":{\"type\":"
             "\"string\"}}},\"required\":[\"body\"]," CLOSED);
  // More than its properties: it stays whole, so that nothing is lost.
  check_body("{required: true, content: {application/json: {schema: {properties: {a: {}}, "
             "additionalProperties: {type: string}}}}}",
             "{" JSON_BODY ",\"required\":true,\"whole\":\"body\"}",
             "{\"type\":\"object\",\"properties\":{\"body\":{\"properties\":{\"a\":{}},"
             "\"additionalProperties\":{\"type\":\"string\"}}},\"required\":[\"body\"]," CLOSED);
  // May be left out, but not in part.
  check_body(
      "{content: {application/json: {schema: {required: [a], properties: {a: {}, b: {}}}}}}",
      "{" JSON_BODY ",\"required\":false,\"args\":[[\"a\",\"a\"],[\"b\",\"b\"]],\"open\":true}",
      "{\"type\":\"object\",\"properties\":{\"a\":{},\"b\":{}},\"dependentRequired\":{\"b\":[\"a\"]}}");
  // Closed where the document says so, and only there.
  check_body(
      "{required: true, content: {application/json: {schema: {properties: {a: {}}, additionalProperties: "
      "false}}}}",
      "{" JSON_BODY ",\"required\":true,\"args\":[[\"a\",\"a\"]]}",
      "{\"type\":\"object\",\"properties\":{\"a\":{}}," CLOSED);
  check_body(
      "{required: true, content: {application/json: {schema: {properties: {a: {}}, additionalProperties: "
      "true}}}}",
      "{" JSON_BODY ",\"required\":true,\"args\":[[\"a\",\"a\"]],\"open\":true}",
      "{\"type\":\"object\",\"properties\":{\"a\":{}}}");
  check_body("{required: true, content: {text/plain: {}, application/octet-stream: {}}}",
             "{\"kind\":\"text\",\"type\":\"text/plain\",\"required\":true,\"whole\":\"body\"}",
             "{\"type\":\"object\",\"properties\":{\"body\":{\"type\":\"string\",\"description\":\"The "
             "content (text/plain), as text.\"}},\"required\":[\"body\"]," CLOSED);
  check_body("{required: true, content: {image/png: {}}}",
             "{\"kind\":\"binary\",\"type\":\"image/png\",\"required\":true,\"whole\":\"body\"}",
             "{\"type\":\"object\",\"properties\":{\"body\":{\"type\":\"string\",\"contentEncoding\":"
             "\"base64\",\"description\":\"The content (image/png), in base64.\"}},"
             "\"required\":[\"body\"]," CLOSED);
  check_body(
      "{required: true, content: {multipart/form-data: {schema: {required: [f], properties: {f: {type: "
      "string, format: binary}}}}}}",
      "{\"kind\":\"multipart\",\"type\":\"multipart/form-data\",\"required\":true,\"args\":[[\"f\",\"f\"]],"
      "\"open\":true}",
      "{\"type\":\"object\",\"properties\":{\"f\":{\"type\":\"string\",\"format\":\"binary\","
      "\"contentEncoding\":\"base64\",\"description\":\"The file's bytes, in "
      "base64.\"}},\"required\":[\"f\"]}");
  check_body("{required: true, content: {application/merge-patch+json: {schema: {allOf: [{properties: {a: "
             "{}}}, {properties: {b: {}}, required: [b]}]}}}}",
             "{\"kind\":\"json\",\"type\":\"application/"
             "merge-patch+json\",\"required\":true,\"args\":[[\"a\",\"a\"],[\"b\",\"b\"]],\"open\":true}",
             "{\"type\":\"object\",\"properties\":{\"a\":{},\"b\":{}},\"required\":[\"b\"]}");
  check_body("{content: {}}", NULL, "{\"type\":\"object\",\"properties\":{}," CLOSED);
}

static void test_swagger(void **state) {
  (void)state;
  fixture_compile(
      "swagger: '2.0'\nhost: example.com\nbasePath: /v1\nschemes: [http, https]\nconsumes: [text/plain, "
      "application/json]\ndefinitions:\n"
      "  Pet: {type: object, required: [name], properties: {name: {type: string, x-nullable: "
      "true}}}\nparameters:\n"
      "  lim: {name: lim, in: query, type: integer, maximum: 9, exclusiveMaximum: true}\npaths:\n"
      "  /pets:\n    get:\n      parameters:\n        - {$ref: '#/parameters/lim'}\n"
      "        - {name: a, in: query, type: array, collectionFormat: pipes, items: {type: string}}\n"
      "        - {name: b, in: query, type: array, items: {type: string}}\n"
      "    post:\n      parameters:\n        - {name: pet, in: body, required: true, schema: {$ref: "
      "'#/definitions/Pet'}}\n"
      "    put:\n      consumes: [multipart/form-data]\n      parameters:\n        - {name: f, in: formData, "
      "required: true, type: file}\n"
      "        - {name: n, in: formData, type: integer}\n",
      NULL);
  yyjson_val *list = fixture_tool("GET /pets"), *create = fixture_tool("POST /pets"),
             *upload = fixture_tool("PUT /pets");
  fixture_is(list, "/input/properties/lim", "{\"type\":\"integer\",\"exclusiveMaximum\":9}");
  fixture_is(list, "/params/1",
             "{\"arg\":\"a\",\"name\":\"a\",\"in\":\"query\",\"style\":\"pipeDelimited\",\"explode\":false}");
  fixture_is(list, "/params/2/explode", "false");
  fixture_is(create, "/input/properties", "{\"name\":{\"type\":[\"string\",\"null\"]}}");
  fixture_is(create, "/body",
             "{" JSON_BODY ",\"required\":true,\"args\":[[\"name\",\"name\"]],\"open\":true}");
  fixture_is(upload, "/input/properties",
             "{\"f\":{\"type\":\"string\",\"format\":\"binary\",\"contentEncoding\":\"base64\","
             "\"description\":\"The file's bytes, in base64.\"},"
             "\"n\":{\"type\":\"integer\"}}");
  fixture_is(upload, "/body/kind", "\"multipart\"");
  check_text(json_str(yyjson_doc_get_root(fixture.doc), "base_url"), "https://example.com/v1");
  fixture_end();
}

static void test_how_properties_go_out(void **state) {
  (void)state;
  fixture_compile(
      HEAD "  /f:\n    post:\n      requestBody: {content: {application/x-www-form-urlencoded: {schema: "
           "{properties: "
           "{a: {}}},\n        encoding: {a: {style: deepObject, explode: true}, b: {explode: false}, c: "
           "{allowReserved: true},\n          d: {contentType: application/json}, e: {style: nonsense}, f: "
           "{style: pipeDelimited}}}}}\n"
           "  /m:\n    post:\n      requestBody: {content: {multipart/form-data: {schema: {properties: {one: "
           "{type: string, format: binary},\n          many: {type: array, items: {type: string, format: "
           "binary}}, text: {type: string, contentMediaType: text/css}, plain: {type: string}}},\n        "
           "encoding: {one: {contentType: 'image/*, image/png, image/jpeg'}, plain: {contentType: "
           "'*/*'}}}}}\n",
      NULL);
  yyjson_val *form = fixture_tool("POST /f"), *parts = fixture_tool("POST /m");
  fixture_is(
      form, "/body/encoding",
      "{\"a\":{\"style\":\"deepObject\",\"explode\":true},\"b\":{\"style\":\"form\",\"explode\":false},"
      "\"c\":{\"style\":\"form\",\"explode\":true,\"reserved\":true},\"d\":{\"type\":\"application/json\"},"
      "\"f\":{\"style\":\"pipeDelimited\",\"explode\":false}}");
  fixture_is(parts, "/body/encoding", "{\"one\":{\"type\":\"image/png\"}}");
  // JSON carries no bytes: the model is told in which form they are wanted.
  fixture_is(parts, "/input/properties/one/contentEncoding", "\"base64\"");
  fixture_is(parts, "/input/properties/many/items/contentEncoding", "\"base64\"");
  fixture_is(parts, "/input/properties/text/contentEncoding", NULL);
  fixture_is(parts, "/input/properties/plain", "{\"type\":\"string\"}");
  fixture_end();
  fixture_compile(
      "swagger: '2.0'\npaths:\n  /f:\n    post:\n      parameters:\n"
      "        - {name: a, in: formData, type: array, items: {type: string}}\n"
      "        - {name: b, in: formData, type: array, collectionFormat: multi, items: {type: string}}\n"
      "        - {name: c, in: formData, type: array, collectionFormat: pipes, items: {type: string}}\n",
      NULL);
  fixture_is(fixture_tool("POST /f"), "/body/encoding",
             "{\"a\":{\"style\":\"form\",\"explode\":false},\"c\":{\"style\":\"pipeDelimited\",\"explode\":"
             "false}}");
  fixture_end();
}

#define ZONE                                                                                                 \
  "    Zone: {type: object, required: [kind, name], properties: {kind: {type: string}, name: {type: "        \
  "string}},"

// A schema that a discriminator tells the forms of is offered as these, be they mapped or only take it in.
static void test_forms_of_a_schema(void **state) {
  (void)state;
  static const char *const discriminators[] = {
      "discriminator: {propertyName: kind, mapping: {ip: '#/components/schemas/Ip', geo: Geo}}}",
      "discriminator: {propertyName: kind}}",
  };
  static const char *const uses[] = {
      "{$ref: '#/components/schemas/Zone'}",
      "{type: object, properties: {z: {$ref: '#/components/schemas/Zone'}}}",
      "{type: array, items: {$ref: '#/components/schemas/Zone'}}",
      "{allOf: [{$ref: '#/components/schemas/Zone'}, {type: object, properties: {more: {type: string}}}]}",
  };
  for (size_t d = 0; d < 2; d++)
    for (size_t u = 0; u < sizeof uses / sizeof *uses; u++) {
      char text[4096];
      snprintf(
          text, sizeof text,
          HEAD
          "  /z:\n    post:\n      requestBody: {required: true, content: {application/json: {schema: %s}}}\n"
          "components:\n  schemas:\n" ZONE " %s\n"
          "    Ip: {allOf: [{$ref: '#/components/schemas/Zone'}, {type: object, required: [gates], "
          "properties: {gates: {type: array, items: {type: string}}}}]}\n"
          "    Geo: {allOf: [{$ref: '#/components/schemas/Base'}, {type: object, properties: {lands: "
          "{type: string}, in: {$ref: '#/components/schemas/Zone'}}}]}\n"
          "    Base: {allOf: [{$ref: '#/components/schemas/Zone'}]}\n",
          uses[u], discriminators[d]);
      fixture_compile(text, NULL);
      struct str input = json_to_text(fixture.arena, fixture_at(fixture_tool("POST /z"), "/input"));
      if (!str_contains(input, STR("\"gates\"")) || !str_contains(input, STR("\"lands\"")))
        fail_msg("%s, %s: %.*s", discriminators[d], uses[u], STR_ARG(input));
      fixture_end();
    }
  // A mapping that leads back to what it maps from is no reason to lose the operation.
  fixture_compile(HEAD "  /z:\n    post:\n      requestBody: {content: {application/json: {schema: {$ref: "
                       "'#/components/schemas/Zone'}}}}\ncomponents:\n  schemas:\n" ZONE
                       " discriminator: {propertyName: kind, mapping: {a: A}}}\n"
                       "    A: {anyOf: [{$ref: '#/components/schemas/B'}]}\n"
                       "    B: {anyOf: [{$ref: '#/components/schemas/Zone'}, {type: object}]}\n",
                  NULL);
  assert_true(fixture_accepts(fixture_tool("POST /z"), "{\"body\":{\"kind\":\"a\",\"name\":\"n\"}}"));
  fixture_end();
}

static void test_three_two(void **state) {
  (void)state;
  fixture_compile(
      "openapi: 3.2.0\nservers: [{url: 'https://{r}.example.com/', variables: {r: {default: eu}}}]\npaths:\n"
      "  /s:\n    query:\n      parameters:\n        - {name: q, in: querystring, content: "
      "{application/x-www-form-urlencoded: {schema:\n"
      "            {type: object, required: [a], properties: {a: {type: string}, b: {type: integer}}}}}}\n"
      "    additionalOperations: {LINK: {summary: Link}}\n",
      NULL);
  yyjson_val *tool = fixture_tool("QUERY /s");
  fixture_is(tool, "/input/properties", "{\"a\":{\"type\":\"string\"},\"b\":{\"type\":\"integer\"}}");
  fixture_is(tool, "/input/required", "[\"a\"]");
  check_text(json_str(fixture_tool("LINK /s"), "method"), "LINK");
  check_text(json_str(fixture_tool("LINK /s"), "class"), "custom");
  check_text(json_str(yyjson_doc_get_root(fixture.doc), "base_url"), "https://eu.example.com");
  fixture_end();
}

static void test_descriptions(void **state) {
  (void)state;
  fixture_compile(
      HEAD
      "  /zones:\n    get:\n      summary: List zones\n      parameters:\n        - {name: page, in: "
      "query, schema: {type: integer}}\n"
      "        - {name: per_page, in: query, schema: {type: integer}}\n"
      "    put:\n      requestBody: {content: {application/json: {schema: {type: object, required: [name, "
      "plan],\n        properties: {name: {type: string}, plan: {type: string}, note: {type: string}}}}}}\n"
      "  /zones/{zone_id}/records:\n    get:\n      deprecated: true\n      summary: List records\n     "
      " description: List records.  <b>All</b> of\\n them.\n      tags: [DNS Records]\n"
      "      parameters:\n        - {name: zone_id, in: path, required: true, schema: {type: string}}\n "
      "       - {name: cursor, in: query, schema: {type: string}}\n"
      "      x-cfPermissionsRequired: {enum: ['#zone:read']}\n",
      NULL);
  yyjson_val *tool = fixture_tool("GET /zones/{zone_id}/records");
  struct str text = json_str(tool, "description");
  static const char *const parts[] = {"Deprecated", "List records.", "Returns a list.", "Scope: one zone.",
                                      "Pages by cursor."};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (!str_contains(text, str_of(parts[i]))) fail_msg("\"%.*s\" has no \"%s\"", STR_ARG(text), parts[i]);
  assert_false(str_contains(text, STR("<b>")));
  fixture_is(tool, "/tags", "[\"dns-records\"]");
  fixture_is(tool, "/paging", "{\"cursor\":\"cursor\"}");
  fixture_is(tool, "/deprecated", "true");
  check_text(json_str(tool, "permission"), "#zone:read");
  text = json_str(fixture_tool("PUT /zones"), "description");
  if (!str_contains(text, STR("it needs name, plan.")))
    fail_msg("\"%.*s\" does not say what it needs", STR_ARG(text));
  fixture_is(fixture_tool("GET /zones"), "/paging", "{\"page\":\"page\",\"size\":\"per_page\"}");
  fixture_end();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_collisions_have_predictable_names),
      cmocka_unit_test(test_path_and_operation_parameters),
      cmocka_unit_test(test_bodies),
      cmocka_unit_test(test_swagger),
      cmocka_unit_test(test_how_properties_go_out),
      cmocka_unit_test(test_forms_of_a_schema),
      cmocka_unit_test(test_three_two),
      cmocka_unit_test(test_descriptions),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
