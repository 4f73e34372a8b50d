// SPDX-License-Identifier: Apache-2.0
#include "mcp/frame.h"

#include <stdio.h>

#include "mcp/jsonrpc.h"
#include "mcp/param.h"
#include "mcp/peer_private.h"
#include "mcp/wire.h"

// ---- params._meta

static void mcp_frame_put(yyjson_mut_doc *doc, yyjson_mut_val *meta, const char *key, yyjson_mut_val *value) {
  yyjson_mut_obj_remove_key(meta, key);
  if (value) yyjson_mut_obj_add(meta, yyjson_mut_str(doc, key), value);
}

static yyjson_mut_val *mcp_frame_string(yyjson_mut_doc *doc, struct str s) {
  return s.n ? yyjson_mut_strncpy(doc, s.p, s.n) : NULL;
}

static yyjson_mut_val *mcp_frame_json(yyjson_mut_doc *doc, struct str json) {
  return yyjson_mut_rawncpy(doc, json.p, json.n);
}

static void mcp_frame_put_envelope(const struct mcp_frame *f, yyjson_mut_doc *doc, yyjson_mut_val *meta) {
  const struct mcp_request *r = f->request;
  bool modern = f->era == MCP_MODERN;
  struct str capabilities = r->who.capabilities.n ? r->who.capabilities : STR("{}");
  mcp_frame_put(doc, meta, WIRE_META_VERSION, modern ? yyjson_mut_str(doc, WIRE_MODERN) : NULL);
  mcp_frame_put(doc, meta, WIRE_META_CAPABILITIES, modern ? mcp_frame_json(doc, capabilities) : NULL);
  mcp_frame_put(doc, meta, WIRE_META_CLIENT, modern ? mcp_frame_json(doc, f->peer->client_info) : NULL);
  mcp_frame_put(doc, meta, WIRE_META_LOG_LEVEL, modern ? mcp_frame_string(doc, r->log_level) : NULL);
  mcp_frame_put(doc, meta, "progressToken", r->wants_progress ? yyjson_mut_uint(doc, f->id) : NULL);
  if (r->traceparent.n) mcp_frame_put(doc, meta, "traceparent", mcp_frame_string(doc, r->traceparent));
  if (r->tracestate.n) mcp_frame_put(doc, meta, "tracestate", mcp_frame_string(doc, r->tracestate));
}

static bool mcp_frame_needs_meta(const struct mcp_frame *f) {
  const struct mcp_request *r = f->request;
  return f->era == MCP_MODERN || r->wants_progress || r->traceparent.n || r->tracestate.n;
}

// A request without params gets some where the hop has to say something.
static yyjson_mut_val *mcp_frame_params(const struct mcp_frame *f, yyjson_mut_doc *doc) {
  yyjson_mut_val *params = f->request->params;
  if (!params && mcp_frame_needs_meta(f)) params = yyjson_mut_obj(doc);
  yyjson_mut_val *meta = yyjson_mut_obj_get(params, "_meta");
  if (!yyjson_mut_is_obj(meta) && mcp_frame_needs_meta(f)) {
    meta = yyjson_mut_obj(doc);
    mcp_frame_put(doc, params, "_meta", meta);
  }
  if (meta) mcp_frame_put_envelope(f, doc, meta);
  return params;
}

bool mcp_frame_body(const struct mcp_frame *f, struct buf *out, struct err *err) {
  yyjson_mut_doc *own = f->request->doc ? NULL : yyjson_mut_doc_new(NULL);
  yyjson_mut_val *params = mcp_frame_params(f, own ? own : f->request->doc);
  char id[24];
  int n = snprintf(id, sizeof id, "%llu", (unsigned long long)f->id);
  bool ok = jsonrpc_request(out, str_make(id, (size_t)n), f->request->method, params);
  yyjson_mut_doc_free(own);
  if (!ok) return err_set(err, ERR_INVALID, "the request holds text that is not UTF-8, or a broken number");
  return !out->full || err_set(err, ERR_LIMIT, "the request passes %zu bytes", out->max);
}

// ---- headers

static void mcp_frame_add(struct http_headers *h, struct str name, struct str value) {
  h->items[h->count++] = (struct http_header){name, value};
}

void mcp_frame_legacy_headers(struct str version, struct str session, struct arena *a, size_t spare,
                              struct http_headers *out) {
  *out = (struct http_headers){ARENA_ARRAY(a, 2 + spare, struct http_header), 0};
  if (version.n) mcp_frame_add(out, STR(WIRE_HEADER_VERSION), version);
  if (session.n) mcp_frame_add(out, STR(WIRE_HEADER_SESSION), session);
}

bool mcp_frame_headers(const struct mcp_frame *f, struct arena *a, struct http_headers *out,
                       struct err *err) {
  const struct mcp_request *r = f->request;
  if (f->era == MCP_LEGACY) {
    mcp_frame_legacy_headers(f->version, f->session, a, 0, out);
    return true;
  }
  *out = (struct http_headers){ARENA_ARRAY(a, 3, struct http_header), 0};
  mcp_frame_add(out, STR(WIRE_HEADER_VERSION), STR(WIRE_MODERN));
  mcp_frame_add(out, STR(WIRE_HEADER_METHOD), r->method);
  const char *member = wire_name_member(r->method);
  yyjson_mut_val *name = member ? yyjson_mut_obj_get(r->params, member) : NULL;
  if (yyjson_mut_is_str(name)) {
    struct str text = {yyjson_mut_get_str(name), yyjson_mut_get_len(name)};
    mcp_frame_add(out, STR(WIRE_HEADER_NAME), wire_header_encode(a, text));
  }
  if (!r->input_schema) return true;
  return param_headers(r->input_schema, yyjson_mut_obj_get(r->params, "arguments"), a, out, err);
}

// ---- the small messages

void mcp_frame_notification(struct buf *out, struct str method, struct str params) {
  buf_add(out, STR("{\"jsonrpc\":\"2.0\",\"method\":"));
  json_add_string(out, method);
  if (params.n) buf_add(out, STR(",\"params\":"));
  buf_add(out, params);
  buf_add_char(out, '}');
}

void mcp_frame_cancel(struct buf *out, uint64_t id) {
  buf_printf(out,
             "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":%llu,"
             "\"reason\":\"nobody waits for the answer any more\"}}",
             (unsigned long long)id);
}

void mcp_frame_answer_write(struct buf *out, const struct mcp_frame_answer *answer) {
  if (!answer->result.n) {
    jsonrpc_error(out, answer->id, answer->code, answer->message, STR_NONE);
    return;
  }
  jsonrpc_result_begin(out, answer->id);
  buf_add(out, answer->result);
  jsonrpc_result_end(out);
}
