// SPDX-License-Identifier: Apache-2.0
#include "serve/modern.h"

#include "mcp/wire.h"
#include "serve/fault.h"
#include "serve/listen.h"
#include "serve/methods.h"
#include "serve/reply.h"
#include "session/capability.h"

static yyjson_val *modern_meta(const struct jsonrpc_message *m) {
  return yyjson_obj_get(m->params, "_meta");
}

bool modern_envelope(const struct jsonrpc_message *m) {
  yyjson_val *meta = modern_meta(m);
  return yyjson_is_str(yyjson_obj_get(meta, WIRE_META_VERSION)) &&
         yyjson_is_obj(yyjson_obj_get(meta, WIRE_META_CAPABILITIES));
}

static void modern_refuse_version(struct serve_request *r, yyjson_val *id, struct str requested) {
  struct buf data = BUF_MAX(8192), message = BUF_MAX(16384);
  buf_add_z(&data, "{\"supported\":[\"" WIRE_MODERN "\"],\"requested\":");
  json_add_string(&data, str_cut_utf8(requested, 64));
  buf_add_char(&data, '}');
  jsonrpc_error(&message, id, JSONRPC_UNSUPPORTED_VERSION, STR("Unsupported protocol version"),
                buf_str(&data));
  buf_free(&data);
  reply_send(r, 400, &message);
}

// Whoever stands before us may go by one line of several, and we by another.
static bool modern_headers_single(struct serve_request *r, const struct jsonrpc_message *m) {
  static const char *const names[] = {WIRE_HEADER_VERSION, WIRE_HEADER_METHOD, WIRE_HEADER_NAME};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (http_header_count(&r->in->headers, names[i]) <= 1) continue;
    reply_refuse(r, 400, m->id, JSONRPC_HEADER_MISMATCH, "the header %s is there more than once", names[i]);
    return false;
  }
  return true;
}

// The headers must say what the body says (MCP 2026-07-28, Streamable HTTP). False: refused already.
static bool modern_headers_agree(struct serve_request *r, const struct jsonrpc_message *m,
                                 struct str version) {
  struct str header_version = http_header_get(&r->in->headers, WIRE_HEADER_VERSION);
  struct str header_method = http_header_get(&r->in->headers, WIRE_HEADER_METHOD);
  if (header_version.n && !str_eq(header_version, version)) {
    reply_refuse(r, 400, m->id, JSONRPC_HEADER_MISMATCH, "%s differs from the body's version",
                 WIRE_HEADER_VERSION);
    return false;
  }
  if (header_method.n && !str_eq(header_method, m->method)) {
    reply_refuse(r, 400, m->id, JSONRPC_HEADER_MISMATCH, "%s differs from the body's method",
                 WIRE_HEADER_METHOD);
    return false;
  }
  if (!str_is(version, WIRE_MODERN)) {
    modern_refuse_version(r, m->id, version);
    return false;
  }
  if (!header_version.n || !header_method.n) {
    reply_refuse(r, 400, m->id, JSONRPC_HEADER_MISMATCH, "the header %s is missing",
                 header_version.n ? WIRE_HEADER_METHOD : WIRE_HEADER_VERSION);
    return false;
  }
  return true;
}

static bool modern_name_agrees(struct serve_request *r, const struct jsonrpc_message *m) {
  const char *member = wire_name_member(m->method);
  if (!member) return true;
  struct str header, raw = http_header_get(&r->in->headers, WIRE_HEADER_NAME);
  if (http_header_count(&r->in->headers, WIRE_HEADER_NAME) == 0) {
    reply_refuse(r, 400, m->id, JSONRPC_HEADER_MISMATCH, "the header %s is missing", WIRE_HEADER_NAME);
    return false;
  }
  if (!wire_header_decode(r->arena, raw, &header) || !str_eq(header, json_str(m->params, member))) {
    reply_refuse(r, 400, m->id, JSONRPC_HEADER_MISMATCH, "%s differs from params.%s", WIRE_HEADER_NAME,
                 member);
    return false;
  }
  return true;
}

static void modern_answer(struct serve_request *r, const struct jsonrpc_message *m) {
  struct buf out = BUF_MAX(SERVE_REPLY_MOST);
  struct err err;
  jsonrpc_result_begin(&out, m->id);
  if (methods_answer(r, m, &out, &err)) {
    jsonrpc_result_end(&out);
    reply_send(r, 200, &out);
    return;
  }
  buf_free(&out);
  if (err.code != ERR_CANCELED) fault_reply(r, m->id, &err);
}

// Who calls, as its envelope says.
static void modern_client(struct serve_request *r, const struct jsonrpc_message *m) {
  yyjson_val *meta = modern_meta(m);
  struct str name = json_str(yyjson_obj_get(meta, WIRE_META_CLIENT), "name");
  r->version = STR(WIRE_MODERN);
  r->capabilities = capability_filter(yyjson_obj_get(meta, WIRE_META_CAPABILITIES), r->arena);
  if (!r->token && name.n)
    r->client = arena_printf(r->arena, "client:%.*s", STR_MOST(name, SESSION_CLIENT_MOST));
}

void modern_handle(struct serve_request *r, const struct jsonrpc_message *m) {
  r->era = MCP_MODERN;
  if (m->kind == JSONRPC_RESPONSE) {
    reply_refuse(r, 400, m->id, JSONRPC_INVALID_REQUEST,
                 "%s servers ask nothing, so there is nothing to respond to", WIRE_MODERN);
    return;
  }
  if (m->kind == JSONRPC_NOTIFICATION) {
    http_reply(r->http, 202, NULL, STR_NONE);
    return;
  }
  if (!modern_envelope(m)) {
    reply_refuse(r, 400, m->id, JSONRPC_INVALID_PARAMS,
                 "params._meta needs \"%s\" (a string) and \"%s\" (an object)", WIRE_META_VERSION,
                 WIRE_META_CAPABILITIES);
    return;
  }
  if (!modern_headers_single(r, m) ||
      !modern_headers_agree(r, m, json_str(modern_meta(m), WIRE_META_VERSION)) || !modern_name_agrees(r, m))
    return;
  modern_client(r, m);
  if (str_is(m->method, "subscriptions/listen"))
    listen_handle(r, m);
  else
    modern_answer(r, m);
}
