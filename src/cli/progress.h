// SPDX-License-Identifier: Apache-2.0
// progress: a program at work, or the programs of a question, on a terminal: a line for each step when it has ended, and until then one that changes in
// place. On standard error; nothing where that is no terminal. Main thread. Private to cli/. Example:
//   struct progress p = {.passing = terminal_moves()};
//   struct api_ask ask = {…, .told = progress_is_wanted() ? progress_told : NULL, .told_arg = &p};
//   … api_send …   progress_end(&p);
#ifndef POSTERN_CLI_PROGRESS_H
#define POSTERN_CLI_PROGRESS_H

#include <yyjson.h>

#include "base/str.h"

struct progress {
  bool passing; // the terminal moves its cursor, and may
  bool shown;   // a line that changes is there
};

bool progress_is_wanted(void);
void progress_told(void *arg, struct str event, yyjson_val *data); // for api_ask
// A line that stays.
void progress_note(struct progress *p, struct str line);
void progress_end(struct progress *p);

#endif
