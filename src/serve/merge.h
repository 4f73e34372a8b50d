// SPDX-License-Identifier: Apache-2.0
// merge: one list out of the members' lists (prompts, resources, templates), page by page. A cursor names the
// member and holds the vendor's own cursor; nothing is kept here between pages. A member that fails is left
// out, and the others' and ours are shown; only where there is nothing else its error is the answer. On the request's
// fiber. Example:
//   return merge_list(r, params, &(struct merge_kind){"prompts/list", "prompts", OFFER_PROMPTS}, out, err);
#ifndef POSTERN_SERVE_MERGE_H
#define POSTERN_SERVE_MERGE_H

#include "serve/serve.h"

enum { MERGE_MEMBER_MS = 20 * 1000, MERGE_CURSOR_MOST = 16 * 1024 };

struct merge_kind {
  const char *method, *member;
  unsigned offer;
  void (*begin)(const struct serve_request *r, yyjson_mut_doc *doc,
                yyjson_mut_val *items);   // what stands first; NULL: nothing of ours
  bool (*is_sound)(yyjson_mut_val *item); // others are left out; NULL: all are
};

// Appends the whole result. ERR_INVALID: a cursor that is not ours.
MUST_USE bool merge_list(struct serve_request *r, yyjson_val *params, const struct merge_kind *kind,
                         struct buf *out, struct err *err) SUSPENDS;

// Cursors, for tests. `own` NULL bytes: the member's first page.
struct str merge_cursor(struct arena *a, struct str alias, bool begun, struct str own);
MUST_USE bool merge_read_cursor(struct arena *a, struct str cursor, struct str *alias, bool *begun,
                                struct str *own);

#endif
