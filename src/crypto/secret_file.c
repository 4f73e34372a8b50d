// SPDX-License-Identifier: Apache-2.0
#include "crypto/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

bool secret_file_fail(const struct secret_file *file, const char *what, struct err *err) {
  enum err_code code = errno == ENOENT ? ERR_MISSING : errno == EACCES ? ERR_DENIED : ERR_INTERNAL;
  return err_set(err, code, "%s %s: %s: %s", file->what, file->path, what, strerror(errno));
}

// systemd lets the service read its credentials by an ACL, which shows as a mode of 0440 (systemd.exec(5)).
static bool secret_is_systemd_credential(const char *path, const struct stat *st) {
  const char *folder = getenv("CREDENTIALS_DIRECTORY");
  return folder && *folder && str_starts(str_of(path), folder) && st->st_uid == 0 && !(st->st_mode & 037);
}

static bool secret_file_check(const struct secret_file *file, const struct stat *st, struct err *err) {
  if (!S_ISREG(st->st_mode))
    return err_set(err, ERR_DENIED, "%s %s is not a regular file", file->what, file->path);
  if (st->st_uid != geteuid() && st->st_uid != 0)
    return err_set(err, ERR_DENIED, "%s %s belongs to another user (uid %u)", file->what, file->path,
                   (unsigned)st->st_uid);
  if (!(st->st_mode & 077) || secret_is_systemd_credential(file->path, st)) return true;
  err_set(err, ERR_DENIED, "%s %s can be read or written by others (mode %04o)", file->what, file->path,
          (unsigned)st->st_mode & 07777);
  err_hint(err, "run: chmod 600 %s", file->path);
  return false;
}

// Opens the file, and looks at the open file itself: the name may mean another one by then.
bool secret_file_open(const struct secret_file *file, int *fd, struct err *err) {
  struct stat st;
  int opened = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); // a FIFO must not make us wait
  if (opened < 0) return secret_file_fail(file, "cannot open it", err);
  bool ok = fstat(opened, &st) == 0 ? secret_file_check(file, &st, err)
                                    : secret_file_fail(file, "cannot look at it", err);
  if (ok)
    *fd = opened;
  else
    close(opened);
  return ok;
}

bool secret_file_slurp(const struct secret_file *file, int fd, struct secret **text, struct err *err) {
  char *room;
  struct secret *whole = secret_make(file->most + 1, &room);
  size_t n = 0;
  ssize_t got = 1;
  while (got > 0 && n <= file->most) {
    got = read(fd, room + n, file->most + 1 - n);
    if (got > 0)
      n += (size_t)got;
    else if (got < 0 && errno == EINTR)
      got = 1;
  }
  bool ok = got == 0;
  if (got < 0)
    secret_file_fail(file, "cannot read it", err);
  else if (!ok)
    err_set(err, ERR_LIMIT, "%s %s is longer than %zu bytes", file->what, file->path, file->most);
  else
    *text = secret_new(str_make(room, n));
  secret_free(whole);
  return ok;
}

bool secret_file_read(const struct secret_file *file, struct secret **text, struct err *err) {
  int fd = -1;
  if (!secret_file_open(file, &fd, err)) return false;
  bool ok = secret_file_slurp(file, fd, text, err);
  close(fd);
  return ok;
}
