// SPDX-License-Identifier: Apache-2.0
// board: what commands on dashboards have in common with others. Private to cli/.
#ifndef POSTERN_CLI_BOARD_H
#define POSTERN_CLI_BOARD_H

#include "cli/command.h"

// What is to be pinned, into a request's body: a program in a file ("-": standard input), an answer's id, or the name of a
// kept program.
MUST_USE bool cli_board_put_what(struct cli *c, yyjson_mut_doc *body, struct str what, struct err *err);
// The program of an answer; by its id.
MUST_USE bool cli_board_pin_answer(struct cli *c, struct str dashboard, struct str answer, yyjson_val **tile,
                                   struct err *err);
// Tells what there is to look at first, where its connector offers something.
void cli_board_offer(struct cli *c, yyjson_val *account);

#endif
