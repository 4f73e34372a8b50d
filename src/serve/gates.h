// SPDX-License-Identifier: Apache-2.0
// gates: the tools of our own by which a client calls a vendor's that it was not shown a definition of: postern_read,
// postern_write (creates, updates) and postern_destroy (deletes, and all that is of no other class), each only where the
// server shows such a tool, so that "always allow" on one never covers the next. The call is the direct one (tools_run)
// and comes to the same. On the request's fiber.
#ifndef POSTERN_SERVE_GATES_H
#define POSTERN_SERVE_GATES_H

#include "serve/own.h"

extern const struct own_tools gates_tools;

#endif
