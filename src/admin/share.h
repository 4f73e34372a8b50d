// SPDX-License-Identifier: Apache-2.0
// share: what a link shows, for the pages that tell of it. Private to admin/. Example:
//   struct share_shown shown;
//   if (!admin_open_share(call, &shown, err)) return false;      // ERR_MISSING: unknown, revoked and expired look alike
#ifndef POSTERN_ADMIN_SHARE_H
#define POSTERN_ADMIN_SHARE_H

#include "admin/route.h"
#include "board/share_row.h"

#define SHARE_PAGE "/ui/share/" // and the link's secret

struct share_shown {
  struct board_share row;
  struct board_part *parts; // each the JSON that is told of a tile
  size_t count;
};

// By {secret}. No search engine keeps what is answered.
MUST_USE bool admin_open_share(struct admin_call *call, struct share_shown *out, struct err *err) SUSPENDS;

#endif
