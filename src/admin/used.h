// SPDX-License-Identifier: Apache-2.0
// used: when servers were last used by a client, by the audit. Private to admin/. Example:
//   struct used u = used_read(call, STR_NONE);       // of all
//   int64_t at = used_at(&u, server->id);            // ms; 0: never
#ifndef POSTERN_ADMIN_USED_H
#define POSTERN_ADMIN_USED_H

#include "admin/route.h"
#include "store/store.h"

struct used { // all of them, or of `id` alone
  struct admin_call *call;
  struct str id;
  struct store_rows rows;
};

// A store that does not answer now is no reason to fail: nothing was used then.
struct used used_read(struct admin_call *call, struct str id) SUSPENDS;
int64_t used_at(const struct used *u, struct str id);
int64_t used_last(struct admin_call *call, struct str id) SUSPENDS; // of one

#endif
