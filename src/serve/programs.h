// SPDX-License-Identifier: Apache-2.0
// programs: the tool of our own that runs an answer program over what the server shows, so that a client learns in one call
// what it would otherwise piece together from many. Listed behind the vendors' tools where the server's config has
// `programs`. What a model needs stands in text and in structured content alike: hosts pass on the one or the other.
#ifndef POSTERN_SERVE_PROGRAMS_H
#define POSTERN_SERVE_PROGRAMS_H

#include "program/run.h"
#include "serve/own.h"

#define PROGRAM_TOOL "postern_run_program"

// The definition of the tool of this name, behind a comma where something stands before it. False: it is none of ours.
bool programs_describe(const struct serve_request *r, struct str name, struct buf *out);

// What is wrong with a program is a result with isError, for the model to mend.
extern const struct own_tools programs_tools;

// For each tool of ours that runs one; `tool` is its name, for the audit.
// Of a program's text, through what the server shows. `given`: parameters; object or NULL.
struct program_request programs_request(const struct serve_request *r, struct str program, yyjson_val *given);
// Works for as long as hosts wait, and answers with what was read by then. The run is taken over.
MUST_USE bool programs_finish(struct serve_request *r, struct str tool, struct program_run *run,
                              struct buf *out, struct err *err) SUSPENDS;
MUST_USE bool programs_continue(struct serve_request *r, struct str tool, struct str handle, struct buf *out,
                                struct err *err) SUSPENDS;
// A result with isError, where nothing was called. Always true.
bool programs_fail(struct serve_request *r, struct str tool, struct str why, struct buf *out);

#endif
