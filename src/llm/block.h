// SPDX-License-Identifier: Apache-2.0
// block: a reply while it is read, as the wire formats see it: pieces of text, of thinking, and calls, each found again by
// what its format numbers them by. Private to llm/.
#ifndef POSTERN_LLM_BLOCK_H
#define POSTERN_LLM_BLOCK_H

#include "base/arena.h"
#include "http/sse.h"
#include "llm/reply.h"

enum llm_block_kind { LLM_BLOCK_TEXT, LLM_BLOCK_THINKING, LLM_BLOCK_CALL, LLM_BLOCK_OTHER };

struct llm_block {
  enum llm_block_kind kind;
  int64_t index;         // -1: found by `key`
  struct str key;        // in the arena, as all texts here
  struct str id, name;   // of a call
  struct buf text;       // arguments, of a call
  struct buf signature;  // of a thought
  yyjson_mut_val *raw;   // as it has to be sent back, of `kept`; NULL: nothing
  yyjson_doc *arguments; // of a call, in the end; NULL: not usable
  size_t call;           // its number among the calls
  bool closed;
};

struct llm_reply {
  const struct llm_wire *wire;
  llm_on_event *on_event;
  void *ctx;
  struct sse_parser parser;
  size_t left; // bytes that may still come
  struct arena *arena;
  yyjson_mut_doc *kept;
  struct llm_block *blocks[LLM_BLOCKS_MOST];
  size_t block_count, call_count;
  enum llm_stop reason; // as the provider says it
  bool begun, ended, failed;
  struct llm_outcome outcome;
  struct buf text, thinking, items;
};

// Counted by `index`, or where that is negative by `key`. NULL: there is none.
struct llm_block *llm_block_find(const struct llm_reply *r, int64_t index, struct str key);
// NULL, and the reply has failed: LLM_BLOCKS_MOST.
struct llm_block *llm_block_open(struct llm_reply *r, enum llm_block_kind kind, int64_t index,
                                 struct str key);
struct llm_block *llm_block_call(struct llm_reply *r, int64_t index, struct str key, struct str id,
                                 struct str name);
void llm_block_add(struct llm_reply *r, struct llm_block *b,
                   struct str piece); // text of any kind; tells of it
void llm_block_close(struct llm_reply *r, struct llm_block *b);
void llm_block_keep(struct llm_reply *r, struct llm_block *b, yyjson_val *raw); // in place of what was kept
void llm_block_set(const struct llm_reply *r, struct llm_block *b, const char *member,
                   struct str text); // of raw
void llm_block_write(const struct llm_block *b,
                     struct buf *out); // raw, behind a comma where something stands before

// The first failure counts. `type` and `words` are copied.
void llm_reply_fail(struct llm_reply *r, struct str type, struct str words);
// {"error": {code, type, message}}, {code, message}: whatever of it is there.
void llm_reply_fail_as(struct llm_reply *r, yyjson_val *error);
void llm_usage_note(int64_t *count, yyjson_val *usage,
                    const char *member); // the last value that is said counts

#endif
