// SPDX-License-Identifier: Apache-2.0
// send: one HTTP request to a peer, with the credential lent, refusals put to its lender, and redirects
// refused. Private to mcp/. Example:
//   struct send m = {.method = "POST", .body = text, .headers = headers, .limits = limits};
//   if (!send_open(peer, &m, arena, &transfer, err)) return false;    // any other status is let through
#ifndef POSTERN_MCP_SEND_H
#define POSTERN_MCP_SEND_H

#include "fetch/transfer.h"
#include "mcp/peer.h"

enum { SEND_SAID_MOST = 64 * 1024 }; // bytes of an error's body that are read

struct send {
  const char *method;
  struct str url;              // empty: the peer's
  struct http_headers headers; // beside the credential; of a POST, Content-Type and Accept are there already
  struct str body;             // of a POST
  bool harmless;               // of a POST: may go twice (fetch/client.h)
  struct fetch_limits limits;
  bool farewell; // may go out when the peer is closed already
  // What the credential's lender gave is noted here, in the arena; where it has some already, that is sent rather than
  // asked for. NULL: nobody asks.
  struct http_headers *lent;
};

// Limits of an answer that may be a stream: silence may last as long as an answer may take.
struct fetch_limits send_limits(const struct mcp_peer *p, uint64_t total_ms);
// UNAUTHENTICATED, DENIED: refused in the end; UPSTREAM: a redirect; and transfer_open's. The transfer
// has a status of 200 to 299 or from 400, but 401 and 403.
MUST_USE bool send_open(struct mcp_peer *p, const struct send *m, struct arena *a, struct transfer **out,
                        struct err *err) SUSPENDS;
// The same to its end, where only the status counts (notifications, DELETE).
MUST_USE bool send_away(struct mcp_peer *p, const struct send *m, int *status, struct err *err) SUSPENDS;
// The start of what the answer says, where it is no message: bounded in bytes and in time, our secrets
// hidden.
void send_read_some(const struct mcp_peer *p, struct transfer *t, struct buf *out) SUSPENDS;
// An error out of status and body, the vendor's words in it. Always false.
bool send_explain(int status, struct str body, struct err *err);

#endif
