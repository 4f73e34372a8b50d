// SPDX-License-Identifier: Apache-2.0
// frame: a result in its era's form. 2026-07-28 wants resultType, and ttlMs and cacheScope on what may be
// cached; the eras before must not see them (SDK v1 is strict), want structured content to be an object, and
// outputSchema likewise. What a client keeps is its own: cacheScope is always private. Pure. Examples:
//   frame_open(r, out); buf_add_z(out, "\"tools\":[]"); frame_close(r, out, true);
//   frame_add(r, doc, result, true, out);            // a vendor's result
#ifndef POSTERN_SERVE_FRAME_H
#define POSTERN_SERVE_FRAME_H

#include "serve/serve.h"

enum { FRAME_TTL_MS = 60000, FRAME_TTL_MOST = 24 * 3600 * 1000 };

void frame_open(const struct serve_request *r, struct buf *out);
void frame_close(const struct serve_request *r, struct buf *out, bool cached);

// Appends the whole result object. ERR_UPSTREAM: of a type that we do not carry.
MUST_USE bool frame_add(const struct serve_request *r, yyjson_mut_doc *doc, yyjson_mut_val *result,
                        bool cached, struct buf *out, struct err *err);
// An outputSchema that a legacy client must see wrapped, since its root is no object?
bool frame_wraps(const struct serve_request *r, yyjson_val *output_schema);
void frame_wrap_schema(yyjson_mut_doc *doc, yyjson_mut_val *tool);

#endif
