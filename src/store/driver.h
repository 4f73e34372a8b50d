// SPDX-License-Identifier: Apache-2.0
// driver: what an engine does for store.c: connections, statements, transactions. store.c decides who
// uses which connection; a driver never sees two threads on one connection at once. Everything in
// an engine's own dialect (pragmas, file modes, error codes) stays behind this table.
#ifndef POSTERN_STORE_DRIVER_H
#define POSTERN_STORE_DRIVER_H

#include "store/store.h"

// Connections of each kind; prepared statements on each; rows of one query.
enum { STORE_POOL_MOST = 4, STORE_STATEMENTS_MOST = 64, STORE_ROWS_MOST = 1000000 };
// How long another program's lock is waited for, once everything is open. Where several nodes write in turn it is mostly one
// of theirs, which on a busy machine may take seconds.
enum { STORE_PATIENCE_MS = 2000, STORE_PATIENCE_SEVERAL_MS = 6000 };

// WHOLE: nobody else writes before it ends, so what it has read still holds when it writes. APPEND: it only adds rows
// that nobody else writes, and need not wait for others.
enum store_transaction { STORE_WHOLE, STORE_APPEND };

// GUEST: a writer beside the program that holds the store: it takes no hold of it, and makes nothing.
// SHARED: a writer that holds it together with others of its kind, where the engine is for several.
enum store_mode { STORE_WRITER, STORE_SHARED, STORE_READER, STORE_GUEST };

struct store_statement {
  const char *sql;
  const struct store_value *values;
  size_t count;
};

struct store_driver {
  const char *kind;                    // for people: "sqlite"
  const char *catalog;                 // the query of store_catalog
  bool several;                        // programs may use it at once; then it has notify and listen
  size_t (*writers)(struct str place); // connections for writing, at least 1
  // Connections for reading beside those; 0 where another one would not see the same rows.
  size_t (*readers)(struct str place);
  // A writer is connected first and may create what is missing. `place` is the URL behind its scheme.
  bool (*connect)(struct str place, enum store_mode mode, void **out, struct err *err);
  void (*disconnect)(void *connection);
  // One statement. `rows` (in `a`) and `changed` may be NULL. A unique violation is ERR_CONFLICT.
  bool (*run)(void *connection, const struct store_statement *statement, struct arena *a,
              struct store_rows *rows, int64_t *changed, struct err *err);
  bool (*script)(void *connection, const char *sql, struct err *err); // several statements, no values
  // A write transaction, from its first moment.
  bool (*begin)(void *connection, enum store_transaction how, struct err *err);
  bool (*commit)(void *connection, struct err *err); // on return the rows survive a loss of power
  void (*rollback)(void *connection);
  // From now on, the most that a statement waits for another program's lock. Once it has waited in vain, the
  // next ones hardly wait: they would all stand in one line behind a lock that stays.
  void (*patience)(void *connection, unsigned ms);
  // From another thread, also while a statement runs: no wait for a lock and no reading goes on beyond
  // `until_us` (monotonic). A write that has begun is finished.
  void (*hasten)(void *connection, uint64_t until_us);
  // Both NULL where the engine is for one program. notify: within a transaction, which wakes who listens when it commits.
  // listen: at most `ms`; true: somebody has notified, or may have.
  bool (*notify)(void *connection, struct err *err);
  bool (*listen)(void *connection, uint64_t ms);
  // All NULL where a table is one. The query of store_parts, and what is done within a transaction.
  const char *parts;
  bool (*part_make)(void *connection, const char *table, const struct store_part *part, struct err *err);
  bool (*part_drop)(void *connection, struct str name, struct err *err);
  // All NULL where the engine is for one program. heed: from now on this program works on that schema, and so does nobody
  // change it meanwhile for programs of a later one alone; where somebody has while no connection stood, none is made any
  // more. alone: within a transaction, is there no program that does? Until its end none begins to.
  bool (*heed)(void *connection, size_t schema, struct err *err);
  bool (*alone)(void *connection, bool *out, struct err *err);
  void (*settle)(void *connection); // overwrites what logs still hold of deleted rows, as far as it can now
};

extern const struct store_driver store_sqlite, store_postgres;

// Numbered files of src/store/migrations, embedded by scripts/embed-migrations, in order, from 1 without
// gaps. "033-name.postgres" is for that engine alone: others count it.
struct store_migration {
  const char *name, *sql;
  bool gentle; // programs of the schema before may go on beside it: `-- nodes: go on` in the file
};
extern const struct store_migration store_migrations[];
extern const size_t store_migration_count;

// Brings the schema up to the last of `list`, each step in a transaction of its own. A step that is not gentle is taken only
// where no program works on the schema before. A store that has seen more steps than the list has is refused, unless
// `newer` and all of those were gentle.
MUST_USE bool store_migrate(const struct store_driver *driver, void *writer,
                            const struct store_migration *list, size_t count, bool newer, struct err *err);
// Is the schema the last of `list` already, or a later one that lets programs of that go on? Changes nothing.
MUST_USE bool store_is_migrated(const struct store_driver *driver, void *writer,
                                const struct store_migration *list, size_t count, struct err *err);

#endif
