// SPDX-License-Identifier: Apache-2.0
// postern approval: calls that wait for a second person's word.
#include "cli/api.h"
#include "cli/body.h"
#include "cli/run.h"
#include "cli/view.h"
#include "data/json.h"

bool cli_approval_list(struct cli *c, struct err *err) {
  static const struct view_column columns[] = {
      {"STATE", "state"},      {"TOOL", "tool"},      {"ACCOUNT", "account"},
      {"SERVER", "server"},    {"ASKED BY", "asker"}, {"ASKED", "created_at"},
      {"UNTIL", "expires_at"}, {"ID", "id"},          {0}};
  yyjson_val *items;
  bool all = args_has(&c->args, "all");
  if (!api_list(c, all ? STR("/approval") : STR("/approval?state=waiting"), 0, &items, err)) return false;
  view_list(c, items, columns, all ? "No call ever waited for approval." : "No call waits for approval.");
  return true;
}

bool cli_approval_show(struct cli *c, struct err *err) {
  yyjson_val *approval;
  if (!api_get(c, api_path(c, "/approval/{}", args_word(&c->args, 0)), &approval, err)) return false;
  view_object(c, approval);
  return true;
}

static bool approval_say(struct cli *c, const char *word, const char *done, struct err *err) {
  yyjson_val *approval;
  struct str id = args_word(&c->args, 0);
  yyjson_mut_doc *body = cli_body_new();
  cli_body_put(body, NULL, "reason", args_text(&c->args, "reason"));
  struct api_ask ask = {"POST", api_path(c, arena_printf(c->arena, "/approval/{}/%s", word).p, id), body};
  bool ok = api_send(c, &ask, &approval, err);
  if (ok && c->json)
    view_json(c, approval);
  else if (ok)
    view_say(c, "%.*s is %s: %.*s on %.*s.", STR_ARG(id), done, STR_ARG(json_str(approval, "tool")),
             STR_ARG(json_str(approval, "account")));
  yyjson_mut_doc_free(body);
  return ok;
}

bool cli_approval_approve(struct cli *c, struct err *err) {
  return approval_say(c, "approve", "approved", err);
}

bool cli_approval_refuse(struct cli *c, struct err *err) {
  return approval_say(c, "refuse", "refused", err);
}
