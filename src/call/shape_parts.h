// SPDX-License-Identifier: Apache-2.0
// shape_parts: what the files behind call/shape.h share. Private to call/shape*.c.
#ifndef POSTERN_CALL_SHAPE_PARTS_H
#define POSTERN_CALL_SHAPE_PARTS_H

#include "call/shape.h"

struct shaping {
  const struct call_answer *n;
  size_t most;
  struct arena *arena;
  struct run_result *out;
};

// Content is an array of blocks: open, any number of blocks, close.
void shape_open(struct shaping *s, size_t most);
void shape_add_text(struct shaping *s, struct str text);
void shape_close(struct shaping *s);

struct str shape_vendor(const struct shaping *s); // what to call the vendor

// shape_error.c
void shape_add_refused(struct shaping *s);
void shape_add_limited(struct shaping *s);
void shape_add_redirected(struct shaping *s);
void shape_add_broken(struct shaping *s);

// shape_cut.c: results beyond the ceiling. `came`: bytes of the text that `root` was read from.
void shape_add_cut_json(struct shaping *s, yyjson_val *root, size_t came);
void shape_add_cut_text(struct shaping *s, struct str text);

// shape_remote.c
void shape_result(struct shaping *s);

#endif
