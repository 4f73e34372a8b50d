// SPDX-License-Identifier: Apache-2.0
#include "serve/easel.h"

#include "serve/fault.h"
#include "serve/frame.h"
#include "serve/own.h"
#include "serve/rewrite.h"
#include "session/capability.h"

#define EASEL_PAGE_TYPE "text/html;profile=mcp-app"
#define EASEL_NAME "Answer of a program"

bool easel_shown(const struct serve_request *r) {
  return own_has_view(r) && capability_takes_view(r->client.capabilities);
}

bool easel_is_ours(struct str uri) {
  return rewrite_is_reserved(uri);
}

void easel_add_link(const struct serve_request *r, struct buf *out) {
  if (!easel_shown(r)) return;
  // The flat key is what hosts read before 2026-01-26.
  buf_printf(out,
             "\"ui\":{\"resourceUri\":\"%s\",\"visibility\":[\"model\",\"app\"]},\"ui/resourceUri\":\"%s\"",
             easel_uri, easel_uri);
}

void easel_append(const struct serve_request *r, yyjson_mut_doc *doc, yyjson_mut_val *resources) {
  (void)r;
  yyjson_mut_val *item = yyjson_mut_arr_add_obj(doc, resources);
  yyjson_mut_obj_add_str(doc, item, "uri", easel_uri);
  yyjson_mut_obj_add_str(doc, item, "name", EASEL_NAME);
  yyjson_mut_obj_add_str(doc, item, "description", "Draws the charts and tables of an answer program");
  yyjson_mut_obj_add_str(doc, item, "mimeType", EASEL_PAGE_TYPE);
}

static void easel_record(struct serve_request *r) {
  struct audit_row row = serve_audit_row(r);
  row.action = STR("resources/read");
  row.tool = str_of(easel_uri);
  row.outcome = STR("ok");
  audit_add(r->env->run.audit, &row);
}

// An address of another version means this page: a host that kept its list of tools over an upgrade asks for it.
bool easel_read(struct serve_request *r, struct str uri, struct buf *out, struct err *err) {
  if (!easel_shown(r) || !str_starts(uri, REWRITE_RESERVED "results-")) return fault_resource(r, uri, err);
  frame_open(r, out);
  buf_add_z(out, "\"contents\":[{\"uri\":");
  json_add_string(out, uri);
  buf_add_z(out, ",\"mimeType\":\"" EASEL_PAGE_TYPE "\",\"text\":");
  json_add_string(out, str_make(easel_page, easel_page_size));
  // It needs nothing from anywhere.
  buf_add_z(out, ",\"_meta\":{\"ui\":{\"csp\":{\"connectDomains\":[],\"resourceDomains\":[]},"
                 "\"prefersBorder\":true}}}]");
  frame_close(r, out, true);
  easel_record(r);
  return true;
}
