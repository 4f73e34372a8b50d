// SPDX-License-Identifier: Apache-2.0
// examples: what vendors show as request bodies, held against what we made of their schemas: the measure
// of whether a valid argument stays valid. Example:
//   examples_check(&pool, op, &input, &result);   // counts into result.examples and examples_fit
#ifndef POSTERN_OPENAPI_EXAMPLES_H
#define POSTERN_OPENAPI_EXAMPLES_H

#include "openapi/input.h"

enum { EXAMPLES_MOST = 64 }; // of one body

// Each example of the body, as a model would give it; one that does not fit becomes a note.
void examples_check(struct schema_pool *pool, const struct operation *op, const struct input *in,
                    struct openapi_result *result);

#endif
