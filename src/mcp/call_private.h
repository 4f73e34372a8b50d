// SPDX-License-Identifier: Apache-2.0
// call_private: one request and its answer, in one era and by one transport, as the parts of the client that
// find servers out and make sessions need it. The retries and choices of mcp/client.h are made above it.
// On the fiber that holds the call.
#ifndef POSTERN_MCP_CALL_PRIVATE_H
#define POSTERN_MCP_CALL_PRIVATE_H

#include "mcp/frame.h"
#include "mcp/session.h"

enum {
  MCP_CALL_NOTIFICATIONS_MOST = 10000, // of one call
  MCP_CALL_RESUMES_MOST = 1000,        // of one call
  MCP_CALL_RESUMES_EMPTY = 5,          // in a row, without an event
  MCP_CALL_RETRY_MS = 1000,            // where the server did not say
  MCP_CALL_RETRY_MS_MOST = 60000,
};

struct mcp_call {
  struct mcp_peer *peer;
  struct arena *arena;
  const struct mcp_request *request; // while it is opened
  struct str method;
  enum mcp_era era;
  uint64_t id;
  struct mcp_session *session; // counted; legacy; NULL while initializing over Streamable HTTP
  uint64_t started_us, end_us; // end: 0, none but the stream's
  uint64_t total_ms;

  int status;
  bool has_rate;
  struct ratelimit rate;
  struct str session_id;    // of the answer's head
  struct mcp_stream stream; // of the POST
  struct http_headers lent; // the credential that it went out with
  struct str refused;       // the body of an error status, where it was no answer to this request
  struct mcp_event answer;  // an error answer that came with such a status
  bool has_answer;

  bool hears;              // by the session's hub: HTTP+SSE, and sessions whose server may ask by its stream
  struct hub_call waiting; // registered with the hub
  struct inbox *inbox;     // where hears, and once detached
  size_t notifications, resumes, resumes_empty;
  bool endless; // a subscription: no bound but on each message
  void (*left_out)(void *arg, struct str name, const char *why);
  void *left_out_arg;
  bool sent, done;       // done: its last event has been taken
  struct mcp_peer *held; // the public call's reference; NULL: none

  struct task *reader; // detached
  atomic_int owners;   // who frees it: the caller, and the reader
};

struct mcp_call *mcp_call_new(struct mcp_peer *p, const struct mcp_request *r, enum mcp_era era,
                              struct mcp_session *s);
// Sends it and takes the answer's head in. Statuses from 400 are no failure here: see `status`, `answer`,
// `refused`; mcp_call_next then tells them.
MUST_USE bool mcp_call_send(struct mcp_call *c, struct err *err) SUSPENDS;
// Without telling the server; not of a call that was detached.
void mcp_call_free(struct mcp_call *c);
// Tells it where an answer is still due: modern by the end of the stream, legacy by a notification too.
void mcp_call_abandon(struct mcp_call *c);
// To the last event; notifications are dropped, requests declined.
MUST_USE bool mcp_call_finish(struct mcp_call *c, struct mcp_event *out, struct err *err) SUSPENDS;

#endif
