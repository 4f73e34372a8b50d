// SPDX-License-Identifier: Apache-2.0
#include "admin/view.h"

#include "data/json.h"

bool admin_view_server(struct admin_call *call, const struct catalog_server **out, struct err *err) {
  struct str named = json_str(call->body, "server");
  *out = NULL;
  if (!named.n) return true;
  *out = catalog_server_by_id(call->catalog, named);
  struct catalog_rows rows = catalog_rows(call->catalog, STR_NONE, STR_NONE);
  for (const struct server *s; !*out && (s = catalog_rows_next(&rows));)
    if (str_eq_nocase(s->name, named)) *out = catalog_server_by_id(call->catalog, s->id);
  if (*out) return true;
  err_at(err, ERR_MISSING, "server", "there is no server '%.*s'", (int)(named.n < 80 ? named.n : 80),
         named.p);
  err_hint(err, "GET /mcp-server lists them");
  return false;
}
