// SPDX-License-Identifier: Apache-2.0
// ask: a yes before what cannot be taken back. On a terminal it is asked for; scripts say --yes. Private to cli/. Example:
//   if (!cli_ask_first(c, err, "Revoke %.*s?", STR_ARG(name))) return false;
#ifndef POSTERN_CLI_ASK_H
#define POSTERN_CLI_ASK_H

#include "cli/command.h"

// Whoever runs this sits at a terminal: standard input is one, so a script, a pipe or a job is not asked.
bool cli_ask_is_possible(void);
// ERR_CANCELED: no; ERR_INVALID: nobody can be asked, and --yes is not there.
MUST_USE bool cli_ask_first(struct cli *c, struct err *err, const char *question, ...) PRINTF_LIKE(3, 4);

#endif
