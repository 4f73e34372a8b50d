// SPDX-License-Identifier: Apache-2.0
// result: what a call of a tool came to, in two steps. The answer is what came, whole and uncut, and judged; it
// owns what it holds. The result is what a client is told of it, within a client's limits: call/shape makes it.
// Who takes rows goes by the answer alone. Example:
//   struct call_answer answer;
//   if (!call_run(&call, arena, &answer, err)) return false;   // canceled: there is none
//   if (answer.form == ANSWER_JSON) … answer.value …
//   call_answer_free(&answer);
#ifndef POSTERN_CALL_RESULT_H
#define POSTERN_CALL_RESULT_H

#include "call/trouble.h"
#include "fetch/client.h"
#include "fetch/ratelimit.h"

enum run_outcome {
  RUN_OK,
  RUN_INVALID,
  RUN_DENIED,
  RUN_UPSTREAM_ERROR,
  RUN_RATE_LIMITED,
  RUN_FAILED,
  RUN_CANCELED,
  RUN_INPUT_REQUIRED,   // the client has to answer first, and to call again
  RUN_NEEDS_AUTHORIZING // a person has to open `link`
};

// As in answers, the audit and the metrics: "ok", "rate_limited", …
const char *run_outcome_name(enum run_outcome outcome);
bool run_outcome_is_error(enum run_outcome outcome);

enum answer_form {
  ANSWER_WORDS, // nothing of the vendor's: `words` say why, and what to do
  // A response of an API, which did what was asked; all in `response`:
  ANSWER_EMPTY,
  ANSWER_JSON, // sound to its end
  ANSWER_TEXT,
  ANSWER_MEDIA, // a picture or a sound, by `type`
  ANSWER_BINARY,
  // Or did not:
  ANSWER_LIMITED,
  ANSWER_REDIRECTED,
  ANSWER_REFUSED,
  ANSWER_BROKEN, // `words` say how
  // A vendor's MCP server:
  ANSWER_RESULT, // `value` is the result object, isError or not
  ANSWER_ERROR   // `value` is the JSON-RPC error object: {code, message, data?}
};

struct call_answer {
  enum answer_form form;
  enum run_outcome outcome;
  // What was asked of whom; of the snapshot that the call was made in.
  const struct tool *tool;
  const struct catalog_account *account;
  yyjson_mut_val *arguments; // with the account's defaults, mended
  // What came.
  int status; // HTTP; 0: nothing
  bool has_rate;
  struct ratelimit rate;
  struct fetch_result response;
  struct buf escaped; // ANSWER_JSON told whole: the body without white space, as inside a JSON string
  yyjson_val *value;  // numbers raw. Of a response: NULL where nobody had to read it, see run_call.whole
  // Texts in the arena of the call, or the connector.
  const char *type; // media type of the response, in lower case
  bool cached;
  int64_t age_ms;                 // where it is cached
  struct str words, link, detail; // detail: for the audit
  bool own;                       // the link is for an account of the caller's own
  struct trouble trouble;         // what is known to be behind it; check NULL: nothing
  // What the vendor asked a person or a model in mid-call, by its method, and nobody answered; empty: nothing. What
  // came may be another thing than was asked for.
  struct str question;
  // Owners of `arguments` and `value`.
  yyjson_mut_doc *asked;
  yyjson_doc *doc;
  size_t paid; // of the tree, by whoever pays for the body
};
void call_answer_free(struct call_answer *answer);
struct str call_answer_body(const struct call_answer *answer); // of the response, without a byte order mark

struct run_result {
  enum run_outcome outcome;
  bool is_error;
  struct buf content; // JSON array text: [{"type":"text","text":"…"}]
  bool has_rate;
  struct ratelimit rate; // for the response headers
  struct str link;       // RUN_NEEDS_AUTHORIZING: ours, in the arena; `content` says it in words
  bool own;              // for an account of the caller's own
  // Of remote tools, in the vendor's words: exactly one of them instead of `content`. Of `doc`.
  yyjson_mut_doc *doc;
  yyjson_mut_val *whole;     // the result object, all members (content, structuredContent, _meta, …)
  yyjson_mut_val *rpc_error; // a JSON-RPC error object: {code, message, data?}
};
void run_result_free(struct run_result *r);

#endif
