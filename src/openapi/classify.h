// SPDX-License-Identifier: Apache-2.0
// classify: what an operation does, by its method, what it says of itself (summary, operationId, path) and the
// shapes of the paths around it. Words only ever lower trust: a GET that says it writes is `custom`, and a POST
// is `create` or `update` where it says so, or says nothing and stands on a collection. A POST that only
// searches is seen to read where path, summary and operationId leave no doubt. Doubt is `custom`. Pure. Example:
//   op->class = classify(op, &facts, arena, &op->reads);
#ifndef POSTERN_OPENAPI_CLASSIFY_H
#define POSTERN_OPENAPI_CLASSIFY_H

#include "openapi/operation.h"

struct classify_facts { // of the path and its neighbours
  struct str last;      // the last segment that is no parameter
  bool by_id;           // a parameter ends the path
  bool plural, verb;    // the last segment's: a plural noun, a verb in front
  bool paged;           // takes page, limit, cursor or the like
  bool children, get;   // "/zones/{}" is there as well; the same path has a GET
};

// `*reads`: no GET, and only reads.
enum operation_class classify(const struct operation *op, const struct classify_facts *f, struct arena *a,
                              bool *reads);

#endif
