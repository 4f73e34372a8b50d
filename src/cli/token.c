// SPDX-License-Identifier: Apache-2.0
#include "cli/run.h"

#include "cli/api.h"
#include "cli/body.h"
#include "cli/view.h"
#include "data/json.h"

bool cli_token_list(struct cli *c, struct err *err) {
  static const struct view_column columns[] = {
      {"NAME", "name"},          {"ROLE", "role"}, {"CREATED", "created_at"},
      {"EXPIRES", "expires_at"}, {"ID", "id"},     {0}};
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
  yyjson_val *token, *none;
  if (!api_find(c, "API token", "/api-token", args_word(&c->args, 0), &token, err)) return false;
  struct str name = json_str(token, "name");
  struct api_ask ask = {"DELETE", api_path(c, "/api-token/{}", json_str(token, "id")), NULL};
  if (!api_send(c, &ask, &none, err)) return false;
  view_say(c, "Revoked %.*s.", STR_ARG(name));
  return true;
}
