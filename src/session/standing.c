// SPDX-License-Identifier: Apache-2.0
#include "session/standing.h"

#include "authority/live.h"
#include "catalog/pending.h"

static void standing_keep(struct str id, char out[TOKEN_ID]) {
  size_t n = id.n < TOKEN_ID ? id.n : TOKEN_ID - 1;
  if (n) memcpy(out, id.p, n);
  out[n] = 0;
}

struct standing standing_of(const struct catalog_url *url, const struct principal *who) {
  struct standing s = {.has_token = who->kind == PRINCIPAL_TOKEN};
  if (who->kind == PRINCIPAL_PERSON) {
    standing_keep(who->server, s.server);
    standing_keep(who->token.id, s.user);
    standing_keep(who->signin.id, s.signin);
    return s;
  }
  if (s.has_token) standing_keep(who->token.id, s.user);
  memcpy(s.url_hash, url->row->hash, TOKEN_HASH);
  memcpy(s.token_hash, who->token.hash, TOKEN_HASH);
  return s;
}

// Of a person: as long as she is there, the server lets her in, and she has not taken the sign-in back.
static const struct catalog_server *standing_front(const struct standing *s, const struct catalog *c,
                                                   int64_t now) {
  const struct catalog_server *server = catalog_server_by_id(c, str_of(s->server));
  const struct access_user *user = catalog_user_by_id(c, str_of(s->user));
  bool there = server && user && server->server.admission.slug.n && access_is_live(server->ends_at, now);
  return there && admission_admits(&server->server.admission, user) && !live_has_ended(str_of(s->signin))
             ? server
             : NULL;
}

static const struct catalog_server *standing_by_url(const struct standing *s, const struct catalog *c,
                                                    int64_t now) {
  const struct catalog_url *url = catalog_url_by_hash(c, s->url_hash);
  const struct catalog_server *server = url ? url->server : NULL;
  if (!server || !access_is_live(server->ends_at, now)) return NULL;
  if (!server->server.filter.require_api_token) return server;
  return s->has_token && access_find_hash(&c->tokens_by_hash, s->token_hash, now) ? server : NULL;
}

const struct catalog_server *standing_server(const struct standing *s, const struct catalog *c, int64_t now) {
  const struct catalog_server *server = s->signin[0] ? standing_front(s, c, now) : standing_by_url(s, c, now);
  return server && !pending_ends(server, str_of(s->user), str_of(s->signin)) ? server : NULL;
}
