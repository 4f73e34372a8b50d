// SPDX-License-Identifier: Apache-2.0
#include "session/standing.h"

struct standing standing_of(const struct catalog_server *server, const struct access_token *token) {
  struct standing s = {.has_token = token != NULL};
  memcpy(s.server_hash, server->server.token_hash, TOKEN_HASH);
  if (token) memcpy(s.token_hash, token->hash, TOKEN_HASH);
  return s;
}

static bool standing_is_before(int64_t now, int64_t expires_at) {
  return expires_at == 0 || now < expires_at;
}

const struct catalog_server *standing_server(const struct standing *s, const struct catalog *c, int64_t now) {
  const struct catalog_server *server =
      map_get(&c->servers_by_hash, str_make((const char *)s->server_hash, TOKEN_HASH));
  if (!server || !standing_is_before(now, server->server.expires_at)) return NULL;
  if (!server->server.filter.require_api_token) return server;
  const struct access_token *token =
      s->has_token ? map_get(&c->tokens_by_hash, str_make((const char *)s->token_hash, TOKEN_HASH)) : NULL;
  return token && standing_is_before(now, token->expires_at) ? server : NULL;
}
