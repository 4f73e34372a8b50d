// SPDX-License-Identifier: Apache-2.0
// site: what the world is told of our authorization server and of the resources that it gives tokens for: RFC 8414 and RFC
// 9728 metadata, and which server a `resource` (RFC 8707) names. Pure. Example:
//   if (!site_slug_of(env, resource, &slug)) …             // invalid_target
//   site_write_resource(env, slug, &out);
#ifndef POSTERN_AUTHORITY_SITE_H
#define POSTERN_AUTHORITY_SITE_H

#include "authority/lease.h"
#include "base/buf.h"

#define SITE_SCOPE "mcp" // the only one: a server's own filter says what may be done
#define SITE_RESOURCE_METADATA "/.well-known/oauth-protected-resource"

struct authority_env {      // as the settings say; lives as long as they do
  struct str issuer;        // empty: nobody signs in here
  struct lease_terms terms; // but for `now`
  size_t clients_most;
  uint64_t registrations_most; // from one address within a minute
  int64_t clients_keep_ms;     // of those that nobody lets in
};

// The origin that people know us by; empty where it could not be one: neither https nor loopback (OAuth 2.1 §1.5), or
// with a path, whose metadata would lie outside of it.
struct str site_issuer(struct str public_url);
bool site_slug_of(const struct authority_env *env, struct str resource, struct str *slug);
struct str site_resource(const struct authority_env *env, struct str slug, struct arena *a); // its address

void site_write_server(const struct authority_env *env, struct buf *out);
void site_write_resource(const struct authority_env *env, struct str slug, struct buf *out);

#endif
