// SPDX-License-Identifier: Apache-2.0
#include "serve/serve.h"

void serve_add_server_info(const struct serve_request *r, struct buf *out) {
  buf_add_z(out, "{\"name\":\"postern\",\"title\":");
  json_add_string(out, r->server->server.name);
  buf_add_z(out, ",\"version\":");
  json_add_string(out, r->env->version);
  buf_add_char(out, '}');
}

// A token is a string or an integer; anything else asks for nothing.
static yyjson_val *serve_progress_token(yyjson_val *meta) {
  yyjson_val *token = yyjson_obj_get(meta, "progressToken");
  int64_t number;
  bool sound = yyjson_is_str(token) || yyjson_is_int(token) || str_to_i64(json_raw_number(token), &number);
  return sound ? token : NULL;
}

bool serve_read(struct serve_request *r, yyjson_val *message, struct err *err) {
  r->fault = (struct fault){0};
  r->message = (struct serve_message){.whole = message};
  bool sound = jsonrpc_read(message, &r->message.rpc, err);
  r->message.meta = yyjson_obj_get(r->message.rpc.params, "_meta");
  r->progress_token = serve_progress_token(r->message.meta);
  return sound;
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
