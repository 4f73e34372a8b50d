// SPDX-License-Identifier: Apache-2.0
// rename: SQL in which tables and parameters get a suffix, so that two readings of the same calls stand side by side.
// Quoted text stays. Pure. Example:
//   rename_tables(STR("traffic JOIN zones ON 'traffic' = 1"), steps, STR("_2"), arena)   // traffic_2 JOIN zones …
#ifndef POSTERN_ASK_RENAME_H
#define POSTERN_ASK_RENAME_H

#include <yyjson.h>

#include "base/arena.h"

// The ids of these steps, wherever they stand as a word.
struct str rename_tables(struct str sql, yyjson_val *steps, struct str suffix, struct arena *a);
struct str rename_parameters(struct str sql, struct str suffix, struct arena *a); // :since and :until

#endif
