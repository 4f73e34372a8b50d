// SPDX-License-Identifier: Apache-2.0
// offer: what a server offers beside tools: what its members' vendors said of themselves (their
// capabilities), as far as the server shows it. What a vendor said is remembered for OFFER_FRESH_MS, process
// wide; while it is asked anew, or is down, what was last known counts. A REST account offers tools only;
// a page of ours is a resource (serve/easel).
// On a fiber. Example:
//   if (!(offer_of(r) & OFFER_PROMPTS)) …          // method not found
#ifndef POSTERN_SERVE_OFFER_H
#define POSTERN_SERVE_OFFER_H

#include "serve/serve.h"

enum {
  OFFER_PROMPTS = 1,
  OFFER_RESOURCES = 2,
  OFFER_SUBSCRIBE = 4,
  OFFER_COMPLETIONS = 8,
  OFFER_LOGGING = 16,
  OFFER_SKILLS = 32,
};
enum {
  OFFER_FRESH_MS = 300 * 1000,
  OFFER_RETRY_MS = 15 * 1000, // after a failure
  OFFER_WAIT_MS = 5000,       // for vendors of which nothing is known yet
  OFFER_ACCOUNTS_MOST = 4096, // remembered
};

// NULL: no MCP vendor, or out of reach; or the caller's own account, which is not connected.
struct mcp_peer *offer_peer(const struct serve_request *r, const struct catalog_member *m);
// Is it an MCP vendor that the caller has to connect an account of her own at first? What it offers, nobody knows until then.
bool offer_awaits(const struct serve_request *r, const struct catalog_member *m);

unsigned offer_of(const struct serve_request *r) SUSPENDS;
// Of one member, as known: call offer_of before.
unsigned offer_of_member(const struct serve_request *r, const struct catalog_member *m);
bool offer_is_legacy(const struct serve_request *r, const struct catalog_member *m);

// The capabilities as a JSON object, and the instructions for the model as a JSON string.
void offer_add_capabilities(const struct serve_request *r, struct buf *out) SUSPENDS;
void offer_add_instructions(const struct serve_request *r, struct buf *out);

#endif
