// SPDX-License-Identifier: Apache-2.0
// merge: makes one schema out of a composition where that says the same, because models (and clients that
// know little of JSON Schema) read a flat one better; or what its author meant: of parts that each close the
// object the union, of oneOf anyOf. Also settles `required` once the whole of a schema is in sight.
#ifndef POSTERN_OPENAPI_MERGE_H
#define POSTERN_OPENAPI_MERGE_H

#include <yyjson.h>

// Merges the parts of `allOf`, and of anyOf and oneOf with one part, into the schema as far as they
// can be. Subschemas have been merged already.
void openapi_merge_parts(yyjson_mut_doc *doc, yyjson_mut_val *schema);

// Opens the entries of root.$defs that are parts of something larger, as openapi_merge_parts does where they
// stand in place.
void openapi_merge_open_defs(yyjson_mut_doc *doc, yyjson_mut_val *root);

// Over a whole tree: readOnly properties, which convert left out, leave `required` too. So do names
// that no property stands for where properties are given: they are leftovers, and no one could tell
// what to send.
void openapi_merge_settle_required(yyjson_mut_doc *doc, yyjson_mut_val *schema);

#endif
