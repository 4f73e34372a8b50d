// SPDX-License-Identifier: Apache-2.0
// out: the one way from the program to a terminal: standard output, standard error, questions. Whatever it is
// made of, what arrives has nothing that harms a terminal or whoever reads there (base/plain).
// scripts/check-style refuses writing to these anywhere else in cli/. Main thread. Private to cli/. Example:
//   out_text(STR("done\n"));   out_json(json);   out_note(text);   if (!out_flush(&err)) …
#ifndef POSTERN_CLI_OUT_H
#define POSTERN_CLI_OUT_H

#include "base/err.h"

void out_text(struct str text); // on standard output, unsafe characters as '?'
void out_json(struct str json); // the same data: unsafe characters within strings as \uXXXX
void out_note(struct str text); // as text, on standard error, behind what is on standard output
void out_question(int terminal, struct str text); // in one line, to a descriptor of the terminal
void out_line_end(int terminal);
// One line on standard error in place of the one before; empty: none. For a terminal that moves its cursor.
void out_passing(struct str line);
int out_notes(void); // the descriptor of standard error, to be asked what it is
// What was written leaves. A reader that has gone, as in `postern tools acme | head`, is no failure of ours.
bool out_flush(struct err *err);
bool out_is_broken(void); // nothing arrives any more

// What is for no terminal: a file's whole content, as it is; and where both outputs of a new process lead.
bool out_to_file(int file, struct str text);
bool out_redirect(int output, int errors);

#endif
