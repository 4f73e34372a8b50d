// SPDX-License-Identifier: Apache-2.0
#include "crypto/seal_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/file.h"
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

// Locked as long as it is written, so that nobody takes it for one that was left behind (seal_tidy.c).
static bool seal_file_draft(const char *path, char *draft, size_t room, int *fd, struct err *err) {
  if ((size_t)snprintf(draft, room, "%s" SEAL_FILE_DRAFT "XXXXXX", path) >= room)
    return err_set(err, ERR_INVALID, "the path of the key file is too long");
  int file = mkostemp(draft, O_CLOEXEC); // mode 0600
  if (file < 0) return seal_fail(err, path, "cannot write beside it");
  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    close(file);
    return err_set(err, ERR_CONFLICT, "key file %s is being changed by another process", path);
  }
  *fd = file;
  return true;
}

// Writes the text beside the file, then gives it the name: with link(2), which never replaces, or with
// rename(2).
static bool seal_file_write(const char *path, struct str text, bool replace, struct err *err) {
  char draft[PATH_MAX];
  int fd = -1;
  if (text.n > SEAL_FILE_MOST) // what we write must be readable again
    return err_set(err, ERR_LIMIT, "key file %s would become longer than %d bytes", path, SEAL_FILE_MOST);
  if (!seal_file_draft(path, draft, sizeof draft, &fd, err)) return false;
  bool ok = seal_write_all(fd, text) && fsync(fd) == 0;
  ok = ok && (replace ? rename(draft, path) : link(draft, path)) == 0;
  int why = errno;
  if (!ok || !replace) unlink(draft);
  close(fd);
  errno = why;
  if (!ok && why == EEXIST) return err_set(err, ERR_CONFLICT, "key file %s is there already", path);
  return ok && file_sync_folder(path) ? true : seal_fail(err, path, "cannot write it");
}

bool seal_ring_create(const char *path, struct err *err) {
  struct secret *text = seal_file_add_line(STR_NONE);
  bool ok = seal_file_write(path, secret_reveal(text), false, err);
  secret_free(text);
  return ok;
}

// ---- changing it

struct seal_edit { // NULL from `make`: it stays as it is
  struct secret *(*make)(struct str before, const struct seal_edit *edit);
  const struct str *ids; // to be kept
  size_t count;
  size_t *gone; // how many are not
};

static bool seal_file_check(struct str text, struct err *err) {
  struct seal_ring *ring;
  if (!seal_ring_from_text(text, &ring, err)) return false;
  seal_ring_free(ring);
  return true;
}

// Two at a time would lose a key that one of them has sealed with: so under a lock on the file, and
// only while the name still means that file.
static bool seal_file_edit_open(const char *path, int fd, const struct seal_edit *edit, struct err *err) {
  struct stat held, named;
  if (flock(fd, LOCK_EX | LOCK_NB) != 0 || fstat(fd, &held) != 0 || stat(path, &named) != 0 ||
      held.st_ino != named.st_ino || held.st_dev != named.st_dev)
    return err_set(err, ERR_CONFLICT, "key file %s is being changed by another process", path);
  struct secret *before, *after = NULL;
  if (!seal_file_slurp(path, fd, &before, err)) return false;
  bool ok = seal_file_check(secret_reveal(before), err) || err_wrap(err, "key file %s", path);
  if (ok) after = edit->make(secret_reveal(before), edit);
  // What we write must be readable again: the number of keys is limited.
  if (after)
    ok = seal_file_check(secret_reveal(after), err) && seal_file_write(path, secret_reveal(after), true, err);
  secret_free(after);
  secret_free(before);
  return ok;
}

static bool seal_file_edit(const char *path, const struct seal_edit *edit, struct err *err) {
  int fd = -1;
  if (!seal_file_open(path, &fd, err)) return false;
  bool ok = seal_file_edit_open(path, fd, edit, err);
  close(fd);
  return ok;
}

static struct secret *seal_edit_rotate(struct str before, const struct seal_edit *edit) {
  (void)edit;
  return seal_file_add_line(before);
}

bool seal_ring_rotate(const char *path, struct err *err) {
  const struct seal_edit edit = {.make = seal_edit_rotate};
  if (seal_file_edit(path, &edit, err)) return true;
  if (err->code == ERR_LIMIT)
    err_hint(
        err,
        "a key that seals nothing any more leaves the file by itself, so these all seal something still, "
        "or the file could not be written: the log names what does not open; mend or delete it, then "
        "rotate again");
  return false;
}

// The id of a line that holds a key; empty: another line.
static struct str seal_line_id(struct str line) {
  struct str rest = str_trim(line), id;
  return rest.n && rest.p[0] != '#' && str_cut(&rest, ' ', &id) ? id : STR_NONE;
}

static bool seal_edit_keeps(const struct seal_edit *edit, struct str id) {
  for (size_t i = 0; i < edit->count; i++)
    if (str_eq(edit->ids[i], id)) return true;
  return false;
}

static struct secret *seal_edit_prune(struct str before, const struct seal_edit *edit) {
  struct str last = STR_NONE;
  char *out;
  size_t n = 0;
  for (struct str rest = before, line; str_cut(&rest, '\n', &line);)
    if (seal_line_id(line).n) last = seal_line_id(line);
  struct secret *room = secret_make(before.n + 1, &out);
  for (struct str rest = before, line; str_cut(&rest, '\n', &line) && (line.n || rest.p);) {
    struct str id = seal_line_id(line);
    if (id.n && !str_eq(id, last) && !seal_edit_keeps(edit, id)) {
      ++*edit->gone;
      continue;
    }
    memcpy(out + n, line.p, line.n);
    n += line.n;
    out[n++] = '\n';
  }
  struct secret *after = *edit->gone ? secret_new(str_make(out, n)) : NULL;
  secret_free(room);
  return after;
}

bool seal_ring_prune(const char *path, const struct str *ids, size_t count, size_t *gone, struct err *err) {
  size_t pruned = 0;
  const struct seal_edit edit = {seal_edit_prune, ids, count, &pruned};
  if (!seal_file_edit(path, &edit, err)) return false;
  *gone = pruned;
  return true;
}
