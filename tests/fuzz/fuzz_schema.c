// SPDX-License-Identifier: Apache-2.0
// {"schema": …, "value": …}: whatever the schema, checking ends; what is refused has a violation, and
// what is taken is taken again as it is then, without more changes.
#include "fuzz.h"

#include "data/json.h"
#include "data/schema.h"

static bool fuzz_check_value(yyjson_val *schema, yyjson_mut_doc *doc, yyjson_mut_val **value,
                             size_t *coerced) {
  struct schema_report report = {.arena = arena_new()};
  bool holds = schema_check(schema, doc, value, &report);
  fuzz_check(holds == (report.count == 0), "%s with %zu violations", holds ? "taken" : "refused",
             report.count);
  for (size_t i = 0; i < report.count && i < SCHEMA_VIOLATIONS_MOST; i++) {
    fuzz_check(report.items[i].expected.n && report.items[i].found.n, "a violation without words");
    fuzz_check(report.items[i].pointer.n == 0 || report.items[i].pointer.p[0] == '/', "not a pointer");
  }
  *coerced = report.coerced;
  arena_free(report.arena);
  return holds;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const struct json_limits limits = {.depth = 128, .nodes = 5000, .raw_numbers = size % 2};
  yyjson_doc *doc;
  struct err err = {.code = ERR_OK};
  size_t coerced;
  if (!json_read(str_make((const char *)data, size), &limits, &doc, &err)) return 0;
  yyjson_val *schema = yyjson_obj_get(yyjson_doc_get_root(doc), "schema"),
             *value = yyjson_obj_get(yyjson_doc_get_root(doc), "value");
  if (schema && value) {
    fuzz_check(schema_is_sound(schema, &err) || err.text[0], "unsound without a reason");
    yyjson_mut_doc *values = yyjson_mut_doc_new(NULL);
    yyjson_mut_val *copy = yyjson_val_mut_copy(values, value);
    if (fuzz_check_value(schema, values, &copy, &coerced))
      fuzz_check(fuzz_check_value(schema, values, &copy, &coerced) && !coerced, "not taken a second time");
    yyjson_mut_doc_free(values);
  }
  yyjson_doc_free(doc);
  return 0;
}
