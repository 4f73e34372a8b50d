// SPDX-License-Identifier: Apache-2.0
// board: what commands on dashboards have in common with others. Private to cli/.
#ifndef POSTERN_CLI_BOARD_H
#define POSTERN_CLI_BOARD_H

#include "cli/command.h"

// What is to be pinned, into a request's body: a program in a file ("-": standard input), or the name of a kept one.
MUST_USE bool cli_board_put_what(struct cli *c, yyjson_mut_doc *body, struct str what, struct err *err);

#endif
