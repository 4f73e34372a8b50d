// SPDX-License-Identifier: Apache-2.0
// programs: the tool of our own that runs an answer program over what the server shows, so that a client learns in one call
// what it would otherwise piece together from many. Listed behind the vendors' tools where the server's config has
// `programs`. What a model needs stands in text and in structured content alike: hosts pass on the one or the other.
#ifndef POSTERN_SERVE_PROGRAMS_H
#define POSTERN_SERVE_PROGRAMS_H

#include "serve/own.h"

#define PROGRAM_TOOL "postern_run_program"

// The definition of the tool of this name, behind a comma where something stands before it. False: it is none of ours.
bool programs_describe(const struct serve_request *r, struct str name, struct buf *out);

// What is wrong with a program is a result with isError, for the model to mend.
extern const struct own_tools programs_tools;

#endif
