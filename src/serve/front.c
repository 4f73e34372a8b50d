// SPDX-License-Identifier: Apache-2.0
#include "serve/front.h"

#include "authority/live.h"
#include "authority/site.h"

bool front_takes(const struct serve_env *env, struct str text) {
  return env->authority->issuer.n && admission_slug_is_good(text);
}

// No error code where no token came (RFC 6750 §3).
static bool front_challenge(const struct serve_request *r, struct str slug, bool came, struct err *err) {
  http_reply_header(r->transport.http, "WWW-Authenticate",
                    arena_printf(r->arena,
                                 "Bearer %sresource_metadata=\"%.*s" SITE_RESOURCE_METADATA
                                 "/mcp/%.*s\", scope=\"" SITE_SCOPE "\"",
                                 came ? "error=\"invalid_token\", " : "", STR_ARG(r->env->authority->issuer),
                                 STR_ARG(slug)));
  err_set(err, ERR_UNAUTHENTICATED,
          came ? "this access token is unknown, revoked or expired, or not for this address"
               : "sign in: this address takes an access token that a person signed in for");
  err_hint(err, "an AI client that speaks OAuth does it by itself; docs/sign-in.md says how");
  return false;
}

static bool front_busy(const struct serve_request *r, int64_t wait) {
  http_reply_header(r->transport.http, "Retry-After",
                    arena_printf(r->arena, "%lld", (long long)(wait + 999) / 1000));
  return false;
}

bool front_admit(struct serve_request *r, struct str slug, int64_t now, struct err *err) {
  struct str bearer = principal_bearer(r->transport.in);
  struct live_token token;
  int64_t wait;
  if (!bearer.n) return front_challenge(r, slug, false, err);
  if (!live_find(r->env->answers, bearer, r->transport.in->client_key, now, r->arena, &token, &wait, err))
    return err->code == ERR_UNAUTHENTICATED ? front_challenge(r, slug, true, err)
           : wait                           ? front_busy(r, wait)
                                            : false;
  const struct catalog_server *server = catalog_server_by_slug(r->catalog, slug, now);
  const struct access_user *user = catalog_user_by_id(r->catalog, token.user_id);
  if (!server || !user || !str_eq(server->server.id, token.server_id) ||
      !admission_admits(&server->server.admission, user))
    return front_challenge(r, slug, true, err);
  struct principal_signin by = {token.lease_id, token.client_id, token.client_name, token.expires_at};
  principal_of_person(&user->self, server->server.id, &by, r->arena, &r->client.principal);
  r->server = server;
  r->url = (struct catalog_url *)(uintptr_t)&server->front;
  return true;
}
