// SPDX-License-Identifier: Apache-2.0
// document: an OpenAPI description as files: the first one and those its relative `$ref`s name, each
// read once, none from outside the root folder or the network. One thread; everything lives until
// document_close. Example:
//   struct document *d; if (!document_open(path, STR_NONE, arena, &d, err)) return false;
//   struct place paths = place_get(document_root(d), "paths");
#ifndef POSTERN_OPENAPI_DOCUMENT_H
#define POSTERN_OPENAPI_DOCUMENT_H

#include <yyjson.h>

#include "base/arena.h"
#include "base/err.h"

enum {
  DOCUMENT_FILES_MOST = 10000,
  DOCUMENT_FILE_BYTES_MOST = 64 << 20, // of one file
  DOCUMENT_BYTES_MOST = 64 << 20,      // of all files
  DOCUMENT_REF_CHAIN_MOST = 32,        // references that lead to references, or stand on the way of one
};

enum document_version { DOCUMENT_2_0, DOCUMENT_3_0, DOCUMENT_3_1 }; // 3.2 reads as 3.1 with more keys

struct document;
struct document_file;

// yyjson_obj_foreach steps off a null pointer where there is no object; this does not.
#define EACH_MEMBER(object, i, n, key, value)                                                                \
  if (yyjson_is_obj(object))                                                                                 \
    yyjson_obj_foreach ((object), i, n, key, value)

struct place {       // a value and the file it stands in, which relative references start from
  yyjson_val *value; // NULL: nothing there
  struct document_file *file;
};

MUST_USE bool document_open(const char *path, struct str root, struct arena *a, struct document **out,
                            struct err *err);
MUST_USE bool document_parse(struct str text, struct arena *a, struct document **out, struct err *err);
void document_close(struct document *d); // NULL is fine

enum document_version document_version(const struct document *d);
struct place document_root(const struct document *d);
// A schema that no file has: {"type":"string"}.
struct place document_plain_text(struct document *d);
unsigned document_line(struct place at); // 0: unknown

// The files read so far; the first is the document's own.
size_t document_file_count(const struct document *d);
struct place document_file_root(const struct document *d, size_t i);
size_t document_file_index(const struct document_file *f);
// The file that a reference names, which may be the one it stands in, and its text behind '#'.
MUST_USE bool document_find(struct document *d, struct document_file *from, struct str ref,
                            struct document_file **file, struct str *fragment, struct err *err);

// The member of an object, in the same file; value NULL where there is none.
struct place place_get(struct place at, const char *key);
// The same with references seen through; value NULL also where one leads nowhere.
struct place document_get(struct document *d, struct place at, const char *key);

// Follows `$ref` from a value that has one to what it means; other values mean themselves. A pointer may
// pass through values that are references. Chains and their cycles end at DOCUMENT_REF_CHAIN_MOST. ERR_INVALID
// and ERR_MISSING name the reference.
MUST_USE bool document_resolve(struct document *d, struct place at, struct place *out, struct err *err);
// One step of that: `at` is an object whose `$ref` is text.
MUST_USE bool document_follow(struct document *d, struct place at, struct place *out, struct err *err);

#endif
