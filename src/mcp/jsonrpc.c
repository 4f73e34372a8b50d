// SPDX-License-Identifier: Apache-2.0
#include "mcp/jsonrpc.h"

#include <stdlib.h>

#include "data/json.h"

// Numbers may have been read raw, so that they go back as they came.
static bool jsonrpc_id_is_sound(yyjson_val *id) {
  int64_t number;
  return yyjson_is_str(id) || yyjson_is_int(id) || str_to_i64(json_raw_number(id), &number);
}

bool jsonrpc_read(yyjson_val *value, struct jsonrpc_message *out, struct err *err) {
  *out = (struct jsonrpc_message){0};
  if (!yyjson_is_obj(value)) return err_set(err, ERR_INVALID, "a JSON-RPC message is an object");
  yyjson_val *id = yyjson_obj_get(value, "id");
  if (jsonrpc_id_is_sound(id)) out->id = id;
  if (!str_is(json_str(value, "jsonrpc"), "2.0"))
    return err_at(err, ERR_INVALID, "/jsonrpc", "\"jsonrpc\" must be \"2.0\"");
  if (id && !out->id) return err_at(err, ERR_INVALID, "/id", "\"id\" must be a string or an integer");

  yyjson_val *method = yyjson_obj_get(value, "method");
  if (!method) {
    bool answers = yyjson_obj_get(value, "result") || yyjson_obj_get(value, "error");
    if (!answers || !id) return err_at(err, ERR_INVALID, "/method", "neither a request nor a response");
    out->kind = JSONRPC_RESPONSE;
    return true;
  }
  if (!yyjson_is_str(method)) return err_at(err, ERR_INVALID, "/method", "\"method\" must be a string");
  out->kind = id ? JSONRPC_REQUEST : JSONRPC_NOTIFICATION;
  out->method = json_text(method);
  out->params = yyjson_obj_get(value, "params");
  if (out->params && !yyjson_is_obj(out->params))
    return err_at(err, ERR_INVALID, "/params", "\"params\" must be an object");
  return true;
}

bool jsonrpc_request(struct buf *out, struct str id, struct str method, yyjson_mut_val *params) {
  size_t n = 0;
  char *text = params ? yyjson_mut_val_write(params, YYJSON_WRITE_NOFLAG, &n) : NULL;
  if (params && !text) return false;
  buf_add_z(out, "{\"jsonrpc\":\"2.0\"");
  if (id.n) buf_add_z(out, ",\"id\":");
  buf_add(out, id);
  buf_add_z(out, ",\"method\":");
  json_add_string(out, method);
  if (text) buf_add_z(out, ",\"params\":");
  buf_add(out, str_make(text, n));
  buf_add_char(out, '}');
  free(text);
  return true;
}

static void jsonrpc_begin(struct buf *out, yyjson_val *id) {
  buf_add_z(out, "{\"jsonrpc\":\"2.0\"");
  if (!id) return;
  buf_add_z(out, ",\"id\":");
  json_write(out, id);
}

void jsonrpc_error(struct buf *out, yyjson_val *id, int code, struct str message, struct str data) {
  jsonrpc_begin(out, id);
  buf_printf(out, ",\"error\":{\"code\":%d,\"message\":", code);
  json_add_string(out, message);
  if (data.n) {
    buf_add_z(out, ",\"data\":");
    buf_add(out, data);
  }
  buf_add_z(out, "}}");
}

void jsonrpc_result_begin(struct buf *out, yyjson_val *id) {
  jsonrpc_begin(out, id);
  buf_add_z(out, ",\"result\":");
}

void jsonrpc_result_end(struct buf *out) {
  buf_add_char(out, '}');
}
