// SPDX-License-Identifier: Apache-2.0
// sources: which tool gives an argument. A path parameter comes from the tool that lists the
// collection before it (`/zones/{zone_id}/…` from the one at `/zones`); elsewhere an argument of the
// same name comes from the same tool, where only one is known; a path parameter whose collection no tool lists
// from the one list that needs nothing and ends in its noun (`repo` from `/user/repos`), and what stands before it
// in a run (`/repos/{owner}/{repo}`) as well. Flags, structures and values out of a few have no source, nor
// has what would come from itself in the end.
#ifndef POSTERN_OPENAPI_SOURCES_H
#define POSTERN_OPENAPI_SOURCES_H

#include "base/map.h"
#include "openapi/operation.h"

struct sources {
  struct map by_shape; // collection's path shape → struct operation, the list tool
  struct map by_arg;   // argument → struct operation
  struct map by_noun;  // noun, "repo" → struct operation, a list that needs nothing
  struct arena *arena;
};

// After naming. Also sets `gives` of each list operation.
void sources_find(struct sources *s, struct operation_list *ops, struct arena *a);
void sources_free(struct sources *s);

// The list tool that gives this argument of `op`; NULL: none known.
const struct operation *sources_of(const struct sources *s, const struct operation *op, struct str arg,
                                   struct arena *a);
// Adds "gives" and "sources" to a tool.
void sources_write(const struct sources *s, const struct operation *op, yyjson_mut_val *input,
                   yyjson_mut_doc *doc, yyjson_mut_val *tool);

#endif
