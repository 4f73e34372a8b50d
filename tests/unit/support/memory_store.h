// SPDX-License-Identifier: Apache-2.0
// memory_store: an empty store in memory, and an arena, for each test of what keeps rows. Example:
//   cmocka_unit_test_setup_teardown(a_row_comes_back_whole, memory_store_open, memory_store_close)
#ifndef POSTERN_TESTS_UNIT_SUPPORT_MEMORY_STORE_H
#define POSTERN_TESTS_UNIT_SUPPORT_MEMORY_STORE_H

#include "check.h"
#include "store/store.h"

static struct store *store;
static struct arena *arena;

static inline int memory_store_open(void **state) {
  (void)state;
  struct err err;
  arena = arena_new();
  return store_open(STR("sqlite::memory:"), &store, &err) ? 0 : -1;
}

static inline int memory_store_close(void **state) {
  (void)state;
  store_close(store);
  arena_free(arena);
  return 0;
}

static inline void memory_store_sql(const char *text) {
  struct err err;
  if (!store_run(store, text, NULL, 0, NULL, &err)) fail_msg("%s", err.text);
}

// An account as a row, and nothing of it but that.
static inline void memory_store_account(const char *id, const char *name, const char *connector) {
  memory_store_sql(
      arena_printf(
          arena,
          "INSERT INTO account (id, name, connector, way, base_url, credential, context, choices, status, "
          "status_text, speaks, speaks_at, created_at, updated_at, verified_at, version) VALUES ('%s', '%s', "
          "'%s', 'token', '', '', '{}', '{}', 'ok', '', 0, 0, 0, 0, 0, 1)",
          id, name, connector)
          .p);
}

#endif
