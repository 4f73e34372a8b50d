// SPDX-License-Identifier: Apache-2.0
// oauth: OAuth 2.1 as an MCP client does it (MCP 2026-07-28 "Authorization"; RFC 9728, 8414, 7591, 7636,
// 8707, 9207, 7009, 7523), step by step and without any store: discovery, registration, the URL to open, the
// answer, tokens. Every address that comes from outside is vetted: https, or http on loopback, which the
// guard refuses unless the operator opens it; the address guard at connect time; no redirects. On a fiber.
// Example:
//   if (!oauth_discover(&net, url, challenge, arena, &site, err) ||
//       !oauth_client_for(&net, &site, &want, arena, &client, err)) return false;
//   struct str open = oauth_authorize_url(&site, &client, &request, arena);
//   … the person's browser comes back …
//   if (!oauth_check_answer(&site, state, &answer, err)) return false;
//   struct oauth_party party = {&net, &site, &client, arena};
//   if (!oauth_redeem(&party, &request, answer.code, &tokens, err)) return false;
#ifndef POSTERN_OAUTH_OAUTH_H
#define POSTERN_OAUTH_OAUTH_H

#include "base/arena.h"
#include "crypto/redact.h"
#include "crypto/secret.h"
#include "fetch/client.h"
#include "mcp/peer.h"

struct oauth_net {
  const struct http_guard *guard;
  const struct fetch_limits *limits;
  struct redact *hide; // what the vendor was given before, and must not say; NULL: nothing
};

struct oauth_strings {
  struct str *items;
  size_t count;
};

// How a client shows at the token endpoint who it is.
enum oauth_method { OAUTH_NONE, OAUTH_POST, OAUTH_BASIC, OAUTH_PRIVATE_KEY_JWT };
enum { OAUTH_METHODS_UNSAID = 1 << OAUTH_BASIC | 1 << OAUTH_POST | 1 << OAUTH_NONE };

struct oauth_site {      // what discovery found; texts in the arena
  struct str server_url; // of the MCP server
  struct str resource;   // RFC 8707 value to send; empty: the server has no resource metadata (2025-03-26)
  struct str audience;   // of client credentials, where the operator says so; not kept in rows
  struct str issuer;     // exactly as its metadata says
  struct str iss; // what a server without resource metadata calls itself; empty: that, or not to be believed
  struct str authorization_endpoint, token_endpoint, registration_endpoint, revocation_endpoint;
  struct str token_type;              // which is used as Bearer, by the connector's word; empty: that alone
  struct oauth_strings scopes;        // of the resource metadata; count 0: not said
  struct oauth_strings server_scopes; // of the authorization server (for offline_access)
  unsigned methods;                   // bits 1 << enum oauth_method
  bool client_documents;              // client_id_metadata_document_supported
  bool iss_advertised;                // authorization_response_iss_parameter_supported
  bool refreshes;                     // grant_types_supported has refresh_token, or is not said
  bool pkce;                          // S256 is advertised; without it there is no asking a person
  bool assumed;                       // nothing was found: the usual places of 2025-03-26
};

// `challenge` NULL or without resource_metadata: the well-known places, in the order of the reference; then
// the 2025-03-26 fallbacks. Errors tell which document, what is wrong with it and what the operator can do.
MUST_USE bool oauth_discover(const struct oauth_net *net, struct str server_url,
                             const struct mcp_challenge *challenge, struct arena *a, struct oauth_site *out,
                             struct err *err) SUSPENDS;

struct oauth_client { // who we are to one issuer; keyed by issuer in the store
  struct str issuer, id;
  struct secret *secret; // NULL: public
  struct secret *key;    // PEM, for private_key_jwt
  struct str algorithm, key_id;
  enum oauth_method method;
  int64_t expires_at;      // ms; 0: never
  struct str redirect_uri; // registered with
};

struct oauth_want {                          // how we would introduce ourselves
  const struct oauth_client *pre_registered; // NULL: none
  struct str document_url; // our client-ID metadata document; empty or not https: cannot be used
  struct str redirect_uri, client_name, scope;
};

// Pre-registered, else client-ID metadata document, else dynamic registration (RFC 7591; 200 and 201), else
// ERR_UNPROCESSABLE that says that this vendor wants an application made in its console, and how to give it
// to us.
MUST_USE bool oauth_client_for(const struct oauth_net *net, const struct oauth_site *site,
                               const struct oauth_want *want, struct arena *a, struct oauth_client *out,
                               struct err *err) SUSPENDS;
void oauth_client_wipe(struct oauth_client *c); // its secrets

// The scope to ask for: the challenge's, else the connector's word, else all of the resource's, else none;
// plus offline_access where the authorization server lists it; united with `before` on a step-up.
struct str oauth_scope(const struct oauth_site *site, const struct mcp_challenge *challenge,
                       struct str wanted, struct str before, struct arena *a);

struct oauth_request {
  struct str redirect_uri, state, scope, verifier; // verifier: PKCE, 43 to 128 characters
  struct str nonce;                                // of OpenID Connect; empty: none
};
struct str oauth_authorize_url(const struct oauth_site *site, const struct oauth_client *c,
                               const struct oauth_request *r, struct arena *a);

struct oauth_answer { // the query of the redirect, decoded; who asked hides what he sent in the two last
  struct str code, state, iss, error, error_description;
};
// iss rules of RFC 9207 by exact comparison, before anything else counts; then state; then the error, if one,
// in words.
MUST_USE bool oauth_check_answer(const struct oauth_site *site, struct str state,
                                 const struct oauth_answer *answer, struct err *err);

struct oauth_tokens {
  struct secret *access, *refresh; // refresh NULL: none was issued
  struct secret *id_token;         // of OpenID Connect, as it came; NULL: none did
  int64_t expires_at;              // ms, our clock; 0: not said
  struct str scope;                // granted; empty: as asked
  enum oauth_method method;        // by which the client was known
  struct str claims[2]; // JSON objects out of the ID token, the access token; empty: it tells nothing
};
void oauth_tokens_wipe(struct oauth_tokens *t);
// What a token tells of its owner ("sub"), where it is a JWT; else empty.
struct str oauth_claim(const struct oauth_tokens *t, struct str name, struct arena *a);

struct oauth_party { // what every request to the token endpoint takes
  const struct oauth_net *net;
  const struct oauth_site *site;
  const struct oauth_client *client;
  struct arena *arena;
};
// ERR_UNPROCESSABLE with the vendor's error as reason (WHY_INVALID_GRANT, …, else WHY_VENDOR_REFUSED), its words
// and what to do; UPSTREAM/TIMEOUT with WHY_VENDOR_DOWN where the vendor is down (the grant is still good).
MUST_USE bool oauth_redeem(const struct oauth_party *p, const struct oauth_request *r, struct str code,
                           struct oauth_tokens *out, struct err *err) SUSPENDS;
// `scope` empty: what was granted.
MUST_USE bool oauth_refresh(const struct oauth_party *p, const struct secret *refresh, struct str scope,
                            struct oauth_tokens *out, struct err *err) SUSPENDS;
// grant_type=client_credentials (the oauth-client-credentials extension).
MUST_USE bool oauth_client_credentials(const struct oauth_party *p, struct str scope,
                                       struct oauth_tokens *out, struct err *err) SUSPENDS;
// RFC 7009; a vendor without the endpoint is fine and nothing is done.
MUST_USE bool oauth_revoke(const struct oauth_party *p, const struct secret *token, struct err *err) SUSPENDS;

#endif
