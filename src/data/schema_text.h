// SPDX-License-Identifier: Apache-2.0
// schema_text: what a schema asks for and what a value is, in plain English for a model or a person.
// Private to data/schema.
#ifndef POSTERN_DATA_SCHEMA_TEXT_H
#define POSTERN_DATA_SCHEMA_TEXT_H

#include <yyjson.h>

#include "base/arena.h"
#include "base/buf.h"

enum { SCHEMA_TEXT_MOST = 600, SCHEMA_LISTED_MOST = 12, SCHEMA_FOUND_MOST = 60 };

// "an integer between 5 and 50", "one of: active, pending", "an array, each a string".
void schema_describe(struct buf *out, yyjson_val *root, yyjson_val *schema);
// The alternatives of anyOf or oneOf, joined by "or".
void schema_describe_either(struct buf *out, yyjson_val *root, yyjson_val *list);
// "\"abc\"", "20", "an array of 3 items".
void schema_render(struct buf *out, const void *value);
// " ; did you mean "zone_id"?" or " ; the known ones are: a, b" for an unknown name, or nothing.
void schema_suggest(struct buf *out, yyjson_val *properties, struct str name);
// Cuts at SCHEMA_TEXT_MOST, at a character's start.
struct str schema_text_done(struct arena *a, struct buf *text);

#endif
