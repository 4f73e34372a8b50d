// SPDX-License-Identifier: Apache-2.0
// naming: what class an operation is of and what its tool is called. From method and path shape, then
// the connector's word; names once given (options.names) always win and go to no other operation.
//
//   list_all_<c>_<nouns>   get_single_<c>_<noun>[_by_id]   create_a_<c>_<noun>
//   update_a_<c>_<noun>[_by_id]   delete_a_<c>_<noun>[_by_id]   <c>_<noun>_<verb>
//   replace_a_<c>_<noun>[_by_id]   the PUT where the same path has a PATCH
//   update_all_, replace_all_, delete_all_<c>_<nouns>   on a whole collection
//
// The noun is the literal path behind the scope (`/zones/{zone_id}/…`), inner collections in the
// singular. Where two names are one, all of them get more: the scope, then the last noun as the path
// spells it, then parameter names, versions, the method, then what the document calls them (operationId), at
// last a number. A name once given goes to the operation of the same "METHOD path"; where that is gone, to the
// one whose path has the same shape.
#ifndef POSTERN_OPENAPI_NAMING_H
#define POSTERN_OPENAPI_NAMING_H

#include "openapi/operation.h"

enum { TOOL_NAME_MOST = 60 };

struct naming {
  struct arena *arena;
  struct notes *notes;
  struct str connector;
  const struct map *names; // given before; may be NULL
};

// Sets class and name of all that are not skipped. `*renamed` counts names that had to be
// told from others.
void naming_run(const struct naming *n, struct operation_list *ops, size_t *renamed);

// `/zones/{zone_id}/x` → `/zones/{}/x`: the same path whatever its parameters are called.
struct str naming_path_shape(struct arena *a, struct str path);
// Is it a page of many: does the operation take page, limit, cursor or the like?
bool naming_is_paged(const struct operation *op);

#endif
