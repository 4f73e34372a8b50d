// SPDX-License-Identifier: Apache-2.0
// bounded: the input schema of a tool within the fences of its accounts, as clients are shown it. An argument that is held
// to one value is filled in by the call and not in it; one that is held to several has them as its enum. Pure. Example:
//   yyjson_doc *doc = bounded_input(t, arena);       // NULL: nothing of it is held; the tool's own schema is it
#ifndef POSTERN_CATALOG_BOUNDED_H
#define POSTERN_CATALOG_BOUNDED_H

#include "catalog/snapshot.h"

// The caller frees it.
yyjson_doc *bounded_input(const struct catalog_tool *t, struct arena *a);

#endif
