// SPDX-License-Identifier: Apache-2.0
// registration_row: who we are to authorization servers, kept by issuer: registrations, and clients that an
// operator made at the vendor. Secrets are sealed. All block. Private to account/. Example:
//   if (!registration_row_find(env, site.issuer, redirect_uri, arena, &id, err)) …    // ERR_MISSING: register
//   if (!registration_row_load(env, id, arena, &client, err)) …; oauth_client_wipe(&client);
#ifndef POSTERN_ACCOUNT_REGISTRATION_ROW_H
#define POSTERN_ACCOUNT_REGISTRATION_ROW_H

#include "account/env.h"
#include "oauth/oauth.h"

// Vendors forget registrations (Cloudflare after 90 days), and tell only the person who stands before their
// error page. So new sign-ins use a registration for a month at most, and for an hour at most
// while no consent has come of it.
// Grants go on with the client that they were given to.
#define CLIENT_FRESH_MS (INT64_C(30) * 24 * 3600 * 1000)
#define CLIENT_UNPROVEN_MS (INT64_C(3600) * 1000)

// The client that a new sign-in should use: one that an operator gave, else a registration; the newest of
// these. ERR_MISSING.
MUST_USE bool registration_row_find(const struct account_env *env, struct str issuer, struct str redirect_uri,
                                    struct arena *a, struct str *id, struct err *err);
// `issuer`: of the site that it is to be shown to. ERR_CONFLICT where it is another's.
MUST_USE bool registration_row_load(const struct account_env *env, struct str id, struct str issuer,
                                    struct arena *a, struct oauth_client *out, struct err *err);
// `given`: by the operator.
MUST_USE bool registration_row_insert(const struct account_env *env, const struct oauth_client *c, bool given,
                                      struct arena *a, struct str *id, struct err *err);
// The vendor does not know this client any more: no new sign-in uses it.
MUST_USE bool registration_row_retire(struct store *s, struct str id, struct err *err);
// Deletes the clients that no grant or sign-in refers to and that no new sign-in would use.
MUST_USE bool registration_row_purge(struct store *s, int64_t now_ms, struct err *err);

#endif
