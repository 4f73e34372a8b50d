// SPDX-License-Identifier: Apache-2.0
// What PostgreSQL's codes mean to whoever runs Postern (PostgreSQL 15, appendix A).
#include "store/postgres_link.h"

static const struct postgres_meaning {
  const char *state; // the code, or its class
  enum err_code err;
  const char *text, *hint;
} postgres_meanings[] = {
    {"23505", ERR_CONFLICT, "there is already such a row", ""},
    {"23503", ERR_CONFLICT, "it refers to a row that does not exist, or is referred to", ""},
    {"25006", ERR_UNAVAILABLE, "the database cannot be written at the moment",
     "check that the address leads to the primary, and that default_transaction_read_only is off"},
    {"25P03", ERR_UNAVAILABLE, "the change took too long", "try again"},
    {"40001", ERR_UNAVAILABLE, "two changes got in each other's way", "try again"},
    {"40P01", ERR_UNAVAILABLE, "two changes got in each other's way", "try again"},
    {"55P03", ERR_UNAVAILABLE, "another change holds the database for too long",
     "see pg_stat_activity for who does"},
    {"57014", ERR_UNAVAILABLE, "the database took too long", "see its load and its log"},
    {"53100", ERR_UNAVAILABLE, "the database's disk is full", "free some space; nothing was changed"},
    {"53300", ERR_UNAVAILABLE, "the database takes no more connections",
     "raise its max_connections; each Postern needs 8"},
    {"53", ERR_UNAVAILABLE, "the database lacks resources", "see its log"},
    {"57", ERR_UNAVAILABLE, "the database is stopping or starting", "it is tried again by itself"},
    {"08", ERR_UNAVAILABLE, "the connection to the database was lost", "it is made again by itself"},
    {"58", ERR_UNAVAILABLE, "the database's disk failed", "see its log"},
    {"XX001", ERR_INTERNAL, "the database is damaged", "restore a backup"},
    {"XX002", ERR_INTERNAL, "an index of the database is damaged", "REINDEX it, or restore a backup"},
    {"28", ERR_DENIED, "the database refused the sign-in",
     "check user and password of `store` (PGPASSFILE, passfile=), and the server's pg_hba.conf"},
    {"3D000", ERR_INVALID, "there is no such database", "make it: CREATE DATABASE … OWNER …"},
    {"42501", ERR_DENIED, "the database user lacks a right",
     "the user of `store` owns the database, or has been granted CREATE on its schema"},
    {"3F000", ERR_INVALID, "there is no schema to make tables in", "CREATE SCHEMA, or set search_path"},
    {"25P02", ERR_INTERNAL, "a transaction went on after one of its statements had failed", ""},
    {"22021", ERR_INVALID, "the text is not UTF-8, or has a NUL in it", ""},
};

bool postgres_fail_state(const char *state, const char *message, struct err *err) {
  for (size_t i = 0; i < sizeof postgres_meanings / sizeof *postgres_meanings; i++) {
    const struct postgres_meaning *m = &postgres_meanings[i];
    if (strncmp(state, m->state, strlen(m->state)) != 0) continue;
    err_set(err, m->err, "%s (%s)", m->text, message);
    if (*m->hint) err_hint(err, "%s", m->hint);
    return false;
  }
  return err_set(err, ERR_INTERNAL, "PostgreSQL: %s (%s)", message, state);
}

// The details of a message are left out: they quote values.
bool postgres_fail(const PGresult *result, struct err *err) {
  const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  return postgres_fail_state(state ? state : "08000", message ? message : "no answer", err);
}
