// SPDX-License-Identifier: Apache-2.0
#include "cli/run.h"

#include "cli/api.h"
#include "cli/ask.h"
#include "cli/body.h"
#include "cli/names.h"
#include "cli/out.h"
#include "cli/view.h"
#include "crypto/secret.h"
#include "data/json.h"

bool cli_token_list(struct cli *c, struct err *err) {
  static const struct view_column columns[] = {{"NAME", "name"},
                                               {"ROLE", "role"},
                                               {"CREATED", "created_at"},
                                               {"EXPIRES", "expires_at"},
                                               {"LAST USED", "last_used_at"},
                                               {"ID", "id"},
                                               {0}};
  yyjson_val *items;
  if (!api_list(c, STR("/api-token"), 0, &items, err)) return false;
  view_list(c, items, columns, "No API token.");
  return true;
}

bool cli_token_create(struct cli *c, struct err *err) {
  yyjson_val *token;
  struct str role = args_text(&c->args, "role");
  yyjson_mut_doc *body = cli_body_new();
  cli_body_put(body, NULL, "role", role.n ? role : STR("client"));
  cli_body_put(body, NULL, "name", args_text(&c->args, "name"));
  struct api_ask ask = {"POST", STR("/api-token"), body};
  bool ok = (args_has(&c->args, "name") ||
             err_set(err, ERR_INVALID, "--name is missing: what or whom the token is for")) &&
            cli_body_put_expiry(body, &c->args, err) && api_send(c, &ask, &token, err);
  if (ok) {
    view_object(c, token);
    view_say(c, "\nThe token is shown this once.");
  }
  yyjson_mut_doc_free(body);
  return ok;
}

bool cli_token_revoke(struct cli *c, struct err *err) {
  yyjson_val *token, *own, *none;
  if (!names_find(c, NAMES_TOKEN, args_word(&c->args, 0), &token, err) ||
      !api_get(c, STR("/whoami"), &own, err))
    return false;
  struct str name = json_str(token, "name");
  bool mine = str_eq(json_str(token, "id"), json_str(own, "id"));
  if (!cli_ask_first(
          c, err,
          mine ? "Revoke %.*s? It is the token that this command itself uses: what uses it stops working"
               : "Revoke %.*s? Whoever uses it is locked out",
          STR_ARG(name)))
    return false;
  struct api_ask ask = {"DELETE", api_path(c, "/api-token/{}", json_str(token, "id")), NULL};
  if (!api_send(c, &ask, &none, err)) return false;
  view_say(c, "Revoked %.*s.", STR_ARG(name));
  return true;
}

bool cli_token_recover(struct cli *c, struct err *err) {
  struct settings *s;
  char text[TOKEN_TEXT];
  bool running;
  struct str name = args_text(&c->args, "name");
  if (!settings_load(&c->settings, &s, err)) return false;
  bool ok = c->program->recover(s, name.n ? name : STR("recovered"), text, &running, err);
  settings_free(s);
  if (!ok) return false;
  if (c->json)
    out_json(arena_printf(c->arena, "{\"token\":\"%s\",\"running\":%s}\n", text, running ? "true" : "false"));
  else
    out_text(arena_printf(c->arena, "%s\n", text));
  secret_wipe(text, sizeof text);
  view_note(c, running
                   ? STR("An admin token, shown this once. The running server takes it within 20 seconds.")
                   : STR("An admin token, shown this once. It works from the next 'postern serve' on."));
  return true;
}
