// SPDX-License-Identifier: Apache-2.0
#include "session/standing.h"

struct standing standing_of(const struct catalog_url *url, const struct principal *who) {
  struct standing s = {.has_token = who->kind == PRINCIPAL_TOKEN};
  memcpy(s.url_hash, url->row->hash, TOKEN_HASH);
  memcpy(s.token_hash, who->token.hash, TOKEN_HASH);
  return s;
}

const struct catalog_server *standing_server(const struct standing *s, const struct catalog *c, int64_t now) {
  const struct catalog_url *url = map_get(&c->urls_by_hash, str_make((const char *)s->url_hash, TOKEN_HASH));
  const struct catalog_server *server = url ? url->server : NULL;
  if (!server || !access_is_live(server->ends_at, now)) return NULL;
  if (!server->server.filter.require_api_token) return server;
  return s->has_token && access_find_hash(&c->tokens_by_hash, s->token_hash, now) ? server : NULL;
}
