// SPDX-License-Identifier: Apache-2.0
// A page with a head, then records (audit/record) one behind the other, around the end. Where they begin and end is one
// word, so that a kill finds either the row or none of it: a record is written first and the word then.
#include "audit/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/record.h"
#include "base/log.h"
#include "base/mem.h"

#define JOURNAL_MAGIC "PSTNAUD1"

struct journal_head {
  char magic[8];
  uint64_t room;         // bytes for records; a span leaves one of them free
  _Atomic uint64_t span; // where they begin << 32 | where they end
};

struct audit_journal {
  char *path;
  int fd;
  struct journal_head *head; // mapped, with `room` bytes behind its page; NULL: takes no rows
  char *data;
  uint32_t room, first, end;
  struct audit_remains left;
  size_t taken; // of these
  char last[TOKEN_ID];
  struct buf bytes; // of one record
};

size_t audit_journal_left(const struct audit_journal *j) {
  return j ? j->left.count - j->taken : 0;
}

struct str audit_journal_last(const struct audit_journal *j) {
  return j ? str_of(j->last) : STR_NONE;
}

// ---- what is there

struct journal_piece { // of the file
  size_t at, n;
};

static size_t journal_used(uint32_t first, uint32_t end, uint32_t room) {
  return (size_t)(((uint64_t)end + room - first) % room);
}

static void journal_collect(struct str bytes, struct audit_remains *out) {
  struct audit_item *item;
  size_t all = bytes.n, cap = 0;
  for (size_t n; (n = audit_record_read(bytes, &item)); bytes = str_from(bytes, n)) {
    if (out->count == cap)
      out->items = mem_resize(out->items, (cap = cap ? cap * 2 : 64) * sizeof *out->items);
    item->journaled = n;
    out->items[out->count++] = item;
    out->bytes += n;
  }
  out->cut = all - out->bytes;
}

// Where its records are, in one piece or around its end in two; of a file of `size` bytes.
static bool journal_pieces(const char *file, size_t size, struct journal_piece pieces[2]) {
  struct journal_head head;
  if (size < AUDIT_JOURNAL_HEAD + AUDIT_JOURNAL_LEAST || size > AUDIT_JOURNAL_HEAD + AUDIT_JOURNAL_MOST)
    return false;
  memcpy(&head, file, sizeof head);
  uint64_t span = atomic_load(&head.span);
  uint32_t first = (uint32_t)(span >> 32), end = (uint32_t)span, room = (uint32_t)head.room;
  if (memcmp(head.magic, JOURNAL_MAGIC, sizeof head.magic) != 0 || head.room != size - AUDIT_JOURNAL_HEAD ||
      first >= room || end >= room)
    return false;
  bool around = end < first;
  pieces[0] = (struct journal_piece){AUDIT_JOURNAL_HEAD + first, (around ? room : end) - first};
  pieces[1] = (struct journal_piece){AUDIT_JOURNAL_HEAD, around ? end : 0};
  return true;
}

bool audit_journal_parse(struct str file, struct audit_remains *out) {
  struct journal_piece pieces[2];
  *out = (struct audit_remains){0};
  if (!journal_pieces(file.p, file.n, pieces)) return false;
  struct buf bytes = BUF_MAX(AUDIT_JOURNAL_MOST);
  for (int i = 0; i < 2; i++) buf_add(&bytes, str_make(file.p + pieces[i].at, pieces[i].n));
  journal_collect(buf_str(&bytes), out);
  out->first = (uint32_t)(pieces[0].at - AUDIT_JOURNAL_HEAD);
  buf_free(&bytes);
  return true;
}

size_t audit_journal_rest(struct audit_journal *j, struct audit_item **items, size_t most) {
  size_t count = audit_journal_left(j);
  if (count > most) count = most;
  if (count) memcpy(items, j->left.items + j->taken, count * sizeof *items);
  if (count) j->taken += count;
  return count;
}

// ---- rows come and go

// What is behind a mapping can be refused when it is first written, or be gone: a signal to the thread that writes.
static _Thread_local sigjmp_buf *journal_escape;

