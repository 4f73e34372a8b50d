// SPDX-License-Identifier: Apache-2.0
// Schemas that are each other for the same value: each becomes a tool, allows what was meant, and a note says so.
#include "openapi/circle.h"

#include "openapi_fixture.h"

#define HEAD "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n"
#define OP(name)                                                                                             \
  "  /" name ": {post: {requestBody: {required: true, content: {application/json: {schema: {$ref: "          \
  "'#/components/schemas/" name "'}}}}}}\n"
#define REF(name) "{$ref: '#/components/schemas/" name "'}"

static void accepts(const char *operation, const char *arguments, bool yes) {
  if (fixture_accepts(fixture_tool(operation), arguments) != yes)
    fail_msg("%s %s %s", operation, yes ? "refuses" : "accepts", arguments);
}

static void test_base_and_subtypes(void **state) {
  (void)state;
  fixture_compile(
      HEAD OP("Pet") OP("Cat")
          OP("Dog") "components:\n  schemas:\n"
                    "    Pet: {type: object, required: [kind], properties: {kind: {type: string}}, oneOf: "
                    "[" REF("Cat") ", " REF(
                        "Dog") "]}\n"
                               "    Cat: {allOf: [" REF(
                                   "Pet") ", {required: [meow], properties: {meow: {type: boolean}}}]}\n"
                                          "    Dog: {allOf: [" REF(
                                              "Pet") ", {required: [bark], properties: {bark: {type: "
                                                     "boolean}, friend: " REF("Pet") "}}]}\n",
      NULL);
  assert_int_equal(fixture.result.tools, 3);
  assert_true(fixture_noted(OPENAPI_WARNING, "", "refer to each other"));
  accepts("POST /Cat", "{\"kind\":\"c\",\"meow\":true}", true);
  accepts("POST /Cat", "{\"kind\":\"c\"}", false);
  accepts("POST /Pet", "{\"body\":{\"kind\":\"c\",\"meow\":true}}", true);
  accepts("POST /Pet", "{\"body\":{\"kind\":\"d\",\"bark\":true,\"friend\":{\"kind\":\"c\",\"meow\":false}}}",
          true);
  accepts("POST /Pet", "{\"body\":{\"meow\":true}}", false);
  fixture_end();
}

// Whichever comes first, and however long the way round.
static void test_longer_ways(void **state) {
  (void)state;
  fixture_compile(
      HEAD OP("Leaf") OP("Mid")
          OP("Root") "components:\n  schemas:\n"
                     "    Leaf: {allOf: [" REF(
                         "Mid") ", {properties: {leaf: {type: string}}}]}\n"
                                "    Mid: {allOf: [" REF(
                                    "Root") ", {properties: {mid: {type: string}}}], anyOf: "
                                            "[" REF("Leaf") ", {required: [mid]}]}\n"
                                                            "    Root: {type: object, "
                                                            "properties: {root: {type: string}}, "
                                                            "oneOf: [" REF("Forms") "]}\n"
                                                                                    "    Forms: {anyOf: "
                                                                                    "[" REF("Mid") ", " REF(
                                                                                        "Leaf") ", "
                                                                                                "{required: "
                                                                                                "[other]}]}"
                                                                                                "\n",
      NULL);
  assert_int_equal(fixture.result.tools, 3);
  accepts("POST /Root", "{\"body\":{\"root\":\"r\",\"mid\":\"m\"}}", true);
  accepts("POST /Mid", "{\"body\":{\"root\":\"r\",\"mid\":\"m\",\"leaf\":\"l\"}}", true);
  fixture_end();
}

static void test_by_itself(void **state) {
  (void)state;
  fixture_compile(
      HEAD OP("A") OP("B") OP("C") OP("D") OP(
          "E") "components:\n  schemas:\n"
               "    A: {allOf: [" REF(
                   "A") ", {type: object, properties: {x: {type: string}}}]}\n"
                        "    B: {oneOf: [" REF(
                            "B") ", {type: string}]}\n"
                                 "    C: {properties: {z: {type: string}}, oneOf: [{allOf: [" REF(
                                     "C") ", {properties: {y: {type: string}}}]}, {type: string}]}\n"
                                          "    D: {anyOf: [" REF(
                                              "D") "]}\n"
                                                   "    E: {type: string, if: " REF(
                                                       "E") ", then: {minLength: 1}, else: {maxLength: 9}}\n",
      NULL);
  assert_int_equal(fixture.result.tools, 5);
  accepts("POST /A", "{\"x\":\"1\"}", true);
  accepts("POST /A", "{\"x\":[]}", false);
  accepts("POST /B", "{\"body\":\"s\"}", true);
  accepts("POST /B", "{\"body\":[]}", false);
  accepts("POST /C", "{\"body\":{\"z\":\"1\",\"y\":\"2\"}}", true);
  accepts("POST /D", "{\"body\":1}", true);
  accepts("POST /E", "{\"body\":\"\"}", true);
  fixture_end();
}

// A reference that is nothing but itself has no meaning; the rest of the document has.
static void test_nothing_else(void **state) {
  (void)state;
  fixture_compile(HEAD OP("A") OP("F") "components:\n  schemas:\n    A: " REF("B") "\n    B: " REF(
                      "A") "\n    F: {type: string}\n",
                  NULL);
  assert_int_equal(fixture.result.tools, 1);
  assert_int_equal(fixture.result.skipped, 1);
  fixture_end();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_base_and_subtypes),
      cmocka_unit_test(test_longer_ways),
      cmocka_unit_test(test_by_itself),
      cmocka_unit_test(test_nothing_else),
  };
  return cmocka_run_group_tests_name("openapi/circle", tests, NULL, NULL);
}
