// SPDX-License-Identifier: Apache-2.0
// talk: a conversation with a language model as it is sent: what it is told once, the tools it may call, and the turns so
// far. It only grows: a changed start would cost the provider's cache, and newer models refuse it. Example:
//   struct llm_turn turns[] = {{.kind = LLM_ASKED, .text = question}};
//   struct llm_talk talk = {.model = STR("…"), .system = rules, .tools = tools, .tool_count = 4, .turns = turns, .turn_count = 1, .output_most = 8192};
//   llm_chat.write(&talk, &body);
#ifndef POSTERN_LLM_TALK_H
#define POSTERN_LLM_TALK_H

#include "base/buf.h"
#include "llm/wire.h"

enum { LLM_TOOL_NAME_MOST = 64 };

struct llm_tool {
  struct str name; // [A-Za-z0-9_-]{1,64}
  struct str description;
  struct str schema; // of its arguments: JSON text, an object schema
};

struct llm_answered { // what a call gave
  struct str call_id, text;
  bool is_error;
};

enum llm_turn_kind {
  LLM_ASKED,   // by us, or by the person: `text`
  LLM_REPLIED, // llm_outcome.items
  LLM_ANSWERED // all calls of the reply before, each once: `answers`
};
struct llm_turn {
  enum llm_turn_kind kind;
  struct str text, items;
  const struct llm_answered *answers;
  size_t answer_count;
};

struct llm_talk {
  struct str model, system;
  const struct llm_tool *tools; // the same ones in each request of a conversation
  size_t tool_count;
  const struct llm_turn *turns;
  size_t turn_count;
  int64_t output_most;  // tokens, thinking among them
  struct str effort;    // of models that think: "low" …; empty: theirs
  struct str cache_key; // Responses: which requests have a start in common; empty: none
  bool vendors_own;     // the format's own vendor answers, not somebody compatible: it takes all its members
};

// What the formats write alike.
void llm_add_member(struct buf *out, const char *name, struct str text); // "name":"text"
void llm_add_schema(struct buf *out, struct str schema); // {"type":"object"} where there is none

#endif
