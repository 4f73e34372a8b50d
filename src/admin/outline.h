// SPDX-License-Identifier: Apache-2.0
// outline: what a connector's definition leaves to its document: the API's address, and how to authenticate. Private to
// admin/. Example:
//   struct outline o; if (!outline_complete(text, document, arena, &o, err)) … o.text … buf_free(&o.remarks);
#ifndef POSTERN_ADMIN_OUTLINE_H
#define POSTERN_ADMIN_OUTLINE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct outline {
  struct str text;           // as it came where nothing was added
  bool says_where, says_how; // the document says the address; the ways to authenticate
  struct buf remarks;        // on what was read otherwise, one a line
};

MUST_USE bool outline_complete(struct str text, struct str document, struct arena *a, struct outline *out,
                               struct err *err);

#endif
