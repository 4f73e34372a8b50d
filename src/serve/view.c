// SPDX-License-Identifier: Apache-2.0
#include "serve/view.h"

#include "serve/fault.h"
#include "serve/frame.h"
#include "serve/own.h"
#include "serve/rewrite.h"
#include "session/capability.h"

#define VIEW_PAGE_TYPE "text/html;profile=mcp-app"
#define VIEW_NAME "Answer of a program"

bool view_shown(const struct serve_request *r) {
  return own_has_view(r) && capability_takes_view(r->client.capabilities);
}

bool view_is_ours(struct str uri) {
  return rewrite_is_reserved(uri);
}

void view_add_link(const struct serve_request *r, struct buf *out) {
  if (!view_shown(r)) return;
  // The flat key is what hosts read before 2026-01-26.
  buf_printf(out,
             "\"ui\":{\"resourceUri\":\"%s\",\"visibility\":[\"model\",\"app\"]},\"ui/resourceUri\":\"%s\"",
             view_uri, view_uri);
}

void view_append(yyjson_mut_doc *doc, yyjson_mut_val *resources) {
  yyjson_mut_val *item = yyjson_mut_arr_add_obj(doc, resources);
  yyjson_mut_obj_add_str(doc, item, "uri", view_uri);
  yyjson_mut_obj_add_str(doc, item, "name", VIEW_NAME);
  yyjson_mut_obj_add_str(doc, item, "description", "Draws the charts and tables of an answer program");
  yyjson_mut_obj_add_str(doc, item, "mimeType", VIEW_PAGE_TYPE);
}

static void view_record(struct serve_request *r) {
  struct audit_row row = serve_audit_row(r);
  row.action = STR("resources/read");
  row.tool = str_of(view_uri);
  row.outcome = STR("ok");
  audit_add(r->env->run.audit, &row);
}

// An address of another version means this page: a host that kept its list of tools over an upgrade asks for it.
bool view_read(struct serve_request *r, struct str uri, struct buf *out, struct err *err) {
  if (!view_shown(r) || !str_starts(uri, REWRITE_RESERVED "results-")) return fault_resource(r, uri, err);
  frame_open(r, out);
  buf_add_z(out, "\"contents\":[{\"uri\":");
  json_add_string(out, uri);
  buf_add_z(out, ",\"mimeType\":\"" VIEW_PAGE_TYPE "\",\"text\":");
  json_add_string(out, str_make(view_page, view_page_size));
  // It needs nothing from anywhere.
  buf_add_z(out, ",\"_meta\":{\"ui\":{\"csp\":{\"connectDomains\":[],\"resourceDomains\":[]},"
                 "\"prefersBorder\":true}}}]");
  frame_close(r, out, true);
  view_record(r);
  return true;
}
