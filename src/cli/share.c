// SPDX-License-Identifier: Apache-2.0
// postern share: links that show a dashboard or a tile to whoever has them.
#include "cli/api.h"
#include "cli/ask.h"
#include "cli/body.h"
#include "cli/run.h"
#include "cli/view.h"
#include "data/json.h"

bool cli_share_create(struct cli *c, struct err *err) {
  yyjson_val *share;
  yyjson_mut_doc *body = cli_body_new();
  cli_body_put(body, NULL, "tile", args_text(&c->args, "tile"));
  cli_body_put(body, NULL, "name", args_text(&c->args, "name"));
  if (args_has(&c->args, "snapshot")) cli_body_put(body, NULL, "mode", STR("snapshot"));
  struct api_ask ask = {"POST", api_path(c, "/dashboard/{}/share", args_word(&c->args, 0)), body};
  bool ok = cli_body_put_expiry(body, &c->args, err) && api_send(c, &ask, &share, err);
  yyjson_mut_doc_free(body);
  if (!ok) return false;
  if (c->json) return view_json(c, share), true;
  view_text(c, arena_printf(c->arena, "%.*s\n", STR_ARG(json_str(share, "url"))));
  view_note(c, arena_printf(
                   c->arena,
                   "note: whoever has this link sees what it shows, until %.*s; 'postern share revoke %.*s' "
                   "ends it\n",
                   STR_ARG(json_str(share, "expires_at")), STR_ARG(json_str(share, "id"))));
  return true;
}

bool cli_share_list(struct cli *c, struct err *err) {
  static const struct view_column columns[] = {{"NAME", "name"},
                                               {"MODE", "mode"},
                                               {"DASHBOARD", "dashboard_id"},
                                               {"TILE", "tile_id"},
                                               {"MADE BY", "owner_name"},
                                               {"EXPIRES", "expires_at"},
                                               {"ID", "id"},
                                               {0}};
  yyjson_val *items;
  if (!api_list(c, STR("/share"), 0, &items, err)) return false;
  view_list(c, items, columns, "No link is out.");
  return true;
}

bool cli_share_revoke(struct cli *c, struct err *err) {
  yyjson_val *none;
  struct str id = args_word(&c->args, 0);
  struct api_ask ask = {"DELETE", api_path(c, "/share/{}", id), NULL};
  if (!cli_ask_first(c, err, "Revoke %.*s?", STR_ARG(id)) || !api_send(c, &ask, &none, err)) return false;
  view_say(c, "Revoked %.*s.", STR_ARG(id));
  return true;
}
