// SPDX-License-Identifier: Apache-2.0
// vault_client: the way by client credentials: an account's opened credential as the grant that gives its access tokens.
// Where the secret goes stands in the sealed credential itself, as it was when the credential was given: no other
// definition of the connector leads it elsewhere (docs/decisions/022). Private to account/. Example:
//   struct vault_client in = {.env = env, .account_id = id, .way = way, .plain = plain};
//   if (!vault_client_grant(&in, &grant, err)) …                // grant_unref(grant)
#ifndef POSTERN_ACCOUNT_VAULT_CLIENT_H
#define POSTERN_ACCOUNT_VAULT_CLIENT_H

#include "account/grant.h"
#include "account/value.h"

struct vault_client {
  const struct account_env *env;
  struct str account_id, status_text; // of the row
  const struct connector_way *way;
  const struct secret *plain;
};

// ERR_CONFLICT: the credential lacks what the way has come to need.
MUST_USE bool vault_client_grant(const struct vault_client *in, struct grant **out, struct err *err);

#endif
