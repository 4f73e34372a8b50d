// SPDX-License-Identifier: Apache-2.0
// report: what came of a compilation, for people and for programs, and the memory of names between
// compilations. Used by `postern compile` and by importing a connector. Pure. Example:
//   struct buf b = BUF_MAX(REPORT_BYTES_MOST);
//   report_text(&result, &b);
#ifndef POSTERN_OPENAPI_REPORT_H
#define POSTERN_OPENAPI_REPORT_H

#include "base/buf.h"
#include "openapi/compile.h"

enum { REPORT_BYTES_MOST = 16 << 20 };

// Counts, skipped operations and warnings with their lines, then the tools.
void report_text(const struct openapi_result *r, struct buf *out);
// {"operations","tools":[{name, operation, class, title, folded, deprecated}],"skipped":[{operation, line,
// reason}],
//  "warnings":[…],"folded","renamed"}
void report_json(const struct openapi_result *r, struct buf *out);

// The names given, as {"METHOD path": "name"}: what a later compilation takes as options.names.
void report_names_write(const struct openapi_result *r, struct buf *out);
// Reads that form. Keys and values live in the arena; the map is the caller's to free.
MUST_USE bool report_names_read(struct str json, struct arena *a, struct map *out, struct err *err);

#endif
