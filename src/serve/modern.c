// SPDX-License-Identifier: Apache-2.0
#include "serve/modern.h"

#include "mcp/wire.h"
#include "serve/elsewhere.h"
#include "serve/fault.h"
#include "serve/listen.h"
#include "serve/methods.h"
#include "serve/reply.h"
#include "session/capability.h"

bool modern_envelope(const struct serve_request *r) {
  return yyjson_is_str(yyjson_obj_get(r->message.meta, WIRE_META_VERSION)) &&
         yyjson_is_obj(yyjson_obj_get(r->message.meta, WIRE_META_CAPABILITIES));
}

static bool modern_refuse_version(struct serve_request *r, struct str requested) {
  struct buf data = BUF_MAX(8192), message = BUF_MAX(16384);
  buf_add_z(&data, "{\"supported\":[\"" WIRE_MODERN "\"],\"requested\":");
  json_add_string(&data, str_cut_utf8(requested, 64));
  buf_add_char(&data, '}');
  jsonrpc_error(&message, r->message.rpc.id, JSONRPC_UNSUPPORTED_VERSION, STR("Unsupported protocol version"),
                buf_str(&data));
  buf_free(&data);
  reply_send(r, 400, &message);
  return false;
}

// Whoever stands before us may go by one line of several, and we by another.
static bool modern_headers_single(struct serve_request *r) {
  static const char *const names[] = {WIRE_HEADER_VERSION, WIRE_HEADER_METHOD, WIRE_HEADER_NAME};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (http_header_count(&r->transport.in->headers, names[i]) <= 1) continue;
    return reply_refuse(r, 400, JSONRPC_HEADER_MISMATCH, "the header %s is there more than once", names[i]);
  }
  return true;
}

// The headers must say what the body says (MCP 2026-07-28, Streamable HTTP). False: refused already.
static bool modern_headers_agree(struct serve_request *r) {
  const struct jsonrpc_message *m = &r->message.rpc;
  struct str version = json_str(r->message.meta, WIRE_META_VERSION);
  struct str header_version = http_header_get(&r->transport.in->headers, WIRE_HEADER_VERSION);
  struct str header_method = http_header_get(&r->transport.in->headers, WIRE_HEADER_METHOD);
  if (header_version.n && !str_eq(header_version, version))
    return reply_refuse(r, 400, JSONRPC_HEADER_MISMATCH, "%s differs from the body's version",
                        WIRE_HEADER_VERSION);
  if (header_method.n && !str_eq(header_method, m->method))
    return reply_refuse(r, 400, JSONRPC_HEADER_MISMATCH, "%s differs from the body's method",
                        WIRE_HEADER_METHOD);
  if (!str_is(version, WIRE_MODERN)) return modern_refuse_version(r, version);
  if (!header_version.n || !header_method.n)
    return reply_refuse(r, 400, JSONRPC_HEADER_MISMATCH, "the header %s is missing",
                        header_version.n ? WIRE_HEADER_METHOD : WIRE_HEADER_VERSION);
  return true;
}

static bool modern_name_agrees(struct serve_request *r) {
  const struct jsonrpc_message *m = &r->message.rpc;
  const char *member = wire_name_member(m->method);
  if (!member) return true;
  struct str header, raw = http_header_get(&r->transport.in->headers, WIRE_HEADER_NAME);
  if (http_header_count(&r->transport.in->headers, WIRE_HEADER_NAME) == 0)
    return reply_refuse(r, 400, JSONRPC_HEADER_MISMATCH, "the header %s is missing", WIRE_HEADER_NAME);
  if (!wire_header_decode(r->arena, raw, &header) || !str_eq(header, json_str(m->params, member)))
    return reply_refuse(r, 400, JSONRPC_HEADER_MISMATCH, "%s differs from params.%s", WIRE_HEADER_NAME,
                        member);
  return true;
}

static void modern_answer(struct serve_request *r) {
  struct buf out = BUF_MAX(SERVE_REPLY_MOST);
  struct err err;
  jsonrpc_result_begin(&out, r->message.rpc.id);
  if (methods_answer(r, &out, &err)) {
    jsonrpc_result_end(&out);
    reply_send(r, 200, &out);
    return;
  }
  buf_free(&out);
  if (err.code != ERR_CANCELED) fault_reply(r, r->message.rpc.id, &err);
}

static bool modern_sound(struct serve_request *r) {
  if (r->message.rpc.kind == JSONRPC_RESPONSE)
    return reply_refuse(r, 400, JSONRPC_INVALID_REQUEST,
                        "%s servers ask nothing, so there is nothing to respond to", WIRE_MODERN);
  if (!modern_envelope(r))
    return reply_refuse(r, 400, JSONRPC_INVALID_PARAMS,
                        "params._meta needs \"%s\" (a string) and \"%s\" (an object)", WIRE_META_VERSION,
                        WIRE_META_CAPABILITIES);
  return modern_headers_single(r) && modern_headers_agree(r) && modern_name_agrees(r);
}

void modern_handle(struct serve_request *r) {
  r->transport.era = MCP_MODERN;
  if (r->message.rpc.kind == JSONRPC_NOTIFICATION) {
    reply_nothing(r);
    return;
  }
  if (!modern_sound(r)) return;
  serve_introduce(r, STR(WIRE_MODERN),
                  capability_filter(yyjson_obj_get(r->message.meta, WIRE_META_CAPABILITIES), r->arena),
                  json_str(yyjson_obj_get(r->message.meta, WIRE_META_CLIENT), "name"));
  if (str_is(r->message.rpc.method, "subscriptions/listen"))
    listen_handle(r);
  else if (!elsewhere_by_state(r))
    modern_answer(r);
}
