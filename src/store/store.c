// SPDX-License-Identifier: Apache-2.0
#include "store/store.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/driver.h"

enum { STORE_PING_MS = 500 }; // that a ping waits for a lock, which must not keep others waiting

static const struct store_scheme {
  const char *name;
  const struct store_driver *driver; // NULL: this build has none
} store_schemes[] = {
    {"sqlite", &store_sqlite},
#ifdef STORE_POSTGRES
    {"postgres", &store_postgres},
    {"postgresql", &store_postgres},
#else
    {"postgres", NULL},
    {"postgresql", NULL},
#endif
};

struct store_pool { // connections of one kind
  void *all[STORE_POOL_MOST], *idle[STORE_POOL_MOST];
  size_t count, idle_count;
  pthread_mutex_t lock;
  pthread_cond_t some; // are idle
};

struct store {
  const struct store_driver *driver;
  struct store_pool writers, readers;
  void *ear;              // a reader that listens; NULL: the engine is for one program
  struct seal_ring *ring; // borrowed
};

// The store whose write transaction this thread is inside of, and its connection: calls within take part in it.
static _Thread_local struct {
  struct store *store;
  void *writer;
} store_inside;

// ---- connections

static void store_pool_begin(struct store_pool *p) {
  pthread_mutex_init(&p->lock, NULL);
  pthread_cond_init(&p->some, NULL);
}

static void store_pool_end(struct store_pool *p, const struct store_driver *driver) {
  assert(p->idle_count == p->count); // nobody uses one any more
  for (size_t i = 0; i < p->count; i++) driver->disconnect(p->idle[i]);
  pthread_cond_destroy(&p->some);
  pthread_mutex_destroy(&p->lock);
}

static void *store_take(struct store_pool *p) {
  pthread_mutex_lock(&p->lock);
  while (p->idle_count == 0) pthread_cond_wait(&p->some, &p->lock);
  void *connection = p->idle[--p->idle_count];
  pthread_mutex_unlock(&p->lock);
  return connection;
}

static void store_give(struct store_pool *p, void *connection) {
  pthread_mutex_lock(&p->lock);
  p->idle[p->idle_count++] = connection;
  pthread_cond_signal(&p->some);
  pthread_mutex_unlock(&p->lock);
}

static bool store_pool_add(struct store *s, struct store_pool *p, struct str place, enum store_mode as,
                           struct err *err) {
  assert(p->count < STORE_POOL_MOST);
  void **made = &p->all[p->count];
  if (!s->driver->connect(place, as, made, err)) return false;
  p->idle[p->idle_count++] = *made;
  p->count++;
  return true;
}

static unsigned store_patience(const struct store *s) {
  return s->driver->several ? STORE_PATIENCE_SEVERAL_MS : STORE_PATIENCE_MS;
}

static bool store_connect(struct store *s, struct str place, enum store_mode as, struct err *err) {
  if (!store_pool_add(s, &s->writers, place, as, err)) return false;
  void *first = s->writers.all[0];
  bool ok =
      as == STORE_GUEST
          ? store_is_migrated(s->driver, first, store_migrations, store_migration_count, err)
          : store_migrate(s->driver, first, store_migrations, store_migration_count, as == STORE_SHARED, err);
  if (!ok || (s->driver->heed && !s->driver->heed(first, store_migration_count, err))) return false;
  size_t writers = s->driver->writers(place), readers = s->driver->readers(place);
  while (s->writers.count < writers)
    if (!store_pool_add(s, &s->writers, place, STORE_GUEST, err)) return false;
  for (size_t i = 0; i < s->writers.count; i++) s->driver->patience(s->writers.all[i], store_patience(s));
  while (s->readers.count < readers)
    if (!store_pool_add(s, &s->readers, place, STORE_READER, err)) return false;
  return as != STORE_SHARED || !s->driver->several || s->driver->connect(place, STORE_READER, &s->ear, err);
}

static bool store_driver_for(struct str scheme, const struct store_driver **out, struct err *err) {
  for (size_t i = 0; i < sizeof store_schemes / sizeof *store_schemes; i++) {
    if (!str_is(scheme, store_schemes[i].name)) continue;
    *out = store_schemes[i].driver;
    if (*out) return true;
    err_at(err, ERR_INVALID, "store", "this build has no PostgreSQL driver");
    err_hint(err, "build it where libpq is, or use sqlite:PATH");
    return false;
  }
  return err_at(err, ERR_INVALID, "store",
                "'%.*s' is no store this build knows; use sqlite:PATH or postgres://USER@HOST/DATABASE",
                STR_ARG(scheme));
}

