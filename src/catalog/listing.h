// SPDX-License-Identifier: Apache-2.0
// listing: a tool as tools/list shows it, the same in both eras of MCP. Written straight from the
// toolset's document; arguments that the account supplies are taken out of `required` and say so. A tool of a
// vendor's MCP server is shown as it was pinned. Pure.
#ifndef POSTERN_CATALOG_LISTING_H
#define POSTERN_CATALOG_LISTING_H

#include "base/buf.h"
#include "catalog/snapshot.h"

// {"name","title","description","inputSchema","annotations"}
void listing_write(const struct catalog_tool *t, struct buf *out);
// The arguments that a caller has to give by the schema that is shown, at most `most`; how many. Texts belong to the
// toolset or to `a`.
size_t listing_needs(const struct catalog_tool *t, struct arena *a, struct str *out, size_t most);

#endif
