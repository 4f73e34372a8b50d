// SPDX-License-Identifier: Apache-2.0
#include "serve/legacy_session.h"

#include "forward/owner.h"
#include "mcp/wire.h"
#include "serve/offer.h"
#include "session/capability.h"

static void legacy_session_in(struct serve_request *r, const struct session *s) {
  principal_begin_session(&r->client.principal, s->key, r->arena);
  serve_introduce(r, s->version, s->capabilities, s->client);
  r->client.node = s->node;
}

bool legacy_session_begin(struct serve_request *r, struct session *s, struct str *id, struct err *err) {
  s->node = owner_mark();
  if (!session_seal(r->env->ring, principal_holder(&r->client.principal), s, r->arena, id, err)) return false;
  legacy_session_in(r, s);
  return true;
}

bool legacy_session_open(struct serve_request *r, struct str id, bool pair) {
  struct session s;
  struct err err;
  if (!session_unseal(r->env->ring, principal_holder(&r->client.principal), id, r->arena, &s, &err) ||
      s.pair != pair || replay_has_ended(s.key))
    return false;
  legacy_session_in(r, &s);
  return true;
}

bool legacy_session_initialize(struct serve_request *r, yyjson_val *params, struct buf *out,
                               struct err *err) {
  struct str asked = json_str(params, "protocolVersion");
  bool pair = !r->transport.http;
  const char *spoken = wire_legacy_version(asked);
  struct session s = {
      .version = spoken ? asked : STR(WIRE_LEGACY_LATEST),
      .capabilities = capability_filter(yyjson_obj_get(params, "capabilities"), r->arena),
      .client = json_str(yyjson_obj_get(params, "clientInfo"), "name"),
      .pair = pair,
  };
  struct str id;
  if (pair) {
    replay_set_client(serve_replay(r), s.version, s.capabilities, s.client);
    serve_introduce(r, s.version, s.capabilities, s.client);
  } else {
    if (!legacy_session_begin(r, &s, &id, err)) return false;
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
