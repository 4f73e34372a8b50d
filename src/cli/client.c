// SPDX-License-Identifier: Apache-2.0
// postern client: AI clients that people sign in to servers from.
#include "cli/api.h"
#include "cli/ask.h"
#include "cli/run.h"
#include "cli/view.h"

bool cli_client_list(struct cli *c, struct err *err) {
  static const struct view_column columns[] = {{"NAME", "name"},
                                               {"KNOWN BY", "kind"},
                                               {"FROM", "address"},
                                               {"SINCE", "created_at"},
                                               {"LAST USED", "last_used_at"},
                                               {"ID", "id"},
                                               {0}};
  yyjson_val *items;
  if (!api_list(c, STR("/client"), 0, &items, err)) return false;
  view_list(c, items, columns, "No AI client has registered yet.");
  return true;
}

bool cli_client_delete(struct cli *c, struct err *err) {
  yyjson_val *none;
  struct str id = args_word(&c->args, 0);
  struct api_ask ask = {"DELETE", api_path(c, "/client/{}", id), NULL};
  if (!cli_ask_first(c, err, "Remove %.*s? Whoever signed in from it has to do so anew", STR_ARG(id)) ||
      !api_send(c, &ask, &none, err))
    return false;
  view_say(c, "Removed %.*s.", STR_ARG(id));
  return true;
}

bool cli_signin_list(struct cli *c, struct err *err) {
  static const struct view_column columns[] = {{"PERSON", "user"},
                                               {"CLIENT", "client"},
                                               {"SENT TO", "sent_to"},
                                               {"SERVER", "server"},
                                               {"SINCE", "created_at"},
                                               {"LAST USED", "last_used_at"},
                                               {"ENDS", "ends_at"},
                                               {"ID", "id"},
                                               {0}};
  yyjson_val *items;
  if (!api_list(c, STR("/client-sign-in"), 0, &items, err)) return false;
  view_list(c, items, columns, "Nobody has let an AI client in.");
  return true;
}

bool cli_signin_end(struct cli *c, struct err *err) {
  yyjson_val *none;
  struct str id = args_word(&c->args, 0);
  struct api_ask ask = {"DELETE", api_path(c, "/client-sign-in/{}", id), NULL};
  if (!api_send(c, &ask, &none, err)) return false;
  view_say(c, "Ended %.*s.", STR_ARG(id));
  return true;
}