static bool store_open_as(struct str url, enum store_mode as, struct store **out, struct err *err) {
  struct str place = url, scheme;
  const struct store_driver *driver = NULL;
  ptrdiff_t colon = str_find(url, ':');
  if (colon < 1 || !str_cut(&place, ':', &scheme) || !place.n)
    return err_at(err, ERR_INVALID, "store",
                  "the store is given as sqlite:PATH or postgres://USER@HOST/DATABASE");
  if (!store_driver_for(scheme, &driver, err)) return false;
  struct store *s = MEM_NEW(struct store);
  s->driver = driver;
  store_pool_begin(&s->writers);
  store_pool_begin(&s->readers);
  if (!store_connect(s, place, as, err)) {
    store_close(s);
    return err_wrap(err, "store");
  }
  *out = s;
  return true;
}

bool store_open(struct str url, struct store **out, struct err *err) {
  return store_open_as(url, STORE_WRITER, out, err);
}

bool store_open_shared(struct str url, struct store **out, struct err *err) {
  return store_open_as(url, STORE_SHARED, out, err);
}

bool store_is_for_several(const struct store *s) {
  return s->driver->several;
}

bool store_open_beside(struct str url, struct store **out, struct err *err) {
  return store_open_as(url, STORE_GUEST, out, err);
}

void store_close(struct store *s) {
  if (!s) return;
  if (s->ear) s->driver->disconnect(s->ear);
  store_pool_end(&s->readers, s->driver);
  store_pool_end(&s->writers, s->driver); // last: SQLite's clears the log away
  mem_free(s);
}

struct str store_kind(const struct store *s) {
  return str_of(s->driver->kind);
}

bool store_catalog(struct store *s, struct arena *a, struct store_rows *out, struct err *err) {
  return store_query(s, s->driver->catalog, NULL, 0, a, out, err);
}

bool store_has_parts(const struct store *s) {
  return s->driver->parts != NULL;
}

bool store_parts(struct store *s, const char *table, struct arena *a, struct store_rows *out,
                 struct err *err) {
  return store_query(s, s->driver->parts, &STORE_TEXT(str_of(table)), 1, a, out, err);
}

bool store_part_make(struct store *s, const char *table, const struct store_part *part, struct err *err) {
  assert(store_inside.store == s);
  return s->driver->part_make(store_inside.writer, table, part, err);
}

bool store_part_drop(struct store *s, struct str name, struct err *err) {
  assert(store_inside.store == s);
  return s->driver->part_drop(store_inside.writer, name, err);
}

void store_set_ring(struct store *s, struct seal_ring *ring) {
  s->ring = ring;
}

struct seal_ring *store_ring(const struct store *s) {
  return s->ring;
}

bool store_run(struct store *s, const char *sql, const struct store_value *v, size_t n, int64_t *changed,
               struct err *err) {
  struct store_statement statement = {sql, v, n};
  if (store_inside.store == s)
    return s->driver->run(store_inside.writer, &statement, NULL, NULL, changed, err);
  void *writer = store_take(&s->writers);
  bool ok = s->driver->run(writer, &statement, NULL, NULL, changed, err);
  store_give(&s->writers, writer);
  return ok;
}

bool store_change(struct store *s, const char *sql, const struct store_value *v, size_t n, bool *done,
                  struct err *err) {
  int64_t changed = 0;
  if (!store_run(s, sql, v, n, &changed, err)) return false;
  *done = changed > 0;
  return true;
}

bool store_query(struct store *s, const char *sql, const struct store_value *v, size_t n, struct arena *a,
                 struct store_rows *out, struct err *err) {
  struct store_statement statement = {sql, v, n};
  if (store_inside.store == s) return s->driver->run(store_inside.writer, &statement, a, out, NULL, err);
  struct store_pool *pool = s->readers.count ? &s->readers : &s->writers;
  void *connection = store_take(pool);
  bool ok = s->driver->run(connection, &statement, a, out, NULL, err);
  store_give(pool, connection);
  return ok;
}

