// SPDX-License-Identifier: Apache-2.0
// SQLite's online backup, in one step: it reads one snapshot, in WAL mode beside who writes, and is not begun anew by each
// commit, as one in several steps would be by another program's. VACUUM INTO would give a smaller file, for three to four times the CPU.
#include "store/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/driver.h"
#include "store/sqlite.h"

enum { COPY_PATH_MOST = 4096, COPY_WAIT_MS = 10000 };

static bool copy_place(struct str url, char path[COPY_PATH_MOST], struct err *err) {
  struct str place = str_from(url, sizeof "sqlite:" - 1);
  if (!str_starts(url, "sqlite:") || !place.n || str_is(place, ":memory:")) {
    err_at(err, ERR_INVALID, "store", "only a SQLite store is a file that can be copied");
    err_hint(err, "PostgreSQL has pg_dump and pg_restore");
    return false;
  }
  if (place.n >= COPY_PATH_MOST) return err_at(err, ERR_INVALID, "store", "the database's path is too long");
  snprintf(path, COPY_PATH_MOST, "%.*s", STR_ARG(place));
  return true;
}

bool store_is_file(struct str url, struct err *err) {
  char path[COPY_PATH_MOST];
  return copy_place(url, path, err);
}

static bool copy_fail(sqlite3 *db, const char *what, int rc, struct err *err) {
  int code = rc & 0xff;
  enum err_code is = code == SQLITE_FULL || code == SQLITE_IOERR || code == SQLITE_BUSY ? ERR_UNAVAILABLE
                     : code == SQLITE_CANTOPEN || code == SQLITE_PERM                   ? ERR_DENIED
                                                                                        : ERR_INTERNAL;
  err_set(err, is, "%s: %s", what, db ? sqlite3_errmsg(db) : sqlite3_errstr(rc));
  if (code == SQLITE_FULL) err_hint(err, "free some space, or choose another place");
  return false;
}

// One text of one row.
static bool copy_ask(sqlite3 *db, const char *sql, char *out, size_t most, int *rc) {
  sqlite3_stmt *st = NULL;
  *rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
  if (*rc == SQLITE_OK) *rc = sqlite3_step(st);
  bool ok = *rc == SQLITE_ROW;
  if (ok) snprintf(out, most, "%s", (const char *)sqlite3_column_text(st, 0));
  sqlite3_finalize(st);
  return ok;
}

// Read back whole. It is left without a log beside it, so that the one file is all of it.
static bool copy_check(const char *to, size_t *schema, struct err *err) {
  sqlite3 *db = NULL;
  char said[256] = "", version[32] = "";
  uint64_t number = 0;
  int rc = sqlite3_open_v2(to, &db, SQLITE_OPEN_READWRITE, NULL);
  bool ok = rc == SQLITE_OK && copy_ask(db, "PRAGMA journal_mode = DELETE", said, sizeof said, &rc) &&
            copy_ask(db, "PRAGMA integrity_check(1)", said, sizeof said, &rc) &&
            copy_ask(db, "SELECT value FROM meta WHERE key = 'schema'", version, sizeof version, &rc);
  if (!ok) copy_fail(db, "the copy cannot be read back", rc, err);
  sqlite3_close(db);
  if (!ok) return false;
  if (strcmp(said, "ok") != 0) {
    err_set(err, ERR_INTERNAL, "the database is damaged: %s", said);
    err_hint(err, "keep the backups of before; sqlite3's .recover on a copy may save what can be read");
    return false;
  }
  if (!str_to_u64(str_of(version), &number))
    return err_set(err, ERR_INTERNAL, "the store's schema number is not a number");
  *schema = (size_t)number;
  return true;
}

static bool copy_pages(sqlite3 *from, sqlite3 *to, struct err *err) {
  sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
  if (!b) return copy_fail(to, "the copy cannot begin", sqlite3_errcode(to), err);
  int rc = sqlite3_backup_step(b, -1), end = sqlite3_backup_finish(b);
  if (rc == SQLITE_DONE && end == SQLITE_OK) return true;
  return copy_fail(NULL, "the copy has stopped", rc == SQLITE_DONE ? end : rc, err);
}

static bool copy_sync(const char *path, struct err *err) {
  int fd = open(path, O_RDWR | O_CLOEXEC);
  bool ok = fd >= 0 && fsync(fd) == 0 && file_sync_folder(path);
  int code = errno;
  if (fd >= 0) close(fd);
  return ok || err_set(err, ERR_UNAVAILABLE, "%s cannot be written: %s", path, strerror(code));
}

static bool copy_make(const char *path, struct err *err) {
  int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0) close(fd);
  return fd >= 0 || err_set(err, errno == EEXIST ? ERR_CONFLICT : ERR_DENIED, "%s cannot be made: %s", path,
                            strerror(errno));
}

bool store_copy(struct str url, const char *to, size_t *schema, struct err *err) {
  char path[COPY_PATH_MOST];
  sqlite3 *from = NULL, *into = NULL;
  if (!copy_place(url, path, err)) return false;
  if (access(path, F_OK) != 0) return err_set(err, ERR_MISSING, "there is no database at %s", path);
  if (!copy_make(to, err)) return false;
  int rc = sqlite3_open_v2(path, &from, SQLITE_OPEN_READWRITE, NULL);
  bool ok = rc == SQLITE_OK || copy_fail(from, path, rc, err);
  if (ok) sqlite3_busy_timeout(from, COPY_WAIT_MS);
  rc = ok ? sqlite3_open_v2(to, &into, SQLITE_OPEN_READWRITE, NULL) : SQLITE_OK;
  ok = ok && (rc == SQLITE_OK || copy_fail(into, to, rc, err)) && copy_pages(from, into, err);
  sqlite3_close(into);
  sqlite3_close(from);
  return ok && copy_check(to, schema, err) && copy_sync(to, err);
}

size_t store_schema(void) {
  return store_migration_count;
}

// ---- in place of another

struct store_hold {
  char path[COPY_PATH_MOST];
  int lock;
};

// What the log beside it has goes into it, all of it: without its log it is then what it was. One that is damaged keeps
// its log, for whoever wants to save what can be read.
static bool hold_fold(const char *path, struct err *err) {
  sqlite3 *db = NULL;
  char tables[24];
  if (access(path, F_OK) != 0) return true;
  int rc = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL);
  if (rc == SQLITE_OK && copy_ask(db, "SELECT count(*) FROM sqlite_schema", tables, sizeof tables, &rc))
    rc = sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
  bool damaged = rc == SQLITE_NOTADB || (rc & 0xff) == SQLITE_CORRUPT;
  bool ok = rc == SQLITE_OK || damaged || copy_fail(db, path, rc, err);
  if (rc == SQLITE_BUSY) err_hint(err, "close what else has it open: a shell of sqlite3, a backup");
  if (damaged) sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  sqlite3_close(db);
  return ok;
}

bool store_hold(struct str url, struct store_hold **out, struct err *err) {
  struct store_hold *h = MEM_NEW(struct store_hold);
  h->lock = -1;
  if (!copy_place(url, h->path, err) || !sqlite_make_folders(h->path, err) ||
      !sqlite_lock(h->path, &h->lock, err) || !hold_fold(h->path, err)) {
    store_let_go(h);
    return false;
  }
  *out = h;
  return true;
}

const char *store_hold_path(const struct store_hold *h) {
  return h->path;
}

void store_let_go(struct store_hold *h) {
  if (!h) return;
  if (h->lock >= 0) close(h->lock);
  mem_free(h);
}
