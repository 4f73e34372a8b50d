// SPDX-License-Identifier: Apache-2.0
// keep: a question asked on somebody's behalf, whose answer is kept before it is told: who has its id finds it, also after
// a kill at that moment. A question may follow any answer that its asker sees. Example:
//   struct answer_request r = {.ask = {.program = request, .question = question}, .store = store, .asker = asker, .follow = id};
//   if (!answer_ask(&r, &out, err)) …      // out: JSON as docs/ask.md describes it; ERR_MISSING: nothing to follow
#ifndef POSTERN_ANSWER_KEEP_H
#define POSTERN_ANSWER_KEEP_H

#include "answer/answer.h"
#include "ask/answer.h"
#include "crypto/token.h"
#include "engine/engine.h"

struct answer_request {
  struct ask_request ask; // `before`, `aliases` and `keep` are made here
  struct store *store;
  struct answer_asker asker;
  struct str follow;   // id of the answer that this question follows; empty: none
  struct str rerun_of; // id of the answer whose program (ask.again) is run once more; empty: none
  const struct engine_env *engines; // NULL: the planner alone is there
  struct str engine;                // who writes the program, by name; empty: the default
  uint64_t engine_ms;               // as long may a language model take; 0: as it is set
  bool is_shared;                   // with all that manage Postern; else it is its owner's alone
  char id[TOKEN_ID];                // of what was made
};

MUST_USE bool answer_ask(struct answer_request *r, struct buf *out, struct err *err) SUSPENDS;

// What a question that follows needs of an answer. Blocking.
MUST_USE bool answer_said(struct store *s, struct str id, const struct answer_asker *asker, struct arena *a,
                          struct talk_said *out, struct err *err);

#endif
