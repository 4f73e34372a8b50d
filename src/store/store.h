// SPDX-License-Identifier: Apache-2.0
// store: durable rows behind one SQL text for every driver (docs/decisions, "whoever judges", says what is portable): $1…$n in
// ascending order, TEXT (UTF-8) and BIGINT only, ids made by us, times in ms, JSON as TEXT. Blocking: call it on the pool
// (or before the loops run). How many write at once is the driver's business; any thread may call. Example:
//   struct store *s; store_open(STR("sqlite:postern.db"), &s, err);
//   struct store_value values[] = {STORE_TEXT(name), STORE_TEXT(id)};
//   store_run(s, "UPDATE account SET name = $1 WHERE id = $2", values, 2, &changed, err)
//   struct store_rows rows; store_query(s, "SELECT id, name FROM account ORDER BY id", NULL, 0, arena, &rows, err)
#ifndef POSTERN_STORE_STORE_H
#define POSTERN_STORE_STORE_H

#include "base/arena.h"
#include "base/err.h"

enum { STORE_VALUES_MOST = 256 }; // of one statement

struct store;
struct store_driver; // store/driver.h: what sqlite.c and postgres.c fill in

enum store_type { STORE_NULL, STORE_IS_INT, STORE_IS_TEXT };
struct store_value {
  enum store_type type;
  int64_t number;
  struct str text;
};
#define STORE_INT(v) ((struct store_value){STORE_IS_INT, .number = (v)})
#define STORE_TEXT(v) ((struct store_value){STORE_IS_TEXT, .text = (v)})
#define STORE_NONE ((struct store_value){STORE_NULL})

struct store_rows { // in the caller's arena
  size_t count, columns;
  struct store_value *cells; // count × columns
};

// "sqlite:PATH" (":memory:" for tests), or "postgres://USER:PASSWORD@HOST/DATABASE?…" as libpq reads it (docs/postgres.md).
// Applies migrations. No error shows a password.
MUST_USE bool store_open(struct str url, struct store **out, struct err *err);
// The same, together with other programs where the engine is for several: as nodes of one installation (node/node).
MUST_USE bool store_open_shared(struct str url, struct store **out, struct err *err);
bool store_is_for_several(const struct store *s);
// Beside the program that holds the store, for a moment: nothing is made or migrated. What is written, that
// program sees only where it looks.
MUST_USE bool store_open_beside(struct str url, struct store **out, struct err *err);
void store_close(struct store *s);
struct str store_kind(const struct store *s); // "sqlite", "postgres"
// Every column: table, name, place in the table's key from 1 on (0: no part of it). Tables in the order they were made in,
// so that one comes behind those it refers to.
MUST_USE bool store_catalog(struct store *s, struct arena *a, struct store_rows *out, struct err *err);

MUST_USE bool store_run(struct store *s, const char *sql, const struct store_value *v, size_t n,
                        int64_t *changed,
                        struct err *err); // `changed` may be NULL
// The same for a change that others may have made impossible: `done` says whether a row was there for it.
MUST_USE bool store_change(struct store *s, const char *sql, const struct store_value *v, size_t n,
                           bool *done, struct err *err);
// ERR_CONFLICT, for a row that another version was expected of: "the account was changed or deleted …". False.
bool store_outdated(const char *what, struct err *err);
MUST_USE bool store_query(struct store *s, const char *sql, const struct store_value *v, size_t n,
                          struct arena *a, struct store_rows *out, struct err *err);
// All or nothing: `body` runs inside one write transaction; false rolls back. Calls on `s` within it take
// part.
MUST_USE bool store_transact(struct store *s, bool (*body)(struct store *s, void *arg, struct err *err),
                             void *arg, struct err *err);
// The same for rows that are only added, by nobody else: it need not wait for others' transactions. If the connection is
// lost in its last moment, the rows may be there: it is done again with the same ids, and ON CONFLICT DO NOTHING.
MUST_USE bool store_append(struct store *s, bool (*body)(struct store *s, void *arg, struct err *err),
                           void *arg, struct err *err);
// Parts of a table by its column id, where the engine has them: one whose rows are no longer wanted goes at once. What is
// behind the last one is in the rest, and moves into the part that is made there. Elsewhere store_has_parts is false.
struct store_part {
  struct str name, from, below;
};
bool store_has_parts(const struct store *s);
// Of each its name, and the id that all of its rows are below; in that order.
MUST_USE bool store_parts(struct store *s, const char *table, struct arena *a, struct store_rows *out,
                          struct err *err);
MUST_USE bool store_part_make(struct store *s, const char *table, const struct store_part *part,
                              struct err *err); // both within a transaction
MUST_USE bool store_part_drop(struct store *s, struct str name, struct err *err);
// Within a transaction: when it has committed, whoever waits at the same store is woken, in whichever program. Nothing
// where the store is for one program. For store/changelog, whose lines say what has changed.
MUST_USE bool store_notify(struct store *s, struct err *err);
// Waits for that, on a connection of its own, at most so many ms. True: somebody has notified, or may have, since the
// connection was made anew. By one thread alone; store_hasten ends it. Not for a store for one program.
bool store_wait(struct store *s, uint64_t ms);
// The keys that rows which give power are stamped with (account/sealed.h). NULL, as at first: none is stamped
// or looked at, as in tests of rows alone. Once, before rows are read.
struct seal_ring;
void store_set_ring(struct store *s, struct seal_ring *ring);
struct seal_ring *store_ring(const struct store *s);
// Removes what has expired from a table with columns id, name and expires_at (0: never). `gone`: these of each.
MUST_USE bool store_take_expired(struct store *s, const char *table, int64_t now_ms, struct arena *a,
                                 struct store_rows *gone, struct err *err);
// Does the store take a row and keep it? Waits for its turn, and hardly for another program's lock. For
// store/probe, which does it in the background.
MUST_USE bool store_ping(struct store *s, struct err *err);
// The program stops: in so many ms nobody waits for a lock of another program any more, and nobody reads;
// such calls fail with ERR_UNAVAILABLE then. What is being written is finished. Any thread.
void store_hasten(struct store *s, uint64_t ms);
// After a credential was deleted or replaced: clears its old bytes out of the engine's log as well.
void store_settle(struct store *s);

static inline const struct store_value *store_cell(const struct store_rows *r, size_t row, size_t column) {
  return &r->cells[row * r->columns + column];
}

#endif
