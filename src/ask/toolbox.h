// SPDX-License-Identifier: Apache-2.0
// toolbox: what a language model may call while it answers a question: four tools of ours, the same ones always, byte for
// byte; a vendor's tool is only ever a step of a program. Two of them are answered here: search_tools finds what a view
// shows by words, describe_tools tells the schemas of a few, short, with the connector's words for their rows. Nothing that
// is not read-only, and nothing of a row: no defaults, no examples, no values that an account or a fence fills in. Example:
//   struct llm_talk talk = {.tools = toolbox_tools, .tool_count = TOOLBOX_TOOLS, …};
//   bool ok = toolbox_search(&view, call->arguments, arena, &out);      // false: out says what is wrong with the call
#ifndef POSTERN_ASK_TOOLBOX_H
#define POSTERN_ASK_TOOLBOX_H

#include "llm/talk.h"
#include "program/view.h"

enum toolbox_tool { TOOLBOX_SEARCH, TOOLBOX_DESCRIBE, TOOLBOX_RUN, TOOLBOX_PRESENT, TOOLBOX_TOOLS };
enum {
  TOOLBOX_HITS_MOST = 12,
  TOOLBOX_DESCRIBED_MOST = 5,
  TOOLBOX_SEARCH_BYTES = 4000,
  TOOLBOX_TOOL_BYTES = 4000, // of one description
  TOOLBOX_DESCRIBE_BYTES = 12000,
};
extern const struct llm_tool toolbox_tools[TOOLBOX_TOOLS];
int toolbox_named(struct str name); // -1: none of them

bool toolbox_search(const struct program_view *v, yyjson_val *arguments, struct arena *a, struct buf *out);
bool toolbox_describe(const struct program_view *v, yyjson_val *arguments, struct arena *a, struct buf *out);
// "acme (Cloudflare), …": what steps may name.
void toolbox_add_accounts(const struct program_view *v, size_t most, struct buf *out);
// A vendor's text cannot end the mark that it stands in: a '<' that could begin one is left out.
void toolbox_add_vendors(struct buf *out, struct str text, size_t most);

#endif
