// SPDX-License-Identifier: Apache-2.0
// pool: a peer's legacy sessions, one for each (principal, capabilities) and never shared beyond. Private to
// mcp/. Bounded by the peer's sessions_most; where it is full, the one that has been idle longest goes. Any
// loop. Example:
//   struct mcp_session *s; if (!mcp_pool_take(peer, &who, &s, err)) return false;   // made where there is none
//   … mcp_pool_give(s);
#ifndef POSTERN_MCP_POOL_H
#define POSTERN_MCP_POOL_H

#include "mcp/session.h"

// However many want the same session at once, one makes it.
MUST_USE bool mcp_pool_take(struct mcp_peer *p, const struct mcp_who *who, struct mcp_session **out,
                            struct err *err) SUSPENDS;
// The one that is there, or NULL.
struct mcp_session *mcp_pool_peek(struct mcp_peer *p, const struct mcp_who *who);
void mcp_pool_give(struct mcp_session *s); // one that is dead by then is made anew by the next mcp_pool_take

void mcp_pool_close_idle(struct mcp_peer *p, uint64_t idle_ms);
void mcp_pool_close_of(struct mcp_peer *p, struct str principal);
// With `tell` the server is told of each, in the background.
void mcp_pool_close_all(struct mcp_peer *p, bool tell);
size_t mcp_pool_count(struct mcp_peer *p);

#endif
