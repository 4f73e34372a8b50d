// SPDX-License-Identifier: Apache-2.0
// programs: the tool of our own that runs an answer program over what the server shows, so that a client learns in one call
// what it would otherwise piece together from many. Listed behind the vendors' tools where the server's config has
// `programs`. What a model needs stands in text and in structured content alike: hosts pass on the one or the other.
#ifndef POSTERN_SERVE_PROGRAMS_H
#define POSTERN_SERVE_PROGRAMS_H

#include "serve/serve.h"

#define PROGRAM_TOOL "postern_run_program"

bool programs_are_shown(const struct serve_request *r);
void programs_list(struct buf *out); // its definition
// The whole result object. What is wrong with a program is a result with isError, for the model to mend.
MUST_USE bool programs_call(struct serve_request *r, yyjson_val *params, struct buf *out,
                            struct err *err) SUSPENDS;

#endif
