// SPDX-License-Identifier: Apache-2.0
// open: links that let a person into the console. Main thread. Private to cli/. Example:
//   if (cli_open_link(c, STR_NONE, &link, &err)) view_tell(c, "Console: %.*s", STR_ARG(json_str(link, "url")));
#ifndef POSTERN_CLI_OPEN_H
#define POSTERN_CLI_OPEN_H

#include <yyjson.h>

#include "cli/command.h"

// `user` empty: the oldest administrator. The link's members are url, user and expires_at.
MUST_USE bool cli_open_link(struct cli *c, struct str user, yyjson_val **link, struct err *err);

#endif
