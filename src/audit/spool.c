// SPDX-License-Identifier: Apache-2.0
#include "audit/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/record.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"

enum { SPOOL_BATCH_MOST = 512 << 20 };

struct audit_spool {
  char *path;
  int fd;
  uint64_t most, read, taken, end; // bytes: taken so far, read ahead of that, and all
  size_t ahead;                    // rows between taken and read
  atomic_size_t count;
  char last[TOKEN_ID];
};

size_t audit_spool_count(const struct audit_spool *p) {
  return p ? atomic_load(&p->count) : 0;
}

const char *audit_spool_last(const struct audit_spool *p) {
  return p->last;
}

static void spool_counted(struct audit_spool *p, size_t count) {
  atomic_store(&p->count, count);
  metrics_set(METRIC_AUDIT_SPOOLED, (int64_t)count);
}

static void spool_pass(struct audit_spool *p, const struct audit_item *item) {
  if (!item->again && strcmp(item->id, p->last) > 0) memcpy(p->last, item->id, sizeof p->last);
}

// The row at `at`, and how long its record is. 0: there is none, or no whole one. `room` has AUDIT_RECORD_MOST.
static size_t spool_record(const struct audit_spool *p, uint64_t at, char *room, struct audit_item **out) {
  if (pread(p->fd, room, AUDIT_RECORD_HEAD, (off_t)at) != AUDIT_RECORD_HEAD) return 0;
  size_t length = audit_record_length(str_make(room, AUDIT_RECORD_HEAD));
  if (!length || pread(p->fd, room, length, (off_t)at) != (ssize_t)length) return 0;
  return audit_record_read(str_make(room, length), out);
}

// ---- adding

static bool spool_fail(const struct audit_spool *p, const char *what, struct err *err) {
  return err_set(err, ERR_UNAVAILABLE, "%s %s: %s", what, p->path, strerror(errno));
}

static bool spool_append(struct audit_spool *p, struct str bytes, struct err *err) {
  uint64_t at = p->end;
  while (bytes.n) {
    ssize_t n = pwrite(p->fd, bytes.p, bytes.n, (off_t)at);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    at += (uint64_t)n;
    bytes = str_from(bytes, (size_t)n);
  }
  if (!bytes.n && fdatasync(p->fd) == 0) {
    p->end = at;
    return true;
  }
  spool_fail(p, "cannot write to", err);
  if (ftruncate(p->fd, (off_t)p->end) != 0)
    log_warn("audit: half a row stays in %s", p->path); // the next one is over it
  return false;
}

bool audit_spool_add(struct audit_spool *p, struct audit_item *const *items, size_t count, struct err *err) {
  struct buf bytes = BUF_MAX(SPOOL_BATCH_MOST);
  for (size_t i = 0; i < count && !bytes.full; i++) audit_record_write(&bytes, items[i]);
  bool ok = (!bytes.full && p->end + bytes.n <= p->most) ||
            err_set(err, ERR_LIMIT, "%s is full (audit_spool_bytes)", p->path);
  ok = ok && spool_append(p, buf_str(&bytes), err);
  buf_free(&bytes);
  if (!ok) return false;
  for (size_t i = 0; i < count; i++) spool_pass(p, items[i]);
  spool_counted(p, audit_spool_count(p) + count);
  return true;
}

// ---- taking

static void spool_drop(struct audit_spool *p) {
  if (ftruncate(p->fd, 0) != 0)
    log_warn("audit: cannot empty %s: %s", p->path, strerror(errno)); // written again: once
  p->read = p->taken = p->end = 0;
  p->ahead = 0;
  spool_counted(p, 0);
}

size_t audit_spool_read(struct audit_spool *p, struct audit_item **items, size_t most) {
  char *room = mem_alloc(AUDIT_RECORD_MOST);
  size_t count = 0;
  for (size_t length; count < most && p->read < p->end; p->read += length, count++)
    if (!(length = spool_record(p, p->read, room, &items[count]))) break;
  mem_free(room);
  p->ahead += count;
  if (!count && audit_spool_count(p)) {
    log_error("audit: %zu row(s) of %s cannot be read any more", audit_spool_count(p), p->path);
    metrics_add(METRIC_AUDIT_DROPPED, (int64_t)audit_spool_count(p));
    spool_drop(p);
  }
  return count;
}

void audit_spool_done(struct audit_spool *p) {
  size_t left = audit_spool_count(p) - p->ahead;
  p->taken = p->read;
  p->ahead = 0;
  if (left)
    spool_counted(p, left);
  else
    spool_drop(p);
}

void audit_spool_again(struct audit_spool *p) {
  p->read = p->taken;
  p->ahead = 0;
}

// ---- its life

// What is left of the last run. The end of a kill is cut off.
static void spool_look(struct audit_spool *p) {
  char *room = mem_alloc(AUDIT_RECORD_MOST);
  struct audit_item *item;
  struct stat st;
  size_t count = 0;
  for (size_t length; (length = spool_record(p, p->end, room, &item)); p->end += length, count++) {
    spool_pass(p, item);
    audit_item_free(item);
  }
  mem_free(room);
  if (fstat(p->fd, &st) == 0 && (uint64_t)st.st_size > p->end) {
    log_warn("audit: %s ends in %llu byte(s) that are no whole row; they are cut off", p->path,
             (unsigned long long)st.st_size - p->end);
    if (ftruncate(p->fd, (off_t)p->end) != 0) log_warn("audit: cannot cut %s", p->path);
  }
  spool_counted(p, count);
  if (count) log_info("audit: %zu row(s) wait in %s", count, p->path);
}

bool audit_spool_open(const struct audit_files *files, struct audit_spool **out, struct err *err) {
  struct audit_spool *p = MEM_NEW(struct audit_spool);
  struct stat st;
  p->path = mem_copy(files->spool, strlen(files->spool));
  p->most = files->spool_most;
  p->fd = open(files->spool, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  bool ok = p->fd >= 0 || spool_fail(p, "cannot open", err);
  ok = ok && ((fstat(p->fd, &st) == 0 && S_ISREG(st.st_mode)) ||
              err_set(err, ERR_INVALID, "audit_spool: %s is no file", files->spool));
  ok = ok && (!(st.st_mode & 077) || fchmod(p->fd, 0600) == 0 || spool_fail(p, "others can read", err));
  ok = ok && (flock(p->fd, LOCK_EX | LOCK_NB) == 0 ||
              err_set(err, ERR_UNAVAILABLE, "another Postern uses %s", files->spool));
  ok = ok && (file_sync_folder(files->spool) || spool_fail(p, "cannot keep", err));
  if (!ok) {
    audit_spool_close(p);
    return false;
  }
  spool_look(p);
  *out = p;
  return true;
}

void audit_spool_close(struct audit_spool *p) {
  if (!p) return;
  if (p->fd >= 0) close(p->fd);
  mem_free(p->path);
  mem_free(p);
}
