// SPDX-License-Identifier: Apache-2.0
// yaml: YAML 1.2 (core schema) read into a yyjson document, so that the rest of the program knows one
// kind of value. Limits: depth 64, nodes 2,000,000, anchors expanded at most to that many nodes;
// duplicate keys, tags other than the core ones and several documents are refused. Example:
//   struct yaml_doc *y; if (!yaml_read(text, &y, err)) …   yaml_line(y, value) …   yaml_close(y);
// JSON texts are read by yyjson and give lines too, so callers need not know which they hold.
#ifndef POSTERN_DATA_YAML_H
#define POSTERN_DATA_YAML_H

#include <yyjson.h>

#include "base/err.h"

struct yaml_doc;

// Looks at the first character: '{' or '[' that parses as JSON is JSON, else YAML. ERR_INVALID has
// line:column in err->field.
MUST_USE bool yaml_read(struct str text, struct yaml_doc **out, struct err *err);
void yaml_close(struct yaml_doc *y);
yyjson_val *yaml_root(const struct yaml_doc *y);
// Line (from 1) where a value of this document stands; for a mapping the line of its first key. 0: unknown.
unsigned yaml_line(const struct yaml_doc *y, yyjson_val *v);

#endif
