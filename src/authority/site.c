// SPDX-License-Identifier: Apache-2.0
#include "authority/site.h"

#include "authority/redirect.h"
#include "data/json.h"
#include "data/uri.h"

#define SITE_PATH "/mcp/"

struct str site_issuer(struct str public_url) {
  struct uri u;
  struct err none;
  struct str origin = str_trim_end(public_url, '/');
  bool sound = uri_parse_http(origin, &u, &none) && !u.path.n && !u.query.p && !u.fragment.p;
  return sound && (str_is(u.scheme, "https") || redirect_is_loopback(origin)) ? origin : STR_NONE;
}

bool site_slug_of(const struct authority_env *env, struct str resource, struct str *slug) {
  if (resource.n <= env->issuer.n || !str_eq_nocase(str_make(resource.p, env->issuer.n), env->issuer))
    return false;
  struct str path = str_from(resource, env->issuer.n);
  if (!str_starts(path, SITE_PATH)) return false;
  *slug = str_from(path, sizeof SITE_PATH - 1);
  if (slug->n && str_ends(*slug, "/")) slug->n--; // as the endpoint takes it
  return slug->n > 0;
}

struct str site_resource(const struct authority_env *env, struct str slug, struct arena *a) {
  return ARENA_JOIN(a, env->issuer, STR(SITE_PATH), slug);
}

static void site_add(struct buf *out, const char *key, struct str issuer, const char *path) {
  buf_printf(out, ",\"%s\":\"", key);
  json_add_escaped(out, issuer);
  buf_printf(out, "%s\"", path);
}

void site_write_server(const struct authority_env *env, struct buf *out) {
  buf_add_z(out, "{\"issuer\":");
  json_add_string(out, env->issuer);
  site_add(out, "authorization_endpoint", env->issuer, "/oauth/authorize");
  site_add(out, "token_endpoint", env->issuer, "/oauth/token");
  site_add(out, "registration_endpoint", env->issuer, "/oauth/register");
  site_add(out, "revocation_endpoint", env->issuer, "/oauth/revoke");
  buf_add_z(out, ",\"response_types_supported\":[\"code\"],\"response_modes_supported\":[\"query\"],"
                 "\"grant_types_supported\":[\"authorization_code\",\"refresh_token\"],"
                 "\"code_challenge_methods_supported\":[\"S256\"],"
                 "\"token_endpoint_auth_methods_supported\":[\"none\"],"
                 "\"revocation_endpoint_auth_methods_supported\":[\"none\"],"
                 "\"scopes_supported\":[\"" SITE_SCOPE "\"],\"client_id_metadata_document_supported\":true,"
                 "\"authorization_response_iss_parameter_supported\":true}");
}

void site_write_resource(const struct authority_env *env, struct str slug, struct buf *out) {
  buf_add_z(out, "{\"resource\":\"");
  json_add_escaped(out, env->issuer);
  buf_add_z(out, SITE_PATH);
  json_add_escaped(out, slug);
  buf_add_z(out, "\",\"authorization_servers\":[");
  json_add_string(out, env->issuer);
  buf_add_z(out, "],\"scopes_supported\":[\"" SITE_SCOPE "\"],\"bearer_methods_supported\":[\"header\"]}");
}
