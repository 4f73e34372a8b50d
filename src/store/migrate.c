// SPDX-License-Identifier: Apache-2.0
#include "store/driver.h"

#define MIGRATE_READ "SELECT value FROM meta WHERE key = 'schema'"
#define MIGRATE_WRITE                                                                                        \
  "INSERT INTO meta (key, value) VALUES ('schema', $1) ON CONFLICT (key) DO UPDATE SET value = "             \
  "excluded.value"

struct migrate {
  const struct store_driver *driver;
  void *writer;
  const struct store_migration *list;
  size_t count;
  struct arena *arena;
};

static bool migrate_version(const struct migrate *m, size_t *version, struct err *err) {
  struct store_rows rows;
  struct store_statement read = {.sql = MIGRATE_READ};
  if (!m->driver->run(m->writer, &read, m->arena, &rows, NULL, err)) return false;
  uint64_t v = 0;
  if (rows.count && !str_to_u64(store_cell(&rows, 0, 0)->text, &v))
    return err_set(err, ERR_INTERNAL, "the store's schema number is not a number");
  if (v > m->count) {
    err_set(err, ERR_CONFLICT, "the store has schema %llu, this program knows schemas up to %zu",
            (unsigned long long)v, m->count);
    err_hint(
        err,
        "a newer Postern has used this store; run that version or later, or restore the backup from before");
    return false;
  }
  *version = (size_t)v;
  return true;
}

// The schema number is read inside the transaction: of two programs that start at once, one waits
// and then finds the step done.
static bool migrate_step_body(const struct migrate *m, size_t *done, struct err *err) {
  size_t version = 0;
  if (!migrate_version(m, &version, err)) return false;
  *done = version;
  if (version == m->count) return true;
  const struct store_migration *step = &m->list[version];
  if (!m->driver->script(m->writer, step->sql, err)) return err_wrap(err, "migration %s", step->name);
  struct str number = arena_printf(m->arena, "%zu", version + 1);
  struct store_statement write = {.sql = MIGRATE_WRITE, .values = &STORE_TEXT(number), .count = 1};
  if (!m->driver->run(m->writer, &write, NULL, NULL, NULL, err)) return false;
  *done = version + 1;
  return true;
}

static bool migrate_step(const struct migrate *m, size_t *done, struct err *err) {
  if (!m->driver->begin(m->writer, err)) return false;
  if (migrate_step_body(m, done, err) && m->driver->commit(m->writer, err)) return true;
  m->driver->rollback(m->writer);
  return false;
}

static bool migrate_all(const struct migrate *m, struct err *err) {
  if (!m->driver->script(
          m->writer, "CREATE TABLE IF NOT EXISTS meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)",
          err))
    return false;
  size_t version = 0;
  if (!migrate_version(m, &version, err)) return false; // the usual start ends here, with nothing to write
  while (version < m->count)
    if (!migrate_step(m, &version, err)) return false;
  return true;
}

bool store_migrate(const struct store_driver *driver, void *writer, const struct store_migration *list,
                   size_t count, struct err *err) {
  struct migrate m = {driver, writer, list, count, arena_new()};
  bool ok = migrate_all(&m, err);
  arena_free(m.arena);
  return ok;
}

bool store_is_migrated(const struct store_driver *driver, void *writer, const struct store_migration *list,
                       size_t count, struct err *err) {
  struct migrate m = {driver, writer, list, count, arena_new()};
  size_t version = 0;
  bool ok = migrate_version(&m, &version, err);
  if (ok && version != count) {
    ok = err_set(err, ERR_CONFLICT, "the store has schema %zu, this program's is %zu", version, count);
    err_hint(err, "use the same version as the program that runs, or stop that one first");
  }
  arena_free(m.arena);
  return ok;
}
