// SPDX-License-Identifier: Apache-2.0
// redirect: addresses that a client may have a code sent to: https anywhere, http on this person's own machine, or a scheme
// that only an application of its own takes (RFC 8252 §7). Compared exactly, but for the port of a loopback address
// (§7.3; clients need it for "localhost" as well). Pure. Example:
//   if (!redirect_judge(uri, &err)) …                      // at registration
//   if (!redirect_is_among(uri, client->redirects, client->redirect_count)) …   // at each request
#ifndef POSTERN_AUTHORITY_REDIRECT_H
#define POSTERN_AUTHORITY_REDIRECT_H

#include "base/arena.h"
#include "base/err.h"

enum { REDIRECT_MOST = 512 }; // bytes

MUST_USE bool redirect_judge(struct str uri, struct err *err);
bool redirect_is_among(struct str uri, const struct str *registered, size_t count);
bool redirect_is_loopback(struct str uri); // http on this person's own machine
// What a person is told of it: the host, with its port where it has one, or the scheme. Borrows.
struct str redirect_place(struct str uri);
// With these behind it: "code", "state", …; of empty values none is added.
struct str redirect_with(struct str uri, const struct str (*pairs)[2], size_t count, struct arena *a);

#endif
