// SPDX-License-Identifier: Apache-2.0
// oauth: what the authorization server's routes share: a request's parameters, and errors as OAuth has them. Private to
// admin/. Example:
//   if (!client.n) return admin_oauth_fail(call, 400, "invalid_request", "client_id is missing");
#ifndef POSTERN_ADMIN_OAUTH_H
#define POSTERN_ADMIN_OAUTH_H

#include "admin/route.h"
#include "authority/client.h"
#include "authority/site.h"

// {"error","error_description"} (RFC 6749 §5.2). True: the answer is made.
bool admin_oauth_fail(struct admin_call *call, int status, const char *error, const char *says);
// A row of the audit beside the route's own, of what a person or a client did with a sign-in.
void admin_oauth_audit(const struct admin_call *call, const char *action, enum err_code outcome,
                       struct str detail);
// By its id. ERR_MISSING: there is none.
MUST_USE bool admin_oauth_client(struct admin_call *call, struct str id, struct authority_client *out,
                                 struct err *err) SUSPENDS;
// The same for a person who has signed in: one that is known by a document is fetched where it is not fresh. Then also as
// authority_document_fetch fails.
MUST_USE bool admin_oauth_client_anew(struct admin_call *call, struct str id, struct authority_client *out,
                                      struct err *err) SUSPENDS;
// From here on the audit knows as whom: a person, by a lease.
void admin_oauth_as(struct admin_call *call, const struct lease *lease);

#endif
