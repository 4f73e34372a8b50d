// SPDX-License-Identifier: Apache-2.0
// run: one tool call, from arguments to an MCP result: check → call → shape → audit. The authorisation
// (which tools a server has) has been settled by whoever looked the tool up in its catalog_server.
// On a fiber. The result is era-neutral: `content` JSON and isError; serve/ puts the era's frame around it.
// Example:
//   struct run_call call = {.server = s, .tool = t, .arguments = args, …};
//   struct run_result r; if (!run_tool(&call, arena, &r, &err)) …   // false only when canceled
#ifndef POSTERN_TOOL_RUN_H
#define POSTERN_TOOL_RUN_H

#include "base/buf.h"
#include "http/ratelimit.h"
#include "tool/catalog.h"

struct run_env { // made once by main.c
  const struct http_guard *guard;
  const struct http_client_limits *limits;
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
};

enum run_outcome {
  RUN_OK,
  RUN_INVALID,
  RUN_DENIED,
  RUN_UPSTREAM_ERROR,
  RUN_RATE_LIMITED,
  RUN_FAILED,
  RUN_CANCELED
};

// As in answers, the audit and the metrics: "ok", "rate_limited", …
const char *run_outcome_name(enum run_outcome outcome);

struct run_result {
  enum run_outcome outcome;
  bool is_error;
  struct buf content; // JSON array text: [{"type":"text","text":"…"}]; the caller frees
  bool has_rate;
  struct http_ratelimit rate; // for the response headers
};

MUST_USE bool run_tool(const struct run_call *call, struct arena *a, struct run_result *out,
                       struct err *err) SUSPENDS;

#endif
