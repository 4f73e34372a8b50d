// SPDX-License-Identifier: Apache-2.0
// openapi_fixture: a document in, its tools out, for the tests of the compiler. One compilation at a
// time. Every input schema it hands out has been found sound. Example:
//   fixture_compile("{…}", NULL);   yyjson_val *t = fixture_tool("list_all_acme_zones");
//   fixture_input(t, "/properties/name", "{\"type\":\"string\"}");   fixture_end();
#ifndef POSTERN_TESTS_UNIT_OPENAPI_FIXTURE_H
#define POSTERN_TESTS_UNIT_OPENAPI_FIXTURE_H

#include "../support/check.h"
#include "data/json.h"
#include "data/schema.h"
#include "openapi/compile.h"

static struct {
  struct arena *arena;
  struct openapi_result result;
  yyjson_doc *doc;
} fixture;

static inline void fixture_end(void) {
  yyjson_doc_free(fixture.doc);
  arena_free(fixture.arena);
  memset(&fixture, 0, sizeof fixture);
}

static inline void fixture_read(void) {
  struct err err;
  fixture.doc = yyjson_read(fixture.result.toolset.p, fixture.result.toolset.n, 0);
  assert_non_null(fixture.doc);
  yyjson_val *tools = yyjson_obj_get(yyjson_doc_get_root(fixture.doc), "tools"), *tool;
  size_t i, n;
  assert_int_equal(yyjson_arr_size(tools), fixture.result.tools);
  yyjson_arr_foreach (tools, i, n, tool) {
    yyjson_val *input = yyjson_obj_get(tool, "input");
    check_text(json_str(input, "type"), "object");
    if (!schema_is_sound(input, &err))
      fail_msg("%s: %s %s", yyjson_get_str(yyjson_obj_get(tool, "name")), err.field, err.text);
  }
}

static inline void fixture_compile(const char *text, const struct openapi_options *options) {
  struct openapi_options o = options ? *options : (struct openapi_options){.tool_bytes = 24 * 1024};
  struct err err;
  if (!o.connector.n) o.connector = STR("acme");
  fixture.arena = arena_new();
  if (!openapi_compile_text(str_of(text), &o, fixture.arena, &fixture.result, &err))
    fail_msg("%s %s", err.field, err.text);
  fixture_read();
}

// The tool with this name, or of this "METHOD path".
static inline yyjson_val *fixture_find(const char *name) {
  yyjson_val *tool;
  size_t i, n;
  yyjson_arr_foreach (yyjson_obj_get(yyjson_doc_get_root(fixture.doc), "tools"), i, n, tool) {
    if (str_is(json_str(tool, "name"), name) || str_is(json_str(tool, "operation"), name)) return tool;
  }
  return NULL;
}

static inline yyjson_val *fixture_tool(const char *name) {
  yyjson_val *tool = fixture_find(name);
  if (!tool)
    fail_msg("no tool %s in %.*s", name,
             (int)(fixture.result.toolset.n < 2000 ? fixture.result.toolset.n : 2000),
             fixture.result.toolset.p);
  return tool;
}

static inline yyjson_val *fixture_at(yyjson_val *tool, const char *pointer) {
  return json_at(tool, str_of(pointer));
}

// What stands there is exactly this JSON; NULL: nothing stands there.
static inline void fixture_is(yyjson_val *tool, const char *pointer, const char *want) {
  yyjson_val *got = fixture_at(tool, pointer);
  if (!want) {
    if (got) fail_msg("%s is there", pointer);
    return;
  }
  yyjson_doc *doc = yyjson_read(want, strlen(want), 0);
  assert_non_null(doc);
  char *text = got ? yyjson_val_write(got, 0, NULL) : NULL;
  if (!got || !yyjson_equals(got, yyjson_doc_get_root(doc)))
    fail_msg("%s is %s, not %s", pointer, text ? text : "not there", want);
  free(text);
  yyjson_doc_free(doc);
}

// Does the input schema of the tool accept the arguments?
static inline bool fixture_accepts(yyjson_val *tool, const char *arguments) {
  yyjson_doc *doc = yyjson_read(arguments, strlen(arguments), 0);
  assert_non_null(doc);
  yyjson_mut_doc *copy = yyjson_doc_mut_copy(doc, NULL);
  yyjson_mut_val *root = yyjson_mut_doc_get_root(copy);
  struct schema_report report = {.arena = fixture.arena};
  bool ok = schema_check(yyjson_obj_get(tool, "input"), copy, &root, &report);
  yyjson_mut_doc_free(copy);
  yyjson_doc_free(doc);
  return ok;
}

static inline bool fixture_noted(enum openapi_note_kind kind, const char *operation, const char *part) {
  for (size_t i = 0; i < fixture.result.note_count; i++) {
    const struct openapi_note *n = &fixture.result.notes[i];
    bool same = n->kind == kind && str_is(n->operation, operation) && str_contains(n->reason, str_of(part));
    if (same) return true;
  }
  return false;
}

#endif
