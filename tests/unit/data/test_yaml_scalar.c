// SPDX-License-Identifier: Apache-2.0
#include "../support/check.h"

#include "data/yaml_scalar.h"

// YAML 1.2.2 §10.3.2; `json` NULL: none is set.
static void test_core_schema(void **state) {
  (void)state;
  static const struct {
    const char *text;
    enum yaml_scalar kind;
    const char *json;
  } rows[] = {
      {"", YAML_SCALAR_NULL, "null"},
      {"~", YAML_SCALAR_NULL, "null"},
      {"Null", YAML_SCALAR_NULL, "null"},
      {"nULL", YAML_SCALAR_STRING, NULL},
      {"true", YAML_SCALAR_BOOL, "true"},
      {"FALSE", YAML_SCALAR_BOOL, "false"},
      {"yes", YAML_SCALAR_STRING, NULL}, // YAML 1.1 alone
      {"no", YAML_SCALAR_STRING, NULL},
      {"on", YAML_SCALAR_STRING, NULL},
      {"0", YAML_SCALAR_INT, "0"},
      {"-0", YAML_SCALAR_INT, "-0"},
      {"+12", YAML_SCALAR_INT, "12"},
      {"007", YAML_SCALAR_INT, "7"},
      {"0o17", YAML_SCALAR_INT, "15"},
      {"0x1F", YAML_SCALAR_INT, "31"},
      {"0x", YAML_SCALAR_STRING, NULL},
      {"0xg", YAML_SCALAR_STRING, NULL},
      {"0o8", YAML_SCALAR_STRING, NULL},
      {"0xffffffffffffffff", YAML_SCALAR_INT, "18446744073709551615"},
      {"0x10000000000000000", YAML_SCALAR_NO_JSON, NULL},
      {"1_000", YAML_SCALAR_STRING, NULL},
      {"1.5", YAML_SCALAR_FLOAT, "1.5"},
      {".5", YAML_SCALAR_FLOAT, "0.5"},
      {"5.", YAML_SCALAR_FLOAT, "5.0"},
      {"-1e3", YAML_SCALAR_FLOAT, "-1e3"},
      {"1E+3", YAML_SCALAR_FLOAT, "1e+3"},
      {"1e", YAML_SCALAR_STRING, NULL},
      {".", YAML_SCALAR_STRING, NULL},
      {"-", YAML_SCALAR_STRING, NULL},
      {"+", YAML_SCALAR_STRING, NULL},
      {"1.2.3", YAML_SCALAR_STRING, NULL},
      {"12:30", YAML_SCALAR_STRING, NULL}, // no sexagesimals
      {".inf", YAML_SCALAR_NO_JSON, NULL},
      {"-.INF", YAML_SCALAR_NO_JSON, NULL},
      {".nan", YAML_SCALAR_NO_JSON, NULL},
      {"1e999", YAML_SCALAR_NO_JSON, NULL},
  };
  struct arena *a = arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct str json = STR_NONE;
    enum yaml_scalar kind = yaml_scalar_resolve(a, str_of(rows[i].text), &json);
    if (kind != rows[i].kind || !str_is(json, rows[i].json ? rows[i].json : ""))
      fail_msg("\"%s\": kind %d, \"%.*s\"", rows[i].text, kind, STR_ARG(json));
  }
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_core_schema)};
  return cmocka_run_group_tests_name("data/yaml_scalar", tests, NULL, NULL);
}
