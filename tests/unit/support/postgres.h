// SPDX-License-Identifier: Apache-2.0
// postgres: a database of a test's own on the PostgreSQL that scripts/with-postgres started. Example:
//   if (!postgres_is_there()) skip();
//   char url[256]; postgres_make(url); … postgres_remove(url);
#ifndef POSTERN_TESTS_UNIT_SUPPORT_POSTGRES_H
#define POSTERN_TESTS_UNIT_SUPPORT_POSTGRES_H

#include <stdbool.h>

#include "temp.h"

#ifdef STORE_POSTGRES
#include <libpq-fe.h>

static inline const char *postgres_server(void) {
  const char *url = getenv("POSTERN_TEST_POSTGRES");
  return url && *url ? url : NULL;
}

static inline bool postgres_is_there(void) {
  if (!postgres_server()) print_message("no PostgreSQL to test with: scripts/with-postgres starts one\n");
  return postgres_server() != NULL;
}

// A connection as the superuser, to the database of `url`; statements there, and how many rows came; its end.
static inline void *postgres_open(const char *url) {
  return PQconnectdb(url);
}
static inline int postgres_say(void *connection, const char *sql) {
  PGresult *r = PQexec(connection, sql);
  ExecStatusType status = PQresultStatus(r);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    fail_msg("%s: %s", sql, PQerrorMessage(connection));
  int rows = PQntuples(r);
  PQclear(r);
  return rows;
}
static inline void postgres_close(void *connection) {
  PQfinish(connection);
}

// One statement.
static inline void postgres_do(const char *url, const char *sql) {
  void *c = postgres_open(url);
  postgres_say(c, sql);
  postgres_close(c);
}

static inline void postgres_url(char url[256], const char *database) {
  const char *server = postgres_server(), *slash = strrchr(server, '/');
  snprintf(url, 256, "%.*s/%s", (int)(slash - server), server, database);
}

// `of`: which other one it is a copy of; "template1" is empty. Its files are copied where that can be said (15 and later):
// with no disk to wait for that takes half the time that writing it through the log does.
static inline void postgres_make_of(char url[256], const char *of) {
  static int serial;
  char name[64], sql[128];
  void *c = postgres_open(postgres_server());
  snprintf(name, sizeof name, "unit_%d_%d", (int)getpid(), ++serial);
  snprintf(sql, sizeof sql, "CREATE DATABASE %s TEMPLATE %s%s", name, of,
           PQserverVersion(c) >= 150000 ? " STRATEGY FILE_COPY" : "");
  postgres_say(c, sql);
  postgres_close(c);
  postgres_url(url, name);
}

static inline void postgres_make(char url[256]) {
  postgres_make_of(url, "template1");
}

static inline void postgres_remove(const char *url) {
  char sql[128];
  snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS %s WITH (FORCE)", strrchr(url, '/') + 1);
  postgres_do(postgres_server(), sql);
}
#else
static inline const char *postgres_server(void) {
  return NULL;
}
static inline bool postgres_is_there(void) {
  return false;
}
static inline void *postgres_open(const char *url) {
  (void)url;
  return NULL;
}
static inline int postgres_say(void *connection, const char *sql) {
  (void)connection;
  (void)sql;
  return 0;
}
static inline void postgres_close(void *connection) {
  (void)connection;
}
static inline void postgres_do(const char *url, const char *sql) {
  (void)url;
  (void)sql;
}
static inline void postgres_make_of(char url[256], const char *of) {
  (void)url;
  (void)of;
}
static inline void postgres_make(char url[256]) {
  (void)url;
}
static inline void postgres_remove(const char *url) {
  (void)url;
}
#endif
#endif
