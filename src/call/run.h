// SPDX-License-Identifier: Apache-2.0
// run: one tool call, from arguments to an MCP result: check → call → shape → audit. The authorization
// (which tools a server has) has been settled by whoever looked the tool up in its catalog_server.
// On a fiber. The result is era-neutral: `content` JSON and isError; serve/ puts the era's frame around it.
// Example:
//   struct run_call call = {.server = s, .tool = t, .arguments = args, …};
//   struct run_result r; if (!run_tool(&call, arena, &r, &err)) …   // false only when canceled
#ifndef POSTERN_CALL_RUN_H
#define POSTERN_CALL_RUN_H

#include "base/buf.h"
#include "catalog/catalog.h"
#include "fetch/ratelimit.h"
#include "mcp/client.h"

struct run_env { // made once by wiring.c
  const struct http_guard *guard;
  const struct fetch_limits *limits;
  size_t result_bytes; // ceiling of a result's text
  struct audit *audit;
};

struct run_call {
  const struct run_env *env;
  const struct catalog *catalog;
  const struct catalog_server *server; // NULL: by the management API (`postern call`)
  const struct catalog_tool *tool;
  yyjson_val *arguments;              // object or NULL
  struct str request_id, client;      // client: MCP client's name, or the API token's id
  struct str traceparent, tracestate; // passed on as they came; empty: none
  // Of remote tools:
  struct str principal;        // who the downstream is; upstream sessions are never shared between two
  struct str capabilities;     // JSON object text: what the client declared and we pass on; empty: {}
  enum mcp_era era;            // the client's
  yyjson_val *meta;            // params._meta of the client, to pass on; may be NULL
  yyjson_val *input_responses; // of a retry (MRTR); NULL: none
  struct str request_state;    // the vendor's own, unsealed by serve/; empty: none
  bool wants_progress;
  struct str log_level;
  const struct run_conduct *conduct;
  struct mcp_call *resume; // a kept call to go on with, rather than a new one; taken over
};

// How what comes before the result of a remote tool reaches the client, and how the vendor's questions in
// mid-call (sampling, elicitation, roots) reach it: serve/bridge. NULL: news is dropped and questions are
// declined.
struct run_conduct {
  void *arg;
  // Reads `call` up to its last event, into `last` (MCP_RESULT or MCP_ERROR; freed by the caller with
  // mcp_event_free). It may make a result of its own (input_required, with the call detached and kept): then
  // *kept is true and the call is no longer run_tool's to close.
  bool (*carry)(void *arg, struct mcp_call *call, struct mcp_event *last, bool *kept,
                struct err *err) SUSPENDS;
};

enum run_outcome {
  RUN_OK,
  RUN_INVALID,
  RUN_DENIED,
  RUN_UPSTREAM_ERROR,
  RUN_RATE_LIMITED,
  RUN_FAILED,
  RUN_CANCELED,
  RUN_INPUT_REQUIRED,   // the client has to answer first, and to call again
  RUN_NEEDS_AUTHORIZING // a person has to open run_result.link
};

// As in answers, the audit and the metrics: "ok", "rate_limited", …
const char *run_outcome_name(enum run_outcome outcome);

struct run_result {
  enum run_outcome outcome;
  bool is_error;
  struct buf content; // JSON array text: [{"type":"text","text":"…"}]; the caller frees
  bool has_rate;
  struct ratelimit rate; // for the response headers
  // Of remote tools, in the vendor's words, shaped: exactly one of them instead of `content`; run_result_free
  // frees.
  yyjson_mut_doc *doc;
  yyjson_mut_val
      *whole; // the result object, all members (content, structuredContent, isError, _meta, resultType, …)
  yyjson_mut_val *rpc_error; // a JSON-RPC error object: {code, message, data?}
  struct str link;           // RUN_NEEDS_AUTHORIZING: ours, in the arena; `content` says it in words
};
void run_result_free(struct run_result *r);

MUST_USE bool run_tool(const struct run_call *call, struct arena *a, struct run_result *out,
                       struct err *err) SUSPENDS;

#endif
