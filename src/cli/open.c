// SPDX-License-Identifier: Apache-2.0
// postern open: a link that lets a person into the console.
#include "cli/open.h"

#include "cli/api.h"
#include "cli/body.h"
#include "cli/run.h"
#include "cli/view.h"
#include "data/json.h"

bool cli_open_link(struct cli *c, struct str user, yyjson_val **link, struct err *err) {
  yyjson_mut_doc *body = cli_body_new();
  cli_body_put(body, NULL, "user", user);
  bool ok = api_send(c, &(struct api_ask){"POST", STR("/sign-in-link"), body}, link, err);
  yyjson_mut_doc_free(body);
  return ok;
}

bool cli_open_run(struct cli *c, struct err *err) {
  yyjson_val *link;
  if (!cli_open_link(c, args_word(&c->args, 0), &link, err)) return false;
  if (c->json) return view_json(c, link), true;
  view_text(c, json_str(link, "url"));
  view_note(c, arena_printf(c->arena, "note: it lets %.*s in once, until %.*s\n",
                            STR_ARG(json_str(link, "user")), STR_ARG(json_str(link, "expires_at"))));
  return true;
}
