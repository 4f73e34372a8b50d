// SPDX-License-Identifier: Apache-2.0
// published: the answer programs that are published on a server, each a tool of ours. One that is broken is not listed;
// called, it says which step, and never what the server does not show. A tool that a vendor adds under a name that is
// taken so is neither listed nor called.
#ifndef POSTERN_SERVE_PUBLISHED_H
#define POSTERN_SERVE_PUBLISHED_H

#include "serve/own.h"

// The definition of the tool of this name, behind a comma where something stands before it. False: there is none.
bool published_describe(const struct serve_request *r, struct str name, struct buf *out);

extern const struct own_tools published_tools;

#endif
