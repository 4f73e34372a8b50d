// SPDX-License-Identifier: Apache-2.0
#include "serve/serve.h"

void serve_add_server_info(const struct serve_request *r, struct buf *out) {
  buf_add_z(out, "{\"name\":\"postern\",\"title\":");
  json_add_string(out, r->server->server.name);
  buf_add_z(out, ",\"version\":");
  json_add_string(out, r->env->version);
  buf_add_char(out, '}');
}

struct str serve_holder(struct str principal) {
  size_t n = 0;
  for (int slashes = 0; n < principal.n && (slashes += principal.p[n] == '/') < 2;) n++;
  return str_make(principal.p, n);
}

struct mcp_who serve_who(const struct serve_request *r) {
  return (struct mcp_who){r->principal, r->capabilities, r->era};
}

struct replay *serve_replay(struct serve_request *r) {
  if (!r->replay && r->session.key.n) r->replay = replay_get(r->session.key, true);
  return r->replay;
}
