// SPDX-License-Identifier: Apache-2.0
// derive_linking: what the files share that say of a thing what other tools' rows tell. Private to model/.
#ifndef POSTERN_MODEL_DERIVE_LINKING_H
#define POSTERN_MODEL_DERIVE_LINKING_H

#include "model/derive_writing.h"

enum { LINK_DEPTH_MOST = 2 };

struct linking {
  const struct derive_writing *w;
  yyjson_mut_val *thing, *columns, *steps;
  struct arena *arena;
  const struct derive_ref *path[LINK_DEPTH_MOST];
  size_t depth;
};

struct str link_table(const struct linking *x, const struct derive_tool *t); // all of its rows
void link_step(const struct linking *x, const struct derive_index *of, const struct derive_tool *t,
               struct str column); // the call for them, where that column is asked for
bool link_says_all(const struct derive_writing *w, struct str phrase); // has the question each word of it?
bool link_is_holder(struct str column, struct arena *a); // "assignee", "owner": who has it in hand
void link_counts_all(struct linking *x); // how many rows of others belong to one (derive_count.c)

#endif
