// SPDX-License-Identifier: Apache-2.0
#include "store/store.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/driver.h"

enum {
  STORE_PATIENCE_MS = 2000, // for another program's lock, once everything is open
  STORE_PING_MS = 500,      // of a ping, which must not keep others waiting
};

static const struct store_driver *const store_drivers[] = {&store_sqlite};

struct store {
  const struct store_driver *driver;
  void *writer;
  pthread_mutex_t writer_lock;
  void *readers[STORE_READERS_MOST];
  void *idle[STORE_READERS_MOST]; // those nobody uses at the moment
  size_t idle_count, reader_count;
  pthread_mutex_t idle_lock;
  pthread_cond_t idle_some;
  struct seal_ring *ring; // borrowed
};

// The store whose write transaction this thread is inside of, so that calls within take part in it.
static _Thread_local struct store *store_inside;

static bool store_connect(struct store *s, struct str place, enum store_mode as, struct err *err) {
  if (!s->driver->connect(place, as, &s->writer, err)) return false;
  bool (*settle)(const struct store_driver *, void *, const struct store_migration *, size_t, struct err *) =
      as == STORE_GUEST ? store_is_migrated : store_migrate;
  if (!settle(s->driver, s->writer, store_migrations, store_migration_count, err)) return false;
  s->driver->patience(s->writer, STORE_PATIENCE_MS);
  size_t readers = s->driver->readers(place);
  assert(readers <= STORE_READERS_MOST);
  for (; s->reader_count < readers; s->reader_count++) {
    void **reader = &s->readers[s->reader_count];
    if (!s->driver->connect(place, STORE_READER, reader, err)) return false;
    s->idle[s->idle_count++] = *reader;
  }
  return true;
}

static const struct store_driver *store_driver_for(struct str scheme) {
  for (size_t i = 0; i < sizeof store_drivers / sizeof *store_drivers; i++)
    if (str_is(scheme, store_drivers[i]->scheme)) return store_drivers[i];
  return NULL;
}

static bool store_open_as(struct str url, enum store_mode as, struct store **out, struct err *err) {
  struct str place = url, scheme;
  ptrdiff_t colon = str_find(url, ':');
  if (colon < 1 || !str_cut(&place, ':', &scheme))
    return err_at(err, ERR_INVALID, "store", "the store is given as sqlite:PATH");
  if (str_is(scheme, "postgres") || str_is(scheme, "postgresql"))
    return err_at(err, ERR_INVALID, "store", "this build has no PostgreSQL driver yet; use sqlite:PATH");
  const struct store_driver *driver = store_driver_for(scheme);
  if (!driver || !place.n)
    return err_at(err, ERR_INVALID, "store", "'%.*s' is no store this build knows; use sqlite:PATH",
                  STR_ARG(scheme));
  struct store *s = MEM_NEW(struct store);
  s->driver = driver;
  pthread_mutex_init(&s->writer_lock, NULL);
  pthread_mutex_init(&s->idle_lock, NULL);
  pthread_cond_init(&s->idle_some, NULL);
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

bool store_open_beside(struct str url, struct store **out, struct err *err) {
  return store_open_as(url, STORE_GUEST, out, err);
}

void store_close(struct store *s) {
  if (!s) return;
  assert(s->idle_count == s->reader_count); // nobody is reading any more
  for (size_t i = 0; i < s->idle_count; i++) s->driver->disconnect(s->idle[i]);
  if (s->writer) s->driver->disconnect(s->writer); // last: it clears the log away
  pthread_cond_destroy(&s->idle_some);
  pthread_mutex_destroy(&s->idle_lock);
  pthread_mutex_destroy(&s->writer_lock);
  mem_free(s);
}

void store_set_ring(struct store *s, struct seal_ring *ring) {
  s->ring = ring;
}

struct seal_ring *store_ring(const struct store *s) {
  return s->ring;
}

static void *store_reader_take(struct store *s) {
  pthread_mutex_lock(&s->idle_lock);
  while (s->idle_count == 0) pthread_cond_wait(&s->idle_some, &s->idle_lock);
  void *reader = s->idle[--s->idle_count];
  pthread_mutex_unlock(&s->idle_lock);
  return reader;
}

static void store_reader_give(struct store *s, void *reader) {
  pthread_mutex_lock(&s->idle_lock);
  s->idle[s->idle_count++] = reader;
  pthread_cond_signal(&s->idle_some);
  pthread_mutex_unlock(&s->idle_lock);
}

bool store_run(struct store *s, const char *sql, const struct store_value *v, size_t n, int64_t *changed,
               struct err *err) {
  struct store_statement statement = {sql, v, n};
  if (store_inside == s) return s->driver->run(s->writer, &statement, NULL, NULL, changed, err);
  pthread_mutex_lock(&s->writer_lock);
  bool ok = s->driver->run(s->writer, &statement, NULL, NULL, changed, err);
  pthread_mutex_unlock(&s->writer_lock);
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
  if (store_inside == s) return s->driver->run(s->writer, &statement, a, out, NULL, err);
  bool ok;
  if (s->reader_count == 0) {
    pthread_mutex_lock(&s->writer_lock);
    ok = s->driver->run(s->writer, &statement, a, out, NULL, err);
    pthread_mutex_unlock(&s->writer_lock);
    return ok;
  }
  void *reader = store_reader_take(s);
  ok = s->driver->run(reader, &statement, a, out, NULL, err);
  store_reader_give(s, reader);
  return ok;
}

bool store_transact(struct store *s, bool (*body)(struct store *s, void *arg, struct err *err), void *arg,
                    struct err *err) {
  if (store_inside == s) return body(s, arg, err); // already inside: takes part, and fails the whole
  assert(!store_inside);                           // two stores in one transaction cannot be all or nothing
  pthread_mutex_lock(&s->writer_lock);
  bool ok = s->driver->begin(s->writer, err);
  if (ok) {
    store_inside = s;
    ok = body(s, arg, err);
    store_inside = NULL;
    ok = ok && s->driver->commit(s->writer, err);
    if (!ok) s->driver->rollback(s->writer);
  }
  pthread_mutex_unlock(&s->writer_lock);
  return ok;
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
  assert(store_inside != s);
  char value[24];
  snprintf(value, sizeof value, "%llu", (unsigned long long)clock_mono_us());
  struct store_statement write = {STORE_PING, &STORE_TEXT(str_of(value)), 1};
  pthread_mutex_lock(&s->writer_lock);
  s->driver->patience(s->writer, STORE_PING_MS);
  bool ok = s->driver->begin(s->writer, err);
  if (ok) {
    ok = s->driver->run(s->writer, &write, NULL, NULL, NULL, err) && s->driver->commit(s->writer, err);
    if (!ok) s->driver->rollback(s->writer);
  }
  s->driver->patience(s->writer, STORE_PATIENCE_MS);
  pthread_mutex_unlock(&s->writer_lock);
  return ok;
}

void store_hasten(struct store *s, uint64_t ms) {
  uint64_t until_us = clock_mono_us() + ms * 1000;
  s->driver->hasten(s->writer, until_us);
  for (size_t i = 0; i < s->reader_count; i++) s->driver->hasten(s->readers[i], until_us);
}

void store_settle(struct store *s) {
  assert(store_inside != s);
  pthread_mutex_lock(&s->writer_lock);
  s->driver->settle(s->writer);
  pthread_mutex_unlock(&s->writer_lock);
}
