// SPDX-License-Identifier: Apache-2.0
// store_url: where a test has its store. Programs that meson.build names with `store` are run twice: on SQLite, and with
// POSTERN_TEST_STORE=postgres on a database of their own of the PostgreSQL that scripts/with-postgres started. Example:
//   char url[STORE_URL]; store_url_make(url, folder); … store_url_remove(url);
#ifndef POSTERN_TESTS_UNIT_SUPPORT_STORE_URL_H
#define POSTERN_TESTS_UNIT_SUPPORT_STORE_URL_H

#include "postgres.h"
#include "store/store.h"

enum { STORE_URL = 256, STORE_SKIPPED = 77 }; // what meson takes for a program that was left out

static inline bool store_url_on_postgres(void) {
  const char *kind = getenv("POSTERN_TEST_STORE");
  if (!kind || strcmp(kind, "postgres") != 0) return false;
  if (!postgres_is_there()) exit(STORE_SKIPPED);
  return true;
}

// For tests of what only SQLite's file has.
#define ONLY_SQLITE()                                                                                        \
  if (store_url_on_postgres()) skip()

// A database with the tables, which the others are copies of, made by the first of all programs that needs it: to make
// tables takes ten times as long as to copy them.
static inline void store_url_make_first(void) {
  char url[STORE_URL];
  struct store *store;
  struct err err;
  void *c = postgres_open(postgres_server());
  postgres_say(c, "SELECT pg_advisory_lock(1)");
  if (!postgres_say(c, "SELECT 1 FROM pg_database WHERE datname = 'unit_first'")) {
    postgres_make(url);
    if (!store_open(str_of(url), &store, &err)) fail_msg("%s", err.text);
    store_close(store);
    char rename[128];
    snprintf(rename, sizeof rename, "ALTER DATABASE %s RENAME TO unit_first", strrchr(url, '/') + 1);
    postgres_say(c, rename);
  }
  postgres_close(c);
}

static inline void store_url_make_postgres(char url[STORE_URL]) {
  static bool made;
  if (!made) store_url_make_first();
  made = true;
  postgres_make_of(url, "unit_first");
}

// Of an empty store. `folder`: where SQLite has its file, postern.db; NULL: in memory.
static inline void store_url_make(char url[STORE_URL], const char *folder) {
  if (store_url_on_postgres())
    store_url_make_postgres(url);
  else if (folder)
    snprintf(url, STORE_URL, "sqlite:%s/postern.db", folder);
  else
    snprintf(url, STORE_URL, "sqlite::memory:");
}

// Its file goes with its folder.
static inline void store_url_remove(const char *url) {
  if (store_url_on_postgres()) postgres_remove(url);
}

#endif
