// SPDX-License-Identifier: Apache-2.0
// rig: a set of tables from JSON texts, and the result of a query as one text.
#ifndef POSTERN_TESTS_UNIT_TABLE_RIG_H
#define POSTERN_TESTS_UNIT_TABLE_RIG_H

#include "../support/check.h"

#include "data/json.h"
#include "table/moment.h"
#include "table/select.h"

struct rig {
  struct table_set *set;
  struct arena *arena;
};

static int rig_start(void **state) {
  (void)state;
  return table_start() ? 0 : -1;
}

static struct rig rig_with(const struct table_limits *limits) {
  struct rig r = {.arena = arena_new()};
  struct table_clock clock = {.first_weekday = 1};
  struct err err;
  assert_true(moment_read(STR("2026-11-20T08:15:00Z"), &clock.now_ms));
  assert_true(zone_find(STR("UTC"), &clock.zone, &err));
  if (!table_set_new(limits, &clock, &r.set, &err)) fail_msg("%s", err.text);
  return r;
}

static struct rig rig_new(void) {
  return rig_with(&TABLE_LIMITS);
}

static void rig_free(struct rig *r) {
  table_set_free(r->set);
  arena_free(r->arena);
}

static yyjson_doc *rig_json(const char *text) {
  yyjson_doc *doc = yyjson_read(text, strlen(text), YYJSON_READ_NUMBER_AS_RAW);
  if (!doc) fail_msg("no JSON: %s", text);
  return doc;
}

static struct table_added rig_add(struct table *t, const char *json, struct table_batch batch) {
  struct table_added added;
  struct err err;
  yyjson_doc *doc = rig_json(json);
  batch.root = yyjson_doc_get_root(doc);
  if (!table_add(t, &batch, &added, &err)) fail_msg("%s", err.text);
  yyjson_doc_free(doc);
  return added;
}

// A whole table from one text.
static inline struct table *rig_table(struct rig *r, const char *name, const char *json) {
  struct table *t = table_begin(r->set, str_of(name));
  struct err err;
  rig_add(t, json, (struct table_batch){0});
  if (!table_seal(t, &err)) fail_msg("%s", err.text);
  return t;
}

// "name:type …|cell,cell|…"
static inline struct str rig_select_with(struct rig *r, const char *sql, const struct table_params *params) {
  struct table_result result;
  struct err err = {.code = ERR_OK};
  if (!table_select(r->set, str_of(sql), params, r->arena, &result, &err))
    return arena_printf(r->arena, "%s: %s%s%s", err_name(err.code), err.text, err.hint[0] ? " / " : "",
                        err.hint);
  struct buf out = BUF_MAX(1 << 20);
  for (size_t i = 0; i < result.column_count; i++)
    buf_printf(&out, "%s%.*s:%s", i ? " " : "", STR_ARG(result.columns[i].name),
               table_type_name(result.columns[i].type));
  for (size_t i = 0; i < result.row_count * result.column_count; i++) {
    buf_add_char(&out, i % result.column_count ? ',' : '|');
    table_cell_write(&out, &result.cells[i], result.columns[i % result.column_count].type);
  }
  if (result.cut) buf_add_z(&out, "|cut");
  struct str text = arena_dup(r->arena, buf_str(&out));
  buf_free(&out);
  return text;
}

static inline struct str rig_select(struct rig *r, const char *sql) {
  return rig_select_with(r, sql, NULL);
}

#endif
