// SPDX-License-Identifier: Apache-2.0
#include "cli/run.h"

#include "cli/api.h"
#include "cli/ask.h"
#include "cli/names.h"
#include "cli/view.h"
#include "data/json.h"

bool cli_connector_remove(struct cli *c, struct err *err) {
  yyjson_val *none;
  yyjson_val *connector;
  struct str name = args_word(&c->args, 0);
  if (!names_connector(c, name, &connector, err) ||
      !cli_ask_first(c, err, "Remove the connector %.*s?", STR_ARG(name)) ||
      !api_send(c, &(struct api_ask){"DELETE", api_path(c, "/connector/{}", name), NULL}, &none, err))
    return false;
  view_say(c, "Removed the connector %.*s.", STR_ARG(name));
  return true;
}
