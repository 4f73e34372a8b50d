// SPDX-License-Identifier: Apache-2.0
#include "serve/elsewhere.h"

#include "forward/forward.h"
#include "forward/owner.h"
#include "mcp/wire.h"
#include "program/keep.h"
#include "serve/reply.h"
#include "session/state.h"

// The node ended with the answer half way, or none: the client is told, also behind what it has of a stream.
static void elsewhere_broken(struct serve_request *r, const struct err *err) {
  r->transport.streaming = http_has_replied(r->transport.http);
  reply_refuse(r, 502, JSONRPC_INTERNAL_ERROR,
               "the node that had this request ended before its answer: it may have been done, or not (%s)",
               err->text);
}

// True: answered.
static bool elsewhere_pass(struct serve_request *r, struct str node) {
  struct err err;
  enum forward_end end = forward_pass(r->transport.http, node, &err);
  if (end == FORWARD_BROKEN) elsewhere_broken(r, &err);
  return end != FORWARD_AWAY;
}

static bool elsewhere_may(const struct serve_request *r) {
  return r->transport.http && !node_is_alone() && !r->transport.in->passed_on;
}

bool elsewhere_by_session(struct serve_request *r) {
  char node[NODE_ID];
  if (!elsewhere_may(r)) return false;
  // A stream is where its events are, even of a session whose maker has gone.
  struct str mark = replay_mark_of(http_header_get(&r->transport.in->headers, WIRE_HEADER_LAST_EVENT));
  if (str_eq(mark, node_self())) return false;
  if (mark.n && elsewhere_pass(r, mark)) return true;
  struct owner o = owner_of(r->client.principal.session, r->client.node);
  while (owner_next(&o, node))
    if (elsewhere_pass(r, str_of(node))) return true;
  return false;
}

bool elsewhere_by_state(struct serve_request *r) {
  const struct jsonrpc_message *m = &r->message.rpc;
  yyjson_val *text = yyjson_obj_get(m->params, "requestState");
  if (!elsewhere_may(r) || !yyjson_is_str(text)) return false;
  struct state_bound bound = {r->client.principal.key, r->server->server.id, m->method, m->params};
  struct state state;
  struct str node, rest;
  struct err err;
  if (!state_open(r->env->ring, &bound, json_text(text), r->arena, &state, &err))
    return false; // told where it is read
  rest = state.text;
  return state.kind == STATE_KEPT && str_cut(&rest, '.', &node) && elsewhere_pass(r, node);
}

bool elsewhere_by_handle(struct serve_request *r) {
  char node[NODE_ID];
  return elsewhere_may(r) && owner_by_handle(r->transport.in->body, PROGRAM_HANDLE_PREFIX, node) &&
         elsewhere_pass(r, str_of(node));
}
