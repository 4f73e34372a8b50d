// SPDX-License-Identifier: Apache-2.0
// What a vendor shows as a request is right: the tool takes it, and what it does not show is held as before.
#include "openapi_fixture.h"

static const struct row {
  const char *schema, *example; // of the media type
  size_t fit, mended;
  const char *also, *not ; // arguments that the tool takes, and does not; NULL: not asked
} rows[] = {
    {"{type: object, properties: {a: {type: string}}}", "{a: x, b: 1}", 1, 0, "{\"a\":\"y\"}", "{\"a\":{}}"},
    {"{type: object, properties: {m: {type: string, enum: [GET, POST]}}}", "{m: PUT}", 0, 1,
     "{\"m\":\"GET\"}", "{\"m\":\"DELETE\"}"},
    {"{type: object, properties: {o: {type: object}}}", "{o: text}", 0, 1, "{\"o\":{}}", "{\"o\":true}"},
    {"{type: object, required: [a, b], properties: {a: {type: string}, b: {type: string}}}", "{a: x}", 0, 1,
     "{\"a\":\"x\",\"b\":\"y\"}", "{\"b\":\"y\"}"},
    {"{type: object, properties: {p: {type: string, pattern: '^a', maxLength: 3}}}", "{p: long}", 0, 1,
     "{\"p\":\"b\"}", "{\"p\":{}}"},
    // The keyword that it misses, and no other.
    {"{type: object, properties: {p: {type: string, pattern: '^a', maxLength: 3}}}", "{p: bb}", 0, 1,
     "{\"p\":\"c\"}", "{\"p\":\"bbbb\"}"},
    {"{type: object, properties: {l: {type: array, minItems: 2, maxItems: 3, uniqueItems: true}}}",
     "{l: [1]}", 0, 1, "{\"l\":[]}", "{\"l\":[1,1]}"},
    // In the branch that its kind names, and not in a sibling.
    {"{type: object, properties: {o: {oneOf: [{type: object, required: [t], properties: {t: {type: string, "
     "enum: [one]}, "
     "a: {type: string, enum: [x]}}}, {type: object, required: [t], properties: {t: {type: string, enum: "
     "[two]}, b: {type: "
     "string, enum: [x]}, c: {type: string, enum: [x]}}}]}}}",
     "{o: {t: two, b: y, c: y}}", 0, 1, "{\"o\":{\"t\":\"two\",\"b\":\"y\"}}",
     "{\"o\":{\"t\":\"two\",\"b\":\"z\"}}"},
    // A default is one of its values; a map's values may be anything where a generator wrote Object.
    {"{type: object, properties: {k: {type: string, enum: [edge], default: ''}}}", "{k: ''}", 1, 0,
     "{\"k\":\"edge\"}", "{\"k\":\"x\"}"},
    {"{type: object, properties: {m: {type: object, additionalProperties: {type: object, properties: {}}}}}",
     "{m: {a: [x], b: 1}}", 1, 0, "{\"m\":{\"a\":{}}}", "{\"m\":1}"},
    {"{type: object, properties: {n: {type: object, properties: {a: {type: integer}}, additionalProperties: "
     "false}}}",
     "{n: {b: 1}}", 0, 1, "{\"n\":{\"c\":2}}", "{\"n\":{\"a\":\"x\"}}"},
    {"{type: object, properties: {l: {type: array, items: {type: object, properties: {k: {const: 1}}}}}}",
     "{l: [{k: 1}, {k: 2}]}", 0, 1, "{\"l\":[{\"k\":2}]}", "{\"l\":[{\"k\":3}]}"},
    {"{type: object, properties: {e: {anyOf: [{type: integer}, {type: boolean}]}}}", "{e: {x: 1}}", 0, 1,
     "{\"e\":true}", "{\"e\":\"x\"}"},
    {"{type: array, items: {$ref: '#/components/schemas/Node'}}", "[{v: 1, in: {v: a}}]", 0, 1,
     "{\"body\":[{\"v\":\"b\"}]}", "{\"body\":[{\"v\":true}]}"},
    // What no schema can be made to take is told, and the tool is there.
    {"{type: object, additionalProperties: false, properties: {a: {type: string}}}", "{b: 1}", 0, 0,
     "{\"a\":\"x\"}", "{\"b\":1}"},
    {"{type: object, properties: {a: {type: string}}}", "text", 0, 0, "{}", NULL},
};

static void test_schemas_give_way_to_examples(void **state) {
  (void)state;
  struct openapi_options o = {.tool_bytes = 24 * 1024, .examples = true};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const struct row *r = &rows[i];
    char text[2048];
    snprintf(
        text, sizeof text,
        "openapi: 3.1.0\npaths:\n  /v:\n    post:\n      requestBody: {required: true, content: "
        "{application/json: {schema: %s, example: %s}}}\ncomponents:\n  schemas:\n    Node: {type: object, "
        "properties: {v: {type: integer}, in: {$ref: '#/components/schemas/Node'}}}\n",
        r->schema, r->example);
    fixture_compile(text, &o);
    const struct openapi_result *got = &fixture.result;
    if (got->examples != 1 || got->examples_fit != r->fit || got->examples_mended != r->mended)
      fail_msg("%s, %s: %zu, %zu, %zu", r->schema, r->example, got->examples, got->examples_fit,
               got->examples_mended);
    if (fixture_noted(OPENAPI_WARNING, "POST /v", "its example does not fit") == (r->fit == 1))
      fail_msg("%s, %s: %s", r->schema, r->example, r->fit ? "noted" : "not noted");
    if (r->also && !fixture_accepts(fixture_tool("POST /v"), r->also))
      fail_msg("%s refuses %s", r->schema, r->also);
    if (r->not &&fixture_accepts(fixture_tool("POST /v"), r->not ))
      fail_msg("%s takes %s", r->schema, r->not );
    fixture_end();
  }
}

static void test_examples_wherever_they_stand(void **state) {
  (void)state;
  fixture_compile(
      "openapi: 3.1.0\npaths:\n  /a:\n    post:\n      requestBody: {content: {application/json: {examples: "
      "{one: {value: {a: 1}}, two: {$ref: '#/components/examples/Two'}, three: {externalValue: x}},\n"
      "        schema: {$ref: '#/components/schemas/A'}}}}\n"
      "components: {examples: {Two: {value: {a: 2}}}, schemas: {A: {type: object, example: {a: 3}, "
      "examples: [{a: 4}, {a: 5}], properties: {a: {type: string}}}}}\n",
      NULL);
  assert_int_equal(fixture.result.examples, 5);
  assert_int_equal(fixture.result.examples_fit, 5); // numbers are as good as their text
  fixture_end();
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_schemas_give_way_to_examples),
                                     cmocka_unit_test(test_examples_wherever_they_stand)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
