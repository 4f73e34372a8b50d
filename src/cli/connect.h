// SPDX-License-Identifier: Apache-2.0
// connect: an account that a person authorizes at the vendor, from a terminal. Private to cli/. Example:
//   yyjson_val *flow, *account;
//   if (!cli_connect_begin(c, body, &flow, err) || !cli_connect_through(c, flow, &account, err)) return false;
#ifndef POSTERN_CLI_CONNECT_H
#define POSTERN_CLI_CONNECT_H

#include "cli/command.h"

// Adds what the flags say of scopes and of an application made by hand, and asks for the link.
MUST_USE bool cli_connect_begin(struct cli *c, yyjson_mut_doc *body, yyjson_val **flow, struct err *err);
// Shows the link and waits until it ended; the account that came of it. Where nobody sits at a terminal, only the
// browser can end it, or the link's day.
MUST_USE bool cli_connect_through(struct cli *c, yyjson_val *flow, yyjson_val **account, struct err *err);
void cli_connect_show_link(struct cli *c, yyjson_val *flow);

#endif
