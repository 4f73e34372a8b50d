// SPDX-License-Identifier: Apache-2.0
// store: durable rows behind one SQL text for every driver: $1…$n in ascending order, TEXT and BIGINT
// only, ids made by us, times in ms, JSON as TEXT. Blocking: call it on the pool (or before the loops
// run). One writer at a time is the driver's business; any thread may call. Example:
//   struct store *s; store_open(STR("sqlite:postern.db"), &s, err);
//   struct store_value values[] = {STORE_TEXT(name), STORE_TEXT(id)};
//   store_run(s, "UPDATE account SET name = $1 WHERE id = $2", values, 2, &changed, err)
//   struct store_rows rows; store_query(s, "SELECT id, name FROM account ORDER BY id", NULL, 0, arena, &rows, err)
#ifndef POSTERN_STORE_STORE_H
#define POSTERN_STORE_STORE_H

#include "base/arena.h"
#include "base/err.h"

struct store;
struct store_driver; // store/driver.h: what sqlite.c fills in, and postgres.c will

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

// "sqlite:PATH" (":memory:" for tests); "postgres://…" answers that this build has no such driver yet.
// Applies migrations.
MUST_USE bool store_open(struct str url, struct store **out, struct err *err);
// Beside the program that holds the store, for a moment: nothing is made or migrated. What is written, that
// program sees only where it looks.
MUST_USE bool store_open_beside(struct str url, struct store **out, struct err *err);
void store_close(struct store *s);

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
