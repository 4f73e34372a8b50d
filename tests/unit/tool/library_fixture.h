// SPDX-License-Identifier: Apache-2.0
// library_fixture: an empty store, no shipped connectors, and a vendor's description in three
// versions, for the tests of library and catalog. Example:
//   cmocka_unit_test_setup_teardown(a_toolset_is_kept, library_open, library_close)
#ifndef POSTERN_TESTS_UNIT_TOOL_LIBRARY_FIXTURE_H
#define POSTERN_TESTS_UNIT_TOOL_LIBRARY_FIXTURE_H

#include "../support/fresh_store.h"
#include "tool/library.h"

#define LIBRARY_DOCUMENT(paths) "openapi: 3.1.0\ninfo: {title: Acme, version: '1'}\npaths:\n" paths
#define LIBRARY_ZONE_RULES                                                                                   \
  "  /zones/{z}/rules:\n    get: {parameters: [{name: z, in: path, required: true, schema: {type: "          \
  "string}}]}\n"
#define LIBRARY_ACCOUNT_RULES                                                                                \
  "  /accounts/{a}/rules:\n    get: {parameters: [{name: a, in: path, required: true, schema: {type: "       \
  "string}}]}\n"
#define LIBRARY_THINGS "  /things:\n    get: {}\n    post: {}\n"

static struct library_env library;

static inline struct str library_definition(const char *name) {
  return arena_printf(arena,
                      "name: %s\nlabel: Acme\nkind: rest\nbase_url: https://api.example.com\n"
                      "auth:\n  - {id: token, fields: [{name: token, label: Token, secret: true}], send: "
                      "[{in: bearer, value: '{token}'}]}\n",
                      name);
}

static inline int library_open(void **state) {
  struct err err;
  library = (struct library_env){.tool_bytes = 24 * 1024};
  if (fresh_store_open(state) != 0 || !connector_set_load(NULL, &library.connectors, &err)) return -1;
  library.store = store;
  return 0;
}

static inline int library_close(void **state) {
  connector_set_free(library.connectors);
  return fresh_store_close(state);
}

static inline bool library_try(const char *name, const char *document, struct err *err) {
  struct library_import in = {library_definition(name), str_of(document)};
  struct openapi_result report;
  return library_add(&library, &in, arena, &report, err);
}

static inline void library_import(const char *name, const char *document) {
  struct err err = {0};
  if (!library_try(name, document, &err)) fail_msg("%s %s", err.field, err.text);
}

static inline struct toolset *library_get(const char *name) {
  const struct connector *c = connector_find(library.connectors, str_of(name));
  struct toolset *set = NULL;
  struct err err = {0};
  assert_non_null(c);
  if (!library_toolset(&library, c, &set, &err)) fail_msg("%s %s", err.field, err.text);
  return set;
}

// How many rows stand in a table.
static inline int64_t library_rows(const char *table) {
  struct store_rows rows;
  struct err err;
  assert_true(store_query(store, arena_printf(arena, "SELECT count(*) FROM %s", table).p, NULL, 0, arena,
                          &rows, &err));
  return store_cell(&rows, 0, 0)->number;
}

#endif
