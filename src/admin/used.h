// SPDX-License-Identifier: Apache-2.0
// used: when servers were last used by a client, by the audit. Private to admin/. Example:
//   int64_t *at = used_read(call, ids, count);       // ms; 0: never
#ifndef POSTERN_ADMIN_USED_H
#define POSTERN_ADMIN_USED_H

#include "admin/route.h"
#include "store/store.h"

// In the call's arena. A store that does not answer now is no reason to fail: nothing was used then.
int64_t *used_read(struct admin_call *call, const struct str *ids, size_t count) SUSPENDS;
int64_t used_last(struct admin_call *call, struct str id) SUSPENDS; // of one

#endif
