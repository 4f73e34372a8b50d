// SPDX-License-Identifier: Apache-2.0
// terminal: the person at the other end: its width, questions to it, and files and standard input as
// text. Main thread. Private to cli/.
#ifndef POSTERN_CLI_TERMINAL_H
#define POSTERN_CLI_TERMINAL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum { TERMINAL_LINE_MOST = 16 * 1024, TERMINAL_FILE_MOST = 64 * 1024 * 1024 };

size_t terminal_width(void);       // 0: standard output is no terminal
size_t terminal_notes_width(void); // the same of standard error
bool terminal_moves(void);         // its cursor, and colours may be used (TERM, NO_COLOR)
bool terminal_is_there(void);      // someone can be asked
// One line from the controlling terminal, without echo for a secret. The caller wipes and frees `line`.
MUST_USE bool terminal_ask(const char *question, bool secret, struct buf *line, struct err *err);
// A whole file, or standard input for "-", after `line` bytes of what is there. The caller frees.
MUST_USE bool terminal_read(struct str path, size_t most, struct buf *text, struct err *err);
bool terminal_is_file(struct str path); // is there one, or is it "-"?

#endif
