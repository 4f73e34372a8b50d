// SPDX-License-Identifier: Apache-2.0
// reply: what a language model answers, read from its stream as it comes, in one form whatever the wire format: text,
// thinking, calls of tools, usage, and how it ended. It is read to its end before anything is done about it: the calls
// of a reply that broke off are none. One owner, one thread at a time; pure. Example:
//   struct llm_reply *r = llm_reply_new(&llm_chat, 4 << 20, on_event, ctx);
//   while (…) llm_reply_feed(r, bytes);                    // bytes cut anywhere
//   const struct llm_outcome *o = llm_reply_end(r);        // o->stop says what to do; lives as long as r
//   llm_reply_free(r);
#ifndef POSTERN_LLM_REPLY_H
#define POSTERN_LLM_REPLY_H

#include <yyjson.h>

#include "base/buf.h"
#include "llm/wire.h"

enum {
  LLM_BLOCKS_MOST = 256,          // pieces of one reply: texts, thoughts, calls
  LLM_EVENT_BYTES_MOST = 4 << 20, // one event of the stream
  LLM_ARGUMENTS_DEPTH = 64,
};

enum llm_stop {
  LLM_STOP_END,
  LLM_STOP_CALLS,   // calls are to be run, and each is to be answered
  LLM_STOP_LENGTH,  // the model ran into a limit
  LLM_STOP_REFUSED, // it will not, or may not
  LLM_STOP_PAUSED,  // the reply is to be sent back as it is, and goes on
  LLM_STOP_ERROR,   // the reply says so, or cannot be read
  LLM_STOP_CUT,     // the stream ended before the reply
};
const char *llm_stop_name(enum llm_stop stop); // "end", "calls", …

struct llm_call {
  struct str id, name;
  struct str text;       // the arguments as the model wrote them
  yyjson_val *arguments; // an object; NULL: they are none, and the model is to be told
};

struct
    llm_usage { // tokens, as counted by the provider; -1: not said. Messages counts input without what was cached
  int64_t input, output, cache_read, cache_write, reasoning;
};

struct llm_outcome {
  enum llm_stop stop;
  struct str text, thinking; // all pieces joined
  const struct llm_call *calls;
  size_t call_count; // 0 but for LLM_STOP_CALLS
  struct llm_usage usage;
  struct str error_type,
      error; // of LLM_STOP_ERROR: the provider's code or type, "protocol" for ours; its words
  struct str
      items; // the reply as it has to be sent back: the inside of a JSON array. Unknown members are kept
};

enum llm_event_kind { LLM_TEXT, LLM_THINKING, LLM_CALL_BEGIN, LLM_CALL_ARGUMENTS, LLM_CALL_END };
struct llm_event {
  enum llm_event_kind kind;
  size_t call;     // of the three about calls: 0, 1, …
  struct str text; // the next piece; of LLM_CALL_BEGIN the tool's name. During the call only
};
typedef void llm_on_event(void *ctx, const struct llm_event *event);

// At most so many bytes in all; what comes beyond makes it LLM_STOP_ERROR. `on_event` may be NULL.
struct llm_reply *llm_reply_new(const struct llm_wire *wire, size_t bytes_most, llm_on_event *on_event,
                                void *ctx);
void llm_reply_free(struct llm_reply *r); // NULL is fine
// After an error the rest is passed over.
void llm_reply_feed(struct llm_reply *r, struct str bytes);
bool llm_reply_has_begun(
    const struct llm_reply *r); // an event came: asking again would not be the same question
const struct llm_outcome *llm_reply_end(struct llm_reply *r); // no more bytes come

#endif
