// SPDX-License-Identifier: Apache-2.0
// The SQLite driver. WAL lets readers go on while one writes; synchronous=FULL makes each commit wait for
// the disk, so an acknowledged row survives a kill and a loss of power; secure_delete overwrites what
// is deleted with zeros.
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/driver.h"
#include "store/sqlite.h"

enum {
  SQLITE_BUSY_MS = 5000,     // another program's lock is waited for, until `patience` says otherwise
  SQLITE_BUSY_AGAIN_MS = 50, // after that was in vain
  SQLITE_BUSY_POLL_MS = 25,
  SQLITE_SETTLE_MS = 250, // readers are, before the log is cut
  SQLITE_LOCK_MS = 2000,
  SQLITE_LOCK_POLL_MS = 50,
  SQLITE_PATH_MOST = 4096
};
enum { SQLITE_STEPS = 20000 }; // of a reader, between two looks at the clock

struct sqlite_cached {
  const char *sql; // our copy
  sqlite3_stmt *statement;
  uint64_t used; // the connection's clock when last used
};

struct sqlite {
  sqlite3 *db;
  int lock;                      // of the writer: the file that says the store is ours; -1 without
  atomic_uint_fast64_t until_us; // no wait goes on beyond; UINT64_MAX: nobody is in a hurry
  struct sqlite_cached cache[STORE_STATEMENTS_MOST];
  size_t cached;
  uint64_t clock;
  unsigned patience_ms;
  uint64_t waits_us; // since when it waits for a lock
  bool locked;       // the last wait was in vain
};

// What SQLite's primary result codes mean to whoever runs Postern.
static const struct sqlite_meaning {
  int code;
  enum err_code err;
  const char *text, *hint;
} sqlite_meanings[] = {
    {SQLITE_BUSY, ERR_UNAVAILABLE, "the database is locked by another program",
     "stop whatever else uses the file"},
    {SQLITE_LOCKED, ERR_UNAVAILABLE, "the database is locked", "stop whatever else uses the file"},
    {SQLITE_READONLY, ERR_DENIED, "the database cannot be written",
     "check the owner and mode of the file and its folder"},
    {SQLITE_PERM, ERR_DENIED, "access to the database was refused",
     "check the owner and mode of the file and its folder"},
    {SQLITE_CANTOPEN, ERR_DENIED, "the database cannot be opened",
     "check that the file and its folder can be written"},
    {SQLITE_INTERRUPT, ERR_UNAVAILABLE, "the program is stopping", "try again when it runs again"},
    {SQLITE_FULL, ERR_UNAVAILABLE, "the disk is full", "free some space; nothing was changed"},
    {SQLITE_IOERR, ERR_UNAVAILABLE, "the disk failed", "check the disk and the kernel's log"},
    {SQLITE_CORRUPT, ERR_INTERNAL, "the database is damaged",
     "restore a backup, or try sqlite3's .recover on a copy"},
    {SQLITE_NOTADB, ERR_INTERNAL, "the file is not a database", "name another file, or restore a backup"},
};

static bool sqlite_fail(sqlite3 *db, struct err *err) {
  int extended = db ? sqlite3_extended_errcode(db) : SQLITE_NOMEM;
  if (extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY)
    return err_set(err, ERR_CONFLICT, "there is already such a row (%s)", sqlite3_errmsg(db));
  if (extended == SQLITE_CONSTRAINT_FOREIGNKEY)
    return err_set(err, ERR_CONFLICT, "it refers to a row that does not exist, or is referred to");
  for (size_t i = 0; i < sizeof sqlite_meanings / sizeof *sqlite_meanings; i++) {
    const struct sqlite_meaning *m = &sqlite_meanings[i];
    if (m->code != (extended & 0xff)) continue;
    err_set(err, m->err, "%s (%s)", m->text, sqlite3_errmsg(db));
    err_hint(err, "%s", m->hint);
    return false;
  }
  return err_set(err, ERR_INTERNAL, "SQLite: %s", db ? sqlite3_errmsg(db) : "no memory");
}

static bool sqlite_is_memory(struct str place) {
  return str_is(place, ":memory:");
}

static size_t sqlite_writers(struct str place) { // a second one would only wait for the first
  (void)place;
  return 1;
}

static size_t sqlite_readers(struct str place) {
  return sqlite_is_memory(place) ? 0 : STORE_POOL_MOST;
}

