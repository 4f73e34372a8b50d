// SPDX-License-Identifier: Apache-2.0
// From an MCP server's address to where its tokens come from (MCP 2026-07-28 "Authorization", RFC 9728 §3,
// RFC 8414 §3): a document that is not there, or says nothing of what is sought, leads to the next place, and so
// does a place that cannot be asked, whose error is told where no other has anything. One that speaks of another
// resource or issuer ends the search.
#include "oauth/oauth_private.h"

#define DISCOVER_RESOURCE "/.well-known/oauth-protected-resource"
#define DISCOVER_OAUTH "/.well-known/oauth-authorization-server"
#define DISCOVER_OPENID "/.well-known/openid-configuration"

struct discover {
  const struct oauth_net *net;
  struct arena *arena;
  struct oauth_site site;
  struct str issuer;  // to ask for
  struct err trouble; // of the first place that could not be asked; no text: none
  struct uri server;
};

// Is there another place to look at? What has to be known is remembered. A hint that cannot be used is none.
static bool discover_goes_on(struct discover *d, bool hint, const struct err *err) {
  bool foreign = err->reason == WHY_WRONG_RESOURCE || err->reason == WHY_WRONG_ISSUER;
  bool ends = err->code == ERR_CANCELED || err->reason == WHY_MEMORY || foreign;
  if (ends || !(hint || err->reason == WHY_VENDOR_DOWN)) return false;
  if (!d->trouble.text[0]) d->trouble = *err;
  return true;
}

// Documents of other kinds are there, too: an answer for people, "not found" by 200.
static bool discover_speaks_of(yyjson_val *root, const char *const *members) {
  while (*members && !yyjson_obj_get(root, *members)) members++;
  return *members;
}

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
  static const char *const members[] = {"resource", "authorization_servers", NULL};
  struct oauth_reply reply;
  if (!discover_get(d, url, "the MCP server's metadata", &reply, found, err)) return false;
  *found = *found && discover_speaks_of(yyjson_doc_get_root(reply.doc), members);
  bool ok = !*found || oauth_read_resource(yyjson_doc_get_root(reply.doc), d->site.server_url, d->arena,
                                           &d->site, &d->issuer, err);
  oauth_reply_free(&reply);
  return ok;
}

// A hint may be relative to the server that gave it.
static struct str discover_hint(const struct discover *d, struct str hint, struct str origin) {
  return str_starts(hint, "/") && !str_starts(hint, "//") ? ARENA_JOIN(d->arena, origin, hint) : hint;
}

static bool discover_resource(struct discover *d, const struct mcp_challenge *challenge, struct err *err) {
  struct challenge c =
      challenge ? challenge_read(challenge->www_authenticate, d->arena) : (struct challenge){0};
  struct str origin = oauth_origin(&d->server, d->arena), path = d->server.path;
  if (path.n == 1) path.n = 0; // a lone slash adds nothing
  struct str places[3] = {
      discover_hint(d, c.resource_metadata, origin),
      path.n ? arena_printf(d->arena, "%.*s" DISCOVER_RESOURCE "%.*s", STR_ARG(origin), STR_ARG(path))
             : STR_NONE,
      arena_printf(d->arena, "%.*s" DISCOVER_RESOURCE, STR_ARG(origin))};
  bool found = false;
  for (size_t i = 0; i < 3 && !found; i++)
    if (places[i].n && !discover_resource_at(d, places[i], &found, err)) {
      if (!discover_goes_on(d, i == 0, err)) return false;
      found = false;
    }
  if (found) d->trouble = (struct err){0};
  return true;
}

// ---- the authorization server

enum { DISCOVER_PLACES = 7 };

// A server that names no authorization server may have its metadata beside itself.
static size_t discover_places_beside(const struct discover *d, struct str *out) {
  struct str origin = oauth_origin(&d->server, d->arena), path = d->server.path;
  while (path.n && path.p[path.n - 1] == '/') path.n--;
  if (!path.n || d->site.resource.n) return 0;
  out[0] = arena_printf(d->arena, "%.*s" DISCOVER_OAUTH "%.*s", STR_ARG(origin), STR_ARG(path));
  out[1] = arena_printf(d->arena, "%.*s" DISCOVER_OPENID "%.*s", STR_ARG(origin), STR_ARG(path));
  out[2] = arena_printf(d->arena, "%.*s%.*s" DISCOVER_OAUTH, STR_ARG(origin), STR_ARG(path));
  out[3] = arena_printf(d->arena, "%.*s%.*s" DISCOVER_OPENID, STR_ARG(origin), STR_ARG(path));
  return 4;
}

// Where the metadata of an issuer may be, in the order of preference (MCP 2025-11-25, "Authorization Server
// Metadata Discovery").
static size_t discover_places(const struct discover *d, const struct uri *issuer,
                              struct str out[DISCOVER_PLACES]) {
  struct str origin = oauth_origin(issuer, d->arena), path = str_trim_end(issuer->path, '/');
  size_t n = 0;
  out[n++] = arena_printf(d->arena, "%.*s" DISCOVER_OAUTH "%.*s", STR_ARG(origin), STR_ARG(path));
  out[n++] = arena_printf(d->arena, "%.*s" DISCOVER_OPENID "%.*s", STR_ARG(origin), STR_ARG(path));
  if (path.n) out[n++] = arena_printf(d->arena, "%.*s%.*s" DISCOVER_OPENID, STR_ARG(origin), STR_ARG(path));
  return n + discover_places_beside(d, out + n);
}

static bool discover_server_at(struct discover *d, struct str url, bool *found, struct err *err) {
  static const char *const members[] = {"issuer", "token_endpoint", "authorization_endpoint", NULL};
  struct oauth_reply reply;
  if (!discover_get(d, url, "the authorization server's metadata", &reply, found, err)) return false;
  *found = *found && discover_speaks_of(yyjson_doc_get_root(reply.doc), members);
  bool ok = !*found || oauth_read_server(yyjson_doc_get_root(reply.doc), d->issuer, d->arena, &d->site, err);
  oauth_reply_free(&reply);
  return ok;
}

static bool discover_server(struct discover *d, bool *found, struct err *err) {
  struct uri issuer;
  struct str places[DISCOVER_PLACES];
  if (!oauth_vet(d->issuer, "the authorization server", &issuer, err)) return false;
  if (issuer.query.p)
    return err_why(err, ERR_UNPROCESSABLE, WHY_BAD_METADATA, "the authorization server's name has a query");
  size_t count = discover_places(d, &issuer, places);
  *found = false;
  for (size_t i = 0; i < count && !*found; i++)
    if (!discover_server_at(d, places[i], found, err)) {
      if (!discover_goes_on(d, false, err)) return false;
      *found = false;
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
  bool named = d.issuer.n > 0;
  if (!named) d.issuer = oauth_origin(&d.server, a);
  if (!discover_server(&d, &found, err)) return false;
  if (!found && d.trouble.text[0]) return *err = d.trouble, false;
  if (!found && named) {
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
