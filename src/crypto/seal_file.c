// SPDX-License-Identifier: Apache-2.0
#include "crypto/seal_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/codec.h"
#include "crypto/seal.h"
#include "crypto/token.h"

enum { SEAL_LINE = 11 + 2 * SEAL_KEY };

static bool seal_fail(struct err *err, const char *path, const char *what) {
  enum err_code code = errno == ENOENT ? ERR_MISSING : errno == EACCES ? ERR_DENIED : ERR_INTERNAL;
  return err_set(err, code, "key file %s: %s: %s", path, what, strerror(errno));
}

// systemd lets the service read its credentials by an ACL, which shows as a mode of 0440 (systemd.exec(5)).
static bool seal_is_systemd_credential(const char *path, const struct stat *st) {
  const char *folder = getenv("CREDENTIALS_DIRECTORY");
  return folder && *folder && str_starts(str_of(path), folder) && st->st_uid == 0 && !(st->st_mode & 037);
}

// Opens the file, and looks at the open file itself: the name may mean another one by then.
static bool seal_file_open(const char *path, int *fd, struct err *err) {
  struct stat st;
  int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); // a FIFO must not make us wait
  if (file < 0) return seal_fail(err, path, "cannot open it");
  bool ok;
  if (fstat(file, &st) != 0)
    ok = seal_fail(err, path, "cannot look at it");
  else if (!S_ISREG(st.st_mode))
    ok = err_set(err, ERR_DENIED, "key file %s is not a regular file", path);
  else if (st.st_uid != geteuid() && st.st_uid != 0)
    ok = err_set(err, ERR_DENIED, "key file %s belongs to another user (uid %u)", path, (unsigned)st.st_uid);
  else if (st.st_mode & 077 && !seal_is_systemd_credential(path, &st)) {
    ok = err_set(err, ERR_DENIED, "key file %s can be read or written by others (mode %04o)", path,
                 (unsigned)st.st_mode & 07777);
    err_hint(err, "run: chmod 600 %s", path);
  } else
    ok = true;
  if (!ok) {
    close(file);
    return false;
  }
  *fd = file;
  return true;
}

static bool seal_file_slurp(const char *path, int fd, struct secret **text, struct err *err) {
  char *room;
  struct secret *whole = secret_make(SEAL_FILE_MOST + 1, &room);
  size_t n = 0;
  ssize_t got = 1;
  while (got > 0 && n <= SEAL_FILE_MOST) {
    got = read(fd, room + n, SEAL_FILE_MOST + 1 - n);
    if (got > 0)
      n += (size_t)got;
    else if (got < 0 && errno == EINTR)
      got = 1;
  }
  bool ok = got == 0;
  if (got < 0)
    seal_fail(err, path, "cannot read it");
  else if (!ok)
    err_set(err, ERR_LIMIT, "key file %s is longer than %d bytes", path, SEAL_FILE_MOST);
  else
    *text = secret_new(str_make(room, n));
  secret_free(whole);
  return ok;
}

bool seal_file_read(const char *path, struct secret **text, struct err *err) {
  int fd = -1;
  if (!seal_file_open(path, &fd, err)) return false;
  bool ok = seal_file_slurp(path, fd, text, err);
  close(fd);
  return ok;
}

// A line with a new key behind `before`.
static struct secret *seal_file_add_line(struct str before) {
  unsigned char id[4];
  char *out, *raw;
  bool newline = before.n && before.p[before.n - 1] != '\n';
  struct secret *key = secret_make(SEAL_KEY, &raw), *text = secret_make(before.n + newline + SEAL_LINE, &out);
  token_random(id, sizeof id);
  token_random(raw, SEAL_KEY);
  if (before.n) memcpy(out, before.p, before.n);
  out += before.n;
  if (newline) *out++ = '\n';
  *out++ = 'k';
  codec_hex(id, sizeof id, out), out += 2 * sizeof id;
  *out++ = ' ';
  codec_hex(raw, SEAL_KEY, out), out += 2 * SEAL_KEY;
  *out = '\n';
  secret_free(key);
  return text;
}

static bool seal_write_all(int fd, struct str s) {
  while (s.n) {
    ssize_t n = write(fd, s.p, s.n);
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) s = str_from(s, (size_t)n);
  }
  return true;
}

static bool seal_sync_folder(const char *path) {
  char name[PATH_MAX];
  snprintf(name, sizeof name, "%s", path);
  int fd = open(dirname(name), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool ok = fd >= 0 && fsync(fd) == 0;
  if (fd >= 0) close(fd);
  return ok;
}

// Writes the text beside the file, then gives it the name: with link(2), which never replaces, or with
// rename(2).
static bool seal_file_write(const char *path, struct str text, bool replace, struct err *err) {
  char beside[PATH_MAX];
  if ((size_t)snprintf(beside, sizeof beside, "%s.XXXXXX", path) >= sizeof beside)
    return err_set(err, ERR_INVALID, "the path of the key file is too long");
  int fd = mkostemp(beside, O_CLOEXEC); // mode 0600
  if (fd < 0) return seal_fail(err, path, "cannot write beside it");
  bool ok = seal_write_all(fd, text) && fsync(fd) == 0;
  ok = close(fd) == 0 && ok;
  ok = ok && (replace ? rename(beside, path) : link(beside, path)) == 0;
  int why = errno;
  if (!ok || !replace) unlink(beside);
  errno = why;
  if (!ok && why == EEXIST) return err_set(err, ERR_CONFLICT, "key file %s is there already", path);
  return ok && seal_sync_folder(path) ? true : seal_fail(err, path, "cannot write it");
}

bool seal_ring_create(const char *path, struct err *err) {
  struct secret *text = seal_file_add_line(STR_NONE);
  bool ok = seal_file_write(path, secret_reveal(text), false, err);
  secret_free(text);
  return ok;
}

// Two at a time would lose a key that one of them has sealed with: so under a lock on the file, and
// only while the name still means that file.
static bool seal_file_rotate(const char *path, int fd, struct err *err) {
  struct stat held, named;
  if (flock(fd, LOCK_EX | LOCK_NB) != 0 || fstat(fd, &held) != 0 || stat(path, &named) != 0 ||
      held.st_ino != named.st_ino || held.st_dev != named.st_dev)
    return err_set(err, ERR_CONFLICT, "key file %s is being changed by another process", path);
  struct secret *before;
  struct seal_ring *ring;
  if (!seal_file_slurp(path, fd, &before, err)) return false;
  bool ok = seal_ring_from_text(secret_reveal(before), &ring, err) || err_wrap(err, "key file %s", path);
  if (ok) {
    seal_ring_free(ring);
    struct secret *after = seal_file_add_line(secret_reveal(before));
    // What we write must be readable again: the number of keys is limited.
    ok = seal_ring_from_text(secret_reveal(after), &ring, err);
    if (ok) seal_ring_free(ring);
    ok = ok && seal_file_write(path, secret_reveal(after), true, err);
    secret_free(after);
  }
  secret_free(before);
  return ok;
}

bool seal_ring_rotate(const char *path, struct err *err) {
  int fd = -1;
  if (!seal_file_open(path, &fd, err)) return false;
  bool ok = seal_file_rotate(path, fd, err);
  close(fd);
  return ok;
}
