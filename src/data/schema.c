// SPDX-License-Identifier: Apache-2.0
#include "data/schema.h"

#include "data/schema_coerce.h"
#include "data/schema_run.h"

enum { SCHEMA_POINTER_MOST = 64 * 1024 };

enum schema_verdict { SCHEMA_FITS, SCHEMA_FAILS, SCHEMA_GIVES_UP };

static enum schema_verdict schema_strict(struct schema_work *work, yyjson_val *schema, yyjson_mut_val *value,
                                         struct schema_report *report) {
  struct schema_run run = {.root = schema,
                           .work = work,
                           .arena = report->arena,
                           .report = report,
                           .pointer = BUF_MAX(SCHEMA_POINTER_MOST)};
  report->count = 0;
  bool holds = schema_run_value(&run, schema, value, NULL);
  buf_free(&run.pointer);
  if (!run.exhausted) return holds ? SCHEMA_FITS : SCHEMA_FAILS;
  report->items[0] =
      work->blamed
          ? work->costly
          : (struct schema_violation){.pointer = STR(""),
                                      .expected = STR("a value that can be checked in the steps and depth "
                                                      "allowed"),
                                      .found = STR("one that is too big or too deep"),
                                      .property = STR("")};
  report->count = 1;
  return SCHEMA_GIVES_UP;
}

// Most calls are right as they come; only one that is not is looked at again. After coercion the strict
// check has the last word, so that no keyword looks at a value as it was before. Where coercion was given up,
// what is wrong with the value as it came is what there is to say.
static bool schema_check_with(struct schema_work *work, yyjson_val *schema, yyjson_mut_doc *doc,
                              yyjson_mut_val *value, struct schema_report *report) {
  enum schema_verdict verdict = schema_strict(work, schema, value, report);
  if (verdict != SCHEMA_FAILS) return verdict == SCHEMA_FITS;
  struct schema_run run = {.root = schema, .work = work, .arena = report->arena};
  report->coerced = schema_coerce(&run, schema, doc, value);
  if (report->coerced == 0 || run.exhausted) return false;
  return schema_strict(work, schema, value, report) == SCHEMA_FITS;
}

bool schema_check(yyjson_val *schema, yyjson_mut_doc *doc, yyjson_mut_val **value,
                  struct schema_report *report) {
  struct schema_work work = {.left = SCHEMA_WORK_MOST};
  report->count = report->coerced = 0;
  bool holds = schema_check_with(&work, schema, doc, *value, report);
  report->spent = SCHEMA_WORK_MOST - work.left;
  schema_patterns_free(work.patterns);
  map_free(&work.refs);
  return holds;
}
