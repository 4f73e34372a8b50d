// SPDX-License-Identifier: Apache-2.0
// signin: people at the management API: in by a link, known by their cookie, out again. Private to admin/. Example:
//   if (admin_by_session(call, &err)) …        // call->who is the person, call->session what the browser holds
#ifndef POSTERN_ADMIN_SIGNIN_H
#define POSTERN_ADMIN_SIGNIN_H

#include "admin/route.h"
#include "oidc/oidc.h"

#define SIGNIN_PAGE "/ui/enter/" // before the secret of a link
#define SIGNIN_HEADER "postern-console"

// As whom by the cookie, where one came. ERR_UNAUTHENTICATED: it is none, or has ended; ERR_DENIED: the request changes
// something, and a page elsewhere may have sent it.
MUST_USE bool admin_by_session(struct admin_call *call, struct err *err) SUSPENDS;
// The same of a page that sees for itself who sent its form.
MUST_USE bool admin_by_cookie(struct admin_call *call, struct err *err) SUSPENDS;
// Was it sent by a script of a page of ours?
MUST_USE bool admin_by_own_page(const struct admin_call *call, struct err *err);
const struct access_user *admin_user_named(const struct admin_call *call, struct str named); // NULL: nobody
// ERR_CONFLICT, for what would give another way in, or another role, to a person whom an identity provider made.
bool admin_comes_by_provider(const struct access_user *u, struct err *err);
// What a sign-in by the company's provider needs (admin/provider.c).
struct oidc_env admin_oidc_env(const struct admin_call *call);
struct signin_browser admin_browser(const struct admin_call *call); // that asks, for a session to be made

#endif
