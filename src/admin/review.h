// SPDX-License-Identifier: Apache-2.0
// review: what the store knows of a tool of a vendor's MCP server, for the tool's own page. Private to
// admin/.
#ifndef POSTERN_ADMIN_REVIEW_H
#define POSTERN_ADMIN_REVIEW_H

#include "admin/route.h"
#include "remote/remote.h"

// The row of a tool of call->account_id, in the call's arena; NULL where there is none.
MUST_USE bool review_find(struct admin_call *call, struct str tool, const struct remote_tool **out,
                          struct err *err) SUSPENDS;

#endif