// Makes the missing folders above `path`, for the owner alone.
bool sqlite_make_folders(const char *path, struct err *err) {
  char part[SQLITE_PATH_MOST];
  for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    size_t n = (size_t)(slash - path);
    memcpy(part, path, n);
    part[n] = 0;
    if (mkdir(part, 0700) != 0 && errno != EEXIST) {
      err_set(err, ERR_DENIED, "cannot make the folder %s: %s", part, strerror(errno));
      err_hint(err, "make it, or choose another with data_dir");
      return false;
    }
  }
  return true;
}

// The file is made here rather than by SQLite, whose files follow the umask; log and index take the
// mode of the database. An existing file is never opened here: closing it would drop the POSIX locks of
// another connection of this process.
static bool sqlite_make_file(const char *path, struct err *err) {
  struct stat st;
  if (stat(path, &st) == 0) {
    if (!S_ISREG(st.st_mode)) return err_set(err, ERR_INVALID, "%s is not a file", path);
    if ((st.st_mode & 077) && chmod(path, 0600) != 0)
      return err_set(err, ERR_DENIED, "%s can be read by others, and its mode cannot be changed: %s", path,
                     strerror(errno));
    return true;
  }
  if (!sqlite_make_folders(path, err)) return false;
  int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0 && errno != EEXIST) {
    err_set(err, ERR_DENIED, "cannot make the database %s: %s", path, strerror(errno));
    err_hint(err, "check that the folder can be written, or choose another with data_dir");
    return false;
  }
  if (fd >= 0) close(fd);
  return true;
}

// One program at a time: the snapshot of a second one would not see what the first changes, so a token
// revoked in one would go on working in the other. The kernel lets go of the lock however its holder ends.
bool sqlite_lock(const char *path, int *out, struct err *err) {
  char name[SQLITE_PATH_MOST + 8];
  snprintf(name, sizeof name, "%s.lock", path);
  int fd = open(name, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) return err_set(err, ERR_DENIED, "cannot make %s: %s", name, strerror(errno));
  for (int waited = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; waited += SQLITE_LOCK_POLL_MS) {
    if (waited < SQLITE_LOCK_MS && (errno == EWOULDBLOCK || errno == EINTR)) {
      usleep(SQLITE_LOCK_POLL_MS * 1000);
      continue;
    }
    close(fd);
    err_set(err, ERR_UNAVAILABLE, "another Postern uses this database");
    err_hint(err, "stop it, or give this one another data_dir");
    return false;
  }
  *out = fd;
  return true;
}

static bool sqlite_is_over(const struct sqlite *c, uint64_t now) {
  return now >= atomic_load(&c->until_us);
}

// Every so many steps of a reader's statement: whoever asked has gone by then.
static int sqlite_on_steps(void *connection) {
  return sqlite_is_over(connection, clock_mono_us());
}

static void sqlite_hasten(void *connection, uint64_t until_us) {
  struct sqlite *c = connection;
  atomic_store(&c->until_us, until_us);
}

static const char sqlite_writer_setup[] =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
    "PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON;"
    "PRAGMA trusted_schema = OFF; PRAGMA cache_size = -16384;"
    // The audit's indexes take a page each for a row, and the same pages again and again: a transaction may hold 64 MiB of
    // changed ones before it writes them, and the log has several transactions before they go to the file.
    "PRAGMA cache_spill = 16384; PRAGMA wal_autocheckpoint = 16384; PRAGMA journal_size_limit = 67108864;";
static const char sqlite_reader_setup[] =
    "PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -512;";

static bool sqlite_script(void *connection, const char *sql, struct err *err) {
  struct sqlite *c = connection;
  return sqlite3_exec(c->db, sql, NULL, NULL, NULL) == SQLITE_OK || sqlite_fail(c->db, err);
}

// libsqlite3's sqlite3_busy_handler: nonzero tries again.
static int sqlite_on_busy(void *connection, int times) {
  struct sqlite *c = connection;
  uint64_t now = clock_mono_us(), most = c->locked ? SQLITE_BUSY_AGAIN_MS : c->patience_ms;
  if (most > c->patience_ms) most = c->patience_ms;
  if (times == 0) c->waits_us = now;
  if (now - c->waits_us >= most * 1000 || sqlite_is_over(c, now)) {
    c->locked = true;
    return 0;
  }
  usleep((times < 5 ? 1u << times : SQLITE_BUSY_POLL_MS) * 1000);
  return 1;
}

