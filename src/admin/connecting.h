// SPDX-License-Identifier: Apache-2.0
// connecting: what all do who send a person to a vendor's page: admin/connect, and admin/own. Private to admin/. Example:
//   struct connect_env env = connecting_env(call);
//   if (!connect_open(&env, id, token, call->arena, &to, &cookie, err)) return false;
//   connecting_give_cookie(call, cookie);                          // this browser alone brings the answer
#ifndef POSTERN_ADMIN_CONNECTING_H
#define POSTERN_ADMIN_CONNECTING_H

#include "account/connect.h"
#include "admin/route.h"

struct connect_env connecting_env(const struct admin_call *call);
struct str connecting_link_token(struct str query, struct arena *a); // of a link of ours
void connecting_give_cookie(struct admin_call *call, struct str cookie);

#endif
