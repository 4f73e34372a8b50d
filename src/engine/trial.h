// SPDX-License-Identifier: Apache-2.0
// trial: does a language model answer, and does it call tools? One small request with one tool, that it has to call: many
// servers take any request and only then say that there is no such model, or write text where they should call.
// On a fiber. Example:
//   struct engine_trial t;
//   if (!engine_try(&engine, guard, arena, &t, err)) …     // why, in words: the key, the model, the address, no calls
#ifndef POSTERN_ENGINE_TRIAL_H
#define POSTERN_ENGINE_TRIAL_H

#include "engine/engine.h"

struct engine_trial {
  int64_t elapsed_ms, input, output; // tokens; -1: not said
};

// ERR_UNPROCESSABLE: it was asked, and it will not do as it is. TIMEOUT, UPSTREAM, LIMIT: later perhaps.
MUST_USE bool engine_try(const struct engine *e, const struct http_guard *guard, struct arena *a,
                         struct engine_trial *out, struct err *err) SUSPENDS;

#endif
