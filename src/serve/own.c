// SPDX-License-Identifier: Apache-2.0
#include "serve/own.h"

#include "audit/audit.h"
#include "catalog/display.h"
#include "serve/asks.h"
#include "serve/finder.h"
#include "serve/frame.h"
#include "serve/gates.h"
#include "serve/programs.h"
#include "serve/published.h"

static const struct own_tools *const own_kinds[] = {&finder_tools, &gates_tools, &asks_tools, &programs_tools,
                                                    &published_tools};

const struct own_tools *own_find(const struct serve_request *r, struct str name) {
  for (size_t i = 0; i < sizeof own_kinds / sizeof *own_kinds; i++)
    if (own_kinds[i]->has(r, name)) return own_kinds[i];
  return NULL;
}

bool own_has_view(const struct serve_request *r) {
  for (size_t i = 0; i < sizeof own_kinds / sizeof *own_kinds; i++)
    if (own_kinds[i]->has_view && own_kinds[i]->has_view(r)) return true;
  return false;
}

void own_list(const struct serve_request *r, struct buf *out) {
  for (size_t i = 0; i < sizeof own_kinds / sizeof *own_kinds; i++) own_kinds[i]->list(r, out);
}

uint64_t own_version(const struct catalog_server *server) {
  uint64_t version = display_version(server);
  for (size_t i = 0; i < sizeof own_kinds / sizeof *own_kinds; i++)
    if (own_kinds[i]->version) version += own_kinds[i]->version(server);
  return version;
}

void own_next(struct buf *out) {
  if (out->n && out->p[out->n - 1] != '[') buf_add_char(out, ',');
}

bool own_say(struct serve_request *r, struct str text, const struct buf *structured, bool is_error,
             struct buf *out) {
  frame_open(r, out);
  buf_add_z(out, "\"content\":[{\"type\":\"text\",\"text\":");
  json_add_string(out, text);
  buf_add_z(out, "}]");
  if (structured) {
    buf_add_z(out, ",\"structuredContent\":");
    buf_add(out, buf_str(structured));
  }
  buf_printf(out, ",\"isError\":%s", is_error ? "true" : "false");
  frame_close(r, out, false);
  return true;
}

void own_record(struct serve_request *r, struct str tool, bool ok, struct str detail) {
  struct audit_row row = serve_audit_row(r);
  row.action = STR("tools/call");
  row.tool = tool;
  row.outcome = ok ? STR("ok") : STR("failed");
  row.detail = detail;
  audit_add(r->env->run.audit, &row);
}
