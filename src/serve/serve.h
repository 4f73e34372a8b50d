// SPDX-License-Identifier: Apache-2.0
// serve: what the parts of the MCP endpoint share: the environment, made once by main.c, and one
// message on its way through endpoint → modern or legacy → tools, prompts, resources. On the request's fiber.
#ifndef POSTERN_SERVE_SERVE_H
#define POSTERN_SERVE_SERVE_H

#include "call/run.h"
#include "data/json.h"
#include "http/server.h"
#include "mcp/jsonrpc.h"
#include "session/replay.h"
#include "session/session.h"

struct serve_env { // lives as long as the program
  struct run_env run;
  struct json_limits json;   // of request bodies
  size_t list_page;          // items on a page of a list
  uint64_t call_ms;          // for one request, from its head to its answer
  const struct str *origins; // allowed beside those of our own host; "*" allows all
  size_t origin_count;
  struct str version;           // of Postern
  const struct seal_ring *ring; // of session ids and request states
};

struct fault {              // a JSON-RPC error of more than a struct err; serve/fault
  int code, status;         // status 0: 200
  struct str message, data; // data: JSON text, or empty
};

struct serve_request {
  const struct serve_env *env;
  struct http_exchange *http;    // NULL: of the 2024-11-05 transport; answers go to the session's stream
  const struct http_request *in; // without a body where http is NULL
  struct catalog *catalog;
  const struct catalog_server *server;
  const struct access_token *token; // the second credential; NULL where none is asked for
  struct arena *arena;
  bool takes_json, takes_events; // by Accept
  // The client, as its era has told it.
  enum mcp_era era;
  struct str version;
  struct session session; // legacy; key empty: the request came without one
  struct replay *replay;  // of the session, once it was needed; endpoint lets it go
  struct str principal;   // whom upstream sessions and states belong to
  struct share *share;    // of the principal; given back by who took it
  struct str capabilities, client;
  // The message at hand.
  yyjson_val *progress_token; // NULL: it wants no progress
  struct str log_level;       // empty: none set
  struct fault fault;         // code 0: none
  bool wraps;                 // the tool's outputSchema was shown wrapped, so its structured content is, too
  bool batch;                 // nothing can be said before its result
  bool streaming;             // events have begun
  unsigned stream;            // their number in the session's memory; 0: cannot be resumed
};

enum { SERVE_REPLY_MOST = 64 * 1024 * 1024 };

// Puts {"name":"postern","version":"…"}.
void serve_add_server_info(const struct serve_request *r, struct buf *out);
// On whose behalf upstream is asked.
// The part of a principal that has a share of what we do at once (io/share): server and second credential,
// whatever their sessions.
struct str serve_holder(struct str principal);
struct mcp_who serve_who(const struct serve_request *r);

// The session's memory, made where there is none yet. NULL without a session.
struct replay *serve_replay(struct serve_request *r);

#endif
