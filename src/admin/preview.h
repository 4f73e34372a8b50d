// SPDX-License-Identifier: Apache-2.0
// preview: what a server that is to be would show: each tool, what all of it costs a client that lists it, and which tags
// there are to choose from. Private to admin/.
#ifndef POSTERN_ADMIN_PREVIEW_H
#define POSTERN_ADMIN_PREVIEW_H

#include "admin/route.h"

// `s` has its filter and as many members as stand in `members`.
void preview_put(struct admin_call *call, const struct server *s, struct catalog_member *members);

#endif
