// SPDX-License-Identifier: Apache-2.0
// keep: runs that are kept under a handle: paused ones to go on with, ended ones whose results later programs read. A
// handle is a name and no right: it is good for the principal that it was given to, and for ten minutes. A bounded number
// in all and of each principal; the oldest goes. In memory, process-wide; any thread. Example:
//   struct str handle = program_keep(run, text);            // the run is no longer ours
//   if (!program_take(handle, principal, &run, err)) …      // ours again; nobody else can take it meanwhile
#ifndef POSTERN_PROGRAM_KEEP_H
#define POSTERN_PROGRAM_KEEP_H

#include "program/run.h"

enum {
  PROGRAM_HANDLE_TEXT = 40,
  PROGRAM_KEPT_MS = 600000,
  PROGRAM_KEPT_MOST = 64, // in all
  PROGRAM_KEPT_OWN = 8,   // of one principal
};

#define PROGRAM_HANDLE_PREFIX "kept_"

// Which node keeps the runs: stands in handles behind their prefix. Once, before the first; as long as the program. Empty:
// nothing stands there.
void program_use_mark(struct str mark);
// Its handle, from now on also in its outcome.
struct str program_handle(struct program_run *run);
// Takes the run over, under its handle.
struct str program_keep(struct program_run *run, char text[PROGRAM_HANDLE_TEXT]);
// Its outcome, told under the handle that it is kept under from then on; `tell` writes it. The run is taken over, also
// where there is no outcome (ERR_CANCELED).
MUST_USE bool program_conclude(struct program_run *run, void (*tell)(void *arg, const struct outcome *o),
                               void *arg, struct err *err) SUSPENDS;
// ERR_MISSING: unknown, of another principal, over, or at work just now.
MUST_USE bool program_take(struct str handle, struct str principal, struct program_run **out,
                           struct err *err);
// The rows of a kept run's result as JSON, an array of objects; the caller frees. Blocking.
yyjson_doc *program_kept_rows(struct str handle, struct str result, struct str principal, struct err *err);
// Drops what was read by tools that this catalog has no more, or does not show where the run was.
void program_keep_follow(const struct catalog *c);
void program_keep_sweep(void); // drops what is over; housekeeping
void program_keep_close(void); // at the end of the program
size_t program_kept_count(void);

#endif
