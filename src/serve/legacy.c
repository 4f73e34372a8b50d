// SPDX-License-Identifier: Apache-2.0
#include "serve/legacy.h"

#include "mcp/wire.h"
#include "serve/tools.h"

enum { LEGACY_BATCH_MOST = 32 };

static bool legacy_initialize(struct serve_request *r, const struct jsonrpc_message *m, struct buf *out,
                              struct err *err) {
  (void)err;
  struct str asked = json_str(m->params, "protocolVersion");
  struct str version = wire_is_legacy(asked) ? asked : STR(WIRE_LEGACY_LATEST);
  // listChanged is false: without a GET stream there is no way to tell a legacy client.
  buf_printf(
      out,
      "{\"protocolVersion\":\"%.*s\",\"capabilities\":{\"tools\":{\"listChanged\":false}},\"serverInfo\":",
      STR_ARG(version));
  serve_add_server_info(r, out);
  buf_add_z(out, ",\"instructions\":");
  serve_add_instructions(r, out);
  buf_add_char(out, '}');
  return true;
}

static bool legacy_ping(struct serve_request *r, const struct jsonrpc_message *m, struct buf *out,
                        struct err *err) {
  (void)r, (void)m, (void)err;
  buf_add_z(out, "{}");
  return true;
}

static bool legacy_list(struct serve_request *r, const struct jsonrpc_message *m, struct buf *out,
                        struct err *err) {
  buf_add_char(out, '{');
  bool ok = tools_list(r, m->params, out, err);
  buf_add_char(out, '}');
  return ok;
}

static bool legacy_call(struct serve_request *r, const struct jsonrpc_message *m, struct buf *out,
                        struct err *err) {
  struct run_result result;
  if (!tools_call(r, m->params, &result, err)) return false;
  buf_add_char(out, '{');
  tools_add_result(&result, out);
  buf_add_char(out, '}');
  return true;
}

static const struct {
  const char *name;
  bool (*handle)(struct serve_request *r, const struct jsonrpc_message *m, struct buf *out, struct err *err);
} legacy_methods[] = {{"tools/call", legacy_call},
                      {"tools/list", legacy_list},
                      {"initialize", legacy_initialize},
                      {"ping", legacy_ping}};

// Appends the response to a request. False: the client has gone.
static bool legacy_answer(struct serve_request *r, const struct jsonrpc_message *m, struct buf *out) {
  size_t start = out->n;
  struct err err;
  for (size_t i = 0; i < sizeof legacy_methods / sizeof *legacy_methods; i++) {
    if (!str_is(m->method, legacy_methods[i].name)) continue;
    jsonrpc_result_begin(out, m->id);
    if (legacy_methods[i].handle(r, m, out, &err)) {
      jsonrpc_result_end(out);
      return true;
    }
    out->n = start;
    if (err.code == ERR_CANCELED) return false;
    jsonrpc_error(out, m->id, err_rpc_code(err.code), str_of(err.text), STR_NONE);
    return true;
  }
  jsonrpc_error(out, m->id, JSONRPC_METHOD_NOT_FOUND, STR("Method not found"), STR_NONE);
  return true;
}

static void legacy_batch(struct serve_request *r, yyjson_val *batch) {
  struct buf out = BUF_MAX(SERVE_REPLY_MOST);
  yyjson_val *element;
  size_t i, n;
  bool here = true;
  yyjson_arr_foreach (batch, i, n, element) {
    struct jsonrpc_message m;
    struct err err;
    bool sound = jsonrpc_read(element, &m, &err);
    if (sound && str_is(m.method, "initialize"))
      sound = err_set(&err, ERR_INVALID, "initialize may not be part of a batch");
    if (sound && m.kind != JSONRPC_REQUEST) continue;
    buf_add_char(&out, out.n ? ',' : '[');
    if (sound)
      here = legacy_answer(r, &m, &out);
    else
      jsonrpc_error(&out, m.id, JSONRPC_INVALID_REQUEST, str_of(err.text), STR_NONE);
    if (!here) break;
  }
  if (!here || out.n == 0) { // gone, or nothing but notifications
    buf_free(&out);
    if (here) http_reply(r->http, 202, NULL, STR_NONE);
    return;
  }
  buf_add_char(&out, ']');
  serve_reply(r, 200, &out);
}

void legacy_handle(struct serve_request *r, yyjson_val *body) {
  struct str version = http_header_get(&r->in->headers, WIRE_HEADER_VERSION);
  bool batch = yyjson_is_arr(body);
  struct jsonrpc_message m = {0};
  struct err err;
  if (!batch && !jsonrpc_read(body, &m, &err)) {
    serve_refuse(r, 400, m.id, JSONRPC_INVALID_REQUEST, "%s", err.text);
    return;
  }
  // The header comes after initialize; where it is absent 2025-03-26 is meant (2025-06-18, "Protocol Version
  // Header").
  if (version.n && !wire_is_legacy(version) && !str_is(m.method, "initialize")) {
    serve_refuse(r, 400, m.id, JSONRPC_INVALID_REQUEST,
                 "%s: unsupported version; this server speaks %s, and %s by initialize", WIRE_HEADER_VERSION,
                 WIRE_MODERN, WIRE_LEGACY_LATEST);
    return;
  }
  if (batch) {
    bool allowed = (!version.n || str_is(version, WIRE_LEGACY_BATCHES)) && yyjson_arr_size(body) > 0;
    if (!allowed || yyjson_arr_size(body) > LEGACY_BATCH_MOST)
      serve_refuse(r, 400, NULL, JSONRPC_INVALID_REQUEST,
                   "a batch is allowed in %s only, of 1 to %d messages", WIRE_LEGACY_BATCHES,
                   LEGACY_BATCH_MOST);
    else
      legacy_batch(r, body);
    return;
  }
  if (m.kind != JSONRPC_REQUEST) {
    http_reply(r->http, 202, NULL, STR_NONE);
    return;
  }
  struct buf out = BUF_MAX(SERVE_REPLY_MOST);
  if (legacy_answer(r, &m, &out))
    serve_reply(r, 200, &out);
  else
    buf_free(&out);
}
