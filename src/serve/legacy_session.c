// SPDX-License-Identifier: Apache-2.0
#include "serve/legacy_session.h"

#include "mcp/wire.h"
#include "serve/offer.h"
#include "serve/reply.h"
#include "session/capability.h"

struct session_place legacy_session_place(const struct serve_request *r) {
  return (struct session_place){r->server->server.id, r->token ? r->token->id : STR_NONE};
}

void legacy_session_set(struct serve_request *r, const struct session *s) {
  r->session = *s;
  r->version = s->version;
  r->capabilities = s->capabilities.n ? s->capabilities : STR("{}");
  r->principal =
      arena_printf(r->arena, "%.*s/%.*s", STR_ARG(r->principal), STR_ARG(s->key)); // of the server and token
  if (!r->token && s->client.n) r->client = arena_printf(r->arena, "client:%.*s", STR_ARG(s->client));
}

bool legacy_session_find(struct serve_request *r) {
  struct str text = http_header_get(&r->in->headers, WIRE_HEADER_SESSION);
  struct session_place place = legacy_session_place(r);
  struct session s;
  struct err err;
  if (!text.n) return true;
  if (http_header_count(&r->in->headers, WIRE_HEADER_SESSION) == 1 &&
      session_unseal(r->env->ring, &place, text, r->arena, &s, &err) && !s.pair && !replay_has_ended(s.key)) {
    legacy_session_set(r, &s);
    return true;
  }
  reply_refuse(r, 404, r->message.rpc.id, JSONRPC_INVALID_REQUEST,
               "this session is unknown or over: initialize again");
  return false;
}

bool legacy_session_initialize(struct serve_request *r, yyjson_val *params, struct buf *out,
                               struct err *err) {
  struct str asked = json_str(params, "protocolVersion");
  bool pair = r->session.pair;
  const char *spoken = wire_legacy_version(asked);
  struct session s = {
      .version = (pair ? spoken != NULL : wire_is_legacy(asked)) ? asked : STR(WIRE_LEGACY_LATEST),
      .capabilities = capability_filter(yyjson_obj_get(params, "capabilities"), r->arena),
      .client = json_str(yyjson_obj_get(params, "clientInfo"), "name"),
      .pair = pair,
  };
  if (pair) {
    replay_set_client(serve_replay(r), s.version, s.capabilities, s.client);
    r->version = s.version;
    r->capabilities = s.capabilities;
  } else {
    struct session_place place = legacy_session_place(r);
    struct str id;
    if (!session_seal(r->env->ring, &place, &s, r->arena, &id, err)) return false;
    legacy_session_set(r, &s);
    http_reply_header(r->http, WIRE_HEADER_SESSION, id);
  }
  buf_printf(out, "{\"protocolVersion\":\"%.*s\",\"capabilities\":", STR_ARG(s.version));
  offer_add_capabilities(r, out);
  buf_add_z(out, ",\"serverInfo\":");
  serve_add_server_info(r, out);
  buf_add_z(out, ",\"instructions\":");
  offer_add_instructions(r, out);
  buf_add_char(out, '}');
  return true;
}
