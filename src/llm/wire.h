// SPDX-License-Identifier: Apache-2.0
// wire: the wire formats of language models. Each writes a request and reads the events of a reply; what they have in
// common is in llm/talk.h and llm/reply.h. Anthropic's own servers speak Messages, OpenAI's Responses, nearly all others
// Chat Completions.
#ifndef POSTERN_LLM_WIRE_H
#define POSTERN_LLM_WIRE_H

#include <yyjson.h>

#include "base/buf.h"

struct llm_reply;
struct llm_talk;

struct llm_wire {
  const char *name; // "messages", …
  const char *path; // behind the address of the API, which ends in its version
  void (*write)(const struct llm_talk *talk, struct buf *out);
  void (*read)(struct llm_reply *r, yyjson_val *event);    // one event of the stream, an object
  void (*add_items)(struct llm_reply *r, struct buf *out); // the reply, in the end, to be sent back
};

extern const struct llm_wire llm_messages;  // Anthropic Messages
extern const struct llm_wire llm_responses; // OpenAI Responses
extern const struct llm_wire llm_chat;      // OpenAI Chat Completions

#endif
