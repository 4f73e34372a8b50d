// SPDX-License-Identifier: Apache-2.0
// question: a vendor's question (sampling, elicitation, roots) put to a legacy client as a request of ours, and
// its answer. The vendor's id and progress token never reach the client, nor ours the vendor. On a fiber,
// which waits: a person may have to think. Example:
//   struct question question = {.session_key = …, .capabilities = …, .send = send, .arg = x};
//   if (!question_client(&question, method, params, &answer, err)) return false;   // yyjson_doc_free(answer)
#ifndef POSTERN_SERVE_QUESTION_H
#define POSTERN_SERVE_QUESTION_H

#include "mcp/client.h"

enum { QUESTION_LEG_MS = 600 * 1000 }; // what a person gets to answer

struct question {
  struct str session_key, capabilities, alias;
  bool (*send)(void *arg, struct str message, struct err *err) SUSPENDS; // to the client
  void *arg;
  struct mcp_peer *peer; // whose question it is: progress of the client goes there
  struct mcp_who who;
};

// ERR_DENIED: the client did not declare that it can be asked this; TIMEOUT; CANCELED; LIMIT. `answer` is the
// client's response: {"result":…} or {"error":…}.
MUST_USE bool question_client(const struct question *q, struct str method, yyjson_val *params,
                              yyjson_doc **answer, struct err *err) SUSPENDS;
// The client's response as its vendor is told it: a result (JSON text), or an error where that is empty. NULL: there
// is none, and `why` says why.
struct question_answer {
  struct str result;
  int code;
  struct str message;
};
struct question_answer question_answer(yyjson_val *response, const struct err *why, struct arena *a);

#endif
