// SPDX-License-Identifier: Apache-2.0
// driver: what an engine does for store.c: connections, statements, transactions. store.c decides who
// uses which connection; a driver never sees two threads on one connection at once. Everything in
// an engine's own dialect (pragmas, file modes, error codes) stays behind this table.
#ifndef POSTERN_STORE_DRIVER_H
#define POSTERN_STORE_DRIVER_H

#include "store/store.h"

enum { STORE_READERS_MOST = 4, STORE_STATEMENTS_MOST = 64 }; // connections; prepared statements on each

// GUEST: a writer beside the program that holds the store: it takes no hold of it, and makes nothing.
enum store_mode { STORE_WRITER, STORE_READER, STORE_GUEST };

struct store_statement {
  const char *sql;
  const struct store_value *values;
  size_t count;
};

struct store_driver {
  const char *scheme; // of the URL: "sqlite"
  // Connections for reading beside the writer; 0 where a second one would not see the same rows.
  size_t (*readers)(struct str place);
  // The writer is connected first and may create what is missing. `place` is the URL behind its scheme.
  bool (*connect)(struct str place, enum store_mode mode, void **out, struct err *err);
  void (*disconnect)(void *connection);
  // One statement. `rows` (in `a`) and `changed` may be NULL. A unique violation is ERR_CONFLICT.
  bool (*run)(void *connection, const struct store_statement *statement, struct arena *a,
              struct store_rows *rows, int64_t *changed, struct err *err);
  bool (*script)(void *connection, const char *sql, struct err *err); // several statements, no values
  bool (*begin)(void *connection, struct err *err);  // a write transaction, from its first moment
  bool (*commit)(void *connection, struct err *err); // on return the rows survive a loss of power
  void (*rollback)(void *connection);
  // From now on, the most that a statement waits for another program's lock. Once it has waited in vain, the
  // next ones hardly wait: they would all stand in one line behind a lock that stays.
  void (*patience)(void *connection, unsigned ms);
  // From another thread, also while a statement runs: no wait for a lock and no reading goes on beyond
  // `until_us` (monotonic). A write that has begun is finished.
  void (*hasten)(void *connection, uint64_t until_us);
  void (*settle)(void *connection); // overwrites what logs still hold of deleted rows, as far as it can now
};

extern const struct store_driver store_sqlite;

// Numbered files of src/store/migrations, embedded by scripts/embed-migrations, in order, from 1 without
// gaps.
struct store_migration {
  const char *name, *sql;
};
extern const struct store_migration store_migrations[];
extern const size_t store_migration_count;

// Brings the schema up to the last of `list`, each step in a transaction of its own. A store that has
// seen more steps than the list has is refused.
MUST_USE bool store_migrate(const struct store_driver *driver, void *writer,
                            const struct store_migration *list, size_t count, struct err *err);
// Is the schema the last of `list` already? Changes nothing.
MUST_USE bool store_is_migrated(const struct store_driver *driver, void *writer,
                                const struct store_migration *list, size_t count, struct err *err);

#endif
