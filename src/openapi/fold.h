// SPDX-License-Identifier: Apache-2.0
// fold: holds one tool's input schema under its ceiling. Deepest parts first, largest of a level
// first, a part gives way to a schema that allows all it did: its type, and in words which fields it
// has. Whatever held before holds after. Where that would change what a neighbour means (a branch of
// oneOf, what `not` denies), the neighbour is loosened with it.
#ifndef POSTERN_OPENAPI_FOLD_H
#define POSTERN_OPENAPI_FOLD_H

#include <yyjson.h>

#include "base/arena.h"

// True: something was folded. `most` 0: no ceiling.
bool fold_tree(yyjson_mut_doc *doc, yyjson_mut_val *root, size_t most, struct arena *a);

#endif