static void journal_on_bus(int number) {
  if (journal_escape) siglongjmp(*journal_escape, 1);
  signal(number, SIG_DFL); // none of ours: it comes again as this returns
}

static void journal_copy(struct audit_journal *j, struct str bytes) {
  size_t before_end = j->room - j->end;
  if (before_end > bytes.n) before_end = bytes.n;
  if (before_end) memcpy(j->data + j->end, bytes.p, before_end);
  if (before_end < bytes.n) memcpy(j->data, bytes.p + before_end, bytes.n - before_end);
}

static bool journal_put(struct audit_journal *j, struct str bytes, uint32_t first, uint32_t end) {
  sigjmp_buf escape;
  bool ok = sigsetjmp(escape, 0) == 0;
  if (ok) {
    journal_escape = &escape;
    journal_copy(j, bytes);
    atomic_store_explicit(&j->head->span, (uint64_t)first << 32 | end, memory_order_release);
  }
  journal_escape = NULL;
  if (ok) {
    j->first = first;
    j->end = end;
  } else {
    log_error("audit: %s cannot be written any more; rows that wait are in memory alone", j->path);
    munmap(j->head, AUDIT_JOURNAL_HEAD + (size_t)j->room);
    j->head = NULL;
  }
  return ok;
}

bool audit_journal_add(struct audit_journal *j, struct audit_item *item, struct store *s) {
  if (!j || !j->head) return false;
  if (item->row.values.n && !item->blob) audit_item_seal(item, s);
  buf_clear(&j->bytes);
  j->bytes.full = false;
  audit_record_write(&j->bytes, item);
  struct str bytes = buf_str(&j->bytes);
  if (j->bytes.full || bytes.n >= j->room - journal_used(j->first, j->end, j->room)) return false;
  if (!journal_put(j, bytes, j->first, (uint32_t)((j->end + bytes.n) % j->room))) return false;
  item->journaled = bytes.n;
  return true;
}

void audit_journal_done(struct audit_journal *j, size_t bytes) {
  if (!j || !j->head || !bytes) return;
  uint32_t first = (uint32_t)((j->first + bytes) % j->room);
  bool empty = first == j->end; // from the beginning again: the same few pages, as long as that does
  (void)journal_put(j, STR_NONE, empty ? 0 : first, empty ? 0 : j->end);
}

// ---- its life

static bool journal_fail(const struct audit_journal *j, enum err_code code, const char *why,
                         struct err *err) {
  return err_set(err, code, "%s: %s", j->path, why);
}

static bool journal_may(struct audit_journal *j, struct stat *st, struct err *err) {
  if (fstat(j->fd, st) != 0 || !S_ISREG(st->st_mode))
    return journal_fail(j, ERR_INVALID, "no file, where the audit's journal has its place", err);
  if (st->st_uid != geteuid() || st->st_mode & 022)
    return journal_fail(j, ERR_DENIED,
                        "others can write it: what it says of the audit is not trusted. Remove it", err);
  if (st->st_mode & 077 && fchmod(j->fd, 0600) != 0)
    return journal_fail(j, ERR_UNAVAILABLE, "others can read it", err);
  if (flock(j->fd, LOCK_EX | LOCK_NB) != 0)
    return err_set(err, ERR_UNAVAILABLE, "another Postern uses %s", j->path);
  return true;
}

static void journal_read(const struct audit_journal *j, char *file, struct journal_piece piece) {
  for (ssize_t n; piece.n && (n = pread(j->fd, file + piece.at, piece.n, (off_t)piece.at)) > 0;) {
    piece.at += (size_t)n;
    piece.n -= (size_t)n;
  }
}

