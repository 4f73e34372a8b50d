// SPDX-License-Identifier: Apache-2.0
#include "admin/view.h"

#include "data/json.h"

bool admin_view_server(struct admin_call *call, const struct catalog_server **out, struct err *err) {
  struct str named = json_str(call->body, "server");
  *out = NULL;
  if (!named.n) return true;
  for (size_t i = 0; i < call->catalog->server_count; i++) {
    const struct catalog_server *s = call->catalog->servers[i];
    if (str_eq(s->server.id, named) || str_eq_nocase(s->server.name, named)) *out = s;
  }
  if (*out) return true;
  err_at(err, ERR_MISSING, "server", "there is no server '%.*s'", (int)(named.n < 80 ? named.n : 80),
         named.p);
  err_hint(err, "GET /mcp-server lists them");
  return false;
}
