// SPDX-License-Identifier: Apache-2.0
// locate: where the rows of a JSON answer are, and a walk over them with what their parents say. Private to table/. Pure.
#ifndef POSTERN_TABLE_LOCATE_H
#define POSTERN_TABLE_LOCATE_H

#include <yyjson.h>

#include "base/arena.h"
#include "base/err.h"

enum { LOCATE_DEPTH_MOST = 16 };

struct locate_step {
  struct str key; // of an object
  bool each;      // or each member of an array
};
struct locate_path {
  struct locate_step steps[LOCATE_DEPTH_MOST];
  size_t n;
};

// A JSON pointer (RFC 6901) in which a reference token `*` is each member. ERR_INVALID.
MUST_USE bool locate_read(struct str pointer, struct arena *a, struct locate_path *out, struct err *err);
// By shape: the array that holds the rows, through whatever envelope; `deep`: the innermost such array. Where there is
// none, the object that is the one row.
void locate_find(yyjson_val *root, bool deep, struct locate_path *out);

struct locate_parent {
  struct str key; // under which it stood; of an array's member: the array's
  yyjson_val *object;
};
struct locate_walk {
  void *arg;
  // False ends the walk. `parents`: the objects around the row, outermost first, without the root.
  bool (*row)(void *arg, yyjson_val *row, const struct locate_parent *parents, size_t n);
  yyjson_val *array; // set: the last one whose members were rows
};
// What the path leads to: an array's members, or a single value; null and absent are nothing. False where the walk was ended.
bool locate_each(yyjson_val *root, const struct locate_path *path, struct locate_walk *walk);
bool locate_is_envelope_word(
    struct str key); // total, page, next_cursor, success, …: about the answer, not about a row

#endif