// What a kill left. Nothing else is read, of a file that is many times as large.
static void journal_look(struct audit_journal *j, const struct stat *st) {
  size_t size = (size_t)st->st_size;
  struct journal_piece pieces[2];
  if (!size || size > AUDIT_JOURNAL_HEAD + AUDIT_JOURNAL_MOST) return;
  char *file = mem_alloc(size < AUDIT_JOURNAL_HEAD ? AUDIT_JOURNAL_HEAD : size); // its pages are not touched
  journal_read(j, file, (struct journal_piece){0, AUDIT_JOURNAL_HEAD});
  if (journal_pieces(file, size, pieces))
    for (int i = 0; i < 2; i++) journal_read(j, file, pieces[i]);
  if (!audit_journal_parse(str_make(file, size), &j->left))
    log_warn("audit: %s is no journal of the audit, or a broken one; it is made anew", j->path);
  mem_free(file);
  if (j->left.cut)
    log_warn("audit: %zu byte(s) of %s are no whole rows; they are cut off", j->left.cut, j->path);
  if (!j->left.count) return;
  log_info("audit: %zu row(s) that a kill left in %s", j->left.count, j->path);
  for (size_t i = 0; i < j->left.count; i++)
    if (strcmp(j->left.items[i]->id, j->last) > 0) memcpy(j->last, j->left.items[i]->id, sizeof j->last);
}

// As large as it shall be, once nothing is left in it. All of it has its place on the disk before any is used.
static void journal_map(struct audit_journal *j, uint64_t most, size_t size) {
  if (most < AUDIT_JOURNAL_LEAST) most = AUDIT_JOURNAL_LEAST;
  if (!j->left.count) size = AUDIT_JOURNAL_HEAD + (size_t)most;
  int rc =
      j->left.count || ftruncate(j->fd, (off_t)size) == 0 ? posix_fallocate(j->fd, 0, (off_t)size) : errno;
  void *map = rc ? MAP_FAILED : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, j->fd, 0);
  if (map == MAP_FAILED) {
    log_warn("audit: no journal, a kill loses the rows of its last moment: %s: %s", j->path,
             strerror(rc ? rc : errno));
    return;
  }
  struct sigaction on_bus = {.sa_handler = journal_on_bus, .sa_flags = SA_NODEFER};
  sigaction(SIGBUS, &on_bus, NULL);
  j->room = (uint32_t)(size - AUDIT_JOURNAL_HEAD);
  j->data = (char *)map + AUDIT_JOURNAL_HEAD;
  j->head = map;
  uint32_t first = j->left.first, end = (uint32_t)((first + j->left.bytes) % j->room);
  if (!journal_put(j, STR_NONE, first, end)) return;
  memcpy(j->head->magic, JOURNAL_MAGIC, sizeof j->head->magic);
  j->head->room = j->room;
}

bool audit_journal_open(const struct audit_files *files, struct audit_journal **out, struct err *err) {
  struct stat st;
  *out = NULL;
  if (!files->journal) return true;
  int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | (files->journal_most ? O_CREAT : 0);
  int fd = open(files->journal, flags, 0600);
  if (fd < 0 && errno == ENOENT && !files->journal_most) return true;
  struct audit_journal *j = MEM_NEW(struct audit_journal);
  *j = (struct audit_journal){.path = mem_copy(files->journal, strlen(files->journal)),
                              .fd = fd,
                              .bytes = BUF_MAX(AUDIT_RECORD_MOST)};
  bool ok = fd >= 0 || errno != ELOOP ||
            journal_fail(j, ERR_INVALID, "a link, where the audit's journal has its place", err);
  if (fd < 0 && ok)
    log_warn("audit: no journal, a kill loses the rows of its last moment: %s: %s", j->path, strerror(errno));
  if (fd >= 0 && (ok = journal_may(j, &st, err))) {
    journal_look(j, &st);
    if (files->journal_most || j->left.count)
      journal_map(j, files->journal_most, (size_t)st.st_size);
    else if (unlink(j->path) != 0)
      log_warn("audit: cannot remove %s: %s", j->path, strerror(errno));
  }
  if (ok && (files->journal_most || j->left.count))
    *out = j;
  else
    audit_journal_close(j);
  return ok;
}

void audit_journal_close(struct audit_journal *j) {
  if (!j) return;
  for (size_t i = j->taken; i < j->left.count; i++) audit_item_free(j->left.items[i]);
  mem_free(j->left.items);
  if (j->head) munmap(j->head, AUDIT_JOURNAL_HEAD + (size_t)j->room);
  if (j->fd >= 0) close(j->fd);
  buf_free(&j->bytes);
  mem_free(j->path);
  mem_free(j);
}
