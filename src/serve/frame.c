// SPDX-License-Identifier: Apache-2.0
#include "serve/frame.h"

#include <stdlib.h>

#include "data/schema_move.h"
#include "mcp/wire.h"

void frame_open(const struct serve_request *r, struct buf *out) {
  buf_add_z(out, r->transport.era == MCP_MODERN ? "{\"resultType\":\"complete\"," : "{");
}

void frame_close(const struct serve_request *r, struct buf *out, bool cached) {
  if (r->transport.era == MCP_MODERN) {
    if (cached) buf_printf(out, ",\"ttlMs\":%d,\"cacheScope\":\"private\"", FRAME_TTL_MS);
    buf_add_z(out, ",\"_meta\":{\"" WIRE_META_SERVER "\":");
    serve_add_server_info(r, out);
    buf_add_char(out, '}');
  }
  buf_add_char(out, '}');
}

// The vendor's own time where it says one; the scope is ours to say.
static void frame_cache(yyjson_mut_doc *doc, yyjson_mut_val *result) {
  yyjson_mut_val *ttl = yyjson_mut_obj_get(result, "ttlMs");
  int64_t ms = FRAME_TTL_MS;
  if (yyjson_mut_is_raw(ttl)) {
    if (!str_to_i64(str_make(yyjson_mut_get_raw(ttl), yyjson_mut_get_len(ttl)), &ms)) ms = 0;
  } else if (ttl) {
    ms = yyjson_mut_is_int(ttl) ? yyjson_mut_get_sint(ttl) : 0;
  }
  if (ms < 0 || ms > FRAME_TTL_MOST) ms = ms < 0 ? 0 : FRAME_TTL_MOST;
  yyjson_mut_obj_put(result, yyjson_mut_str(doc, "ttlMs"), yyjson_mut_sint(doc, ms));
  yyjson_mut_obj_put(result, yyjson_mut_str(doc, "cacheScope"), yyjson_mut_str(doc, "private"));
}

static void frame_modern(const struct serve_request *r, yyjson_mut_doc *doc, yyjson_mut_val *result,
                         bool cached) {
  struct buf info = BUF_MAX(4096);
  serve_add_server_info(r, &info);
  if (!yyjson_mut_obj_get(result, "resultType"))
    yyjson_mut_obj_add_str(doc, result, "resultType", "complete");
  if (cached && yyjson_mut_equals_str(yyjson_mut_obj_get(result, "resultType"), "complete"))
    frame_cache(doc, result);
  yyjson_mut_val *meta = yyjson_mut_obj_get(result, "_meta");
  if (!meta) meta = yyjson_mut_obj_add_obj(doc, result, "_meta");
  yyjson_mut_obj_put(meta, yyjson_mut_str(doc, WIRE_META_SERVER),
                     yyjson_mut_rawncpy(doc, buf_str(&info).p, info.n));
  buf_free(&info);
}

// A vendor of both eras, which is asked in the client's, has wrapped it by itself.
static bool frame_is_wrapped(yyjson_mut_val *structured) {
  return yyjson_mut_obj_size(structured) == 1 && yyjson_mut_obj_get(structured, "result");
}

static void frame_legacy(const struct serve_request *r, yyjson_mut_doc *doc, yyjson_mut_val *result) {
  static const char *const modern_only[] = {"resultType", "ttlMs", "cacheScope"};
  for (size_t i = 0; i < sizeof modern_only / sizeof *modern_only; i++)
    yyjson_mut_obj_remove_str(result, modern_only[i]);
  yyjson_mut_val *meta = yyjson_mut_obj_get(result, "_meta");
  if (meta) yyjson_mut_obj_remove_str(meta, WIRE_META_SERVER);
  if (meta && yyjson_mut_obj_size(meta) == 0) yyjson_mut_obj_remove_str(result, "_meta");
  yyjson_mut_val *structured = yyjson_mut_obj_get(result, "structuredContent");
  // Wrapped as its schema is; where there is none that says so, what is no object.
  bool object = yyjson_mut_is_obj(structured);
  if (!structured || (object && (!r->message.wraps || frame_is_wrapped(structured)))) return;
  yyjson_mut_val *wrapped = yyjson_mut_obj(doc);
  yyjson_mut_obj_remove_str(result, "structuredContent");
  if (yyjson_mut_is_null(structured) && !r->message.wraps) return; // absent, in these eras
  yyjson_mut_obj_add_val(doc, wrapped, "result", structured);
  yyjson_mut_obj_add_val(doc, result, "structuredContent", wrapped);
}

static bool frame_is_carried(yyjson_mut_val *type) {
  return !type || yyjson_mut_equals_str(type, "complete") || yyjson_mut_equals_str(type, "input_required");
}

bool frame_add(const struct serve_request *r, yyjson_mut_doc *doc, yyjson_mut_val *result, bool cached,
               struct buf *out, struct err *err) {
  if (!yyjson_mut_is_obj(result) || !frame_is_carried(yyjson_mut_obj_get(result, "resultType")))
    return err_set(err, ERR_UPSTREAM, "the vendor answered with a result of a kind that is not carried");
  if (r->transport.era == MCP_MODERN)
    frame_modern(r, doc, result, cached);
  else
    frame_legacy(r, doc, result);
  size_t n;
  char *text = yyjson_mut_val_write(result, 0, &n);
  if (!text) return err_set(err, ERR_UPSTREAM, "the vendor's result cannot be written as JSON");
  buf_add(out, str_make(text, n));
  free(text);
  return true;
}

bool frame_wraps(const struct serve_request *r, yyjson_val *output_schema) {
  return r->transport.era == MCP_LEGACY && output_schema &&
         !str_is(json_str(output_schema, "type"), "object");
}

void frame_wrap_schema(yyjson_mut_doc *doc, yyjson_mut_val *tool) {
  yyjson_mut_val *schema = yyjson_mut_obj_get(tool, "outputSchema");
  if (!schema) return;
  yyjson_mut_obj_remove_str(tool, "outputSchema");
  yyjson_mut_val *wrapped = yyjson_mut_obj_add_obj(doc, tool, "outputSchema");
  yyjson_mut_val *dialect = yyjson_mut_obj_remove_str(schema, "$schema"); // stands at the root alone
  if (dialect) yyjson_mut_obj_add_val(doc, wrapped, "$schema", dialect);
  schema_move(doc, schema, "/properties/result");
  yyjson_mut_obj_add_str(doc, wrapped, "type", "object");
  yyjson_mut_obj_add_val(doc, yyjson_mut_obj_add_obj(doc, wrapped, "properties"), "result", schema);
  yyjson_mut_arr_add_str(doc, yyjson_mut_obj_add_arr(doc, wrapped, "required"), "result");
}
