// SPDX-License-Identifier: Apache-2.0
// session: one legacy session with a remote server, made by `initialize`: its id, its version, what the
// server said of itself, and for HTTP+SSE the stream that all answers come by. Private to mcp/. Counted
// references, any loop. It lives until the server forgets it, it is idle for too long, or its peer closes.
// Example:
//   struct mcp_session *s; if (!mcp_session_open(peer, &who, MCP_SPEAKS_STREAMABLE, &s, err)) …
//   mcp_session_post(s, text, err);  …  mcp_session_close(s);  mcp_session_unref(s);
#ifndef POSTERN_MCP_SESSION_H
#define POSTERN_MCP_SESSION_H

#include <stdatomic.h>

#include "mcp/frame.h"
#include "mcp/hub.h"
#include "mcp/stream.h"
#include "mcp/task.h"

enum {
  MCP_SESSION_ID_MOST = 1024,
  MCP_SESSION_QUICK_MS = 10000, // how long a DELETE or a notification may take
  MCP_SESSION_WATCH_MS = 250,   // how long the first call waits for the GET stream to open
};

struct mcp_session {
  atomic_size_t refs;
  struct mcp_peer *peer; // held
  char *id;              // Mcp-Session-Id; empty: the server keeps none
  const char *version;
  char *endpoint;         // HTTP+SSE: where messages are posted; NULL: Streamable HTTP
  struct mcp_event hello; // the answer to initialize
  struct hub hub;
  uint64_t made_us;
  bool watched;        // its GET stream is open all its life: the server may ask by it while it is called
  atomic_bool dead;    // no more calls by it
  struct task *reader; // under the peer's lock: of the HTTP+SSE stream, or of the GET stream
  size_t listeners;    // under the peer's lock
  unsigned users;      // under the peer's lock: calls and feeds that are at it
  uint64_t used_us;    // under the peer's lock
  struct mcp_session *next_leaving; // under the peer's lock
};

// Initializes over the given transport. The answer is judged: a version that we do not speak is ERR_UPSTREAM.
// ERR_MISSING: the server has no such transport (so the verdict may be wrong).
MUST_USE bool mcp_session_open(struct mcp_peer *p, const struct mcp_who *who, enum mcp_speaks transport,
                               struct mcp_session **out, struct err *err) SUSPENDS;
struct mcp_session *mcp_session_ref(struct mcp_session *s);
void mcp_session_unref(struct mcp_session *s);
// A message without an answer of its own: a notification, or an answer to a request of theirs.
MUST_USE bool mcp_session_post(struct mcp_session *s, struct str text, struct err *err) SUSPENDS;
MUST_USE bool mcp_session_answer(struct mcp_session *s, const struct mcp_frame_answer *answer,
                                 struct err *err) SUSPENDS;
// The same as post from a fiber of its own, which nobody waits for and nobody's cancellation stops.
void mcp_session_post_behind(struct mcp_session *s, struct str text);
// Ends it here: its streams stop, who waits for messages gets `why`.
void mcp_session_kill(struct mcp_session *s, const struct err *why);
// Ends it at the server too (DELETE; 405 is fine), in the background. For HTTP+SSE the end of the stream
// does.
void mcp_session_close(struct mcp_session *s, const struct err *why);
// HTTP+SSE, before initialize: opens the stream and learns where messages are posted (session_stream.c).
MUST_USE bool mcp_session_stream_open(struct mcp_session *s, struct err *err) SUSPENDS;
// News by the session's own stream, which Streamable HTTP opens with the first listener and ends with the
// last (mcp_session_listen.c). Returns how many are left.
MUST_USE bool mcp_session_listen(struct mcp_session *s, struct hub_listener *listener, struct err *err);
size_t mcp_session_hush(struct mcp_session *s, struct hub_listener *listener);
// Opens that stream for good, and waits a little for it: a server that was told of elicitation, sampling or
// roots may ask by it during a call, and what it asks while nobody listens is lost.
void mcp_session_watch(struct mcp_session *s) SUSPENDS;
// Answers a request that came by the session's own stream and that nobody takes, and pings.
void mcp_session_decline(struct mcp_session *s, const struct message *m);

#endif
