// SPDX-License-Identifier: Apache-2.0
// examples: what vendors show as request bodies, held against what we made of their schemas. What they show is
// right: where it does not fit, the tool's schema gives way (mend.h), and the numbers tell how often. The work of
// all of a document together is bounded. Example:
//   struct examples_budget budget = {EXAMPLES_WORK_MOST};                 // once a document
//   examples_check(&pool, op, &input, &budget, false, &result);   // counts into result.examples…
#ifndef POSTERN_OPENAPI_EXAMPLES_H
#define POSTERN_OPENAPI_EXAMPLES_H

#include "data/schema.h"
#include "openapi/input.h"

enum { EXAMPLES_MOST = 64 }; // of one body
#define EXAMPLES_WORK_MOST ((uint64_t)40 * SCHEMA_WORK_MOST)

struct examples_budget {
  uint64_t left; // in the schema's units of work
};

// Each example of the body, as a model would give it. One for which the schema gives way becomes a note; with
// `tell` one that does not fit does, too.
void examples_check(struct schema_pool *pool, const struct operation *op, const struct input *in,
                    struct examples_budget *budget, bool tell, struct openapi_result *result);

#endif
