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
#include "crypto/secret_file.h"
#include "crypto/token.h"

enum { SEAL_LINE = 11 + 2 * SEAL_KEY };

static struct secret_file seal_file_at(const char *path) {
  return (struct secret_file){path, "key file", SEAL_FILE_MOST};
}

static bool seal_fail(struct err *err, const char *path, const char *what) {
  struct secret_file file = seal_file_at(path);
  return secret_file_fail(&file, what, err);
}

bool seal_file_read(const char *path, struct secret **text, struct err *err) {
  struct secret_file file = seal_file_at(path);
  return secret_file_read(&file, text, err);
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
  struct secret_file file = seal_file_at(path);
  struct secret *before, *after = NULL;
  if (!secret_file_slurp(&file, fd, &before, err)) return false;
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
  struct secret_file file = seal_file_at(path);
  int fd = -1;
  if (!secret_file_open(&file, &fd, err)) return false;
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
