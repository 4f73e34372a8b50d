// SPDX-License-Identifier: Apache-2.0
// herald: a program's progress, or a question's, to the client that asked for it (`_meta.progressToken`), in every era: how many calls have
// ended, of how many that are known so far, and which step moved last. Both numbers only rise, as MCP wants it; there
// is a notification at once, then at most one in HERALD_EVERY_MS, and one when the last call has ended. A client that reads
// slowly holds the run up, and one that reads nothing ends it. On the request's fiber. Example:
//   struct herald herald;
//   herald_begin(&herald, r, run);   // nothing, where the client did not ask
//   … program_go_on …   herald_end(run);
//   if (herald_open(&herald, r)) ask.told = herald_told, ask.told_arg = &herald;      // of a question
#ifndef POSTERN_SERVE_HERALD_H
#define POSTERN_SERVE_HERALD_H

#include "ask/report.h"
#include "program/run.h"
#include "serve/serve.h"

enum { HERALD_EVERY_MS = 100 };

struct herald { // lives as long as it follows the run
  struct serve_request *r;
  size_t step_ended[PROGRAM_STEPS_MOST], last; // last: the step that moved last
  size_t ended, known;                         // as told
  uint64_t next_us;
  bool gone; // nobody reads any more
};

void herald_begin(struct herald *h, struct serve_request *r, struct program_run *run);
void herald_end(struct program_run *run);

// False: the client did not ask, or cannot be told.
bool herald_open(struct herald *h, struct serve_request *r);
// What was understood counts as one of what ends, beside the calls.
ask_told herald_told;

#endif
