// SPDX-License-Identifier: Apache-2.0
#include "backup.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "crypto/digest.h"
#include "crypto/secret.h"
#include "data/json.h"
#include "store/copy.h"
#include "version.h"

enum { BACKUP_MANIFEST_MOST = 64 * 1024, BACKUP_SMALL_MOST = 64 * 1024 };

// What a backup consists of, and nothing else: names in a manifest are looked up here.
enum backup_part { BACKUP_DB, BACKUP_BOUND, BACKUP_KEY, BACKUP_PARTS };
static const char *const backup_names[BACKUP_PARTS] = {"postern.db", "postern.bound", "postern.key"};
#define BACKUP_MANIFEST "manifest.json"

struct backup {
  const struct settings *settings;
  struct arena *arena;
  const char *folder; // being made, or read
  struct digest digests[BACKUP_PARTS];
  bool has[BACKUP_PARTS];
};

static const char *backup_path(const struct backup *b, const char *folder, const char *name) {
  return arena_printf(b->arena, "%s/%s", folder, name).p;
}

static const char *backup_part(const struct backup *b, enum backup_part part) {
  return backup_path(b, b->folder, backup_names[part]);
}

static const char *backup_mark(const struct backup *b) {
  return arena_printf(b->arena, "%.*s/%s", STR_ARG(b->settings->data_dir), backup_names[BACKUP_BOUND]).p;
}

static bool backup_failed(const char *path, struct err *err) {
  enum err_code code = errno == ENOSPC || errno == EIO         ? ERR_UNAVAILABLE
                       : errno == EEXIST || errno == ENOTEMPTY ? ERR_CONFLICT
                                                               : ERR_DENIED;
  return err_set(err, code, "%s: %s", path, strerror(errno));
}

// To root, what it puts back is the service's: it gets the owner of the folder that it is in.
static void backup_own(const struct backup *b, const char *path) {
  struct stat st;
  if (geteuid() != 0 || stat(arena_z(b->arena, b->settings->data_dir), &st) != 0) return;
  if (lchown(path, st.st_uid, st.st_gid) != 0) log_warn("%s keeps its owner: %s", path, strerror(errno));
}

// ---- small files

