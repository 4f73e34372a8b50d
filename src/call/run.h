// SPDX-License-Identifier: Apache-2.0
// run: one tool call, from arguments to the answer: choose the account → check → send → judge → audit. The
// authorization (which tools a server has) has been settled by whoever looked the tool up in its
// catalog_server. On a fiber. Shaping the answer for a client is the caller's next line, where it has one:
// the result is era-neutral, and serve/ puts the era's frame around it. Example:
//   struct run_call call = {.server = s, .tool = t, .arguments = args, …};
//   struct call_answer answer;
//   if (!call_run(&call, arena, &answer, &err)) return false;      // only when canceled
//   shape_answer(&answer, call.env->result_bytes, arena, &result);
//   call_answer_free(&answer);
#ifndef POSTERN_CALL_RUN_H
#define POSTERN_CALL_RUN_H

#include "audit/audit.h"
#include "call/result.h"
#include "catalog/catalog.h"
#include "limit/limit.h"
#include "mcp/client.h"

struct run_env { // made once by wiring.c
  const struct http_guard *guard;
  const struct fetch_limits *limits;
  size_t result_bytes; // ceiling of a result's text
  struct audit *audit;
  struct limit_env limit;
  int64_t person_calls, person_writes; // what a person may call over all servers: a minute, a day; 0: any
  const struct account_env *account;   // where links lead; NULL: there are none
};

struct run_call {
  const struct run_env *env;
  const struct catalog *catalog;
  const struct catalog_server *server; // NULL: by the management API (`postern call`)
  struct str url;                      // name of the server's URL that it came by; empty: none
  const struct catalog_tool *tool;
  yyjson_val *arguments; // object or NULL
  bool reads_only;       // a tool that does not read by evidence is refused, whoever asks
  uint64_t cache_ms; // of a read: as old may an answer be that was given before (call/cache); 0: asked anew
  bool spares;       // nobody waits for it: the last part of a vendor's quota is left to others (call/quota)
  bool whole;        // the answer is taken as it came: none is too large to be told, and JSON comes as a tree
  // A call that waits for approval (serve/approving) is first made up to where it would be sent, and later as it was
  // approved: with these arguments (json_write_sorted), and with nothing that the vendor asks back for.
  bool rehearses;
  struct str approved;
  struct str approval; // its id
  struct str request_id;
  struct audit_who by;
  struct str
      person; // who calls, by id (access/user), where one is known; empty: a URL, an API token, Postern itself
  struct str traceparent, tracestate; // passed on as they came; empty: none
  // Of remote tools:
  struct str principal;        // who the downstream is; upstream sessions are never shared between two
  struct str capabilities;     // JSON object text: what the client declared and we pass on; empty: {}
  enum mcp_era era;            // the client's
  yyjson_val *meta;            // params._meta of the client, to pass on; may be NULL
  yyjson_val *input_responses; // of a retry (MRTR); NULL: none
  struct str request_state;    // the vendor's own, unsealed by serve/; empty: none
  bool again;                  // the same call once more, with what its vendor wanted to know: it was counted
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
  // *kept is true and the call is no longer call_run's to close.
  bool (*carry)(void *arg, struct mcp_call *call, struct mcp_event *last, bool *kept,
                struct err *err) SUSPENDS;
};

// Its arguments as an approval holds them: mended, with all defaults, in the order of their names.
struct str call_arguments_text(const struct call_answer *answer, struct arena *a);

// True: `answer` is the caller's to free; what went wrong on the way is an answer too. Its texts are in `a`, its
// tool and account are the snapshot's.
MUST_USE bool call_run(const struct run_call *call, struct arena *a, struct call_answer *answer,
                       struct err *err) SUSPENDS;

#endif
