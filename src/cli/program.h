// SPDX-License-Identifier: Apache-2.0
// program: what commands on programs share: a file into a request's body, a verdict for people. Private to cli/. Example:
//   if (!cli_program_put_file(c, args_word(&c->args, 0), body, err)) return false;
#ifndef POSTERN_CLI_PROGRAM_H
#define POSTERN_CLI_PROGRAM_H

#include "cli/run.h"

// The file's program as "program"; "-" is standard input.
MUST_USE bool cli_program_put_file(struct cli *c, struct str file, yyjson_mut_doc *body, struct err *err);
// --param NAME=VALUE, as "parameters".
MUST_USE bool cli_program_put_params(struct cli *c, yyjson_mut_doc *body, struct err *err);
// What it would call, or all that is wrong with it.
MUST_USE bool cli_program_explain(struct cli *c, yyjson_val *verdict, struct err *err);

#endif
