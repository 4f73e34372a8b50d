// SPDX-License-Identifier: Apache-2.0
// rig: the specs and oracles beside the tests, and results of queries from JSON.
#ifndef POSTERN_TESTS_UNIT_CHART_RIG_H
#define POSTERN_TESTS_UNIT_CHART_RIG_H

#include "../support/check.h"

#include "data/json.h"
#include "table/moment.h"
#include "table/table.h"

static inline yyjson_doc *rig_json(const char *text) {
  yyjson_doc *doc = yyjson_read(text, strlen(text), 0);
  if (!doc) fail_msg("no JSON: %s", text);
  return doc;
}

static inline yyjson_doc *rig_file(const char *name) {
  char path[4096];
  snprintf(path, sizeof path, "%s/tests/unit/chart/%s", getenv("POSTERN_SOURCE_ROOT"), name);
  yyjson_doc *doc = yyjson_read_file(path, 0, NULL, NULL);
  if (!doc) fail_msg("no JSON in %s", path);
  return doc;
}

#endif