static void sqlite_patience(void *connection, unsigned ms) {
  struct sqlite *c = connection;
  c->patience_ms = ms;
}

static void sqlite_disconnect(void *connection) {
  struct sqlite *c = connection;
  for (size_t i = 0; i < c->cached; i++) {
    sqlite3_finalize(c->cache[i].statement);
    mem_free((void *)(uintptr_t)c->cache[i].sql);
  }
  sqlite3_close(c->db);
  if (c->lock >= 0) close(c->lock);
  mem_free(c);
}

static bool sqlite_connect(struct str place, enum store_mode mode, void **out, struct err *err) {
  char path[SQLITE_PATH_MOST];
  if (place.n >= sizeof path || memchr(place.p, 0, place.n))
    return err_set(err, ERR_INVALID, "the database's path is too long");
  snprintf(path, sizeof path, "%.*s", STR_ARG(place));
  int lock = -1;
  if ((mode == STORE_WRITER || mode == STORE_SHARED) && !sqlite_is_memory(place) &&
      (!sqlite_make_file(path, err) || !sqlite_lock(path, &lock, err)))
    return false;
  struct sqlite *c = MEM_NEW(struct sqlite);
  c->lock = lock;
  atomic_init(&c->until_us, UINT64_MAX);
  // Readers too open for writing: the first one may have to make the log's index. query_only holds them.
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  bool ok = sqlite3_open_v2(path, &c->db, flags, NULL) == SQLITE_OK || sqlite_fail(c->db, err);
  if (ok) {
    c->patience_ms = SQLITE_BUSY_MS;
    sqlite3_busy_handler(c->db, sqlite_on_busy, c);
    if (mode == STORE_READER) sqlite3_progress_handler(c->db, SQLITE_STEPS, sqlite_on_steps, c);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    ok = sqlite_script(c, mode == STORE_READER ? sqlite_reader_setup : sqlite_writer_setup, err);
  }
  if (!ok) {
    sqlite_disconnect(c);
    return err_wrap(err, "%s", path);
  }
  *out = c;
  return true;
}

// The prepared form of `sql`, from the cache where it is there; the longest unused makes room.
static sqlite3_stmt *sqlite_prepare(struct sqlite *c, const char *sql, struct err *err) {
  struct sqlite_cached *slot = &c->cache[0];
  for (size_t i = 0; i < c->cached; i++) {
    struct sqlite_cached *at = &c->cache[i];
    if (strcmp(at->sql, sql) == 0) {
      at->used = ++c->clock;
      return at->statement;
    }
    if (at->used < slot->used) slot = at;
  }
  sqlite3_stmt *statement = NULL;
  if (sqlite3_prepare_v3(c->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK) {
    sqlite_fail(c->db, err);
    return NULL;
  }
  if (c->cached < STORE_STATEMENTS_MOST) slot = &c->cache[c->cached++];
  sqlite3_finalize(slot->statement);
  mem_free((void *)(uintptr_t)slot->sql);
  *slot = (struct sqlite_cached){mem_copy(sql, strlen(sql)), statement, ++c->clock};
  return statement;
}

// Values stay where the caller has them until the statement was reset: SQLITE_STATIC.
static bool sqlite_bind(struct sqlite *c, sqlite3_stmt *st, const struct store_statement *in,
                        struct err *err) {
  if (sqlite3_bind_parameter_count(st) != (int)in->count)
    return err_set(err, ERR_INTERNAL, "a statement takes %d values, %zu were given",
                   sqlite3_bind_parameter_count(st), in->count);
  for (size_t i = 0; i < in->count; i++) {
    const struct store_value *v = &in->values[i];
    int at = (int)i + 1, rc;
    if (v->type == STORE_IS_INT)
      rc = sqlite3_bind_int64(st, at, v->number);
    else if (v->type == STORE_IS_TEXT)
      rc = sqlite3_bind_text64(st, at, v->text.p ? v->text.p : "", v->text.n, SQLITE_STATIC, SQLITE_UTF8);
    else
      rc = sqlite3_bind_null(st, at);
    if (rc != SQLITE_OK) return sqlite_fail(c->db, err);
  }
  return true;
}

static struct store_value sqlite_cell(sqlite3_stmt *st, int column, struct arena *a) {
  switch (sqlite3_column_type(st, column)) {
  case SQLITE_INTEGER:
    return STORE_INT(sqlite3_column_int64(st, column));
  case SQLITE_NULL:
    return STORE_NONE;
  default:
    break;
  }
  const char *p = (const char *)sqlite3_column_text(st, column);
  struct str text = {p ? p : "", (size_t)sqlite3_column_bytes(st, column)};
  return STORE_TEXT(arena_dup(a, text));
}

struct sqlite_read {
  struct arena *arena;
  struct store_value *cells; // grows by doubling, outside the arena until done
  size_t count, cap, columns;
};

static void sqlite_read_row(struct sqlite_read *r, sqlite3_stmt *st) {
  if ((r->count + 1) * r->columns > r->cap) {
    r->cap = r->cap ? r->cap * 2 : 16 * r->columns;
    r->cells = mem_resize(r->cells, r->cap * sizeof *r->cells);
  }
  for (size_t i = 0; i < r->columns; i++)
    r->cells[r->count * r->columns + i] = sqlite_cell(st, (int)i, r->arena);
  r->count++;
}

static bool sqlite_step_all(struct sqlite *c, sqlite3_stmt *st, struct sqlite_read *read, struct err *err) {
  int rc;
  while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
    if (!read->arena) continue;
    if (read->count == STORE_ROWS_MOST)
      return err_set(err, ERR_LIMIT, "the query gives more than %d rows", STORE_ROWS_MOST);
    sqlite_read_row(read, st);
  }
  return rc == SQLITE_DONE || sqlite_fail(c->db, err);
}

