// SPDX-License-Identifier: Apache-2.0
#include "data/schema.h"

#include "data/schema_coerce.h"
#include "data/schema_run.h"

enum { SCHEMA_POINTER_MOST = 64 * 1024 };

static bool schema_strict(yyjson_val *schema, yyjson_mut_val *value, struct schema_report *report) {
  struct schema_run run = {
      .root = schema, .arena = report->arena, .report = report, .pointer = BUF_MAX(SCHEMA_POINTER_MOST)};
  bool holds = schema_run_value(&run, schema, value, NULL);
  buf_free(&run.pointer);
  if (!run.exhausted) return holds;
  report->items[0] =
      (struct schema_violation){.pointer = STR(""),
                                .expected = STR("a value that can be checked in the steps and depth allowed"),
                                .found = STR("one that is too big or too deep"),
                                .property = STR("")};
  report->count = 1;
  return false;
}

// Most calls are right as they come; only one that is not is looked at again. After coercion the strict
// check has the last word, so that no keyword looks at a value as it was before.
bool schema_check(yyjson_val *schema, yyjson_mut_doc *doc, yyjson_mut_val **value,
                  struct schema_report *report) {
  report->count = report->coerced = 0;
  if (schema_strict(schema, *value, report)) return true;
  struct schema_run run = {.root = schema, .arena = report->arena};
  report->coerced = schema_coerce(&run, schema, doc, *value);
  if (report->coerced == 0) return false;
  report->count = 0;
  return schema_strict(schema, *value, report);
}
