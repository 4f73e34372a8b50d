// SPDX-License-Identifier: Apache-2.0
// fresh_store: an empty store and an arena for each test of what keeps rows: SQLite's in memory, or one on PostgreSQL
// (store_url.h). Example:
//   cmocka_unit_test_setup_teardown(a_row_comes_back_whole, fresh_store_open, fresh_store_close)
#ifndef POSTERN_TESTS_UNIT_SUPPORT_FRESH_STORE_H
#define POSTERN_TESTS_UNIT_SUPPORT_FRESH_STORE_H

#include "check.h"
#include "store/store.h"
#include "store_url.h"

static struct store *store;
static struct arena *arena;
static char fresh_store_url[STORE_URL];

static inline int fresh_store_open(void **state) {
  (void)state;
  struct err err;
  arena = arena_new();
  store_url_make(fresh_store_url, NULL);
  return store_open(str_of(fresh_store_url), &store, &err) ? 0 : -1;
}

static inline int fresh_store_close(void **state) {
  (void)state;
  store_close(store);
  store_url_remove(fresh_store_url);
  arena_free(arena);
  return 0;
}

static inline void fresh_store_sql(const char *text) {
  struct err err;
  if (!store_run(store, text, NULL, 0, NULL, &err)) fail_msg("%s", err.text);
}

// An account as a row, and nothing of it but that.
static inline void fresh_store_account(const char *id, const char *name, const char *connector) {
  fresh_store_sql(
      arena_printf(
          arena,
          "INSERT INTO account (id, name, connector, way, base_url, credential, context, choices, status, "
          "status_text, speaks, speaks_at, created_at, updated_at, verified_at, version) VALUES ('%s', '%s', "
          "'%s', 'token', '', '', '{}', '{}', 'ok', '', 0, 0, 0, 0, 0, 1)",
          id, name, connector)
          .p);
}

#endif
