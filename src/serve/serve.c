// SPDX-License-Identifier: Apache-2.0
#include "serve/serve.h"

#include "base/clock.h"
#include "catalog/own.h"
#include "mcp/wire.h"

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

bool serve_claims_modern(yyjson_val *message) {
  yyjson_val *meta = yyjson_obj_get(yyjson_obj_get(message, "params"), "_meta");
  return yyjson_obj_get(meta, WIRE_META_VERSION) != NULL;
}

bool serve_read(struct serve_request *r, yyjson_val *message, struct err *err) {
  r->message = (struct serve_message){.whole = message};
  bool sound = jsonrpc_read(message, &r->message.rpc, err);
  r->message.meta = yyjson_obj_get(r->message.rpc.params, "_meta");
  r->message.progress_token = serve_progress_token(r->message.meta);
  return sound;
}

void serve_introduce(struct serve_request *r, struct str version, struct str capabilities, struct str name) {
  r->client.version = version;
  if (capabilities.n) r->client.capabilities = capabilities;
  principal_introduce(&r->client.principal, name, r->arena);
}

struct str serve_person(const struct serve_request *r) {
  const struct principal *p = &r->client.principal;
  return principal_is_person(p) ? p->token.id : STR_NONE;
}

struct mcp_who serve_who(const struct serve_request *r) {
  return (struct mcp_who){r->client.principal.key, r->client.capabilities, r->transport.era};
}

const struct catalog_account *serve_account(const struct serve_request *r, const struct catalog_member *m) {
  const struct catalog_account *own =
      m->account->is_front ? catalog_own(r->catalog, serve_person(r), m->account->account->id) : NULL;
  return own ? own : m->account;
}

struct audit_row serve_audit_row(const struct serve_request *r) {
  const struct principal *p = &r->client.principal;
  return (struct audit_row){.at = clock_now_ms(),
                            .who = {.actor = p->name,
                                    .actor_name = p->token.name,
                                    .client = p->client,
                                    .address = r->transport.in->client,
                                    .client_id = p->signin.client_id,
                                    .sign_in = p->signin.id},
                            .server_id = r->server ? r->server->server.id : STR_NONE,
                            .server_name = r->server ? r->server->server.name : STR_NONE,
                            .url = r->url ? r->url->row->name : STR_NONE,
                            .request_id = r->transport.in->id};
}

struct replay *serve_replay(struct serve_request *r) {
  if (!r->client.replay && r->client.principal.session.n)
    r->client.replay = replay_get(r->client.principal.session, true);
  return r->client.replay;
}
