// SPDX-License-Identifier: Apache-2.0
// bridge: one request on its way to a vendor's MCP server and back, where either may ask the other something
// before the result. Four pairings of eras:
//   modern client, modern vendor   input_required passes; its requestState is sealed anew
//   legacy client, legacy vendor   the vendor's live request becomes one of ours, and the answer goes back
//   legacy client, modern vendor   input_required becomes live requests; the vendor is asked again
//   modern client, legacy vendor   the live request becomes input_required; the call waits (session/kept)
// Each message that comes before the result gets the client's own tokens and names. On the request's fiber.
// Example:
//   struct bridge b;
//   if (!bridge_open(&b, r, &(struct bridge_want){…}, err)) return false;
//   do ok = ask the vendor with b.input_responses, b.request_state, b.resume and bridge_carry;
//   while (ok && bridge_again(&b, result, err));
//   ok = ok && bridge_seal(&b, doc, result, err);
//   bridge_close(&b);
#ifndef POSTERN_SERVE_BRIDGE_H
#define POSTERN_SERVE_BRIDGE_H

#include "serve/serve.h"
#include "session/kept.h"

enum { BRIDGE_ROUNDS_MOST = 8 };

struct bridge_want {
  struct str method;
  yyjson_val *params;
  const struct catalog_member *member; // whose vendor
};

struct bridge {
  struct serve_request *r;
  struct bridge_want want;
  struct str alias;
  // For the next turn:
  yyjson_val *input_responses;
  struct str request_state;
  struct mcp_call *resume; // taken by whoever asks, who sets it NULL
  bool linked, declined;   // a person was sent to a link, and did not want to go
  // Of ours:
  struct mcp_event question; // of the resumed call, to be answered first
  bool waits;                // there is one
  struct str handle;         // of a call that was kept just now
  yyjson_doc *answers;       // of a legacy client
  unsigned round;
};

// Reads what a modern client carries back. ERR_INVALID: a requestState that does not belong here.
MUST_USE bool bridge_open(struct bridge *b, struct serve_request *r, const struct bridge_want *want,
                          struct err *err) SUSPENDS;
// run_conduct.carry; `arg` is the bridge.
MUST_USE bool bridge_carry(void *arg, struct mcp_call *call, struct mcp_event *last, bool *kept,
                           struct err *err) SUSPENDS;
// The vendor wants answers first, and this client can give them now: true once they are there. An error
// (ERR_LIMIT after too many rounds; DENIED; TIMEOUT; CANCELED) leaves *failed true.
bool bridge_again(struct bridge *b, yyjson_mut_val *result, bool *failed, struct err *err) SUSPENDS;
// Of a modern client's input_required: only what it declared, state sealed, URIs as it knows them.
MUST_USE bool bridge_seal(struct bridge *b, yyjson_mut_doc *doc, yyjson_mut_val *result, struct err *err);
void bridge_close(struct bridge *b) SUSPENDS;

bool bridge_is_input_required(yyjson_mut_val *result);

#endif
