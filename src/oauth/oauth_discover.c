// SPDX-License-Identifier: Apache-2.0
// From an MCP server's address to where its tokens come from (MCP 2026-07-28 "Authorization", RFC 9728 §3,
// RFC 8414 §3): a document that is not there leads to the next place; one that is there and wrong, or a
// server that is down, ends the search.
#include "oauth/oauth_private.h"

#define DISCOVER_RESOURCE "/.well-known/oauth-protected-resource"
#define DISCOVER_OAUTH "/.well-known/oauth-authorization-server"
#define DISCOVER_OPENID "/.well-known/openid-configuration"

struct discover {
  const struct oauth_net *net;
  struct arena *arena;
  struct oauth_site site;
  struct str issuer; // to ask for
  struct uri server;
};

// `*found` false: nothing of use is there.
static bool discover_get(struct discover *d, struct str url, const char *what, struct oauth_reply *reply,
                         bool *found, struct err *err) {
  struct oauth_message m = {.method = "GET", .what = what, .url = url};
  if (!oauth_send(d->net, &m, d->arena, reply, err)) return false;
  *found = reply->status == 200 && reply->doc;
  if (*found) return true;
  oauth_reply_free(reply);
  return !oauth_is_down(reply->status) || oauth_down(&m, reply->status, err);
}

// ---- the resource

static bool discover_resource_at(struct discover *d, struct str url, bool *found, struct err *err) {
  struct oauth_reply reply;
  if (!discover_get(d, url, "the MCP server's metadata", &reply, found, err)) return false;
  if (!*found) return true;
  bool ok = oauth_read_resource(yyjson_doc_get_root(reply.doc), d->site.server_url, d->arena, &d->site,
                                &d->issuer, err);
  oauth_reply_free(&reply);
  return ok;
}

static bool discover_resource(struct discover *d, const struct mcp_challenge *challenge, struct err *err) {
  struct challenge c =
      challenge ? challenge_read(challenge->www_authenticate, d->arena) : (struct challenge){0};
  struct str origin = oauth_origin(&d->server, d->arena), path = d->server.path;
  if (path.n == 1) path.n = 0; // a lone slash adds nothing
  struct str places[3] = {
      c.resource_metadata,
      path.n ? arena_printf(d->arena, "%.*s" DISCOVER_RESOURCE "%.*s", STR_ARG(origin), STR_ARG(path))
             : STR_NONE,
      arena_printf(d->arena, "%.*s" DISCOVER_RESOURCE, STR_ARG(origin))};
  bool found = false;
  for (size_t i = 0; i < 3 && !found; i++)
    if (places[i].n && !discover_resource_at(d, places[i], &found, err)) return false;
  return true;
}

// ---- the authorization server

// Where the metadata of an issuer may be, in the order of preference (MCP 2025-11-25, "Authorization Server
// Metadata Discovery").
static size_t discover_places(const struct discover *d, const struct uri *issuer, struct str out[3]) {
  struct str origin = oauth_origin(issuer, d->arena), path = str_trim_end(issuer->path, '/');
  size_t n = 0;
  out[n++] = arena_printf(d->arena, "%.*s" DISCOVER_OAUTH "%.*s", STR_ARG(origin), STR_ARG(path));
  out[n++] = arena_printf(d->arena, "%.*s" DISCOVER_OPENID "%.*s", STR_ARG(origin), STR_ARG(path));
  if (path.n) out[n++] = arena_printf(d->arena, "%.*s%.*s" DISCOVER_OPENID, STR_ARG(origin), STR_ARG(path));
  return n;
}

static bool discover_server(struct discover *d, bool *found, struct err *err) {
  struct uri issuer;
  struct str places[3];
  if (!oauth_vet(d->issuer, "the authorization server", &issuer, err)) return false;
  if (issuer.query.p)
    return err_why(err, ERR_UNPROCESSABLE, WHY_BAD_METADATA, "the authorization server's name has a query");
  size_t count = discover_places(d, &issuer, places);
  *found = false;
  for (size_t i = 0; i < count && !*found; i++) {
    struct oauth_reply reply;
    if (!discover_get(d, places[i], "the authorization server's metadata", &reply, found, err)) return false;
    if (!*found) continue;
    bool ok = oauth_read_server(yyjson_doc_get_root(reply.doc), d->issuer, d->arena, &d->site, err);
    oauth_reply_free(&reply);
    if (!ok) return false;
  }
  return true;
}

// MCP 2025-03-26, "Fallbacks for Servers without Metadata Discovery".
static void discover_assume(struct discover *d) {
  struct oauth_site *s = &d->site;
  s->issuer = d->issuer;
  s->authorization_endpoint = arena_printf(d->arena, "%.*s/authorize", STR_ARG(d->issuer));
  s->token_endpoint = arena_printf(d->arena, "%.*s/token", STR_ARG(d->issuer));
  s->registration_endpoint = arena_printf(d->arena, "%.*s/register", STR_ARG(d->issuer));
  s->methods = OAUTH_METHODS_UNSAID;
  s->refreshes = s->pkce = s->assumed = true;
}

static bool discover_check(const struct discover *d, struct err *err) {
  if (d->site.authorization_endpoint.n && !d->site.pkce) {
    err_why(err, ERR_UNPROCESSABLE, WHY_NOT_SUPPORTED,
            "the authorization server %.*s does not say that it knows PKCE with S256",
            STR_ARG(d->site.issuer));
    err_hint(err, "MCP forbids to go on without it; ask the vendor, or connect with a key where it has one");
    return false;
  }
  return true;
}

bool oauth_discover(const struct oauth_net *net, struct str server_url, const struct mcp_challenge *challenge,
                    struct arena *a, struct oauth_site *out, struct err *err) {
  struct discover d = {.net = net, .arena = a, .site = {.server_url = arena_dup(a, server_url)}};
  bool found;
  if (!oauth_vet(d.site.server_url, "the server's address", &d.server, err) ||
      !discover_resource(&d, challenge, err))
    return false;
  if (!d.issuer.n) d.issuer = oauth_origin(&d.server, a);
  if (!discover_server(&d, &found, err)) return false;
  if (!found && d.site.resource.n) {
    err_why(err, ERR_UNPROCESSABLE, WHY_BAD_METADATA,
            "the authorization server %.*s, which the MCP server names, publishes no metadata",
            STR_ARG(d.issuer));
    err_hint(err, "the vendor has to mend this; connect with a key where it has one");
    return false;
  }
  if (!found) discover_assume(&d);
  if (!discover_check(&d, err)) return false;
  *out = d.site;
  return true;
}
