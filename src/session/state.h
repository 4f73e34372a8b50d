// SPDX-License-Identifier: Apache-2.0
// state: the requestState that a modern client carries back to us (MCP 2026-07-28, multi round-trip
// requests). It is sealed, and opens only for the same principal, server, method and params, for
// STATE_LIVES_MS. Inside is the vendor's own state, or the handle of a call that waits (session/kept). Pure but
// for the sealing. Example:
//   state_close(ring, &bound, &state, arena, &text, err);
//   if (!state_open(ring, &bound, text, arena, &state, err)) …    // ERR_INVALID: -32602
#ifndef POSTERN_SESSION_STATE_H
#define POSTERN_SESSION_STATE_H

#include <yyjson.h>

#include "crypto/seal.h"

enum { STATE_LIVES_MS = 600 * 1000, STATE_VENDOR_MOST = 64 * 1024, STATE_TEXT_MOST = 128 * 1024 };

struct state_bound {
  struct str principal, server_id, method;
  yyjson_val *params; // of the request; inputResponses, requestState and _meta do not count
};

enum state_kind {
  STATE_VENDOR, // `text` is the vendor's requestState
  STATE_KEPT,   // `text` names a call that waits
  STATE_LINK,   // a person was sent to a link; the call is simply made again
};

struct state {
  enum state_kind kind;
  struct str text;
};

MUST_USE bool state_close(const struct seal_ring *ring, const struct state_bound *bound,
                          const struct state *s, struct arena *a, struct str *out, struct err *err);
MUST_USE bool state_open(const struct seal_ring *ring, const struct state_bound *bound, struct str text,
                         struct arena *a, struct state *out, struct err *err);

#endif
