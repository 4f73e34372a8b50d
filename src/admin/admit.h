// SPDX-License-Identifier: Apache-2.0
// admit: who may sign in to a server, as the management API takes and shows it: people by name or id, kept by id, shown by
// name. Private to admin/. Example:
//   if (!admit_read(call, &before->admission, &server.admission, err)) return false;
//   admit_put(call, server);                          // "slug", "sign_in_url", "sign_in"
#ifndef POSTERN_ADMIN_ADMIT_H
#define POSTERN_ADMIN_ADMIT_H

#include "admin/route.h"

bool admit_is_given(const struct admin_call *call); // does the body say something of it?
// What the body says, and for the rest what there was; before NULL: nothing.
MUST_USE bool admit_read(const struct admin_call *call, const struct admission *before, struct admission *out,
                         struct err *err);
void admit_put(struct admin_call *call, const struct server *s);

#endif