typedef bool (*store_body)(struct store *s, void *arg, struct err *err);

static bool store_transact_as(struct store *s, enum store_transaction how, store_body body, void *arg,
                              struct err *err) {
  if (store_inside.store == s) return body(s, arg, err); // already inside: takes part, and fails the whole
  assert(!store_inside.store); // two stores in one transaction cannot be all or nothing
  void *writer = store_take(&s->writers);
  bool ok = s->driver->begin(writer, how, err);
  if (ok) {
    store_inside.store = s;
    store_inside.writer = writer;
    ok = body(s, arg, err);
    store_inside.store = NULL;
    ok = ok && s->driver->commit(writer, err);
    if (!ok) s->driver->rollback(writer);
  }
  store_give(&s->writers, writer);
  return ok;
}

bool store_transact(struct store *s, store_body body, void *arg, struct err *err) {
  return store_transact_as(s, STORE_WHOLE, body, arg, err);
}

bool store_append(struct store *s, store_body body, void *arg, struct err *err) {
  return store_transact_as(s, STORE_APPEND, body, arg, err);
}

// The value differs from the one before: a row that stays the same need not be written.
#define STORE_PING                                                                                           \
  "INSERT INTO meta (key, value) VALUES ('ping', $1) ON CONFLICT (key) DO UPDATE SET value = excluded.value"

struct store_expired {
  const char *table;
  int64_t now_ms;
  struct arena *arena;
  struct store_rows *gone;
};

static bool store_take_rows(struct store *s, void *arg, struct err *err) {
  const struct store_expired *e = arg;
  const char *past = "expires_at > 0 AND expires_at <= $1";
  const struct store_value now = STORE_INT(e->now_ms);
  struct str read = arena_printf(e->arena, "SELECT id, name, expires_at FROM %s WHERE %s", e->table, past);
  struct str clear = arena_printf(e->arena, "DELETE FROM %s WHERE %s", e->table, past);
  return store_query(s, arena_z(e->arena, read), &now, 1, e->arena, e->gone, err) &&
         (!e->gone->count || store_run(s, arena_z(e->arena, clear), &now, 1, NULL, err));
}

bool store_outdated(const char *what, struct err *err) {
  err_set(err, ERR_CONFLICT, "%s was changed or deleted in the meantime", what);
  err_hint(err, "read it again, then retry");
  return false;
}

bool store_take_expired(struct store *s, const char *table, int64_t now_ms, struct arena *a,
                        struct store_rows *gone, struct err *err) {
  struct store_expired e = {table, now_ms, a, gone};
  return store_transact(s, store_take_rows, &e, err);
}

bool store_ping(struct store *s, struct err *err) {
  assert(store_inside.store != s);
  char value[24];
  snprintf(value, sizeof value, "%llu", (unsigned long long)clock_mono_us());
  struct store_statement write = {STORE_PING, &STORE_TEXT(str_of(value)), 1};
  void *writer = store_take(&s->writers);
  s->driver->patience(writer, STORE_PING_MS);
  bool ok = s->driver->begin(writer, STORE_APPEND, err);
  if (ok) {
    ok = s->driver->run(writer, &write, NULL, NULL, NULL, err) && s->driver->commit(writer, err);
    if (!ok) s->driver->rollback(writer);
  }
  s->driver->patience(writer, store_patience(s));
  store_give(&s->writers, writer);
  return ok;
}

void store_hasten(struct store *s, uint64_t ms) {
  uint64_t until_us = clock_mono_us() + ms * 1000;
  for (size_t i = 0; i < s->writers.count; i++) s->driver->hasten(s->writers.all[i], until_us);
  for (size_t i = 0; i < s->readers.count; i++) s->driver->hasten(s->readers.all[i], until_us);
  if (s->ear) s->driver->hasten(s->ear, until_us);
}

bool store_notify(struct store *s, struct err *err) {
  assert(store_inside.store == s);
  return !s->driver->notify || s->driver->notify(store_inside.writer, err);
}

bool store_wait(struct store *s, uint64_t ms) {
  assert(s->ear && !store_inside.store);
  return s->driver->listen(s->ear, ms);
}

void store_settle(struct store *s) {
  assert(store_inside.store != s);
  void *writer = store_take(&s->writers);
  s->driver->settle(writer);
  store_give(&s->writers, writer);
}
