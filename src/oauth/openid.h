// SPDX-License-Identifier: Apache-2.0
// openid: what OpenID Connect adds to the steps of a sign-in (oauth.h): an issuer's own metadata, its keys, what it tells
// of a person. Here the issuer is whom the operator trusts with saying who people are, so nothing is guessed: its document
// stands at one place and names that very issuer (OpenID Connect Discovery §4.3). On a fiber. Example:
//   struct openid_site found;
//   if (!openid_discover(&net, issuer, arena, &found, err)) return false;
//   … oauth_authorize_url(&found.site, …) … oauth_redeem(…, &tokens, err) …
//   yyjson_doc *keys; if (!openid_keys(&net, &found, arena, &keys, err)) return false;   // a JWK Set; yyjson_doc_free
#ifndef POSTERN_OAUTH_OPENID_H
#define POSTERN_OAUTH_OPENID_H

#include <yyjson.h>

#include "oauth/oauth.h"

struct openid_site {
  struct oauth_site site;                                       // site.issuer as the document has it
  struct str jwks_uri, userinfo_endpoint, end_session_endpoint; // the latter two empty: there is none
};

// WRONG_ISSUER: the document is another issuer's. BAD_METADATA names what is missing.
MUST_USE bool openid_discover(const struct oauth_net *net, struct str issuer, struct arena *a,
                              struct openid_site *out, struct err *err) SUSPENDS;
MUST_USE bool openid_keys(const struct oauth_net *net, const struct openid_site *site, struct arena *a,
                          yyjson_doc **out, struct err *err) SUSPENDS;
// The claims at the UserInfo endpoint; the caller compares "sub" (OpenID Connect Core §5.3.2). Signed ones, which are no
// JSON, are not read: ERR_UNPROCESSABLE.
MUST_USE bool openid_userinfo(const struct oauth_net *net, const struct openid_site *site,
                              const struct secret *access, struct arena *a, yyjson_doc **out,
                              struct err *err) SUSPENDS;
// Pure: where a browser ends its sign-in there, and comes back to `back` from; empty: the provider has no such place.
struct str openid_end_url(const struct openid_site *site, struct str client_id, const struct secret *id_token,
                          struct str back, struct arena *a);
// Pure: a document to a site.
MUST_USE bool openid_read(yyjson_val *root, struct str issuer, struct arena *a, struct openid_site *out,
                          struct err *err);

#endif
