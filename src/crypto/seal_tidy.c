// SPDX-License-Identifier: Apache-2.0
// What a kill in the middle of a change leaves beside the key file. Drafts have a name that nobody else
// gives; in earlier versions they had six random characters alone, as somebody's copy may have: such a file
// goes only where it reads as a change that was cut off.
#include "crypto/seal_tidy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "crypto/seal_file.h"

enum { TIDY_RANDOM = 6, TIDY_ID = 9, TIDY_LINE = TIDY_ID + 1 + 2 * SEAL_KEY, TIDY_FILES_MOST = 10000 };

struct tidy {
  struct arena *arena;
  const char *path;
  struct str name, keys; // of the key file; its text
  const struct str *ids;
  size_t count;
  struct seal_tidy_tell tell;
};

static bool tidy_is_random(struct str s) {
  for (size_t i = 0; i < s.n; i++) {
    char c = s.p[i];
    if (!((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z'))) return false;
  }
  return s.n == TIDY_RANDOM;
}

// "k", 8 hexadecimal digits, a space, 64 of them: as our lines are, or begin.
static bool tidy_is_line(struct str s) {
  for (size_t i = 0; i < s.n; i++) {
    bool hex = (s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f');
    if (i == 0 ? s.p[i] != 'k' : i == TIDY_ID ? s.p[i] != ' ' : !hex) return false;
  }
  return s.n <= TIDY_LINE;
}

// Is the key of this line in the key file, or does something need it?
static bool tidy_is_needed(const struct tidy *t, struct str line) {
  struct str id = str_make(line.p, TIDY_ID);
  for (size_t i = 0; i < t->count; i++)
    if (str_eq(t->ids[i], id)) return true;
  for (struct str rest = t->keys, own; str_cut(&rest, '\n', &own);)
    if (str_starts(own, arena_z(t->arena, id))) return true;
  return false;
}

// What a killed writer leaves: nothing; the beginning of the key file, and a line that is cut off; or all of
// the key file as it was then, and one line more, whose key never came to seal anything. Somebody's copy is
// none of these.
static bool tidy_is_cut_off(const struct tidy *t, struct str text) {
  size_t same = 0;
  while (same < text.n && same < t->keys.n && text.p[same] == t->keys.p[same]) same++;
  while (same && text.p[same - 1] != '\n') same--; // whole lines
  struct str rest = str_from(text, same), line;
  if (!text.n) return true;
  if (!rest.n || !str_cut(&rest, '\n', &line) || rest.n || !tidy_is_line(line)) return false;
  return line.n < TIDY_LINE ? !rest.p : same && !tidy_is_needed(t, line);
}

static bool tidy_is_left_behind(const struct tidy *t, struct str name, const char *path, int fd) {
  struct stat st, own;
  struct str end = str_from(name, t->name.n);
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) return false; // somebody is at work on it
  if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid()) return false;
  if (str_starts(end, SEAL_FILE_DRAFT)) return tidy_is_random(str_from(end, sizeof SEAL_FILE_DRAFT - 1));
  if (!tidy_is_random(str_from(end, 1))) return false;
  if (stat(t->path, &own) == 0 && own.st_ino == st.st_ino && own.st_dev == st.st_dev)
    return true; // made by link(2)
  struct secret *text;
  struct err err;
  if (!seal_file_read(path, &text, &err)) return false;
  bool cut = tidy_is_cut_off(t, secret_reveal(text));
  secret_free(text);
  return cut;
}

static void tidy_look(const struct tidy *t, const char *folder, const char *name) {
  char path[PATH_MAX];
  if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, name) >= sizeof path) return;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
  bool left = fd >= 0 && tidy_is_left_behind(t, str_of(name), path, fd);
  bool gone = left && unlink(path) == 0;
  if (fd >= 0) close(fd);
  t->tell.what(t->tell.arg, path, gone);
}

static void tidy_folder(const struct tidy *t, const char *folder) {
  DIR *d = opendir(folder);
  if (!d) return; // the key file itself was read; what cannot be listed stays
  struct dirent *e;
  for (int i = 0; i < TIDY_FILES_MOST && (e = readdir(d)); i++)
    if (str_starts(str_of(e->d_name), t->name.p) && e->d_name[t->name.n] == '.')
      tidy_look(t, folder, e->d_name);
  closedir(d);
}

void seal_tidy(const char *path, const struct str *ids, size_t count, struct seal_tidy_tell tell) {
  char folder[PATH_MAX], name[PATH_MAX];
  struct secret *keys;
  struct err err;
  if (!seal_file_read(path, &keys, &err)) return;
  snprintf(folder, sizeof folder, "%s", path);
  snprintf(name, sizeof name, "%s", path);
  struct tidy t = {arena_new(), path, str_of(basename(name)), secret_reveal(keys), ids, count, tell};
  tidy_folder(&t, dirname(folder));
  arena_free(t.arena);
  secret_free(keys);
}
