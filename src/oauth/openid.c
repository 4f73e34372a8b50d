// SPDX-License-Identifier: Apache-2.0
#include "oauth/openid.h"

#include "base/codec.h"
#include "oauth/oauth_private.h"

#define OPENID_PLACE "/.well-known/openid-configuration"

static bool openid_address(yyjson_val *root, const char *member, struct arena *a, struct str *out,
                           struct err *err) {
  struct str url = json_str(root, member);
  struct uri ignored;
  *out = arena_dup(a, url);
  return !url.n || oauth_vet(url, member, &ignored, err);
}

static bool openid_lacks(struct str issuer, const char *member, struct err *err) {
  err_why(err, ERR_UNPROCESSABLE, WHY_BAD_METADATA, "the metadata of %.*s has no %s", STR_MOST(issuer, 200),
          member);
  err_hint(err, "is it the issuer of an OpenID Connect provider? Its documentation names it");
  return false;
}

bool openid_read(yyjson_val *root, struct str issuer, struct arena *a, struct openid_site *out,
                 struct err *err) {
  // The resource is whom the document has to name exactly; none is sent to a provider (RFC 8707).
  struct openid_site o = {.site = {.server_url = arena_dup(a, issuer), .resource = issuer}};
  if (!oauth_read_server(root, issuer, a, &o.site, err) ||
      !openid_address(root, "jwks_uri", a, &o.jwks_uri, err) ||
      !openid_address(root, "userinfo_endpoint", a, &o.userinfo_endpoint, err) ||
      !openid_address(root, "end_session_endpoint", a, &o.end_session_endpoint, err))
    return false;
  o.site.resource = STR_NONE;
  if (!o.site.authorization_endpoint.n) return openid_lacks(issuer, "authorization_endpoint", err);
  if (!o.jwks_uri.n) return openid_lacks(issuer, "jwks_uri", err);
  *out = o;
  return true;
}

// A document that has to be there.
static bool openid_get(const struct oauth_net *net, const struct oauth_message *m, struct arena *a,
                       struct oauth_reply *reply, struct err *err) {
  if (!oauth_send(net, m, a, reply, err)) return false;
  if (reply->status == 200 && reply->doc) return true;
  bool down = oauth_is_down(reply->status);
  int status = reply->status;
  oauth_reply_free(reply);
  if (down) return oauth_down(m, status, err);
  return err_why(err, ERR_UNPROCESSABLE, WHY_BAD_METADATA,
                 "%s: status %d, and no JSON object that could be read", m->what, status);
}

bool openid_discover(const struct oauth_net *net, struct str issuer, struct arena *a, struct openid_site *out,
                     struct err *err) {
  struct uri u;
  struct oauth_reply reply;
  if (!oauth_vet(issuer, "the issuer", &u, err)) return false;
  if (u.query.p) return err_why(err, ERR_UNPROCESSABLE, WHY_BAD_METADATA, "the issuer has a query");
  struct str place = ARENA_JOIN(a, str_trim_end(issuer, '/'), STR(OPENID_PLACE));
  struct oauth_message m = {.method = "GET", .what = "the provider's metadata", .url = place};
  if (!openid_get(net, &m, a, &reply, err)) return false;
  bool ok = openid_read(yyjson_doc_get_root(reply.doc), issuer, a, out, err);
  oauth_reply_free(&reply);
  return ok;
}

bool openid_keys(const struct oauth_net *net, const struct openid_site *site, struct arena *a,
                 yyjson_doc **out, struct err *err) {
  struct oauth_reply reply;
  struct oauth_message m = {.method = "GET", .what = "the provider's keys", .url = site->jwks_uri};
  if (!openid_get(net, &m, a, &reply, err)) return false;
  *out = reply.doc;
  return true;
}

static struct secret *openid_bearer(const struct secret *access) {
  static const char scheme[] = "Bearer ";
  struct str token = secret_reveal(access);
  char *text;
  struct secret *s = secret_make(sizeof scheme - 1 + token.n, &text);
  memcpy(text, scheme, sizeof scheme - 1);
  memcpy(text + sizeof scheme - 1, token.p, token.n);
  return s;
}

bool openid_userinfo(const struct oauth_net *net, const struct openid_site *site, const struct secret *access,
                     struct arena *a, yyjson_doc **out, struct err *err) {
  struct oauth_reply reply;
  struct secret *bearer = openid_bearer(access);
  struct oauth_message m = {.method = "GET",
                            .what = "what the provider tells of the person",
                            .url = site->userinfo_endpoint,
                            .authorization = secret_reveal(bearer),
                            .plain = true};
  bool ok = openid_get(net, &m, a, &reply, err);
  secret_free(bearer);
  if (ok) *out = reply.doc;
  return ok;
}

struct str openid_end_url(const struct openid_site *site, struct str client_id, const struct secret *id_token,
                          struct str back, struct arena *a) {
  if (!site->end_session_endpoint.n) return STR_NONE;
  struct buf out = BUF_MAX(OAUTH_BODY_MOST);
  buf_add(&out, site->end_session_endpoint);
  oauth_add_query(&out, "client_id", client_id);
  oauth_add_query(&out, "post_logout_redirect_uri", back);
  if (id_token) oauth_add_query(&out, "id_token_hint", secret_reveal(id_token));
  struct str url = arena_dup(a, buf_str(&out));
  buf_free(&out);
  return url;
}
