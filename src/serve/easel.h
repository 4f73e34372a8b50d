// SPDX-License-Identifier: Apache-2.0
// easel: the view, a page that draws what answer programs gave inside an AI client (MCP Apps 2026-01-26): one resource of our own, for
// clients that declare the extension and on servers whose own tools have results for it. The page is made in web/ and is
// part of the program; its address changes with it, since hosts keep pages. All of ui://postern/ is ours: a vendor's tool
// or resource that claims it is not shown with it. On the request's fiber. Example:
//   if (easel_is_ours(uri)) return easel_read(r, uri, out, err);
#ifndef POSTERN_SERVE_EASEL_H
#define POSTERN_SERVE_EASEL_H

#include "serve/serve.h"

#define EASEL_EXTENSION "io.modelcontextprotocol/ui"

extern const char easel_page[], easel_uri[]; // made by scripts/embed-page
extern const size_t easel_page_size;

bool easel_shown(const struct serve_request *r);
bool easel_is_ours(struct str uri);
// Members of the _meta of a tool's definition: where it is drawn. Nothing where it is not.
void easel_add_link(const struct serve_request *r, struct buf *out);
// The item of resources/list, and the result of resources/read.
void easel_append(const struct serve_request *r, yyjson_mut_doc *doc, yyjson_mut_val *resources);
MUST_USE bool easel_read(struct serve_request *r, struct str uri, struct buf *out, struct err *err);

#endif
