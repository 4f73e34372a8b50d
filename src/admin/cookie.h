// SPDX-License-Identifier: Apache-2.0
// cookie: what a browser of a person who signed in holds: a random text that its scripts cannot read. Over HTTPS it is
// bound to this host alone (__Host-); over plain HTTP there is one on this machine only, with the port in its name, since
// browsers tell ports apart by nothing else. Private to admin/. Example:
//   if (!cookie_check_place(call, &err)) …        // ERR_DENIED: it would cross a network in clear
//   cookie_give(call, text, lives_ms);
#ifndef POSTERN_ADMIN_COOKIE_H
#define POSTERN_ADMIN_COOKIE_H

#include "admin/route.h"

// May somebody sign in at the address that the browser used?
MUST_USE bool cookie_check_place(const struct admin_call *call, struct err *err);
struct str cookie_held(const struct admin_call *call); // empty: none, or this is no place for one
void cookie_give(struct admin_call *call, struct str text, int64_t lives_ms);
void cookie_take_back(struct admin_call *call);
// The one that a browser holds on the way to a company's provider and back (oidc/oidc), beside that of its session.
struct str cookie_on_the_way(const struct admin_call *call);
void cookie_give_way(struct admin_call *call, struct str text, int64_t lives_ms); // text empty: it goes

#endif