static bool sqlite_run(void *connection, const struct store_statement *in, struct arena *a,
                       struct store_rows *rows, int64_t *changed, struct err *err) {
  struct sqlite *c = connection;
  sqlite3_stmt *st = sqlite_prepare(c, in->sql, err);
  if (!st) return false;
  struct sqlite_read read = {.arena = rows ? a : NULL, .columns = (size_t)sqlite3_column_count(st)};
  bool ok = sqlite_bind(c, st, in, err) && sqlite_step_all(c, st, &read, err);
  if (ok) c->locked = false;
  if (ok && changed) *changed = sqlite3_changes64(c->db);
  sqlite3_reset(st);
  sqlite3_clear_bindings(st);
  if (ok && rows) {
    *rows = (struct store_rows){.count = read.count, .columns = read.columns};
    if (read.count) {
      rows->cells = ARENA_ARRAY(a, read.count * read.columns, struct store_value);
      memcpy(rows->cells, read.cells, read.count * read.columns * sizeof *read.cells);
    }
  }
  mem_free(read.cells);
  return ok;
}

static bool sqlite_do(void *connection, const char *sql, struct err *err) {
  return sqlite_run(connection, &(struct store_statement){.sql = sql}, NULL, NULL, NULL, err);
}

static bool sqlite_begin(void *connection, enum store_transaction how, struct err *err) {
  (void)how; // there is one writer, whatever it does
  return sqlite_do(connection, "BEGIN IMMEDIATE", err);
}
static bool sqlite_commit(void *connection, struct err *err) {
  return sqlite_do(connection, "COMMIT", err);
}

static void sqlite_rollback(void *connection) {
  struct sqlite *c = connection;
  struct err ignored; // some failures roll back by themselves; then there is nothing left to do
  if (!sqlite3_get_autocommit(c->db)) (void)!sqlite_do(connection, "ROLLBACK", &ignored);
}

static void sqlite_settle(void *connection) {
  struct sqlite *c = connection;
  unsigned patience_ms = c->patience_ms;
  bool locked = c->locked;
  c->patience_ms = SQLITE_SETTLE_MS; // others wait to write meanwhile; a later one does what this one cannot
  sqlite3_wal_checkpoint_v2(c->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
  c->patience_ms = patience_ms;
  c->locked = locked;
}

const struct store_driver store_sqlite = {
    .kind = "sqlite",
    .catalog =
        "SELECT m.name, c.name, c.pk FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = "
        "'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.rowid, c.cid",
    .writers = sqlite_writers,
    .readers = sqlite_readers,
    .connect = sqlite_connect,
    .disconnect = sqlite_disconnect,
    .run = sqlite_run,
    .script = sqlite_script,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .patience = sqlite_patience,
    .hasten = sqlite_hasten,
    .settle = sqlite_settle,
};
