// SPDX-License-Identifier: Apache-2.0
// fence: --fence [ALIAS.]KEY=VALUE,VALUE and --no-fence of 'mcp create' and 'mcp update'. Private to cli/. Example:
//   ok = cli_fence_put(c, body, server, err) && …; if (ok) cli_fence_show(c, server);
#ifndef POSTERN_CLI_FENCE_H
#define POSTERN_CLI_FENCE_H

#include "cli/command.h"

// Into `body`'s config. `server`: the one that is to change; NULL: a new one. What is given is the whole fence from now on.
MUST_USE bool cli_fence_put(struct cli *c, yyjson_mut_doc *body, yyjson_val *server, struct err *err);
void cli_fence_show(struct cli *c, yyjson_val *server); // what a server is held to, value by value

#endif
