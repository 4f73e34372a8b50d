// SPDX-License-Identifier: Apache-2.0
#include "serve/fault.h"

#include "serve/reply.h"

enum { FAULT_MESSAGE_MOST = 2048, FAULT_DATA_MOST = 64 * 1024 };

bool fault_set(struct serve_request *r, const struct err_rpc *f, struct err *err) {
  struct err_rpc *kept = ARENA_NEW(r->arena, struct err_rpc);
  *kept = *f;
  err_set(err, ERR_UNPROCESSABLE, "%.*s", STR_ARG(f->message));
  err->rpc = kept;
  return false;
}

bool fault_capability(struct serve_request *r, struct str needed, struct err *err) {
  struct err_rpc f = {.code = JSONRPC_INVALID_PARAMS,
                      .message =
                          arena_printf(r->arena, "this needs a client that declares %.*s", STR_ARG(needed))};
  if (r->transport.era == MCP_MODERN) {
    f.code = JSONRPC_MISSING_CAPABILITY;
    f.status = 400;
    f.data =
        arena_printf(r->arena, "{\"requiredCapabilities\":%.*s}", STR_ARG(needed.n ? needed : STR("{}")));
  }
  return fault_set(r, &f, err);
}

bool fault_resource(struct serve_request *r, struct str uri, struct err *err) {
  struct buf data = BUF_MAX(FAULT_DATA_MOST);
  buf_add_z(&data, "{\"uri\":");
  json_add_string(&data, uri);
  buf_add_char(&data, '}');
  struct err_rpc f = {.code =
                          r->transport.era == MCP_MODERN ? JSONRPC_INVALID_PARAMS : FAULT_RESOURCE_MISSING,
                      .message = STR("Resource not found"),
                      .data = data.full ? STR_NONE : arena_dup(r->arena, buf_str(&data))};
  buf_free(&data);
  return fault_set(r, &f, err);
}

bool fault_method(struct serve_request *r, struct err *err) {
  return fault_set(r,
                   &(struct err_rpc){.code = JSONRPC_METHOD_NOT_FOUND,
                                     .message = STR("Method not found"),
                                     .status = r->transport.era == MCP_MODERN ? 404 : 200},
                   err);
}

// Of the hop between us and the vendor, and so not the client's business.
static bool fault_is_of_hop(int64_t code) {
  return code == JSONRPC_HEADER_MISMATCH || code == JSONRPC_UNSUPPORTED_VERSION ||
         code == JSONRPC_PARSE_ERROR || code == JSONRPC_INVALID_REQUEST;
}

bool fault_translate(struct serve_request *r, yyjson_val *error, struct str uri, struct err *err) {
  int64_t code = json_int(error, "code", JSONRPC_INTERNAL_ERROR);
  struct str message = json_str(error, "message");
  yyjson_val *data = yyjson_obj_get(error, "data");
  // What it lists is what our request to it lacked; we passed on all that the client declared.
  if (code == JSONRPC_MISSING_CAPABILITY) {
    yyjson_val *needed = yyjson_obj_get(data, "requiredCapabilities");
    return fault_capability(r, yyjson_is_obj(needed) ? json_to_text(r->arena, needed) : STR("{}"), err);
  }
  bool missing = code == FAULT_RESOURCE_MISSING ||
                 (code == JSONRPC_INVALID_PARAMS && uri.n && yyjson_obj_get(data, "uri"));
  if (missing && uri.n) return fault_resource(r, uri, err);
  message = str_cut_utf8(message, FAULT_MESSAGE_MOST);
  struct err_rpc f = {.code = code < INT32_MIN || code > INT32_MAX ? JSONRPC_INTERNAL_ERROR : (int)code,
                      .message = message.n ? message : STR("the vendor reports an error"),
                      .data = data ? json_to_text(r->arena, data) : STR_NONE};
  if (f.data.n > FAULT_DATA_MOST) f.data = STR_NONE;
  if (fault_is_of_hop(code))
    f = (struct err_rpc){
        .code = JSONRPC_INTERNAL_ERROR,
        .message = arena_printf(r->arena, "the vendor refused our request: %.*s", STR_ARG(message))};
  // 2026-07-28 gives these codes no meaning, and takes some for its own.
  if (r->transport.era == MCP_MODERN && code <= -32000 && code > -32100) f.code = JSONRPC_INTERNAL_ERROR;
  f.message = arena_dup(r->arena, f.message);
  return fault_set(r, &f, err);
}

void fault_write(struct serve_request *r, yyjson_val *id, const struct err *err, struct buf *out) {
  struct err_rpc plain = {.code = err_rpc_code(err->code), .message = str_of(err->text)};
  if (err->hint[0]) plain.message = arena_printf(r->arena, "%s; %s", err->text, err->hint);
  const struct err_rpc *f = err->rpc ? err->rpc : &plain;
  jsonrpc_error(out, id, f->code, f->message, f->data);
}

int fault_status(const struct err *err) {
  return err->rpc && err->rpc->status ? err->rpc->status : 200;
}

void fault_reply(struct serve_request *r, yyjson_val *id, const struct err *err) {
  struct buf message = BUF_MAX(SERVE_REPLY_MOST);
  fault_write(r, id, err, &message);
  reply_send(r, fault_status(err), &message);
}
