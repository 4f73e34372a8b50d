// SPDX-License-Identifier: Apache-2.0
// mend: a schema gives way where a value that is known to be right misses it, there and no further: a type or a
// value more, a name less that is asked for, a bound that goes. Example:
//   while (!schema_check(…, &report) && openapi_mend_at(doc, root, value, &report)) …
#ifndef POSTERN_OPENAPI_MEND_H
#define POSTERN_OPENAPI_MEND_H

#include "data/schema.h"

// For each violation of the report. `root`: of the schema, with its $defs. False: nothing could be done.
bool openapi_mend_at(yyjson_mut_doc *doc, yyjson_mut_val *root, yyjson_mut_val *value,
                     const struct schema_report *report);

#endif
