// SPDX-License-Identifier: Apache-2.0
// bridge: one request on its way to a vendor's MCP server and back, where either may ask the other something
// before the result. Four pairings of eras:
//   modern client, modern vendor   input_required passes; its requestState is sealed anew
//   legacy client, legacy vendor   the vendor's live request becomes one of ours, and the answer goes back
//   legacy client, modern vendor   input_required becomes live requests; the vendor is asked again
//   modern client, legacy vendor   the live request becomes input_required; the call waits (session/kept)
// Each message that comes before the result gets the client's own tokens and names. On the request's fiber.
// Example:
//   struct bridge b = {.r = r, .method = …, .params = …, .member = m, .turn = turn, .arg = x};
//   bool ok = bridge_run(&b, err);                    // b.result: the vendor's last, as the client gets it
#ifndef POSTERN_SERVE_BRIDGE_H
#define POSTERN_SERVE_BRIDGE_H

#include "serve/errand.h"
#include "session/kept.h"

enum { BRIDGE_ROUNDS_MOST = 8 };

struct bridge {
  struct serve_request *r;
  struct str method;
  yyjson_val *params;                  // as the client sent them
  const struct catalog_member *member; // whose vendor
  // Asks the vendor, by bridge_carry, and puts what it answers into `result`; what is there from the turn before
  // is the turn's to free. No value: there is nothing to carry on with.
  bool (*turn)(struct bridge *b, struct err *err) SUSPENDS;
  const void *arg; // the turn's
  // For the turn at hand, and of the last one:
  yyjson_val *input_responses;
  struct str request_state;
  struct mcp_call *resume; // to go on with, rather than a new one; the turn takes it and sets it NULL
  struct errand_result result;
  bool linked, declined; // a person was sent to a link, and did not want to go
  unsigned turns;        // taken
  // Of ours:
  struct mcp_call *call;     // on its way
  struct mcp_event question; // of the resumed call, to be answered first; no doc: there is none
  struct str handle;         // of a call that was kept just now
  yyjson_doc *answers;       // of a legacy client
};

// The whole way: reads what a modern client carries back, takes turns with the vendor for as long as this client
// can answer it now, and makes the result what the client may see: names and URIs as it knows them, requests that
// it declared, state sealed. ERR_INVALID: a requestState that does not belong here; LIMIT: too many rounds;
// DENIED; TIMEOUT; CANCELED; or the turn's own.
MUST_USE bool bridge_run(struct bridge *b, struct err *err) SUSPENDS;
// run_conduct.carry; `arg` is the bridge.
MUST_USE bool bridge_carry(void *arg, struct mcp_call *call, struct mcp_event *last, bool *kept,
                           struct err *err) SUSPENDS;

// A question of ours, put to a legacy client while it waits, as a vendor's is. `answer` is its response.
MUST_USE bool bridge_ask(struct bridge *b, struct str method, yyjson_val *params, yyjson_doc **answer,
                         struct err *err) SUSPENDS;

#endif
