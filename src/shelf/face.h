// SPDX-License-Identifier: Apache-2.0
// face: a published program as a tool of its server: the definition that tools/list shows. Its parameters are the input
// schema; a handle goes on with a paused run. Pure. Example:
//   shelf_face_write(&(struct shelf_face){root, STR("weekly_denials"), description}, arena, &out);
#ifndef POSTERN_SHELF_FACE_H
#define POSTERN_SHELF_FACE_H

#include <yyjson.h>

#include "base/arena.h"
#include "base/buf.h"

#define SHELF_CONTINUE "continue" // the argument that holds a handle: no parameter may have its name

struct shelf_face {
  yyjson_val *root;             // of the program, stable form or other
  struct str name, description; // description empty: from the title
};
void shelf_face_write(const struct shelf_face *face, struct arena *a, struct buf *out);

#endif
