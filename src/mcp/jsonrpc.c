// SPDX-License-Identifier: Apache-2.0
#include "mcp/jsonrpc.h"

#include <stdlib.h>

#include "data/json.h"

// Numbers may have been read raw, so that they go back as they came.
static bool jsonrpc_id_is_sound(yyjson_val *id) {
  int64_t number;
  struct str raw = json_raw_number(id);
  if (str_ends(raw, ".0")) raw.n -= 2; // a whole number to all who count in floating point
  return yyjson_is_str(id) || yyjson_is_int(id) || str_to_i64(raw, &number) ||
         (yyjson_is_real(id) && yyjson_get_real(id) >= -9e15 && yyjson_get_real(id) <= 9e15 &&
          yyjson_get_real(id) == (double)(int64_t)yyjson_get_real(id));
}

// Null means absent, and [] is what some languages make of no parameters.
static yyjson_val *jsonrpc_params(yyjson_val *value) {
  yyjson_val *params = yyjson_obj_get(value, "params");
  bool none = yyjson_is_null(params) || (yyjson_is_arr(params) && !yyjson_arr_size(params));
  return none ? NULL : params;
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
  out->params = jsonrpc_params(value);
  if (out->params && !yyjson_is_obj(out->params))
    return err_at(err, ERR_INVALID, "/params", "\"params\" must be an object");
  return true;
}

// ---- nulls

static bool jsonrpc_is_none(yyjson_val *key, yyjson_val *v) {
  static const char *const objects[] = {"params", "arguments", "_meta"};
  bool none = yyjson_is_null(v) && !yyjson_equals_str(key, "id");
  for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
    none |= yyjson_is_arr(v) && !yyjson_arr_size(v) && yyjson_equals_str(key, objects[i]);
  return none;
}

// Whose members the protocol names, and not the tool or its asker.
static bool jsonrpc_is_frame(yyjson_val *key) {
  return yyjson_equals_str(key, "params") || yyjson_equals_str(key, "result") ||
         yyjson_equals_str(key, "_meta");
}

static bool jsonrpc_has_none(yyjson_val *object) {
  size_t i, n;
  yyjson_val *key, *v;
  yyjson_obj_foreach (object, i, n, key, v)
    if (jsonrpc_is_none(key, v) || (jsonrpc_is_frame(key) && yyjson_is_obj(v) && jsonrpc_has_none(v)))
      return true;
  return false;
}

static yyjson_mut_val *jsonrpc_without(yyjson_mut_doc *doc, yyjson_val *object) {
  size_t i, n;
  yyjson_val *key, *v;
  yyjson_mut_val *out = yyjson_mut_obj(doc);
  if (!yyjson_is_obj(object)) return yyjson_val_mut_copy(doc, object);
  yyjson_obj_foreach (object, i, n, key, v)
    if (!jsonrpc_is_none(key, v))
      yyjson_mut_obj_add(out, yyjson_val_mut_copy(doc, key),
                         jsonrpc_is_frame(key) ? jsonrpc_without(doc, v) : yyjson_val_mut_copy(doc, v));
  return out;
}

bool jsonrpc_forget_nulls(yyjson_doc **doc, struct payer *payer, struct err *err) {
  yyjson_val *root = yyjson_doc_get_root(*doc), *v;
  size_t i, n;
  bool any = yyjson_is_obj(root) && jsonrpc_has_none(root);
  yyjson_arr_foreach (root, i, n, v) any = any || (yyjson_is_obj(v) && jsonrpc_has_none(v));
  if (!any) return true;
  yyjson_mut_doc *made = yyjson_mut_doc_new(NULL);
  yyjson_mut_val *out = yyjson_is_arr(root) ? yyjson_mut_arr(made) : jsonrpc_without(made, root);
  yyjson_arr_foreach (root, i, n, v) yyjson_mut_arr_append(out, jsonrpc_without(made, v));
  yyjson_mut_doc_set_root(made, out);
  yyjson_doc *copy;
  bool ok = json_copy_paid(made, payer, &copy, err);
  yyjson_mut_doc_free(made);
  if (!ok) return false;
  yyjson_doc_free(*doc);
  *doc = copy;
  return true;
}

// ---- writing

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
