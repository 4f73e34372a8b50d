// SPDX-License-Identifier: Apache-2.0
#include "cli/home.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/out.h"
#include "cli/terminal.h"
#include "crypto/secret.h"

enum { HOME_MOST = 4096 };

static struct str home_under(struct cli *c, const char *variable, const char *otherwise, const char *name) {
  const char *base = getenv(variable), *home = getenv("HOME");
  if (base && base[0] == '/') return arena_printf(c->arena, "%s/postern%s", base, name);
  if (!home || !*home) return STR_NONE;
  return arena_printf(c->arena, "%s/%s/postern%s", home, otherwise, name);
}

struct str home_path(struct cli *c, const char *name) {
  struct str tail = arena_printf(c->arena, "/%s", name);
  return home_under(c, "XDG_CONFIG_HOME", ".config", tail.p);
}

struct str home_shown(struct cli *c, struct str path) {
  struct str home = str_of(getenv("HOME"));
  bool under =
      home.n > 1 && path.n > home.n && path.p[home.n] == '/' && str_eq(str_make(path.p, home.n), home);
  return under ? arena_printf(c->arena, "~%.*s", STR_ARG(str_from(path, home.n))) : path;
}

struct str home_data(struct cli *c) {
  return home_under(c, "XDG_DATA_HOME", ".local/share", "");
}

static bool home_check(struct cli *c, struct str path, mode_t others, struct err *err) {
  struct stat st;
  const char *name = arena_z(c->arena, path);
  if (str_is(path, "-") || stat(name, &st) != 0 || !S_ISREG(st.st_mode))
    return true; // to be read, or not there
  if (st.st_mode & others) {
    err_at(err, ERR_DENIED, name, "others can %s (mode %03o)",
           others & 044 ? "read this token file" : "write this file, which says where the token goes",
           (unsigned)st.st_mode & 0777u);
    err_hint(err, "chmod 600 %s%s", name,
             others & 044 ? "; revoke the token if others may have seen it" : "");
    return false;
  }
  return st.st_uid == geteuid() || st.st_uid == 0 ||
         err_at(err, ERR_DENIED, name, "this file belongs to another user (uid %u)", (unsigned)st.st_uid);
}

bool home_is_private(struct cli *c, struct str path, struct err *err) {
  return home_check(c, path, 077, err);
}

bool home_read(struct cli *c, const char *name, struct buf *text, struct err *err) {
  struct str path = home_path(c, name);
  struct buf whole;
  mode_t others = strcmp(name, HOME_URL) == 0 ? 022 : 077;
  *text = BUF_MAX(HOME_MOST);
  if (!path.n || access(arena_z(c->arena, path), F_OK) != 0) return true;
  if (!home_check(c, path, others, err) || !terminal_read(path, HOME_MOST, &whole, err)) return false;
  buf_add(text, str_trim(buf_str(&whole)));
  if (whole.p) secret_wipe(whole.p, whole.n);
  buf_free(&whole);
  return true;
}

bool home_folder(struct cli *c, struct str path, struct err *err) {
  char *name = arena_z(c->arena, path);
  for (char *p = name + 1;; p++) {
    if (*p != '/' && *p) continue;
    char end = *p;
    *p = 0;
    if (mkdir(name, 0700) != 0 && errno != EEXIST)
      return err_at(err, ERR_DENIED, name, "cannot be made: %s", strerror(errno));
    *p = end;
    if (!end) return true;
  }
}

static bool home_check_folder(const char *name, struct err *err) {
  struct stat st;
  if (stat(name, &st) != 0) return err_at(err, ERR_DENIED, name, "%s", strerror(errno));
  if (S_ISDIR(st.st_mode) && (st.st_mode & 077) == 0 && st.st_uid == geteuid()) return true;
  err_at(err, ERR_DENIED, name, "others can look into this folder (mode %03o), where the token would be kept",
         (unsigned)st.st_mode & 0777u);
  err_hint(err, "chmod 700 %s", name);
  return false;
}

static bool home_fill(const char *draft, struct str text) {
  int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  bool ok = fd >= 0 && fchmod(fd, 0600) == 0 && out_to_file(fd, text) && out_to_file(fd, STR("\n")) &&
            fsync(fd) == 0;
  if (fd >= 0) close(fd);
  return ok;
}

bool home_ready(struct cli *c, struct err *err) {
  struct str folder = home_under(c, "XDG_CONFIG_HOME", ".config", "");
  if (folder.n) return home_folder(c, folder, err) && home_check_folder(folder.p, err);
  err_set(err, ERR_INVALID, "there is no home to keep the token in");
  err_hint(err, "set HOME or XDG_CONFIG_HOME");
  return false;
}

bool home_write(struct cli *c, const char *name, struct str text, struct err *err) {
  if (!home_ready(c, err)) return false;
  const char *to = home_path(c, name).p, *draft = arena_printf(c->arena, "%s.new", to).p;
  if (home_fill(draft, text) && rename(draft, to) == 0) return true;
  err_at(err, ERR_DENIED, to, "cannot be written: %s", strerror(errno));
  unlink(draft);
  return false;
}
