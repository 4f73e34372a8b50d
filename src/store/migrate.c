// SPDX-License-Identifier: Apache-2.0
#include "store/driver.h"

#include "base/log.h"

// schema: how many steps were taken. floor: programs that know so many may work on it; where nothing stands, all of them.
#define MIGRATE_READ "SELECT value FROM meta WHERE key = $1"
#define MIGRATE_WRITE                                                                                        \
  "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value"

struct migrate {
  const struct store_driver *driver;
  void *writer;
  const struct store_migration *list;
  size_t count;
  bool newer; // a later schema may do
  struct arena *arena;
};

static bool migrate_read(const struct migrate *m, const char *key, size_t *out, struct err *err) {
  struct store_rows rows;
  struct store_statement read = {MIGRATE_READ, &STORE_TEXT(str_of(key)), 1};
  if (!m->driver->run(m->writer, &read, m->arena, &rows, NULL, err)) return false;
  uint64_t v = *out;
  if (rows.count && !str_to_u64(store_cell(&rows, 0, 0)->text, &v))
    return err_set(err, ERR_INTERNAL, "the store's %s number is not a number", key);
  *out = (size_t)v;
  return true;
}

static bool migrate_write(const struct migrate *m, const char *key, size_t number, struct err *err) {
  const struct store_value values[] = {STORE_TEXT(str_of(key)),
                                       STORE_TEXT(arena_printf(m->arena, "%zu", number))};
  struct store_statement write = {MIGRATE_WRITE, values, 2};
  return m->driver->run(m->writer, &write, NULL, NULL, NULL, err);
}

static bool migrate_refuse(const struct migrate *m, size_t version, struct err *err) {
  err_set(err, ERR_CONFLICT, "the store has schema %zu, this program knows schemas up to %zu", version,
          m->count);
  err_hint(
      err,
      "a newer Postern has used this store; run that version or later, or restore the backup from before");
  return false;
}

// A later schema that ours may work on is as good as ours.
static bool migrate_version(const struct migrate *m, size_t *version, struct err *err) {
  size_t v = 0;
  if (!migrate_read(m, "schema", &v, err)) return false;
  *version = v;
  if (v <= m->count) return true;
  if (!m->newer) return migrate_refuse(m, v, err);
  *version = m->count;
  size_t floor = v;
  if (!migrate_read(m, "floor", &floor, err)) return false;
  if (floor > m->count) return migrate_refuse(m, v, err);
  log_info("the store has schema %zu, of a newer Postern: this one, which knows %zu, goes on beside it", v,
           m->count);
  return true;
}

// "033-name.postgres" is for that engine alone.
static bool migrate_is_for(const struct store_migration *step, const struct store_driver *driver) {
  const char *dot = strchr(step->name, '.');
  return !dot || strcmp(dot + 1, driver->kind) == 0;
}

// May programs of the schema before go on? Where it changes nothing, too.
static bool migrate_is_gentle(const struct migrate *m, const struct store_migration *step) {
  return step->gentle || !migrate_is_for(step, m->driver);
}

static bool migrate_may(const struct migrate *m, const struct store_migration *step, struct err *err) {
  bool alone = true;
  if (!migrate_is_gentle(m, step) && m->driver->alone && !m->driver->alone(m->writer, &alone, err))
    return false;
  if (alone) return true;
  err_set(err, ERR_CONFLICT,
          "nodes of an older version run, and they do not know what this one would make of the database "
          "(migration %s)",
          step->name);
  err_hint(err, "stop them all, then start this one");
  return false;
}

// The schema number is read inside the transaction: of two programs that start at once, one waits
// and then finds the step done.
static bool migrate_step_body(const struct migrate *m, size_t *done, struct err *err) {
  size_t version = 0;
  if (!migrate_version(m, &version, err)) return false;
  *done = version;
  if (version == m->count) return true;
  const struct store_migration *step = &m->list[version];
  size_t floor = version;
  if (!migrate_read(m, "floor", &floor, err) || !migrate_may(m, step, err)) return false;
  if (migrate_is_for(step, m->driver) && !m->driver->script(m->writer, step->sql, err))
    return err_wrap(err, "migration %s", step->name);
  if (!migrate_write(m, "schema", version + 1, err) ||
      !migrate_write(m, "floor", migrate_is_gentle(m, step) ? floor : version + 1, err))
    return false;
  *done = version + 1;
  return true;
}

static bool migrate_step(const struct migrate *m, size_t *done, struct err *err) {
  if (!m->driver->begin(m->writer, STORE_WHOLE, err)) return false;
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
                   size_t count, bool newer, struct err *err) {
  struct migrate m = {driver, writer, list, count, newer, arena_new()};
  bool ok = migrate_all(&m, err);
  arena_free(m.arena);
  return ok;
}

bool store_is_migrated(const struct store_driver *driver, void *writer, const struct store_migration *list,
                       size_t count, struct err *err) {
  struct migrate m = {driver, writer, list, count, true, arena_new()};
  size_t version = 0;
  bool ok = migrate_version(&m, &version, err);
  if (ok && version != count) {
    ok = err_set(err, ERR_CONFLICT, "the store has schema %zu, this program's is %zu", version, count);
    err_hint(err, "use the same version as the program that runs, or stop that one first");
  }
  arena_free(m.arena);
  return ok;
}
