// SPDX-License-Identifier: Apache-2.0
// serve: what the parts of the MCP endpoint share: the environment, made once by wiring.c, and one
// message on its way through endpoint → modern or legacy → tools, prompts, resources. On the request's fiber.
#ifndef POSTERN_SERVE_SERVE_H
#define POSTERN_SERVE_SERVE_H

#include "access/origin.h"
#include "access/principal.h"
#include "audit/audit.h"
#include "call/run.h"
#include "data/json.h"
#include "http/server.h"
#include "mcp/jsonrpc.h"
#include "session/replay.h"
#include "session/session.h"
#include "shelf/shelf.h"

struct authority_env;
struct engine_env;
struct serve_env { // lives as long as the program
  struct run_env run;
  const struct engine_env *engines;      // of questions; only handed on
  const struct authority_env *authority; // of access tokens that people signed in for
  const struct program_env *program;
  struct store *answers;   // that keeps them, and sign-ins
  struct json_limits json; // of request bodies
  size_t list_page;        // items on a page of a list
  size_t result_budget;    // characters of a result that postern_read gives whole; 0: any
  bool destroy_asks;       // postern_destroy says that a person is to be asked each time
  uint64_t approval_wait_ms, approval_lives_ms; // for a second person's word: with the client there; in all
  uint64_t call_ms;                             // for one request, from its head to its answer
  const struct origin_rule *origins;
  struct str version;           // of Postern
  const struct seal_ring *ring; // of session ids and request states
};

struct serve_transport {         // which way it came, and its answer goes
  struct http_exchange *http;    // NULL: of the 2024-11-05 transport; answers go to the session's stream
  const struct http_request *in; // without a body where http is NULL
  enum mcp_era era;
  bool takes_json, takes_events; // by Accept
  bool batch;                    // nothing can be said before its result
  bool streaming;                // events have begun
  unsigned stream;               // their number in the session's memory; 0: cannot be resumed
};

struct serve_client { // who asks: what it has shown, and what it says of itself
  struct principal principal;
  struct share *share;   // of the principal; given back by who took it
  struct replay *replay; // of the session, once it was needed; endpoint lets it go
  struct str version, capabilities;
  struct str node; // that the session was made at; empty: at none, or at one that was alone
};

struct serve_message { // what it asks
  struct jsonrpc_message rpc;
  yyjson_val *whole, *meta;   // meta: params._meta; may be NULL
  yyjson_val *progress_token; // NULL: it wants no progress
  struct str log_level;       // empty: none set
  bool wraps;                 // the tool's outputSchema was shown wrapped, so its structured content is, too
};

struct serve_request {
  const struct serve_env *env;
  struct arena *arena;
  struct catalog *catalog;
  struct shelf *shelf;     // programs that are published; as it was when the request came
  struct catalog_url *url; // that it came by
  const struct catalog_server *server;
  enum policy_discovery discovery; // of this URL; never unsaid
  struct serve_transport transport;
  struct serve_client client;
  struct serve_message message; // at hand
};

enum { SERVE_REPLY_MOST = 64 * 1024 * 1024 };

// Puts {"name":"postern","version":"…"}.
void serve_add_server_info(const struct serve_request *r, struct buf *out);
// The person that calls, by id; empty: a URL or an API token, behind which nobody is known.
struct str serve_person(const struct serve_request *r);
// On whose behalf upstream is asked.
struct mcp_who serve_who(const struct serve_request *r);
// Whose vendor is asked for this caller: the member's account; hers where each person has one of her own, and as long as she
// has none the front, which reaches nobody.
const struct catalog_account *serve_account(const struct serve_request *r, const struct catalog_member *m);

// What an audit row says of any request: when, who, through which server.
struct audit_row serve_audit_row(const struct serve_request *r);

// Begins with a message. False: its id is there, where it has a usable one, for the error to carry.
bool serve_claims_modern(yyjson_val *message); // by its _meta; also of one that serve_read refuses
MUST_USE bool serve_read(struct serve_request *r, yyjson_val *message, struct err *err);
// Who asks says what it speaks, can do and calls itself.
void serve_introduce(struct serve_request *r, struct str version, struct str capabilities, struct str name);
// The session's memory, made where there is none yet. NULL without a session.
struct replay *serve_replay(struct serve_request *r);

#endif