// Whole and on the disk under its name, or not there.
static bool backup_write(const struct backup *b, const char *path, struct str text, struct err *err) {
  const char *draft = arena_printf(b->arena, "%s.draft", path).p;
  int fd = open(draft, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  bool ok = fd >= 0;
  for (ssize_t n; ok && text.n; text = str_from(text, (size_t)n)) ok = (n = write(fd, text.p, text.n)) > 0;
  ok = ok && fsync(fd) == 0 && rename(draft, path) == 0 && file_sync_folder(path);
  int code = errno;
  if (fd >= 0) close(fd);
  errno = code;
  return ok || backup_failed(path, err);
}

static bool backup_copy_small(const struct backup *b, const char *from, const char *to, struct err *err) {
  struct buf text = BUF_MAX(BACKUP_SMALL_MOST);
  bool ok = file_read(from, &text, err) && backup_write(b, to, buf_str(&text), err);
  if (text.n) secret_wipe(text.p, text.n);
  buf_free(&text);
  return ok;
}

// ---- made

// The folder that it is made in. What a kill has left of one goes.
static bool backup_begin(struct backup *b, int *lock, struct err *err) {
  if (mkdir(b->folder, 0700) != 0 && errno != EEXIST) return backup_failed(b->folder, err);
  *lock = open(b->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (*lock < 0) return backup_failed(b->folder, err);
  if (flock(*lock, LOCK_EX | LOCK_NB) != 0)
    return err_set(err, ERR_CONFLICT, "another backup into %s is under way", b->folder);
  static const char *const more[] = {BACKUP_MANIFEST, "postern.db-journal", "postern.db-wal",
                                     "postern.db-shm"};
  for (size_t i = 0; i < BACKUP_PARTS; i++) unlink(backup_part(b, (enum backup_part)i));
  for (size_t i = 0; i < sizeof more / sizeof *more; i++) unlink(backup_path(b, b->folder, more[i]));
  return true;
}

static bool backup_write_manifest(struct backup *b, struct backup_report *r, struct err *err) {
  char at[CLOCK_TEXT];
  struct buf text = BUF_MAX(BACKUP_MANIFEST_MOST);
  clock_rfc3339(clock_now_ms(), at);
  r->made_at = arena_dup(b->arena, str_of(at));
  buf_printf(&text, "{\n  \"postern\": \"%s\",\n  \"schema\": %zu,\n  \"made_at\": \"%s\",\n  \"files\": [",
             POSTERN_VERSION, r->schema, at);
  for (size_t i = 0, n = 0; i < BACKUP_PARTS; i++)
    if (b->has[i])
      buf_printf(&text, "%s\n    {\"name\": \"%s\", \"bytes\": %llu, \"sha256\": \"%s\"}", n++ ? "," : "",
                 backup_names[i], (unsigned long long)b->digests[i].bytes, b->digests[i].hex);
  buf_add_z(&text, "\n  ]\n}\n");
  bool ok = backup_write(b, backup_path(b, b->folder, BACKUP_MANIFEST), buf_str(&text), err);
  buf_free(&text);
  return ok;
}

static bool backup_fill(struct backup *b, bool with_key, struct backup_report *r, struct err *err) {
  const char *from[BACKUP_PARTS] = {
      [BACKUP_BOUND] = backup_mark(b), [BACKUP_KEY] = arena_z(b->arena, b->settings->key_file)};
  b->has[BACKUP_DB] = true;
  b->has[BACKUP_BOUND] = access(from[BACKUP_BOUND], F_OK) == 0;
  b->has[BACKUP_KEY] = with_key;
  if (!store_copy(b->settings->store, backup_part(b, BACKUP_DB), &r->schema, err)) return false;
  for (enum backup_part i = BACKUP_BOUND; i < BACKUP_PARTS; i++)
    if (b->has[i] && !backup_copy_small(b, from[i], backup_part(b, i), err)) return false;
  for (enum backup_part i = BACKUP_DB; i < BACKUP_PARTS; i++)
    if (b->has[i] && !digest_file(backup_part(b, i), &b->digests[i], err)) return false;
  r->bytes = b->digests[BACKUP_DB].bytes;
  r->key = with_key;
  return backup_write_manifest(b, r, err);
}

// Nothing of another's is written over: an empty folder gives its name to the new one, any other does not.
static bool backup_is_free(const char *folder, struct err *err) {
  if (access(folder, F_OK) != 0 && errno == ENOENT) return true;
  if (rmdir(folder) == 0) return true;
  err_set(err, ERR_CONFLICT, "%s is there already, and not an empty folder", folder);
  err_hint(err, "name a folder of its own for each backup, such as …/$(date +%%F)");
  return false;
}

bool backup_make(const struct settings *s, const char *folder, bool with_key, struct arena *a,
                 struct backup_report *out, struct err *err) {
  int lock = -1;
  struct str name = str_trim_end(str_of(folder), '/');
  const char *final = arena_printf(a, "%.*s", STR_ARG(name)).p;
  struct backup b = {.settings = s, .arena = a, .folder = arena_printf(a, "%s.partial", final).p};
  *out = (struct backup_report){0};
  umask(0077);
  signal(SIGXFSZ, SIG_IGN); // a file that may not grow is a disk that is full
  if (with_key && s->key.n)
    return err_set(err, ERR_INVALID,
                   "the key comes from the environment, not from a file: keep it from where it comes");
  bool ok = backup_is_free(final, err) && backup_begin(&b, &lock, err) &&
            backup_fill(&b, with_key, out, err) &&
            ((rename(b.folder, final) == 0 && file_sync_folder(final)) || backup_failed(final, err));
  if (!ok && lock >= 0) {
    for (size_t i = 0; i < BACKUP_PARTS; i++) unlink(backup_part(&b, (enum backup_part)i));
    unlink(backup_path(&b, b.folder, BACKUP_MANIFEST));
    rmdir(b.folder);
  }
  if (lock >= 0) close(lock);
  return ok;
}

// ---- put back

static bool backup_take_file(struct backup *b, yyjson_val *file, struct err *err) {
  struct str name = json_str(file, "name"), hex = json_str(file, "sha256");
  for (size_t i = 0; i < BACKUP_PARTS; i++) {
    if (!str_is(name, backup_names[i])) continue;
    b->has[i] = true;
    if (!digest_file(backup_part(b, (enum backup_part)i), &b->digests[i], err)) return false;
    if (str_is(hex, b->digests[i].hex)) return true;
    err_set(err, ERR_INVALID, "%s/%s is not what was backed up: its digest is another", b->folder,
            backup_names[i]);
    err_hint(err, "take another backup; this one was changed, or cut");
    return false;
  }
  return err_set(err, ERR_INVALID, "the manifest names a file that no backup has: %.*s", STR_MOST(name, 64));
}

static bool backup_check_schema(size_t schema, struct str version, struct err *err) {
  if (schema <= store_schema()) return true;
  err_set(err, ERR_CONFLICT,
          "this backup is of a newer Postern (%.*s, schema %zu); this one knows schemas up to %zu",
          STR_MOST(version, 32), schema, store_schema());
  err_hint(err, "run that version or later, or restore a backup from before its upgrade");
  return false;
}

static bool backup_read_manifest(struct backup *b, struct backup_report *r, struct err *err) {
  struct buf text = BUF_MAX(BACKUP_MANIFEST_MOST);
  yyjson_doc *doc = NULL;
  bool ok = file_read(backup_path(b, b->folder, BACKUP_MANIFEST), &text, err) &&
            json_read(buf_str(&text), &JSON_LIMITS, &doc, err);
  buf_free(&text);
  if (!ok) return err_wrap(err, "no backup");
  yyjson_val *root = yyjson_doc_get_root(doc), *file;
  size_t i, n;
  int64_t schema = json_int(root, "schema", -1);
  r->schema = (size_t)schema;
  r->made_at = arena_dup(b->arena, json_str(root, "made_at"));
  ok = schema > 0 || err_set(err, ERR_INVALID, "no backup: the manifest has no schema");
  ok = ok && backup_check_schema(r->schema, json_str(root, "postern"), err);
  yyjson_arr_foreach (yyjson_obj_get(root, "files"), i, n, file) ok = ok && backup_take_file(b, file, err);
  yyjson_doc_free(doc);
  if (ok && !b->has[BACKUP_DB]) ok = err_set(err, ERR_INVALID, "no backup: it has no database");
  r->bytes = b->digests[BACKUP_DB].bytes;
  r->key = b->has[BACKUP_KEY];
  return ok;
}

// Lines of both: whatever the database is sealed with opens, at any moment of this.
static bool backup_join_keys(struct backup *b, const char *path, struct err *err) {
  struct buf ours = BUF_MAX(BACKUP_SMALL_MOST), theirs = BUF_MAX(BACKUP_SMALL_MOST);
  bool ok = (access(path, F_OK) != 0 || file_read(path, &ours, err)) &&
            file_read(backup_part(b, BACKUP_KEY), &theirs, err);
  bool more = false;
  for (struct str rest = buf_str(&theirs), line; ok && str_cut(&rest, '\n', &line);) {
    if (!line.n || str_contains(buf_str(&ours), line)) continue;
    if (ours.n && ours.p[ours.n - 1] != '\n') buf_add_char(&ours, '\n');
    buf_add(&ours, line);
    buf_add_char(&ours, '\n');
    more = true;
  }
  ok = ok && (!more || backup_write(b, path, buf_str(&ours), err));
  if (ours.n) secret_wipe(ours.p, ours.n);
  if (theirs.n) secret_wipe(theirs.p, theirs.n);
  buf_free(&ours);
  buf_free(&theirs);
  return ok;
}

static bool backup_copy_db(struct backup *b, const char *to, struct err *err) {
  struct str url = arena_printf(b->arena, "sqlite:%s", backup_part(b, BACKUP_DB));
  size_t schema;
  unlink(to); // what a kill has left
  return store_copy(url, to, &schema, err);
}

// A log that is left belongs to a database that is damaged: all of it is kept before anything of it goes.
static bool backup_keep_log(const char *log, const char *kept, struct err *err) {
  if (link(log, kept) != 0) return errno == ENOENT || backup_failed(log, err);
  return unlink(log) == 0 || backup_failed(log, err);
}

// The old one stays under a second name.
static bool backup_keep_old(struct backup *b, const char *db, struct backup_report *r, struct err *err) {
  static const char *const logs[] = {"-wal", "-shm", "-journal"};
  if (access(db, F_OK) != 0) return true;
  const char *folder =
      arena_printf(b->arena, "%.*s/replaced-%lld", STR_ARG(b->settings->data_dir), (long long)clock_now_ms())
          .p;
  const char *name = backup_path(b, folder, backup_names[BACKUP_DB]);
  if (mkdir(folder, 0700) != 0 || link(db, name) != 0) return backup_failed(folder, err);
  for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
    const char *log = arena_printf(b->arena, "%s%s", db, logs[i]).p;
    if (!backup_keep_log(log, arena_printf(b->arena, "%s%s", name, logs[i]).p, err)) return false;
  }
  r->replaced = str_of(folder);
  return file_sync_folder(name) || backup_failed(name, err);
}

static bool backup_put_back(struct backup *b, const char *db, struct backup_report *r, struct err *err) {
  const char *draft = arena_printf(b->arena, "%s.restoring", db).p;
  if (!backup_copy_db(b, draft, err)) return false;
  bool ok = !b->has[BACKUP_KEY] || b->settings->key.n ||
            backup_join_keys(b, arena_z(b->arena, b->settings->key_file), err);
  ok = ok &&
       (!b->has[BACKUP_BOUND] || backup_copy_small(b, backup_part(b, BACKUP_BOUND), backup_mark(b), err));
  ok = ok && backup_keep_old(b, db, r, err);
  const char *owned[] = {draft, arena_printf(b->arena, "%s.lock", db).p, backup_mark(b),
                         arena_z(b->arena, b->settings->key_file)};
  for (size_t i = 0; ok && i < sizeof owned / sizeof *owned; i++)
    if (access(owned[i], F_OK) == 0) backup_own(b, owned[i]);
  ok = ok && ((rename(draft, db) == 0 && file_sync_folder(db)) || backup_failed(db, err));
  if (!ok) unlink(draft);
  return ok;
}

bool backup_restore(const struct settings *s, const char *folder, struct arena *a, struct backup_report *out,
                    struct err *err) {
  struct backup b = {.settings = s, .arena = a, .folder = arena_z(a, str_trim_end(str_of(folder), '/'))};
  struct store_hold *hold = NULL;
  *out = (struct backup_report){0};
  umask(0077);
  bool ok = store_is_file(s->store, err) && backup_read_manifest(&b, out, err) &&
            store_hold(s->store, &hold, err) && backup_put_back(&b, store_hold_path(hold), out, err);
  store_let_go(hold);
  return ok;
}
