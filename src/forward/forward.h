// SPDX-License-Identifier: Apache-2.0
// forward: an exchange that speaks of what another node has in its memory is passed on to that node, whole: method, target,
// headers and body go there over TLS by the key file (crypto/kin), with the client's address and the request's id
// (HTTP_PASSED_ON), and the answer comes back as it is written, open event streams as well, until either side ends. Who may
// do what is decided there anew. One hop: what came from a node goes no further. On the request's fiber. Example:
//   switch (forward_pass(x, node, &err)) {
//   case FORWARD_DONE:   return;                       // replied, or the client has gone
//   case FORWARD_AWAY:   …                             // nothing was sent: it is answered here
//   case FORWARD_BROKEN: … err …                       // it may have been done there; nothing, or not all, was replied
//   }
#ifndef POSTERN_FORWARD_FORWARD_H
#define POSTERN_FORWARD_FORWARD_H

#include "base/err.h"
#include "http/server.h"

enum {
  FORWARD_MOST = 4096,         // exchanges that are passed on at a time, streams among them
  FORWARD_CONNECT_MS = 2000,   // for a connection
  FORWARD_SLACK_MS = 5000,     // beyond a call's time: the other node answers first
  FORWARD_AWAY_MS = 2000,      // a node that was not reached is not tried again for so long
  FORWARD_QUEUE_MOST = 8 << 20 // bytes that the client of a stream may be behind
};

struct seal_ring;
struct forward_env {
  const struct seal_ring *ring;
  uint64_t call_ms, wait_ms; // for one request; and where a person may have to say a word first
  uint64_t heartbeat_ms;     // of streams; one that is silent for several has broken. 0: none
  size_t answer_bytes;       // of an answer that is no stream
};
void forward_use(const struct forward_env *env); // before the first; of the process, from then on

enum forward_end { FORWARD_DONE, FORWARD_AWAY, FORWARD_BROKEN };
// Away as well: `node` is this one, of nobody, or has gone; there is one node only; it was passed on already.
enum forward_end forward_pass(struct http_exchange *x, struct str node, struct err *err) SUSPENDS;

#endif
