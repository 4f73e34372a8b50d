// SPDX-License-Identifier: Apache-2.0
// asks: the tool of our own that answers a question in plain language over what the server shows, for clients that would
// rather delegate than call. Listed where the server's config has `ask`. The answer is kept as its URL's (or its API
// token's) own: nobody else's question can follow it. What was read when hosts lose patience (setting program_turn) is told,
// and the same call with `follow` alone goes on.
#ifndef POSTERN_SERVE_ASKS_H
#define POSTERN_SERVE_ASKS_H

#include "serve/own.h"

#define ASK_TOOL "postern_ask"

extern const struct own_tools asks_tools;

#endif
