// SPDX-License-Identifier: Apache-2.0
// postern alias: what people call things in questions.
#include "cli/api.h"
#include "cli/body.h"
#include "cli/run.h"
#include "cli/view.h"
#include "data/json.h"

static struct api_ask alias_ask(struct cli *c, const char *method, struct str name, yyjson_mut_doc *body) {
  return (struct api_ask){.method = method, .path = api_path(c, "/alias/{}", name), .body = body};
}

// In place of what the name stands for, where it stands for something.
bool cli_alias_set(struct cli *c, struct err *err) {
  yyjson_val *alias;
  yyjson_mut_doc *body = cli_body_new();
  struct str name = args_word(&c->args, 0), value = args_word(&c->args, 1);
  cli_body_put(body, NULL, "value", value);
  cli_body_put(body, NULL, "account", args_text(&c->args, "account"));
  struct api_ask change = alias_ask(c, "PATCH", name, body),
                 create = {.method = "POST", .path = STR("/alias"), .body = body};
  bool ok = api_send(c, &change, &alias, err);
  if (!ok && err->code == ERR_MISSING && str_is(str_of(err->field), "alias")) {
    cli_body_put(body, NULL, "name", name);
    ok = api_send(c, &create, &alias, err);
  }
  if (ok && c->json)
    view_json(c, alias);
  else if (ok)
    view_say(c, "%.*s = %.*s", STR_ARG(json_str(alias, "name")), STR_ARG(json_str(alias, "value")));
  yyjson_mut_doc_free(body);
  return ok;
}

bool cli_alias_list(struct cli *c, struct err *err) {
  static const struct view_column columns[] = {{"NAME", "name"},          {"STANDS FOR", "value"},
                                               {"ACCOUNT", "account"},    {"MADE BY", "made_by"},
                                               {"CHANGED", "updated_at"}, {0}};
  yyjson_val *items;
  if (!api_list(c, STR("/alias"), 0, &items, err)) return false;
  view_list(c, items, columns, "There is no alias.");
  return true;
}

bool cli_alias_unset(struct cli *c, struct err *err) {
  yyjson_val *none;
  struct str name = args_word(&c->args, 0);
  struct api_ask ask = alias_ask(c, "DELETE", name, NULL);
  if (!api_send(c, &ask, &none, err)) return false;
  view_say(c, "%.*s stands for nothing any more.", STR_ARG(name));
  return true;
}
