// SPDX-License-Identifier: Apache-2.0
// filter: a server's config as the management API takes it: made, or changed as RFC 7396 says: what a change leaves out
// stays, null takes away, at every depth. It is settled first, names to ids, and that is slow; then it is applied, to what
// the server was when it was read and once more to its row. Private to admin/. Example:
//   if (!filter_settle(&about, config, &patch, err)) return false;                    // SUSPENDS: vendors are asked
//   if (!filter_apply(&before, &server, patch, arena, &server.filter, err)) return false;
#ifndef POSTERN_ADMIN_FILTER_H
#define POSTERN_ADMIN_FILTER_H

#include "admin/hold.h"

// `config` (NULL: nothing is said) with accounts and values of its fence, and own accounts, by id. As JSON.
MUST_USE bool filter_settle(const struct hold_about *about, yyjson_val *config, struct str *patch,
                            struct err *err) SUSPENDS;
// What `was` says (NULL: nothing), but for what it says of accounts that `now` has no more, as the patch changes it.
// `patch` empty: it does not.
MUST_USE bool filter_apply(const struct policy_filter *was, const struct server *now, struct str patch,
                           struct arena *a, struct policy_filter *out, struct err *err);

#endif
