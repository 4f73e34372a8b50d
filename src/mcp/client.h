// SPDX-License-Identifier: Apache-2.0
// client: one request to a remote MCP server, in whichever era it speaks, and what comes back before and with
// its result. The era's frame is put on and taken off here: ids, `_meta` envelope, headers, sessions (re-made
// on 404), SSE, resume by Last-Event-ID, the endpoint event. On a fiber. Example:
//   struct mcp_call *call; struct mcp_event e;
//   if (!mcp_call_open(peer, &request, &call, err)) return false;
//   while (mcp_call_next(call, &e, err) && e.kind != MCP_RESULT && e.kind != MCP_ERROR) { …; mcp_event_free(&e); }
//   mcp_call_close(call);      // before the result it cancels upstream
#ifndef POSTERN_MCP_CLIENT_H
#define POSTERN_MCP_CLIENT_H

#include "mcp/peer.h"

struct mcp_request {
  struct mcp_who who;
  struct str method;
  yyjson_mut_doc *doc; // of params; gets the hop's `_meta` keys added
  yyjson_mut_val
      *params; // object or NULL; its `_meta`, if any, holds what passes through (never the hop's own keys)
  bool wants_progress;  // asks for progress, under a token of ours
  struct str log_level; // modern: of this request; empty: none
  yyjson_val
      *input_schema; // of a tools/call: for Mcp-Param-* of its arguments, then no raw JSON; may be NULL
  struct str traceparent, tracestate;
  bool reads;        // of a tools/call: it changes nothing, by evidence
  bool unasked;      // nobody answers what the server asks meanwhile: it asks another call
  uint64_t total_ms; // for the whole call; 0: the peer's limits
  // Told of each entry of a list that no client would take, and that is left out of the answer; NULL: the log alone.
  void (*left_out)(void *arg, struct str name, const char *why);
  void *left_out_arg;
};

enum mcp_event_kind {
  MCP_NOTIFICATION, // method, params; the progress token is already the asker's business: see `progress`
  MCP_REQUEST,      // legacy upstream asks us (sampling, elicitation, roots): answer by mcp_call_answer
  MCP_RESULT,       // last; `value` is the result object
  MCP_ERROR,        // last; `value` is the error object {code, message, data?}
};

struct mcp_event {
  enum mcp_event_kind kind;
  yyjson_doc *doc; // owns all below
  struct str method;
  yyjson_val *id, *params, *value;
  bool progress; // a notifications/progress for this call: the caller puts its client's token in
};
void mcp_event_free(struct mcp_event *e);

struct mcp_call;

// Sends it. ERR_UNAUTHENTICATED/DENIED: from the credential's lender, or the vendor refused in the end;
// UPSTREAM with the vendor's status and text; LIMIT; TIMEOUT; CANCELED; MISSING (peer closed); INVALID (a
// method that the peer's era does not have).
MUST_USE bool mcp_call_open(struct mcp_peer *p, const struct mcp_request *request, struct mcp_call **out,
                            struct err *err) SUSPENDS;
// The next event. After MCP_RESULT or MCP_ERROR only close is allowed. Notifications are bounded in number
// and size: a flood is ERR_LIMIT.
MUST_USE bool mcp_call_next(struct mcp_call *c, struct mcp_event *out, struct err *err) SUSPENDS;
// Answers a MCP_REQUEST: `result` (JSON object text), or where it is empty the error {code, message}.
MUST_USE bool mcp_call_answer(struct mcp_call *c, yyjson_val *id, struct str result, int code,
                              struct str message, struct err *err) SUSPENDS;
// Lets go of the opener's fiber: a fiber of its own reads on from now on, and any fiber of any loop may go on
// with next, answer and close, one at a time. What arrives meanwhile is queued within a bound.
MUST_USE bool mcp_call_detach(struct mcp_call *c, struct err *err);
// Before the last event it cancels: modern by closing the stream, legacy by notifications/cancelled too.
void mcp_call_close(struct mcp_call *c) SUSPENDS;

// Of the answer's head: false where the vendor told nothing.
bool mcp_call_rate(const struct mcp_call *c, struct ratelimit *out);
int mcp_call_status(const struct mcp_call *c); // HTTP; of an error too

// Open and read to the last event, dropping notifications and declining requests. `out` is MCP_RESULT or
// MCP_ERROR.
MUST_USE bool mcp_ask(struct mcp_peer *p, const struct mcp_request *request, struct mcp_event *out,
                      struct err *err) SUSPENDS;
// All pages of a list method ("tools/list", …): calls `take` for each element of `member`. Bounded in pages,
// bytes and items. Where it ends badly behind its first page (a page that fails, more than the bounds) it is
// no failure but `partial`, and so is a cursor that repeats, which is its end.
struct mcp_list {
  struct mcp_who who;
  const char *method, *member;
  size_t items_most, bytes_most;
  struct mcp_freshness *freshness; // filled in the end; may be NULL
  void (*left_out)(void *arg, struct str name,
                   const char *why); // as of struct mcp_request, with the arg of `take`
  struct err *partial; // why there is no more; untouched where it is whole. NULL: that is a failure
};
struct mcp_freshness { // 2026-07-28: how long, and for whom, the list may be kept
  uint64_t ttl_ms;     // the shortest of all pages; 0: it said nothing
  bool is_public;
};
MUST_USE bool mcp_list_all(struct mcp_peer *p, const struct mcp_list *list,
                           bool (*take)(void *arg, yyjson_val *item, struct err *err), void *arg,
                           struct err *err) SUSPENDS;
// A notification to the peer (notifications/roots/list_changed, …), in legacy sessions only; else nothing.
MUST_USE bool mcp_notify(struct mcp_peer *p, const struct mcp_who *who, struct str method, struct str params,
                         struct err *err) SUSPENDS;

#endif
