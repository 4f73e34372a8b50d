// SPDX-License-Identifier: Apache-2.0
// schema_coerce: the harmless changes that make a value fit, in place: "20" to 20, "true" to true, 20
// to "20", a scalar to an array of it, JSON text to what it says, null to nothing. Private to data/schema.
#ifndef POSTERN_DATA_SCHEMA_COERCE_H
#define POSTERN_DATA_SCHEMA_COERCE_H

#include "data/schema_run.h"

// Returns how many changes were made. `r` has no report. `doc` owns what is made.
size_t schema_coerce(struct schema_run *r, yyjson_val *schema, yyjson_mut_doc *doc, yyjson_mut_val *v);

#endif
