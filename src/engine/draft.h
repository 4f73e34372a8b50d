// SPDX-License-Identifier: Apache-2.0
// draft: an engine as somebody wants it, checked, before it is tried and kept. A key goes only where it was given for: a
// change of kind, address or header needs it again. Pure; texts live in the caller's arena. Example:
//   struct engine_draft d;
//   if (!engine_draft_fill(before, body, arena, &d, err)) return false;        // the field, and what is wrong with it
//   engine_row_write(store, &(struct engine_row_change){&d.row, d.key, d.keeps_key, before == NULL}, err)
#ifndef POSTERN_ENGINE_DRAFT_H
#define POSTERN_ENGINE_DRAFT_H

#include <yyjson.h>

#include "engine/engine.h"
#include "engine/row.h"

enum {
  ENGINE_MODEL_MOST = 200,
  ENGINE_URL_MOST = 2048,
  ENGINE_KEY_MOST = 8192,
  ENGINE_HEADER_MOST = 64,
  ENGINE_EFFORT_MOST = 16,
  ENGINE_TOKENS_LEAST = 1000,
  ENGINE_TOKENS_MOST = 100 * 1000 * 1000,
  ENGINE_OUTPUT_LEAST = 256,
  ENGINE_OUTPUT_MOST = 1000 * 1000,
  ENGINE_SECONDS_LEAST = 1,
  ENGINE_SECONDS_MOST = 3600,
};

struct engine_draft {
  struct engine_row row;
  struct str key; // in clear; empty: none
  bool keeps_key; // that of the row stays
};

// `before` NULL: it is new. `given`: an object whose members have the types of the API; what it leaves out stays, or is
// the usual. An empty key takes it away. ERR_INVALID at the field.
MUST_USE bool engine_draft_fill(const struct engine *before, yyjson_val *given, struct arena *a,
                                struct engine_draft *out, struct err *err);

#endif
