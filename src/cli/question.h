// SPDX-License-Identifier: Apache-2.0
// question: an answer for people: what was understood, the text, choices, tables and charts, what to mind, its link.
// Private to cli/. Example:
//   cli_question_print(c, answer);      // as POST /ask and GET /answers/{id} give it
#ifndef POSTERN_CLI_QUESTION_H
#define POSTERN_CLI_QUESTION_H

#include "cli/command.h"

void cli_question_print(struct cli *c, yyjson_val *answer);

#endif
