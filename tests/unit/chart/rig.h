// SPDX-License-Identifier: Apache-2.0
// rig: the specs and oracles beside the tests, and results of queries from JSON.
#ifndef POSTERN_TESTS_UNIT_CHART_RIG_H
#define POSTERN_TESTS_UNIT_CHART_RIG_H

#include "../support/check.h"

#include "data/json.h"
#include "table/moment.h"
#include "table/select.h"

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

// A result from "zone:text n:integer day:time:days" and rows as JSON: [["a",1,"2026-11-01"],…].
static inline struct table_result rig_result(struct arena *a, const char *columns, const char *rows) {
  yyjson_doc *doc = rig_json(rows);
  yyjson_val *row, *v;
  struct table_result r = {.columns = ARENA_ARRAY(a, 64, struct table_column)};
  size_t i, j, n, m, at = 0;
  for (struct str rest = str_of(columns), column; str_cut(&rest, ' ', &column); r.column_count++) {
    struct str name, type;
    struct table_column *c = &r.columns[r.column_count];
    if (!str_cut(&column, ':', &name) || !str_cut(&column, ':', &type)) fail_msg("%s", columns);
    if (!table_type_read(type, &c->type)) fail_msg("no type %.*s", STR_ARG(type));
    c->name = arena_dup(a, name);
    c->days = str_is(column, "days");
  }
  r.row_count = yyjson_arr_size(yyjson_doc_get_root(doc));
  r.cells = ARENA_ARRAY(a, r.row_count * r.column_count + 1, struct table_cell);
  yyjson_arr_foreach (yyjson_doc_get_root(doc), i, n, row) {
    if (yyjson_arr_size(row) != r.column_count) fail_msg("row %zu has not %zu cells", i, r.column_count);
    yyjson_arr_foreach (row, j, m, v) {
      struct table_cell *cell = &r.cells[at++];
      if (yyjson_is_str(v))
        *cell = (struct table_cell){.kind = TABLE_CELL_TEXT, .text = arena_dup(a, json_text(v))};
      if (yyjson_is_int(v))
        *cell = (struct table_cell){.kind = TABLE_CELL_INTEGER, .integer = yyjson_get_sint(v)};
      if (yyjson_is_bool(v))
        *cell = (struct table_cell){.kind = TABLE_CELL_INTEGER, .integer = yyjson_get_bool(v)};
      if (yyjson_is_real(v)) *cell = (struct table_cell){.kind = TABLE_CELL_REAL, .real = yyjson_get_real(v)};
    }
  }
  yyjson_doc_free(doc);
  return r;
}

#endif
