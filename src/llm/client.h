// SPDX-License-Identifier: Apache-2.0
// client: asks a language model once, over HTTP, and reads its reply as it comes. Asked again is only what the provider has
// not begun to answer, as its own clients do. The address guard holds. On a fiber; leaving it (cancel, deadline) closes
// the connection, which is how a provider is told to stop. Example:
//   struct llm_question q = {.engine = &engine, .talk = &talk, .limits = &limits, .guard = guard, .hide = hide};
//   struct llm_reply *r;
//   if (!llm_ask(&q, arena, &r, err)) return false;      // nobody answered: why, in words
//   const struct llm_outcome *o = llm_reply_end(r);  …  llm_reply_free(r);
#ifndef POSTERN_LLM_CLIENT_H
#define POSTERN_LLM_CLIENT_H

#include "fetch/client.h"
#include "llm/reply.h"
#include "llm/talk.h"

enum {
  LLM_TRIES_MOST = 3,
  LLM_WAIT_MOST_MS = 30 * 1000, // who is to wait longer is told so instead
  LLM_REQUEST_MOST = 16 << 20,
  LLM_REFUSAL_MOST = 64 << 10, // bytes of an error that are read
};

struct llm_engine { // whom we ask
  const struct llm_wire *wire;
  struct str
      url; // of the API with its version: "https://api.anthropic.com/v1"; its query goes behind each path
  struct str key;        // empty: none is sent
  struct str key_header; // that the key goes in; "authorization", or empty: as a bearer token
  bool vendors_own;      // see llm_talk
};

struct llm_question {
  const struct llm_engine *engine;
  const struct llm_talk *talk;
  const struct fetch_limits
      *limits; // body_bytes: of the whole reply; total_ms: of all tries and the waits between
  const struct http_guard *guard;
  struct redact *hide; // the key, at least
  llm_on_event *on_event;
  void *ctx;
};

// True: a reply came to its end, whatever it says; the caller ends and frees it. False: UNAUTHENTICATED (the key),
// MISSING (the model or the address), UNPROCESSABLE (it wants to be paid), LIMIT with reason RATE_LIMITED (how long to wait), INVALID (the provider refuses
// the request: its words), UPSTREAM, TIMEOUT, DENIED (the guard), CANCELED.
MUST_USE bool llm_ask(const struct llm_question *q, struct arena *a, struct llm_reply **out,
                      struct err *err) SUSPENDS;

// ---- what is decided without a network

struct llm_verdict {
  bool again;      // may be asked again
  int64_t wait_ms; // before that; -1: as long as we like
};
// Of a refusal: x-should-retry, else the status; retry-after-ms, else retry-after. `code`: the provider's, which tells a
// quota that is used up from too many requests.
struct llm_verdict llm_judge_refusal(int status, const struct http_headers *headers, struct str code,
                                     int64_t now_ms);
uint64_t llm_backoff_ms(int tries, uint32_t random); // 0.5 s, doubled up to 8 s, less up to a quarter

#endif
