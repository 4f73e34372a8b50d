// SPDX-License-Identifier: Apache-2.0
// schema_move: a schema that becomes part of another one. References within it begin at the root ("#/$defs/a"), so
// they follow it to its new place (RFC 6901; JSON Schema 2020-12 core §8.2.3). Pure. Example:
//   schema_move(doc, schema, "/properties/result");       // "#/$defs/a" → "#/properties/result/$defs/a"
#ifndef POSTERN_DATA_SCHEMA_MOVE_H
#define POSTERN_DATA_SCHEMA_MOVE_H

#include <yyjson.h>

// In place. A schema with an `$id` of its own is a root wherever it stands: it stays.
void schema_move(yyjson_mut_doc *doc, yyjson_mut_val *schema, const char *to);

#endif
