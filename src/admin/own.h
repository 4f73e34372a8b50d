// SPDX-License-Identifier: Apache-2.0
// own: accounts of people's own: what "own_accounts" of a server's config may say, who has which, and what a person and an
// administrator do with them. Private to admin/. Example:
//   if (!admin_own_settle(&about, list, patch, err)) return false;       // names have become ids
#ifndef POSTERN_ADMIN_OWN_H
#define POSTERN_ADMIN_OWN_H

#include "admin/hold.h"

// "own_accounts" of a config into the root of `doc`: accounts by id, name or alias become ids, each once. ERR_INVALID,
// ERR_UNPROCESSABLE: one of another server, or one whose connector takes no credential.
MUST_USE bool admin_own_settle(const struct hold_about *about, yyjson_val *list, yyjson_mut_doc *doc,
                               struct err *err);
bool admin_own_takes(const struct connector_way *way); // a credential or a consent of a person's own
// The members of a server, with the account itself where the server shows its front.
void admin_own_behind(const struct admin_call *call, const struct catalog_server *v,
                      struct catalog_member *out);

#endif
