// SPDX-License-Identifier: Apache-2.0
#include "openapi/document.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/map.h"
#include "base/mem.h"
#include "data/json.h"
#include "data/yaml.h"
#include "openapi/guess.h"

enum { INDEX_LEAST = 64 }; // members; of fewer each is looked at

struct document_file {
  size_t index;
  struct str path; // real path; empty for a text in memory
  struct yaml_doc *yaml;
  struct map refs;    // reference as written here → struct place, once followed
  struct map indexes; // large objects that references passed → struct map of their members
};

struct document {
  struct arena *arena;
  struct str root; // real path of the folder; empty: no files may be referred to
  struct document_file **files;
  struct map by_path; // of files
  size_t count, cap, bytes;
  unsigned depth; // of references on the way of a reference
  enum document_version version;
  yyjson_doc *own; // values that no file has
};

static bool read_version(struct document *d, struct err *err) {
  yyjson_val *root = document_root(d).value;
  yyjson_val *old = yyjson_obj_get(root, "swagger"), *new = yyjson_obj_get(root, "openapi");
  // YAML writers often leave the quotes off, which makes it a number.
  double number = yyjson_get_num(old ? old : new);
  if (old && (number == 2.0 || str_is(json_text(old), "2.0")))
    d->version = DOCUMENT_2_0;
  else if (!old && (number == 3.0 || str_starts(json_text(new), "3.0")))
    d->version = DOCUMENT_3_0;
  else if (!old && (number == 3.1 || number == 3.2 || str_starts(json_text(new), "3.1") ||
                    str_starts(json_text(new), "3.2")))
    d->version = DOCUMENT_3_1;
  else
    return guess_root(root, err);
  return true;
}

static bool add_file(struct document *d, struct str path, struct str text, struct document_file **out,
                     struct err *err) {
  if (d->count == DOCUMENT_FILES_MOST)
    return err_set(err, ERR_LIMIT, "the document refers to more than %d files", DOCUMENT_FILES_MOST);
  if (text.n > DOCUMENT_FILE_BYTES_MOST || d->bytes + text.n > DOCUMENT_BYTES_MOST)
    return err_set(err, ERR_LIMIT, "the document is larger than %d MiB in one file or %d MiB in all",
                   DOCUMENT_FILE_BYTES_MOST >> 20, DOCUMENT_BYTES_MOST >> 20);
  struct yaml_doc *yaml;
  bool ok = yaml_read(text, &yaml, err);
  if (!d->count && !guess_text(text, ok && yyjson_is_obj(yaml_root(yaml)), err)) {
    if (ok) yaml_close(yaml);
    return false;
  }
  if (!ok) return path.n ? err_wrap(err, "%.*s", STR_ARG(path)) : false;
  if (d->count == d->cap) {
    d->cap = d->cap ? d->cap * 2 : 16;
    struct document_file **files = ARENA_ARRAY(d->arena, d->cap, struct document_file *);
    if (d->count) memcpy(files, d->files, d->count * sizeof(*files));
    d->files = files;
  }
  struct document_file *f = ARENA_NEW(d->arena, struct document_file);
  *f = (struct document_file){.index = d->count, .path = arena_dup(d->arena, path), .yaml = yaml};
  d->files[d->count++] = f;
  d->bytes += text.n;
  map_put(&d->by_path, f->path, f);
  *out = f;
  return true;
}

