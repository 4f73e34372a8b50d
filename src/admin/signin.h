// SPDX-License-Identifier: Apache-2.0
// signin: people at the management API: in by a link, known by their cookie, out again. Private to admin/. Example:
//   if (admin_by_session(call, &err)) …        // call->who is the person, call->session what the browser holds
#ifndef POSTERN_ADMIN_SIGNIN_H
#define POSTERN_ADMIN_SIGNIN_H

#include "admin/route.h"

#define SIGNIN_PAGE "/ui/enter/" // before the secret of a link
#define SIGNIN_HEADER "postern-console"

// As whom by the cookie, where one came. ERR_UNAUTHENTICATED: it is none, or has ended; ERR_DENIED: the request changes
// something, and a page elsewhere may have sent it.
MUST_USE bool admin_by_session(struct admin_call *call, struct err *err) SUSPENDS;
// Was it sent by a script of a page of ours?
MUST_USE bool admin_by_own_page(const struct admin_call *call, struct err *err);
const struct access_user *admin_user_named(const struct admin_call *call, struct str named); // NULL: nobody
struct signin_browser admin_browser(const struct admin_call *call); // that asks, for a session to be made

#endif
