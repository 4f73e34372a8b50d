// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

bool file_read(const char *path, struct buf *out, struct err *err) {
  FILE *f = fopen(path, "re");
  if (!f)
    return err_at(err, errno == ENOENT || errno == ENOTDIR ? ERR_MISSING : ERR_DENIED, path,
                  "cannot be read: %s", strerror(errno));
  char part[16384];
  for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0 && !out->full;) buf_add(out, str_make(part, n));
  int why = ferror(f) ? errno : 0; // a folder opens, and is found out here
  fclose(f);
  if (why) return err_at(err, ERR_DENIED, path, "cannot be read: %s", strerror(why));
  if (out->full) return err_at(err, ERR_LIMIT, path, "is larger than %zu bytes", out->max);
  return true;
}

bool file_sync_folder(const char *path) {
  char name[PATH_MAX];
  snprintf(name, sizeof name, "%s", path);
  int fd = open(dirname(name), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool ok = fd >= 0 && fsync(fd) == 0;
  int why = errno;
  if (fd >= 0) close(fd);
  errno = why;
  return ok;
}