// The whole of a regular file. The size is checked before a byte is read.
static bool read_file(struct str path, char **out, size_t *n, struct err *err) {
  int fd = open(path.p, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return err_set(err, ERR_MISSING, "%s: %s", path.p, strerror(errno));
  struct stat st;
  bool fits = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= DOCUMENT_FILE_BYTES_MOST;
  if (!fits) {
    close(fd);
    return err_set(err, ERR_INVALID, "%s: not a regular file of at most %d MiB", path.p,
                   DOCUMENT_FILE_BYTES_MOST >> 20);
  }
  size_t size = (size_t)st.st_size, got = 0;
  char *p = mem_alloc(size + 1);
  for (ssize_t r; got < size && (r = read(fd, p + got, size - got)) != 0;) {
    if (r < 0 && errno != EINTR) break;
    if (r > 0) got += (size_t)r;
  }
  close(fd);
  if (got < size) {
    mem_free(p);
    return err_set(err, ERR_INVALID, "%s: could not be read whole", path.p);
  }
  *out = p;
  *n = size;
  return true;
}

static bool load_file(struct document *d, struct str path, struct document_file **out, struct err *err) {
  struct document_file *known = map_get(&d->by_path, path);
  if (known) {
    *out = known;
    return true;
  }
  char *text = NULL;
  size_t n = 0;
  if (!read_file(path, &text, &n, err)) return false;
  bool ok = add_file(d, path, str_make(text, n), out, err);
  mem_free(text);
  return ok;
}

static bool real_path(struct arena *a, const char *path, struct str *out) {
  char real[PATH_MAX];
  if (!realpath(path, real)) return false;
  *out = arena_dup(a, str_of(real));
  return true;
}

static struct str folder_of(struct str path) {
  size_t n = path.n;
  while (n > 0 && path.p[n - 1] != '/') n--;
  return str_make(path.p, n > 1 ? n - 1 : n); // "/" keeps its slash
}

// Both are real paths, so links and ".." have been seen through.
static bool is_under(struct str root, struct str path) {
  if (root.n == 1) return true;
  return path.n > root.n && memcmp(path.p, root.p, root.n) == 0 && path.p[root.n] == '/';
}

bool document_open(const char *path, struct str root, struct arena *a, struct document **out,
                   struct err *err) {
  struct str real, folder;
  if (!real_path(a, path, &real)) return err_set(err, ERR_MISSING, "%s: %s", path, strerror(errno));
  if (!root.n)
    folder = arena_dup(a, folder_of(real));
  else if (!real_path(a, arena_z(a, root), &folder))
    return err_set(err, ERR_MISSING, "root folder %.*s: %s", STR_ARG(root), strerror(errno));
  if (!is_under(folder, real))
    return err_set(err, ERR_DENIED, "%s is not under the root folder %s", path, folder.p);
  struct document *d = ARENA_NEW(a, struct document);
  *d = (struct document){.arena = a, .root = folder};
  struct document_file *first;
  if (!load_file(d, real, &first, err) || !read_version(d, err)) {
    document_close(d);
    return false;
  }
  *out = d;
  return true;
}

bool document_parse(struct str text, struct arena *a, struct document **out, struct err *err) {
  struct document *d = ARENA_NEW(a, struct document);
  *d = (struct document){.arena = a};
  struct document_file *first;
  if (!add_file(d, STR_NONE, text, &first, err) || !read_version(d, err)) {
    document_close(d);
    return false;
  }
  *out = d;
  return true;
}

void document_close(struct document *d) {
  if (!d) return;
  for (size_t i = 0; i < d->count; i++) {
    yaml_close(d->files[i]->yaml);
    map_free(&d->files[i]->refs);
    size_t at = 0;
    for (struct map_slot *slot; (slot = map_next(&d->files[i]->indexes, &at));) map_free(slot->value);
    map_free(&d->files[i]->indexes);
  }
  d->count = 0;
  map_free(&d->by_path);
  yyjson_doc_free(d->own);
  d->own = NULL;
}

enum document_version document_version(const struct document *d) {
  return d->version;
}

static struct place file_root(struct document_file *f) {
  return (struct place){yaml_root(f->yaml), f};
}

struct place document_root(const struct document *d) {
  return file_root(d->files[0]);
}

size_t document_file_count(const struct document *d) {
  return d->count;
}

struct place document_file_root(const struct document *d, size_t i) {
  return file_root(d->files[i]);
}

size_t document_file_index(const struct document_file *f) {
  return f->index;
}

struct place document_plain_text(struct document *d) {
  static const char text[] = "{\"type\":\"string\"}";
  if (!d->own) d->own = yyjson_read(text, sizeof text - 1, 0);
  return (struct place){yyjson_doc_get_root(d->own), d->files[0]};
}

unsigned document_line(struct place at) {
  return at.value ? yaml_line(at.file->yaml, at.value) : 0;
}

struct place place_get(struct place at, const char *key) {
  return (struct place){yyjson_obj_get(at.value, key), at.file};
}

struct place document_get(struct document *d, struct place at, const char *key) {
  struct place out = place_get(at, key);
  struct err ignored;
  return document_resolve(d, out, &out, &ignored) ? out : (struct place){NULL, at.file};
}

// The file part of a reference: relative to the file it stands in, percent-encoded (RFC 3986).
static bool follow_file(struct document *d, struct document_file *from, struct str name,
                        struct document_file **out, struct err *err) {
  if (!d->root.n)
    return err_set(err, ERR_DENIED, "the reference names a file, and this document came without a folder");
  struct str plain, real;
  bool remote = str_starts(name, "//") || (str_find(name, ':') > 0);
  if (remote) return err_set(err, ERR_DENIED, "references to the network are refused");
  if (!codec_unpercent(d->arena, name, &plain) || (plain.n && memchr(plain.p, 0, plain.n)))
    return err_set(err, ERR_INVALID, "the file's name is not percent-encoded rightly");
  struct str base = folder_of(from->path);
  struct str joined =
      plain.p[0] == '/' ? plain : arena_printf(d->arena, "%.*s/%.*s", STR_ARG(base), STR_ARG(plain));
  if (!real_path(d->arena, arena_z(d->arena, joined), &real))
    return err_set(err, ERR_MISSING, "there is no such file");
  if (!is_under(d->root, real))
    return err_set(err, ERR_DENIED, "the file is outside the document's root folder");
  return load_file(d, real, out, err);
}

// A member of an object. One that has many is indexed, since as many references may lead into it.
static yyjson_val *member_of(struct document *d, struct document_file *f, yyjson_val *object,
                             struct str name) {
  if (yyjson_obj_size(object) < INDEX_LEAST) return yyjson_obj_getn(object, name.p ? name.p : "", name.n);
  yyjson_val **key = ARENA_NEW(d->arena, yyjson_val *), *k;
  *key = object;
  struct map *index = map_get(&f->indexes, str_make((const char *)key, sizeof *key));
  if (!index) {
    index = ARENA_NEW(d->arena, struct map);
    map_put(&f->indexes, str_make((const char *)key, sizeof *key), index);
    yyjson_obj_iter it = yyjson_obj_iter_with(object);
    while ((k = yyjson_obj_iter_next(&it))) map_put(index, json_text(k), yyjson_obj_iter_get_val(k));
  }
  return map_get(index, name);
}

static bool is_reference(yyjson_val *v) {
  return yyjson_is_str(yyjson_obj_get(v, "$ref"));
}

// RFC 6901; what a value on the way refers to is passed through.
static bool value_at(struct document *d, struct str pointer, struct place *at, struct err *err) {
  struct str rest = str_from(pointer, 1), token;
  if (!pointer.n) return true;
  while (at->value && str_cut(&rest, '/', &token)) {
    struct str part = arena_printf(d->arena, "/%.*s", STR_ARG(token));
    bool plain = yyjson_is_obj(at->value) && str_find(token, '~') < 0;
    yyjson_val *v = plain ? member_of(d, at->file, at->value, token) : json_at(at->value, part);
    if (!v && is_reference(at->value)) {
      if (!document_resolve(d, *at, at, err)) return false;
      v = json_at(at->value, part);
    }
    at->value = v;
  }
  return at->value || err_set(err, ERR_MISSING, "nothing stands there");
}

// A pointer into what is itself a reference leads back here.
static bool follow_pointer(struct document *d, struct str pointer, struct place *at, struct err *err) {
  if (d->depth == DOCUMENT_REF_CHAIN_MOST)
    return err_set(err, ERR_INVALID, "more than %d references lead through each other",
                   DOCUMENT_REF_CHAIN_MOST);
  d->depth++;
  bool ok = value_at(d, pointer, at, err);
  d->depth--;
  return ok;
}

bool document_find(struct document *d, struct document_file *from, struct str ref,
                   struct document_file **file, struct str *fragment, struct err *err) {
  ptrdiff_t hash = str_find(ref, '#');
  struct str name = hash < 0 ? ref : str_make(ref.p, (size_t)hash);
  *file = from;
  if (name.n && !follow_file(d, from, name, file, err)) return false;
  *fragment = hash < 0 ? STR_NONE : str_from(ref, (size_t)hash + 1);
  return true;
}

bool document_follow(struct document *d, struct place at, struct place *out, struct err *err) {
  struct str ref = json_str(at.value, "$ref");
  const struct place *known = map_get(&at.file->refs, ref);
  if (known) {
    *out = *known;
    return true;
  }
  struct str fragment, pointer;
  struct place target = {.file = at.file};
  struct err why;
  bool ok = document_find(d, at.file, ref, &target.file, &fragment, &why);
  if (ok && !codec_unpercent(d->arena, fragment, &pointer))
    ok = err_set(&why, ERR_INVALID, "the pointer is not percent-encoded rightly");
  if (ok && pointer.n && pointer.p[0] != '/')
    ok = err_set(&why, ERR_INVALID, "only JSON pointers are understood behind '#'");
  target.value = file_root(target.file).value;
  ok = ok && follow_pointer(d, pointer, &target, &why);
  if (!ok) return err_set(err, why.code, "$ref \"%.*s\": %s", STR_ARG(ref), why.text);
  struct place *kept = ARENA_NEW(d->arena, struct place);
  *kept = target;
  map_put(&at.file->refs, ref, kept);
  *out = target;
  return true;
}

bool document_resolve(struct document *d, struct place at, struct place *out, struct err *err) {
  for (int hops = 0; hops <= DOCUMENT_REF_CHAIN_MOST; hops++) {
    if (!is_reference(at.value)) {
      *out = at;
      return true;
    }
    if (!document_follow(d, at, &at, err)) return false;
  }
  return err_set(err, ERR_INVALID,
                 "a chain of more than %d references, or one that leads back to itself: \"%.*s\"",
                 DOCUMENT_REF_CHAIN_MOST, STR_ARG(json_str(at.value, "$ref")));
}
