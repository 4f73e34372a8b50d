// SPDX-License-Identifier: Apache-2.0
#include "access/principal.h"

struct str principal_bearer(const struct http_request *in) {
  struct str given = http_header_get(&in->headers, "authorization");
  bool bearer = given.n > 7 && str_is_nocase(str_make(given.p, 7), "Bearer ");
  return bearer ? str_trim(str_from(given, 7)) : STR_NONE;
}

struct str principal_challenge(const struct http_request *in) {
  return principal_bearer(in).n ? STR("Bearer realm=\"postern\", error=\"invalid_token\"")
                                : STR("Bearer realm=\"postern\""); // no error code where no credential came
}

static bool principal_refuse(const struct principal_door *door, bool came, struct err *err) {
  err_set(err, ERR_UNAUTHENTICATED,
          came             ? "this API token is unknown, revoked or expired"
          : door->server.n ? "this server asks for an API token as well as its URL"
                           : "an API token is needed here");
  err_hint(err, "send 'Authorization: Bearer <API token>'; the first start printed one, and an administrator "
                "makes more with 'postern token create', or 'postern token recover' on the server's machine");
  return false;
}

bool principal_of(const struct http_request *in, const struct principal_door *door, struct arena *a,
                  struct principal *out, struct err *err) {
  struct principal p = {.kind = PRINCIPAL_URL, .server = door->server, .tag = door->tag};
  if (door->guarded) {
    struct str bearer = principal_bearer(in);
    const struct access_token *token = access_find(door->tokens, bearer, door->now);
    if (!token) return principal_refuse(door, bearer.n > 0, err);
    bool other = token->role == ACCESS_EDITOR && !str_eq(token->id, door->owner);
    if (door->server.n && (token->role == ACCESS_VIEWER || other))
      return err_set(err, ERR_UNAUTHENTICATED, "an API token of the role %s opens no MCP server%s",
                     access_role_name(token->role), other ? " but its own" : "");
    p = (struct principal){.kind = PRINCIPAL_TOKEN,
                           .server = door->server,
                           .tag = door->tag,
                           .token = *token,
                           .role = token->role,
                           .name = token->id};
  }
  *out = principal_copy(&p, a);
  return true;
}

void principal_of_user(const struct access_token *self, struct arena *a, struct principal *out) {
  struct principal p = {.kind = PRINCIPAL_USER, .token = *self, .role = self->role, .name = self->id};
  *out = principal_copy(&p, a);
}

void principal_of_person(const struct access_token *self, struct str server,
                         const struct principal_signin *by, struct arena *a, struct principal *out) {
  struct principal p = {.kind = PRINCIPAL_PERSON,
                        .server = server,
                        .tag = by->id,
                        .token = *self,
                        .signin = *by,
                        .role = self->role,
                        .name = self->id};
  *out = principal_copy(&p, a);
}

// "srv_…", or "srv_….0123456789abcdef" by another URL than the first.
static size_t principal_door_bytes(const struct principal *p) {
  return p->server.n + (p->tag.n ? 1 + p->tag.n : 0);
}

// No part has a slash in it: they are ids and keys that we made.
struct principal principal_copy(const struct principal *p, struct arena *a) {
  struct principal copy = *p;
  copy.key =
      arena_printf(a, "%.*s%s%.*s/%.*s%s%.*s", STR_ARG(p->server), p->tag.n ? "." : "", STR_ARG(p->tag),
                   STR_ARG(p->token.id), p->session.n ? "/" : "", STR_ARG(p->session));
  size_t door = principal_door_bytes(p);
  copy.server = str_make(copy.key.p, p->server.n);
  copy.tag = str_make(copy.key.p + door - p->tag.n, p->tag.n);
  copy.token.id = str_make(copy.key.p + door + 1, p->token.id.n);
  copy.session = str_make(copy.key.p + copy.key.n - p->session.n, p->session.n);
  copy.token.name = arena_dup(a, p->token.name);
  copy.token.use = NULL; // the catalog's
  copy.name = arena_dup(a, p->name);
  copy.client = arena_dup(a, p->client);
  copy.signin = (struct principal_signin){arena_dup(a, p->signin.id), arena_dup(a, p->signin.client_id),
                                          arena_dup(a, p->signin.client_name), p->signin.until};
  return copy;
}

void principal_begin_session(struct principal *p, struct str session, struct arena *a) {
  p->session = session;
  *p = principal_copy(p, a);
}

void principal_introduce(struct principal *p, struct str client, struct arena *a) {
  client = str_cut_utf8(client, PRINCIPAL_CLIENT_MOST);
  p->client = arena_dup(a, client);
  bool known = p->kind == PRINCIPAL_TOKEN || principal_is_person(p);
  if (!known && client.n) p->name = arena_printf(a, "client:%.*s", STR_ARG(client));
}

struct str principal_holder(const struct principal *p) {
  return str_make(p->key.p, principal_door_bytes(p) + 1 + p->token.id.n);
}

struct str principal_holder_of(struct str key) {
  size_t slashes = 0, n = 0;
  for (; n < key.n; n++)
    if (key.p[n] == '/' && ++slashes == 2) break;
  return str_make(key.p, n);
}
