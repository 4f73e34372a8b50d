// SPDX-License-Identifier: Apache-2.0
// thief: another program that holds the audit's rows for itself: they can be read, and nobody else writes any.
//   thief_take(url); … thief_give_back();
#ifndef POSTERN_TESTS_UNIT_AUDIT_THIEF_H
#define POSTERN_TESTS_UNIT_AUDIT_THIEF_H

#include <sqlite3.h>

#include "../support/store_url.h"

static sqlite3 *thief_sqlite;
static void *thief_postgres;

static inline void thief_take(const char *url) {
  if (store_url_on_postgres()) {
    thief_postgres = postgres_open(url);
    postgres_say(thief_postgres, "BEGIN; LOCK TABLE audit, audit_name, audit_run IN SHARE MODE");
    return;
  }
  assert_int_equal(sqlite3_open(url + strlen("sqlite:"), &thief_sqlite), SQLITE_OK);
  sqlite3_busy_timeout(thief_sqlite, 60 * 1000); // house-keeping may be writing
  assert_int_equal(sqlite3_exec(thief_sqlite, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
}

static inline void thief_give_back(void) {
  if (store_url_on_postgres()) {
    postgres_close(thief_postgres);
    return;
  }
  assert_int_equal(sqlite3_exec(thief_sqlite, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
  sqlite3_close(thief_sqlite);
}

#endif
