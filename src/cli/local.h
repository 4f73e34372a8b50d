// SPDX-License-Identifier: Apache-2.0
// local: a server on this machine, in the background, for whoever sits here: `postern serve` by the same settings, with
// its data in the user's own folder where no setting says where. Main thread, before or after other requests. Private to
// cli/. Example:
//   struct local_server s; if (!local_start(c, STR_NONE, &s, err)) return false;   // s.url answers
#ifndef POSTERN_CLI_LOCAL_H
#define POSTERN_CLI_LOCAL_H

#include "cli/command.h"
#include "crypto/token.h"

struct local_server {
  struct str url, log;
  char token[TOKEN_TEXT]; // an admin's; empty: none was made, so the one from before holds. The caller wipes
  long process;
};

// Where a server by these settings would answer; empty: anywhere. The command is a COMMAND_SETTINGS.
MUST_USE bool local_address(struct cli *c, struct str *url, struct err *err);
// `listen`: where it was before; empty: as settings say. `has_token`: the one from before is known, so that none is
// made where there is a database already. ERR_UNAVAILABLE with what the server said.
MUST_USE bool local_start(struct cli *c, struct str listen, bool has_token, struct local_server *out,
                          struct err *err);

#endif
