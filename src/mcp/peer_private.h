// SPDX-License-Identifier: Apache-2.0
// peer_private: what the files of the MCP client share: the peer's inside. `lock` guards what stands below
// it and is held for moments only, never over a SUSPENDS call.
#ifndef POSTERN_MCP_PEER_PRIVATE_H
#define POSTERN_MCP_PEER_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/map.h"
#include "mcp/flight.h"
#include "mcp/message.h"
#include "mcp/peer.h"

enum {
  PEER_STREAM_MS_MOST = 2 * 3600 * 1000, // the life of one call's event stream
  PEER_STREAM_MESSAGES = 16,             // its bytes: so many messages of the greatest size
  PEER_DOUBT_MS = 60 * 1000,             // between two re-checks of what a server speaks that errors suggest
  PEER_FAREWELLS_MOST = 8,               // sessions that are ended at the server at a time
};

struct mcp_peer {
  atomic_size_t users;       // mcp_peer_ref: at none its sessions are forgotten
  atomic_size_t holds;       // of the memory: the users together have one, and each session
  struct mcp_peer_options o; // its texts are ours
  struct str client_info;    // JSON text
  atomic_uint_fast64_t last_id;
  atomic_bool closed;
  atomic_bool slashed; // its address is meant with the slash at its end that ours lacks, or without it
  struct payer *payer; // of what it sends
  struct transfer_group *transfers; // all but farewells: they end when it is closed

  pthread_mutex_t lock;
  struct mcp_verdict verdict;
  const char *taken;   // under the lock: the legacy version that initialize was taken with; NULL: none yet
  uint64_t doubted_us; // when an answer last made us look again
  struct flight probing;
  struct map slots;            // (principal, capabilities) to struct mcp_pool_slot: see pool.c
  struct mcp_feed *feeds;      // open ones: see feed.c
  struct mcp_session *leaving; // the server is to be told of their end: see session.c
  unsigned farewells;          // fibers that do
  yyjson_doc *discovered;
  uint64_t discovered_until_us; // as the server's ttlMs says
};

struct mcp_peer *peer_hold(struct mcp_peer *p);
struct message_rules peer_rules(const struct mcp_peer *p); // of what it sends
void peer_let_go(struct mcp_peer *p);
// What no word of the server may hold; the caller unrefs. NULL: nothing.
struct redact *peer_hides(const struct mcp_peer *p);
// JSON-RPC ids and progress tokens: unique for the peer's life, so in each of its sessions.
uint64_t peer_next_id(struct mcp_peer *p);
void feed_stop_all(struct mcp_peer *p); // the peer closes
// ERR_MISSING once the peer is closed.
MUST_USE bool peer_is_open(struct mcp_peer *p, struct err *err);
// What failed because the peer was closed meanwhile fails with that error; another stays. Always false.
bool peer_explain_end(struct mcp_peer *p, struct err *err);
// What it speaks; found out first where that is not known or too old.
MUST_USE bool peer_speaks(struct mcp_peer *p, unsigned *speaks, struct err *err) SUSPENDS;
// An answer suggests that the verdict is no longer true. True: it was taken back, so ask peer_speaks again.
bool peer_doubt(struct mcp_peer *p);
// The era for a request of this origin: its own where the server has it.
enum mcp_era peer_era(unsigned speaks, enum mcp_era prefer);

#endif
