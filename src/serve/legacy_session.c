// SPDX-License-Identifier: Apache-2.0
#include "serve/legacy_session.h"

#include "mcp/wire.h"
#include "serve/offer.h"
#include "serve/reply.h"
#include "session/capability.h"

void legacy_session_set(struct serve_request *r, const struct session *s) {
  r->client.version = s->version;
  if (s->capabilities.n) r->client.capabilities = s->capabilities;
  principal_begin_session(&r->client.principal, s->key, r->arena);
  principal_introduce(&r->client.principal, s->client, r->arena);
}

bool legacy_session_find(struct serve_request *r) {
  struct str text = http_header_get(&r->transport.in->headers, WIRE_HEADER_SESSION);
  struct session s;
  struct err err;
  if (!text.n) return true;
  if (http_header_count(&r->transport.in->headers, WIRE_HEADER_SESSION) == 1 &&
      session_unseal(r->env->ring, principal_holder(&r->client.principal), text, r->arena, &s, &err) &&
      !s.pair && !replay_has_ended(s.key)) {
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
  bool pair = !r->transport.http;
  const char *spoken = wire_legacy_version(asked);
  struct session s = {
      .version = (pair ? spoken != NULL : wire_is_legacy(asked)) ? asked : STR(WIRE_LEGACY_LATEST),
      .capabilities = capability_filter(yyjson_obj_get(params, "capabilities"), r->arena),
      .client = json_str(yyjson_obj_get(params, "clientInfo"), "name"),
      .pair = pair,
  };
  if (pair) {
    replay_set_client(serve_replay(r), s.version, s.capabilities, s.client);
    r->client.version = s.version;
    r->client.capabilities = s.capabilities;
  } else {
    struct str id;
    if (!session_seal(r->env->ring, principal_holder(&r->client.principal), &s, r->arena, &id, err))
      return false;
    legacy_session_set(r, &s);
    http_reply_header(r->transport.http, WIRE_HEADER_SESSION, id);
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
