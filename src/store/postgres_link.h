// SPDX-License-Identifier: Apache-2.0
// postgres_link: one connection to a PostgreSQL server, made when it is first needed and again after it was lost. While
// the server is away, whoever asks is told so at once, and one try after another is made at growing intervals, of all
// connections to that place together. No call waits longer than its deadline. One thread at a time, but for `until_us`.
// Private to the driver.
#ifndef POSTERN_STORE_POSTGRES_LINK_H
#define POSTERN_STORE_POSTGRES_LINK_H

#include <libpq-fe.h>
#include <stdatomic.h>

#include "store/driver.h"

enum {
  POSTGRES_CONNECT_MS = 5000,    // until it is ready for statements
  POSTGRES_STATEMENT_MS = 30000, // the server ends a statement by then,
  POSTGRES_GRACE_MS = 5000,      // and so much later the connection is given up
  POSTGRES_IDLE_MS = 15000,      // within a transaction: whoever holds it is gone
  POSTGRES_SLOW_MS = 3600000,    // of a migration
  POSTGRES_POLL_MS = 100,        // between two looks at whether there is haste
  POSTGRES_BACKOFF_LEAST_MS = 50,
  POSTGRES_BACKOFF_MOST_MS = 2000,
  POSTGRES_URL_MOST = 4096,
};
enum {
  POSTGRES_ANSWER_MOST = 256 << 20
}; // bytes of one answer, but for its last row, which libpq takes whole
// Keys of advisory locks: who runs on this database; whose turn it is to write; who works on the schema as it is, which each
// connection holds.
#define POSTGRES_HOLD "8099004381"
#define POSTGRES_TURN "8099004382"
#define POSTGRES_HEED "8099004383"
#define POSTGRES_CHANNEL "postern"

struct postgres_place; // what connections to one server share

struct postgres_link {
  PGconn *pg; // NULL: not connected
  struct postgres_place *place;
  enum store_mode mode;
  bool ended;                    // the server has said that it closes it
  bool slow;                     // what is done now may take POSTGRES_SLOW_MS
  unsigned serial;               // of connections: what was prepared belongs to one
  atomic_uint_fast64_t until_us; // no wait goes on beyond; UINT64_MAX: nobody is in a hurry
};

// `place` is the URL behind "postgres:". Nothing is connected yet.
MUST_USE bool postgres_link_new(struct str place, enum store_mode mode, struct postgres_link **out,
                                struct err *err);
void postgres_link_free(struct postgres_link *l);
// It stands, or is made now. ERR_UNAVAILABLE, and mostly at once, while the server is away.
MUST_USE bool postgres_link_ready(struct postgres_link *l, struct err *err);
// From now on connections to this place work on that schema, this one first: ERR_CONFLICT once it is of later programs alone.
MUST_USE bool postgres_link_heed(struct postgres_link *l, size_t schema, struct err *err);
// One statement without values; `out` gets the first cell of its first row, empty where there is none.
MUST_USE bool postgres_link_ask(struct postgres_link *l, const char *sql, char out[24], struct err *err);
// Several statements without values, by the simple protocol; the results are thrown away, but for the last one's
// command tag, of which `tag` (may be NULL) gets the beginning.
MUST_USE bool postgres_link_do(struct postgres_link *l, const char *sql, char tag[16], struct err *err);
// What was sent goes out, and its first result comes in; those behind it are thrown away. On false, `*out` is NULL
// where the connection was lost, and else what the server said (the caller clears it).
MUST_USE bool postgres_link_answer(struct postgres_link *l, PGresult **out, struct err *err);
// Tables in parts (postgres_part.c), within a transaction.
extern const char postgres_parts[];
MUST_USE bool postgres_part_make(struct postgres_link *l, const char *table, const struct store_part *part,
                                 struct err *err);
MUST_USE bool postgres_part_drop(struct postgres_link *l, struct str name, struct err *err);
// On a connection that listens: at most so many ms; did somebody notify? A connection that is lost is given up.
bool postgres_link_heard(struct postgres_link *l, uint64_t ms);
void postgres_link_idle(struct postgres_link *l, uint64_t ms); // waits, and no longer than it is in a hurry
void postgres_link_drop(struct postgres_link *l);              // gives the connection up

// What a result says, for people. False.
bool postgres_fail(const PGresult *result, struct err *err);
bool postgres_fail_state(const char *state, const char *message, struct err *err);

#endif
