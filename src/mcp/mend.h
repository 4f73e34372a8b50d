// SPDX-License-Identifier: Apache-2.0
// mend: what a vendor's server sends, made such that every client takes it. Clients check a whole list or
// result at once, so that one wrong member takes all that stands beside it. What harms nothing is mended: null
// means absent, a member that only decorates goes where it is wrong, a lone block becomes the list of it. What
// cannot be mended costs itself: an entry of a list is left out, a block of content becomes text. Pure. Example:
//   struct mend m = {.doc = doc, .notes = &notes, .err = err};
//   yyjson_mut_val *tool = mend_tool(&m, definition);          // NULL: no client would take it
#ifndef POSTERN_MCP_MEND_H
#define POSTERN_MCP_MEND_H

#include <yyjson.h>

#include "base/buf.h"
#include "base/err.h"

enum { MEND_NOTES_MOST = 2048 };

struct mend {
  yyjson_mut_doc *doc; // of what is made
  struct buf *notes;   // what was left away, "; " between them; NULL: nobody asks
  struct err *err;     // why there is nothing
  size_t dropped;      // entries of a list that were left out; `why` has the first one's name and reason
  struct err why;
  // Told of each of them; NULL: nobody asks.
  void (*drop)(void *arg, struct str name, const char *why);
  void *arg;
};

// A tool's definition (MCP 2025-11-25 and 2026-07-28, "Tool"), all but its name and its x-mcp-header.
yyjson_mut_val *mend_tool(struct mend *m, yyjson_val *definition);

// A result of a method: of a call its content, of a list its entries (but for tools, which are judged one by
// one where they are pinned). `legacy`: of an era without null for structured content.
bool mend_fits_result(struct str method, bool legacy, yyjson_val *result);
// The same made anew. NULL with *err: it is none.
yyjson_mut_val *mend_result(struct mend *m, struct str method, bool legacy, yyjson_val *result);

// Is it a regular expression to every client (ECMA-262 with the flag u)? No for some that are.
bool mend_is_pattern(struct str pattern);

#endif
