// SPDX-License-Identifier: Apache-2.0
// view: the server whose view a body's `server` asks for. Private to admin/.
#ifndef POSTERN_ADMIN_VIEW_H
#define POSTERN_ADMIN_VIEW_H

#include "admin/route.h"

// By id or name; NULL: none is named, and all accounts are seen.
MUST_USE bool admin_view_server(struct admin_call *call, const struct catalog_server **out, struct err *err);

#endif
