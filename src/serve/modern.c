// SPDX-License-Identifier: Apache-2.0
#include "serve/modern.h"

#include "mcp/wire.h"
#include "serve/subscribe.h"
#include "serve/tools.h"

// How long a client may keep an answer (ms). Changes are also told by subscriptions/listen.
enum { MODERN_TTL_MS = 60000 };

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
  json_add_string(&data, requested.n > 64 ? str_make(requested.p, 64) : requested);
  buf_add_char(&data, '}');
  jsonrpc_error(&message, id, JSONRPC_UNSUPPORTED_VERSION, STR("Unsupported protocol version"),
                buf_str(&data));
  buf_free(&data);
  serve_reply(r, 400, &message);
}

// Whoever stands before us may go by one line of several, and we by another.
static bool modern_headers_single(struct serve_request *r, const struct jsonrpc_message *m) {
  static const char *const names[] = {WIRE_HEADER_VERSION, WIRE_HEADER_METHOD, WIRE_HEADER_NAME};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (http_header_count(&r->in->headers, names[i]) <= 1) continue;
    serve_refuse(r, 400, m->id, JSONRPC_HEADER_MISMATCH, "the header %s is there more than once", names[i]);
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
    serve_refuse(r, 400, m->id, JSONRPC_HEADER_MISMATCH, "%s differs from the body's version",
                 WIRE_HEADER_VERSION);
    return false;
  }
  if (header_method.n && !str_eq(header_method, m->method)) {
    serve_refuse(r, 400, m->id, JSONRPC_HEADER_MISMATCH, "%s differs from the body's method",
                 WIRE_HEADER_METHOD);
    return false;
  }
  if (!str_is(version, WIRE_MODERN)) {
    modern_refuse_version(r, m->id, version);
    return false;
  }
  if (!header_version.n || !header_method.n) {
    serve_refuse(r, 400, m->id, JSONRPC_HEADER_MISMATCH, "the header %s is missing",
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
    serve_refuse(r, 400, m->id, JSONRPC_HEADER_MISMATCH, "the header %s is missing", WIRE_HEADER_NAME);
    return false;
  }
  if (!wire_header_decode(r->arena, raw, &header) || !str_eq(header, json_str(m->params, member))) {
    serve_refuse(r, 400, m->id, JSONRPC_HEADER_MISMATCH, "%s differs from params.%s", WIRE_HEADER_NAME,
                 member);
    return false;
  }
  return true;
}

static void modern_result_end(struct serve_request *r, struct buf *out) {
  buf_add_z(out, ",\"_meta\":{\"" WIRE_META_SERVER "\":");
  serve_add_server_info(r, out);
  buf_add_z(out, "}}");
  jsonrpc_result_end(out);
  serve_reply(r, 200, out);
}

static void modern_discover(struct serve_request *r, const struct jsonrpc_message *m) {
  struct buf out = BUF_MAX(SERVE_REPLY_MOST);
  jsonrpc_result_begin(&out, m->id);
  buf_add_z(&out, "{\"resultType\":\"complete\",\"supportedVersions\":[\"" WIRE_MODERN
                  "\"],\"capabilities\":{\"tools\":{\"listChanged\":true}},\"instructions\":");
  serve_add_instructions(r, &out);
  buf_printf(&out, ",\"ttlMs\":%d,\"cacheScope\":\"private\"", MODERN_TTL_MS);
  modern_result_end(r, &out);
}

static void modern_list(struct serve_request *r, const struct jsonrpc_message *m) {
  struct err err;
  struct buf out = BUF_MAX(SERVE_REPLY_MOST);
  jsonrpc_result_begin(&out, m->id);
  buf_add_z(&out, "{\"resultType\":\"complete\",");
  if (!tools_list(r, m->params, &out, &err)) {
    buf_free(&out);
    serve_refuse(r, 200, m->id, err_rpc_code(err.code), "%s", err.text);
    return;
  }
  buf_printf(&out, ",\"ttlMs\":%d,\"cacheScope\":\"private\"", MODERN_TTL_MS);
  modern_result_end(r, &out);
}

static void modern_call(struct serve_request *r, const struct jsonrpc_message *m) {
  struct err err;
  struct run_result result;
  if (!tools_call(r, m->params, &result, &err)) {
    if (err.code != ERR_CANCELED) serve_refuse(r, 200, m->id, err_rpc_code(err.code), "%s", err.text);
    return;
  }
  struct buf out = BUF_MAX(SERVE_REPLY_MOST);
  jsonrpc_result_begin(&out, m->id);
  buf_add_z(&out, "{\"resultType\":\"complete\",");
  tools_add_result(&result, &out);
  modern_result_end(r, &out);
}

static const struct {
  const char *name;
  void (*handle)(struct serve_request *r, const struct jsonrpc_message *m);
} modern_methods[] = {
    {"tools/call", modern_call},
    {"tools/list", modern_list},
    {"server/discover", modern_discover},
    {"subscriptions/listen", subscribe_listen},
};

void modern_handle(struct serve_request *r, const struct jsonrpc_message *m) {
  if (m->kind == JSONRPC_RESPONSE) {
    serve_refuse(r, 400, m->id, JSONRPC_INVALID_REQUEST,
                 "%s servers ask nothing, so there is nothing to respond to", WIRE_MODERN);
    return;
  }
  if (m->kind == JSONRPC_NOTIFICATION) {
    http_reply(r->http, 202, NULL, STR_NONE);
    return;
  }
  if (!modern_envelope(m)) {
    serve_refuse(r, 400, m->id, JSONRPC_INVALID_PARAMS,
                 "params._meta needs \"%s\" (a string) and \"%s\" (an object)", WIRE_META_VERSION,
                 WIRE_META_CAPABILITIES);
    return;
  }
  if (!modern_headers_single(r, m) ||
      !modern_headers_agree(r, m, json_str(modern_meta(m), WIRE_META_VERSION)) || !modern_name_agrees(r, m))
    return;
  for (size_t i = 0; i < sizeof modern_methods / sizeof *modern_methods; i++) {
    if (!str_is(m->method, modern_methods[i].name)) continue;
    modern_methods[i].handle(r, m);
    return;
  }
  serve_refuse(r, 404, m->id, JSONRPC_METHOD_NOT_FOUND, "Method not found");
}
